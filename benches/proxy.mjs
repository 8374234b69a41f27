#!/usr/bin/env node
/**
 * `node benches/proxy.mjs`: what a request to a backend costs on its way through ssr-host, nginx and `@fastify/http-proxy`, in turns, as
 * Markdown tables; and what a WebSocket takes that stays open. This file is the order of events; README.md explains the figures.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machineFacts } from "./lib/machine.mjs";
import { needProgram, prepare } from "./lib/prepare.mjs";
import { allowedCpus, openFiles, pin } from "./lib/proc.mjs";
import { startBackends } from "./lib/proxy/backends.mjs";
import { CASES, FULL, QUICK } from "./lib/proxy/cases.mjs";
import { measureEvents } from "./lib/proxy/events.mjs";
import { report } from "./lib/proxy/report.mjs";
import { check, measureRequests, measureSteady, steadyRate } from "./lib/proxy/requests.mjs";
import { SIDES, versions } from "./lib/proxy/sides.mjs";
import { measureSockets, memoryOf } from "./lib/proxy/sockets.mjs";
import { inTurns, nginxVersion, ONLY, readOptions } from "./lib/run.mjs";
import { modes } from "./lib/scenarios.mjs";

const HELP = `Usage: node benches/proxy.mjs [--quick] [--write] [--only SIDE]…

  --quick       one short round of everything: shows that it works, its figures mean nothing
  --write       also write benches/PROXY.md (a full run only)
  --only SIDE   besides the backend itself: ${SIDES.filter(({ proxy }) => proxy).map(({ name }) => name).join(", ")}; may be repeated
`;

/** What a server may have open besides, connections of the first burst among them that are about to close. */
const OTHER_FILES = 1000;

const IDLE_MS = 1500;

await main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

async function main() {
  const options = readOptions(HELP, ONLY, ({ only, quick, write }) => {
    if (write && (quick || only)) return "--write needs a full run, without --quick and --only";
    const unknown = only?.find((name) => !SIDES.some((side) => side.proxy && side.name === name));
    if (unknown) return `no side \`${unknown}\``;
  });
  const extent = { ...(options.quick ? QUICK : FULL) };
  // A proxy has two connections for each.
  extent.sockets = Math.min(extent.sockets, Math.floor((openFiles() - OTHER_FILES) / 2));
  needProgram("nginx", "-v", "apt-get install nginx (Debian has it in /usr/sbin)");
  const tools = await prepare();
  const facts = machineFacts(tools);
  const [mode] = modes(allowedCpus());
  pin(process.pid, mode.loadCpus);
  const context = { tools, mode, extent, backends: await startBackends(mode.loadCpus) };

  const sides = SIDES.filter(({ name, proxy }) => !proxy || !options.only || options.only.includes(name));
  const servers = {};
  for (const side of sides) servers[side.name] = await side.start(context);
  await sleep(IDLE_MS);
  const idle = memory(sides, servers);
  const requests = await runRequests(context, sides, servers);
  const loaded = memory(sides, servers);
  const events = await inTurns(extent.eventRounds, sides, "events", (side) => measureEvents(servers[side.name], extent.eventSeconds));
  for (const side of sides) await servers[side.name].stop();
  const sockets = await runSockets(context, sides.filter(({ proxy }) => proxy));

  const text = report({ facts: { ...facts, ...ownFacts() }, extent, sides, idle, loaded, events, sockets, ...requests });
  process.stdout.write(text);
  if (options.write) writeFileSync(join(import.meta.dirname, "PROXY.md"), text);
  // The servers end with this process.
  process.exit(0);
}

/** Each by case and side: `{loads: samples, steady: samples}`, and `rates` by case. */
async function runRequests(context, sides, servers) {
  const { extent } = context;
  const results = { loads: {}, rates: {}, steady: {} };
  for (const test of CASES) {
    await check(servers, test);
    for (const side of sides) await measureRequests(context, servers[side.name], test, extent.warmUp);
    const loads = await inTurns(extent.rounds, sides, test.title, (side) => measureRequests(context, servers[side.name], test, extent.seconds));
    results.loads[test.name] = loads;
    if (!test.steady) continue;
    const rate = { perSecond: steadyRate(Object.values(loads)), seconds: extent.steadySeconds };
    results.rates[test.name] = rate.perSecond;
    results.steady[test.name] = await inTurns(extent.steadyRounds, sides, `${test.title}, ${rate.perSecond}/s`, (side) =>
      measureSteady(context, servers[side.name], test, rate),
    );
  }
  return results;
}

/**
 * A fresh server for each: the heap of one that has been busy has room. And a fresh backend: there are not enough ports for connections of
 * all sides to one address, since those that were closed keep theirs for a minute.
 */
async function runSockets(context, sides) {
  const { sockets } = context.extent;
  const results = {};
  for (const side of sides) {
    process.stderr.write(`${sockets} WebSockets, ${side.name}\n`);
    const backends = await startBackends(context.mode.loadCpus);
    const server = await side.start({ ...context, backends });
    results[side.name] = await measureSockets(server, sockets);
    await server.stop();
    for (const backend of Object.values(backends)) await backend.stop();
  }
  return results;
}

function memory(sides, servers) {
  return Object.fromEntries(sides.map(({ name }) => [name, memoryOf(servers[name])]));
}

/** The app takes no part. */
function ownFacts() {
  return { Fastify: undefined, "isomorphic-dompurify": undefined, nginx: nginxVersion(), ...versions() };
}
