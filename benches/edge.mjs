#!/usr/bin/env node
/**
 * `node benches/edge.mjs`: what connections cost, under Node and under ssr-host, in turns, as a Markdown table.
 *
 * Idle: memory for each of many connections that have had an answer and say no more. Slow: how long a quick client waits for its
 * answers while many others send their heads, send their bodies or read their answers a byte at a time. README.md explains the rest.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { askHealth, BATCH, close, open } from "./lib/connections.mjs";
import { machineFacts } from "./lib/machine.mjs";
import { prepare } from "./lib/prepare.mjs";
import { allowedCpus, pin, rssMiB } from "./lib/proc.mjs";
import { modes, SIDES } from "./lib/scenarios.mjs";
import { request, startServer } from "./lib/servers.mjs";

const HELP = `Usage: node benches/edge.mjs [--idle COUNT] [--slow COUNT] [--write]

  --idle COUNT   idle connections (10000); the limit on open files must allow for them: ulimit -n
  --slow COUNT   slow clients, a third of each kind (1800)
  --write        also write benches/EDGE.md
`;

/** Requests of the quick client. */
const QUICK_REQUESTS = 1000;

/** Caps out of reach: this measures what connections cost, not the refusal of one too many. */
const SETTINGS = { SSR_HOST_HTTP_MAX_CONNECTIONS: "100000", SSR_HOST_HTTP_MAX_CONNECTIONS_PER_CLIENT: "100000" };

/** What slow clients send at once, and byte by byte. */
const SLOW = [
  { kind: "heads", at_once: "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ", trickle: "x" },
  { kind: "bodies", at_once: "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 100000\r\n\r\n", trickle: "x" },
  { kind: "readers", at_once: "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20), trickle: undefined },
];

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

async function main() {
  const { values } = parseArgs({
    options: {
      idle: { type: "string", default: "10000" },
      slow: { type: "string", default: "1800" },
      write: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const tools = await prepare();
  const [mode] = modes(allowedCpus());
  const facts = machineFacts(tools);
  pin(process.pid, mode.loadCpus);

  const results = {};
  for (const side of SIDES) {
    process.stderr.write(`${side}: ${values.idle} idle connections\n`);
    const idle = await withServer(tools, mode, side, (server) => measureIdle(server, Number(values.idle)));
    process.stderr.write(`${side}: ${values.slow} slow clients\n`);
    const slow = await withServer(tools, mode, side, (server) => measureSlow(server, Number(values.slow)));
    results[side] = { ...idle, ...slow };
  }
  const text = report(facts, values, results);
  process.stdout.write(text);
  if (values.write) writeFileSync(join(import.meta.dirname, "EDGE.md"), text);
}

async function withServer(tools, mode, side, measure) {
  const server = await startServer(tools, side, { app: "blog", mode, settings: SETTINGS });
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

/** KiB of resident memory for each connection that has had one answer and is kept. */
async function measureIdle(server, count) {
  // The pages that a first burst of connections touches are not what an idle one costs.
  const warm = await open(server.port, BATCH, askHealth);
  close(warm);
  await sleep(500);
  const before = rssMiB(server.pid);
  const sockets = await open(server.port, count, askHealth);
  await sleep(1000);
  const after = rssMiB(server.pid);
  const alive = sockets.filter((socket) => !socket.destroyed).length;
  if (alive !== count) throw new Error(`only ${alive} of ${count} connections are still open`);
  close(sockets);
  return { idleKiB: ((after - before) * 1024) / count };
}

/** Milliseconds a quick client waits for `/health`, alone and among slow clients. */
async function measureSlow(server, count) {
  const alone = await quick(server.port);
  const sockets = (await Promise.all(SLOW.map((form) => openSlow(server.port, form, Math.floor(count / SLOW.length))))).flat();
  const drip = setInterval(() => {
    for (const { socket, trickle } of sockets) if (trickle !== undefined && !socket.destroyed) socket.write(trickle);
  }, 1000);
  await sleep(2000);
  const among = await quick(server.port);
  clearInterval(drip);
  close(sockets.map(({ socket }) => socket));
  return { alone, among };
}

async function openSlow(port, { at_once, trickle }, count) {
  const sockets = await open(port, count, async (socket) => {
    if (trickle === undefined) socket.pause();
    socket.write(at_once);
  });
  return sockets.map((socket) => ({ socket, trickle }));
}

async function quick(port) {
  const times = [];
  for (let i = 0; i < QUICK_REQUESTS; i++) {
    const began = performance.now();
    const { status } = await request(port, "/health");
    if (status !== 200) throw new Error(`/health answered ${status}`);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)], max: times.at(-1) };
}

function report(facts, { idle, slow }, { node, "ssr-host": host }) {
  const row = (name, of, digits = 1) =>
    `| ${name} | ${of(node).toFixed(digits)} | ${of(host).toFixed(digits)} | ${(of(host) / of(node)).toFixed(2)}× |`;
  return [
    "# Connections: ssr-host and Node + Fastify on the same bundle",
    "",
    `Made by \`node benches/edge.mjs\`. The blog, each server alone on one core, this client on another. ${idle} idle connections that have had one answer of \`/health\`; ${slow} slow clients: a third sends a head a byte a second, a third a body, a third asks for twenty pages and reads none. The quick client opens a connection for each of ${QUICK_REQUESTS} requests of \`/health\`.`,
    "",
    "|  |  |",
    "| --- | --- |",
    ...Object.entries(facts).map(([name, value]) => `| ${name} | ${value} |`),
    "",
    "|  | Node | ssr-host | ratio |",
    "| --- | --: | --: | --: |",
    row("resident memory per idle connection, KiB", (side) => side.idleKiB),
    row("quick client alone: p50, ms", (side) => side.alone.p50, 2),
    row("p99, ms", (side) => side.alone.p99, 2),
    row("among the slow: p50, ms", (side) => side.among.p50, 2),
    row("p99, ms", (side) => side.among.p99, 2),
    row("longest, ms", (side) => side.among.max, 2),
    "",
  ].join("\n");
}
