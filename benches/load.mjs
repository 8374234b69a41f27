#!/usr/bin/env node
/**
 * `node benches/load.mjs`: the same bundles under Node and under ssr-host, measured in turns, as a Markdown table.
 *
 * This file is the order of events. What is measured is in `lib/scenarios.mjs`, how in `lib/measure.mjs`; README.md explains
 * the figures. It compares two servers on one machine; it is no test, and nothing fails because a figure is bad.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineFacts } from "./lib/machine.mjs";
import { measureLoad, measureStart, measureSteady } from "./lib/measure.mjs";
import { prepare } from "./lib/prepare.mjs";
import { allowedCpus, pin } from "./lib/proc.mjs";
import { report } from "./lib/report.mjs";
import { ONLY, readOptions } from "./lib/run.mjs";
import { assertSameBytes } from "./lib/same-bytes.mjs";
import { APPS, FULL, modes, QUICK, ROWS, SIDES } from "./lib/scenarios.mjs";

const HELP = `Usage: node benches/load.mjs [--quick] [--write] [--only ROW]…

  --quick      one short pair of everything: shows that it works, its figures mean nothing
  --write      also write benches/RESULTS.md (a full run only)
  --only ROW   only this row; may be repeated. Rows: ${ROWS.map((row) => row.name).join(", ")}
`;

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

async function main() {
  const options = readOptions(HELP, ONLY, ({ only, quick, write }) => {
    const unknown = only?.find((name) => !ROWS.some((row) => row.name === name));
    if (unknown) return `there is no row ${unknown}`;
    if (write && (quick || only)) return "--write needs a full run, without --quick and --only";
  });
  const extent = options.quick ? QUICK : FULL;
  const rows = ROWS.filter((row) => !options.only || options.only.includes(row.name));
  const tools = await prepare();
  const facts = machineFacts(tools);

  for (const app of appsOf(rows)) await assertSameBytes(tools, app, rows.filter((row) => row.app === app));

  const results = [];
  for (const mode of modes(allowedCpus())) results.push(await runMode(mode, { tools, rows, extent }));

  const text = report({ facts, extent, results });
  process.stdout.write(text);
  if (options.write) writeFileSync(join(import.meta.dirname, "RESULTS.md"), text);
}

/** All figures of one mode: `{mode, start: {app: samples}, load: {row: samples}, steady: {row: samples}}`. */
async function runMode(mode, { tools, rows, extent }) {
  // This process polls for the first answer: off the server's core, like the load.
  pin(process.pid, mode.loadCpus);
  const context = { tools, mode, extent };
  const result = { mode, start: {}, load: {}, steady: {} };

  for (const app of appsOf(rows)) {
    // Not counted: whoever comes first reads the programs from disk.
    for (const side of SIDES) await measureStart(context, side, app);
    result.start[app] = await inTurns(extent.starts, `${mode.name}: start ${app}`, (side) => measureStart(context, side, app));
  }
  for (const row of rows) {
    result.load[row.name] = await inTurns(extent.pairs, `${mode.name}: load ${row.name}`, (side) => measureLoad(context, side, row));
  }
  for (const row of rows.filter((row) => row.steady && mode.steady)) {
    const rate = steadyRate(result.load[row.name].node);
    result.steady[row.name] = await inTurns(extent.pairs, `${mode.name}: ${row.name} at ${rate}/s`, (side) =>
      measureSteady(context, side, row, rate),
    );
  }
  return result;
}

/** Node, ssr-host, Node, ssr-host, …: whatever else the machine does meanwhile meets both. */
async function inTurns(times, label, measure) {
  const samples = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let turn = 1; turn <= times; turn++) {
    for (const side of SIDES) {
      process.stderr.write(`${label}, ${side} ${turn}/${times}\n`);
      samples[side].push(await measure(side));
    }
  }
  return samples;
}

/** Half of what Node manages at most, for both sides: a load that neither struggles with. */
function steadyRate(nodeSamples) {
  const slowest = Math.min(...nodeSamples.map((sample) => sample.requestsPerSecond));
  return Math.max(10, Math.round(slowest / 2 / 10) * 10);
}

function appsOf(rows) {
  return Object.keys(APPS).filter((app) => rows.some((row) => row.app === app));
}
