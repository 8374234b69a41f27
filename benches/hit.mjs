#!/usr/bin/env node
/**
 * `node benches/hit.mjs`: server CPU for a response that is in memory, through the listener and every layer with default
 * settings, and from a bare axum handler, in turns, as a Markdown table. README.md explains how figures are taken.
 */
import { parseArgs } from "node:util";
import { askFor, FORMS, headersFor } from "./lib/forms.mjs";
import { buildHitServer, startHitServer } from "./lib/hit-server.mjs";
import { wrk } from "./lib/measure.mjs";
import { allowedCpus, cpuSeconds, pin } from "./lib/proc.mjs";
import { modes } from "./lib/scenarios.mjs";

const SIDES = ["bare", "host"];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    forms: { type: "string", default: Object.keys(FORMS).join() },
    binary: { type: "string" },
  },
});
const [mode] = modes(allowedCpus());
const binary = values.binary ?? buildHitServer();
pin(process.pid, mode.loadCpus);

const servers = {};
for (const side of SIDES) servers[side] = await startHitServer(binary, [side], mode.serverCpus);
console.log("| answer | bytes | bare axum, µs | ssr-host, µs | ratio | least and largest ratio of a round |");
console.log("| --- | --: | --: | --: | --: | --- |");
for (const form of values.forms.split(",")) console.log(await row(form));
for (const side of SIDES) await servers[side].stop();

async function row(form) {
  const [bare, host] = await Promise.all(SIDES.map((side) => askFor(form, servers[side].port, "/")));
  if (!bare.decoded.equals(host.decoded)) throw new Error(`the bodies differ (${form})`);
  for (const side of SIDES) await measure(servers[side], form, 1);
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    // Whoever is first in a round is second in the next.
    const order = round % 2 ? SIDES.toReversed() : SIDES;
    const micros = {};
    for (const side of order) micros[side] = await measure(servers[side], form, Number(values.seconds));
    rounds.push({ ...micros, ratio: micros.host / micros.bare });
  }
  const of = (figure) => rounds.map((round) => round[figure]).sort((a, b) => a - b);
  const [bareMicros, hostMicros, ratio] = ["bare", "host", "ratio"].map((figure) => median(of(figure)).toFixed(2));
  const ratios = of("ratio");
  return `| ${form} | ${host.body.length} | ${bareMicros} | ${hostMicros} | ${ratio} | ${ratios[0].toFixed(2)} – ${ratios.at(-1).toFixed(2)} |`;
}

/** Microseconds of server CPU for a request. */
async function measure({ pid, port }, form, seconds) {
  const before = cpuSeconds(pid);
  const { requests } = await wrk(mode, `http://127.0.0.1:${port}/`, seconds, { headers: headersFor(form) });
  return ((cpuSeconds(pid) - before) * 1e6) / requests;
}

function median(sorted) {
  return sorted[Math.floor(sorted.length / 2)];
}
