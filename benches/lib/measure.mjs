/**
 * One measurement: a fresh server, one thing done to it, figures read, server gone. Only one server runs at a time, and no
 * measurement inherits the heap of another.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./children.mjs";
import { anonymousMiB, cpuSeconds, rssMiB } from "./proc.mjs";
import { pathOf } from "./same-bytes.mjs";
import { CONNECTIONS, STEADY_CONNECTIONS } from "./scenarios.mjs";
import { startServer } from "./servers.mjs";

/** Time for a load program to start and stop, in seconds. */
const GRACE = 20;

/** Longest time to finish what a load has left behind, in milliseconds. */
const IDLE_LIMIT_MS = 30_000;

/** Start-up and what it costs to do nothing: milliseconds and MiB. */
export async function measureStart({ tools, mode, extent }, side, app) {
  return withServer(tools, side, { app, mode }, async ({ pid, firstOk, firstPage }) => {
    await sleep(extent.settle * 1000);
    return { firstOk, firstPage, rssIdle: rssMiB(pid), anonymousIdle: anonymousMiB(pid) };
  });
}

/** As many requests as the server manages. */
export async function measureLoad({ tools, mode, extent }, side, row) {
  return withServer(tools, side, { ...row, mode }, async (server) => {
    const url = urlOf(server, tools, row);
    const warmUp = await wrk(mode, url, extent.warmUp);
    await untilIdle(server.pid);
    const cpuBefore = cpuSeconds(server.pid);
    const { requests, micros, p50, p99, p999 } = await wrk(mode, url, extent.load * (row.longer ?? 1));
    const cpu = cpuSeconds(server.pid) - cpuBefore;
    const rssLoaded = rssMiB(server.pid);
    assertLogged(server, side, row, warmUp.requests + requests);
    return {
      requestsPerSecond: requests / (micros / 1e6),
      p50: p50 / 1000,
      // A percentile that no request lies beyond is only the maximum.
      p99: requests < 100 ? NaN : p99 / 1000,
      p999: requests < 1000 ? NaN : p999 / 1000,
      cpuMicros: (cpu / requests) * 1e6,
      coresUsed: cpu / (micros / 1e6),
      rssLoaded,
    };
  });
}

/** Requests that arrive at a fixed rate, whether or not the server keeps up. */
export async function measureSteady({ tools, mode, extent }, side, row, rate) {
  return withServer(tools, side, { ...row, mode }, async (server) => {
    const url = urlOf(server, tools, row);
    await wrk(mode, url, extent.warmUp);
    await untilIdle(server.pid);
    const cpuBefore = cpuSeconds(server.pid);
    const { requests, ...figures } = await steady(mode, url, rate, extent.load);
    return { rate, ...figures, cpuMicros: ((cpuSeconds(server.pid) - cpuBefore) / requests) * 1e6 };
  });
}

async function withServer(tools, side, options, use) {
  const server = await startServer(tools, side, options);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

function urlOf({ port }, tools, row) {
  return `http://127.0.0.1:${port}${pathOf(tools, row)}`;
}

/** Runs wrk: requests, and their latencies in microseconds. `post`: bytes of the body; without it they are GETs. */
export async function wrk(mode, url, seconds, { headers = {}, post } = {}) {
  const load = ["-t", mode.wrkThreads, "-c", CONNECTIONS, "-d", `${seconds}s`, "--timeout", "60s"].map(String);
  const script = ["-s", join(import.meta.dirname, "wrk.lua")];
  const asking = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const body = post === undefined ? [] : ["--", String(post)];
  const output = await run("taskset", ["-c", mode.loadCpus.join(","), "wrk", ...load, ...script, ...asking, url, ...body], seconds + GRACE);
  const result = JSON.parse(output.match(/^RESULT (.*)$/m)?.[1] ?? "null");
  // A refused request is cheap: one of them and the figures no longer mean what they say.
  if (!result?.requests || result.errors) throw new Error(`wrk on ${url} had errors:\n${output}`);
  return result;
}

/** Runs steady.mjs: requests, their latencies in milliseconds, and how late they were sent. */
export async function steady(mode, url, rate, seconds, headers = {}) {
  const args = [join(import.meta.dirname, "steady.mjs"), url, rate, seconds, STEADY_CONNECTIONS, JSON.stringify(headers)].map(String);
  return JSON.parse(await run("taskset", ["-c", mode.loadCpus.join(","), process.execPath, ...args], seconds + GRACE));
}

/** Waits for the end of what wrk left behind: requests it gave up still cost the server time, but count for nobody. */
async function untilIdle(pid) {
  const deadline = performance.now() + IDLE_LIMIT_MS;
  for (let before = -1, now = cpuSeconds(pid); now - before > 0.011; before = now, now = cpuSeconds(pid)) {
    if (performance.now() > deadline) throw new Error("the server is busy without requests");
    await sleep(100);
  }
}

/** Logging on equal terms: two lines a request on both sides where it is on, none where it is off. */
function assertLogged(server, side, row, requests) {
  const wanted = row.logLevel ? 2 * requests : 0;
  const lines = server.output().split('"reqId"').length - 1;
  // What wrk abandoned at its end was served and logged, but not counted.
  const slack = row.logLevel ? 2 * (2 * CONNECTIONS + 2) : 0;
  if (Math.abs(lines - wanted) > slack) throw new Error(`${side} logged ${lines} lines for ${requests} requests of ${row.name}`);
}
