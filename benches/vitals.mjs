#!/usr/bin/env node
/**
 * `node benches/vitals.mjs`: what a first visitor of the blog sees, under Node and under ssr-host, in turns, as a Markdown table: Core Web
 * Vitals in Chromium, with the network and the CPU of a phone and with those of a desktop. README.md explains the rest.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BLOG_BUILDS, hostBinary, needBlog } from "../tests/parity/support/servers.mjs";
import { table } from "./lib/figures.mjs";
import { facts } from "./lib/machine.mjs";
import { AIMS, ALSO, median } from "./lib/vitals/aims.mjs";
import { SIDES, startSide } from "./lib/vitals/sides.mjs";
import { CONDITIONS, openBrowser, PAGES, visit } from "./lib/vitals/visit.mjs";

const HELP = `Usage: node benches/vitals.mjs [--visits COUNT] [--write]

  --visits COUNT   visits of each page, under each condition and of each server (5)
  --write          also write benches/VITALS.md
`;

const { values } = parseArgs({ options: { visits: { type: "string", default: "5" }, write: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
const digits = (unit) => (unit === "" ? 3 : 0);
const value = (number, unit) => `${number.toFixed(digits(unit))}${unit && ` ${unit}`}`;

if (values.help) process.stdout.write(HELP);
else await main(Number(values.visits));

async function main(count) {
  if (!Number.isInteger(count) || count < 1) throw new Error(`--visits is \`${values.visits}\`: expected a whole number of at least 1`);
  const servers = {};
  const browser = await openBrowser();
  try {
    for (const name of Object.keys(SIDES)) servers[name] = await startSide(name);
    const text = report(count, { ...facts(hostBinary(), needBlog(...BLOG_BUILDS[0].slice(1))), Chromium: browser.version() }, await measure(count, browser, servers));
    process.stdout.write(text);
    if (values.write) writeFileSync(join(import.meta.dirname, "VITALS.md"), text);
  } finally {
    await browser.close();
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

/** @returns {Promise<Record<string, Record<string, Record<string, object[]>>>>} visits by condition, page and side */
async function measure(count, browser, servers) {
  // The browser's own first visit is slower than all that follow.
  await visit(browser, servers.node.origin, "list", "desktop");
  const results = {};
  for (const condition of Object.keys(CONDITIONS)) {
    results[condition] = {};
    for (const page of Object.keys(PAGES)) {
      const visits = (results[condition][page] = Object.fromEntries(Object.keys(SIDES).map((side) => [side, []])));
      for (let turn = 0; turn < count; turn += 1) {
        for (const side of Object.keys(SIDES)) visits[side].push(await visit(browser, servers[side].origin, page, condition));
        process.stderr.write(`${condition} ${page}: ${turn + 1} of ${count}\n`);
      }
    }
  }
  return results;
}

function report(count, facts, results) {
  return `${[
    "# A first visit of the blog: ssr-host and Node + Fastify on the same build",
    `Made by \`node benches/vitals.mjs\`; [README.md](README.md#what-a-first-visitor-sees) says what each figure is. Medians of ${count} visits, in turns; ratios are ssr-host / Node.`,
    table(["", ""], Object.entries(facts), ["---", "---"]),
    "## Aims",
    aims(results),
    ...Object.entries(results).flatMap(([condition, pages]) => section(CONDITIONS[condition].title, pages)),
  ].join("\n\n")}\n`;
}

function aims(results) {
  const rows = AIMS.flatMap(({ key, title, unit, below, conditions }) =>
    conditions.map((condition) => {
      const cells = Object.values(results[condition]).map((sides) => median(sides["ssr-host"], key));
      return [`${title}, ${condition}`, `< ${value(below, unit)}`, ...cells.map((cell) => value(cell, unit)), cells.every((cell) => cell < below) ? "yes" : "**no**"];
    }),
  );
  const head = ["", "aim", ...Object.values(PAGES).map(({ title }) => title), "met"];
  return table(head, rows);
}

function section(title, pages) {
  const head = ["", ...Object.values(SIDES).map(({ title }) => title), "ratio"];
  const tables = Object.entries(pages).map(([page, sides]) => {
    const rows = [...AIMS, ...ALSO].map(({ key, title, unit }) => {
      const medians = Object.keys(SIDES).map((side) => median(sides[side], key));
      const ratio = medians[0] === 0 ? "" : `${(median(sides["ssr-host"], key) / median(sides.node, key)).toFixed(2)}×`;
      return [title, ...medians.map((number) => value(number, unit)), ratio];
    });
    return `### ${PAGES[page].title[0].toUpperCase()}${PAGES[page].title.slice(1)}\n\n${table(head, rows)}`;
  });
  return [`## ${title[0].toUpperCase()}${title.slice(1)}`, ...tables];
}
