/**
 * A load that does not wait for the server: `node steady.mjs URL RATE SECONDS CONNECTIONS [HEADERS]`, the
 * headers as JSON. Prints one line of JSON.
 *
 * Requests arrive at random times at a fixed mean rate, as those of independent clients do; the times are the same in every
 * run. Latency counts from the arrival, so a server that stalls pays for everybody who waits. wrk cannot do this.
 * GET only, keep-alive.
 */
import { connect } from "node:net";
import { bytesMissing, getHead } from "./http1.mjs";

const MAX_ANSWER_WAIT_MS = 10_000;

const [address, rate, seconds, connections, headers = "{}"] = process.argv.slice(2);
const url = new URL(address);
const head = getHead(url.pathname + url.search, { host: url.host, ...JSON.parse(headers) });
const latencies = [];
const lateness = [];
const waiting = [];
const idle = Array.from({ length: Number(connections) }, open);

await Promise.all(idle.map((connection) => connection.ready));
await drive(Number(rate), Number(seconds));
console.log(JSON.stringify(summary()));
process.exit(0);

/** Sends on time: it spins, because timers are a millisecond late and more. */
async function drive(perSecond, duration) {
  const random = randomNumbers(1);
  const began = performance.now();
  const end = began + duration * 1000;
  let next = began;
  let sent = 0;
  for (;;) {
    const now = performance.now();
    for (; next <= now && next < end; sent++) {
      lateness.push(now - next);
      arrive(next);
      next += (-Math.log(1 - random()) / perSecond) * 1000;
    }
    if (next >= end && latencies.length === sent) return;
    if (now > end + MAX_ANSWER_WAIT_MS) throw new Error(`${sent - latencies.length} requests were never answered`);
    await new Promise(setImmediate);
  }
}

function arrive(time) {
  const connection = idle.pop();
  if (connection) connection.send(time);
  else waiting.push(time);
}

/** One keep-alive connection with at most one request on it. */
function open() {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let arrived;
  let received = [];
  let missing = 0;
  const connection = {
    ready: new Promise((resolve) => socket.once("connect", resolve)),
    send(time) {
      arrived = time;
      socket.write(head);
    },
  };
  socket.on("data", (chunk) => {
    if (missing > 0) missing -= chunk.length;
    else {
      received.push(chunk);
      missing = bytesMissing(Buffer.concat(received));
    }
    if (missing !== 0) return;
    received = [];
    latencies.push(performance.now() - arrived);
    if (waiting.length > 0) connection.send(waiting.shift());
    else idle.push(connection);
  });
  socket.on("close", () => {
    throw new Error("the server closed a connection");
  });
  return connection;
}

function summary() {
  latencies.sort((a, b) => a - b);
  lateness.sort((a, b) => a - b);
  const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return {
    requests: latencies.length,
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
    p999: at(latencies, 0.999),
    // What this program itself adds: it sent its requests this much too late.
    lateP99: at(lateness, 0.99),
  };
}

/** mulberry32: the same numbers in every run. */
function randomNumbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
