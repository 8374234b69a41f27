/** Server-sent events: CPU of the proxy for each, and how long they are on their way. */
import { setTimeout as sleep } from "node:timers/promises";
import { close, open } from "../connections.mjs";
import { getHead } from "../http1.mjs";
import { EVENTS } from "./cases.mjs";
import { cpuOf } from "./requests.mjs";

const SETTLE_MS = 500;

/** Microseconds of CPU, milliseconds of delay. */
export async function measureEvents(server, seconds) {
  const delays = [];
  const sockets = await open(server.streams, EVENTS.clients, async (socket) => {
    socket.on("data", (chunk) => arrived(chunk.toString("latin1"), delays));
    socket.write(getHead(EVENTS.path, { host: "localhost" }));
  });
  await sleep(SETTLE_MS);
  delays.length = 0;
  const before = cpuOf(server);
  await sleep(seconds * 1000);
  const cpu = cpuOf(server) - before;
  const count = delays.length;
  close(sockets);
  if (count < EVENTS.clients) throw new Error(`only ${count} events have come to ${EVENTS.clients} clients`);
  delays.sort((a, b) => a - b);
  return { cpuMicros: (cpu * 1e6) / count, p50: delays[Math.floor(count * 0.5)], p99: delays[Math.floor(count * 0.99)] };
}

/** Backend and client have the same clock. */
function arrived(text, delays) {
  const now = process.hrtime.bigint();
  for (const [, sent] of text.matchAll(/data: (\d+)\n\n/g)) delays.push(Number(now - BigInt(sent)) / 1e6);
}
