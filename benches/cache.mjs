#!/usr/bin/env node
/**
 * `node benches/cache.mjs`: what a cached page costs under ssr-host, from the `Map` in front of a Fastify handler, from nginx in front of
 * Node and from a bare axum handler, in turns, as Markdown tables. This file is the order of events; README.md explains the figures.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheApps, COMPRESS_MANIFEST, PAGE, slow } from "./lib/cache/apps.mjs";
import { check, measureHit, measureSteady, steadyRate } from "./lib/cache/hits.mjs";
import { measureMemory } from "./lib/cache/memory.mjs";
import { measureMisses } from "./lib/cache/misses.mjs";
import { report } from "./lib/cache/report.mjs";
import { SIDES, startUncached } from "./lib/cache/sides.mjs";
import { temporary } from "./lib/children.mjs";
import { askFor, FORMS } from "./lib/forms.mjs";
import { buildHitServer } from "./lib/hit-server.mjs";
import { machineFacts } from "./lib/machine.mjs";
import { needProgram, prepare } from "./lib/prepare.mjs";
import { allowedCpus, pin } from "./lib/proc.mjs";
import { inTurns, nginxVersion, readOptions } from "./lib/run.mjs";
import { modes } from "./lib/scenarios.mjs";

const HELP = `Usage: node benches/cache.mjs [--quick] [--write] [--bare BINARY | --no-bare]

  --quick         one short round of everything: shows that it works, its figures mean nothing
  --write         also write benches/CACHE.md (a full run only)
  --bare BINARY   program of \`cargo bench --package ssr-host --bench hit\`; it is built when it is not named
  --no-bare       leave the bare axum handler out
`;

/** Seconds, rounds, and numbers of pages (`before`: not counted) and clients. */
const FULL = {
  ...{ warmUp: 1, rounds: 4, seconds: 2, steadyRounds: 3, steadySeconds: 2 },
  ...{ before: 2000, pages: 10_000, clients: 1000, missRounds: 3 },
};
const QUICK = {
  ...{ quick: true, warmUp: 1, rounds: 1, seconds: 1, steadyRounds: 1, steadySeconds: 1 },
  ...{ before: 1000, pages: 1000, clients: 1000, missRounds: 1 },
};

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

async function main() {
  const own = { bare: { type: "string" }, "no-bare": { type: "boolean", default: false } };
  const options = readOptions(HELP, own, ({ quick, write, "no-bare": noBare }) => {
    if (write && (quick || noBare)) return "--write needs a full run, without --quick and --no-bare";
  });
  const extent = options.quick ? QUICK : FULL;
  needProgram("nginx", "-v", "apt-get install nginx (Debian has it in /usr/sbin)");
  const tools = await prepare();
  Object.assign(tools.entries, cacheApps());
  const facts = { ...machineFacts(tools), ...ownFacts() };
  const bare = options["no-bare"] ? undefined : resolve(options.bare ?? buildHitServer());
  const [mode] = modes(allowedCpus());
  pin(process.pid, mode.loadCpus);
  const context = { tools, mode, bare, pageFile: join(temporary, "page.html"), extent };

  const page = await uncachedPage(context);
  writeFileSync(context.pageFile, page);
  const sides = SIDES.filter((side) => side.name !== "bare" || bare);
  const servers = {};
  for (const side of sides) servers[side.name] = await side.start(context);
  const hits = await runHits(context, sides, servers, page);
  const misses = await runMisses(context, sides.filter((side) => side.misses), servers);
  for (const side of sides) await servers[side.name].stop();
  const memory = await runMemory(context, sides.filter((side) => side.memory));

  const text = report({ facts, extent, page, ...hits, misses, memory });
  process.stdout.write(text);
  if (options.write) writeFileSync(join(import.meta.dirname, "CACHE.md"), text);
}

/** What the app itself makes of the page. */
async function uncachedPage(context) {
  const server = await startUncached(context);
  const { decoded } = await askFor("identity", server.port, PAGE);
  await server.stop();
  return decoded;
}

/** Each by form and side: `{answers, hits: samples, steady: samples}`, and `rates` by form. */
async function runHits(context, sides, servers, page) {
  const { extent } = context;
  const results = { answers: {}, hits: {}, rates: {}, steady: {} };
  for (const form of Object.keys(FORMS)) {
    const able = sides.filter((side) => side.forms.includes(form));
    results.answers[form] = {};
    for (const side of able) {
      results.answers[form][side.name] = await check(side, servers[side.name], form, page);
      await measureHit(context, servers[side.name], form, extent.warmUp);
    }
    const hits = await inTurns(extent.rounds, able, `hits, ${form}`, (side) => measureHit(context, servers[side.name], form, extent.seconds));
    const rate = steadyRate(Object.values(hits));
    results.hits[form] = hits;
    results.rates[form] = rate;
    results.steady[form] = await inTurns(extent.steadyRounds, able, `${form} at ${rate}/s`, (side) =>
      measureSteady(context, servers[side.name], form, rate, extent.steadySeconds),
    );
  }
  return results;
}

async function runMisses({ extent }, sides, servers) {
  let pages = 0;
  return inTurns(extent.missRounds, sides, "misses", (side) => measureMisses(servers[side.name], slow(++pages), extent.clients));
}

/** A fresh server for each: one that has kept nothing yet. */
async function runMemory(context, sides) {
  const results = {};
  for (const side of sides) {
    process.stderr.write(`memory, ${side.name}\n`);
    const server = await side.start(context);
    results[side.name] = await measureMemory(side, server, context.extent);
    await server.stop();
  }
  return results;
}

function ownFacts() {
  return { nginx: nginxVersion(), "@fastify/compress": JSON.parse(readFileSync(COMPRESS_MANIFEST, "utf8")).version };
}
