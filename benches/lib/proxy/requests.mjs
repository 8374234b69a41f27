/** Requests that are answered at once: CPU of the proxy as fast as it can, and latencies at a rate that no side struggles with. */
import { setTimeout as sleep } from "node:timers/promises";
import { request as open } from "node:http";
import { once } from "node:events";
import { steady, wrk } from "../measure.mjs";
import { cpuSeconds, pin } from "../proc.mjs";

/** Requests a second that the load at a fixed rate can send on time. */
const HIGHEST_RATE = 2000;

const COMPARED = ["content-type", "content-length", "content-encoding", "etag", "last-modified"];

/** Throws unless a side gives the backend's own answer. */
export async function check(servers, test) {
  const expected = await ask(servers.direct.port, test);
  if (expected.status !== 200 || expected.body.length !== test.bytes) throw new Error(`the backend answers ${expected.status} to ${test.path}, ${expected.body.length} bytes`);
  for (const [name, server] of Object.entries(servers)) {
    const got = await ask(server.port, test);
    if (got.status !== 200 || !got.body.equals(expected.body)) throw new Error(`${name} has another answer to ${test.path}: ${got.status}`);
    const changed = COMPARED.find((header) => got.headers[header] !== expected.headers[header]);
    if (changed) throw new Error(`${name} has another ${changed} of ${test.path}: ${got.headers[changed]}`);
  }
}

async function ask(port, { path, post }) {
  const sent = open({ host: "127.0.0.1", port, path, method: post ? "POST" : "GET", agent: false, timeout: 10_000 });
  sent.end(post ? "x".repeat(post) : undefined);
  const [response] = await once(sent, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** CPU of all processes of the side for a request, in microseconds; backend and load are on the other core. */
export async function measureRequests({ mode }, server, { path, post }, seconds) {
  const before = cpuOf(server);
  const { requests, micros } = await wrk(mode, `http://127.0.0.1:${server.port}${path}`, seconds, { post });
  // What wrk leaves behind is of this side, not of the next one.
  await sleep(50);
  const cpu = cpuOf(server) - before;
  return { cpuMicros: (cpu * 1e6) / requests, requestsPerSecond: requests / (micros / 1e6), coresUsed: cpu / (micros / 1e6) };
}

/** Latencies in milliseconds. The load keeps its core busy to be on time, so the backend is beside the proxy meanwhile. */
export async function measureSteady({ mode, backends }, server, { path }, rate) {
  backends.files.pids().forEach((pid) => pin(pid, mode.serverCpus));
  try {
    return await steady(mode, `http://127.0.0.1:${server.port}${path}`, rate.perSecond, rate.seconds);
  } finally {
    backends.files.pids().forEach((pid) => pin(pid, mode.loadCpus));
  }
}

/** A quarter of what the slowest manages: the backend takes its share of the core. */
export function steadyRate(samplesBySide) {
  const slowest = Math.min(...samplesBySide.flat().map(({ requestsPerSecond }) => requestsPerSecond));
  return Math.min(HIGHEST_RATE, Math.max(10, Math.round(slowest / 4 / 10) * 10));
}

export function cpuOf(server) {
  return server.pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}
