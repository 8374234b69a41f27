/** What a hit costs: server CPU as fast as the server can, and latencies at a rate that no side struggles with. */
import { setTimeout as sleep } from "node:timers/promises";
import { askFor, headersFor } from "../forms.mjs";
import { steady, wrk } from "../measure.mjs";
import { cpuSeconds } from "../proc.mjs";
import { CONNECTIONS } from "../scenarios.mjs";
import { PAGE } from "./apps.mjs";

/** Requests a second that the load at a fixed rate can send on time. */
const HIGHEST_RATE = 3000;

/** Throws unless a side answers the page, decoded, the first time and again. Returns the size of its answer. */
export async function check(side, server, form, page) {
  await askFor(form, server.port, PAGE);
  const { body, decoded } = await askFor(form, server.port, PAGE);
  if (side.name !== "bare" && !decoded.equals(page)) throw new Error(`${side.title} answers another page in ${form}`);
  return { bytes: body.length, other: decoded.equals(page) ? undefined : decoded.length };
}

/** CPU of all processes of the side for a hit, in microseconds. */
export async function measureHit({ mode }, server, form, seconds) {
  const before = cpuOf(server);
  const { requests, micros } = await onlyHits(server, () => wrk(mode, urlOf(server), seconds, { headers: headersFor(form) }));
  // What wrk leaves behind is of this side, not of the next one.
  await sleep(50);
  const cpu = cpuOf(server) - before;
  return { cpuMicros: (cpu * 1e6) / requests, requestsPerSecond: requests / (micros / 1e6) };
}

/** Latencies in milliseconds. */
export async function measureSteady({ mode }, server, form, rate, seconds) {
  return onlyHits(server, () => steady(mode, urlOf(server), rate, seconds, headersFor(form)));
}

/** Half of what the slowest manages. */
export function steadyRate(samplesBySide) {
  const slowest = Math.min(...samplesBySide.flat().map(({ requestsPerSecond }) => requestsPerSecond));
  return Math.min(HIGHEST_RATE, Math.max(10, Math.round(slowest / 2 / 10) * 10));
}

/** The page may expire meanwhile: once, for those who then ask at the same time. */
async function onlyHits(server, load) {
  const before = server.renders(PAGE);
  const result = await load();
  const renders = server.renders(PAGE) - before;
  if (renders > CONNECTIONS) throw new Error(`${renders} renders among ${result.requests} requests: those were no hits`);
  return result;
}

function cpuOf(server) {
  return server.pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

function urlOf({ port }) {
  return `http://127.0.0.1:${port}${PAGE}`;
}
