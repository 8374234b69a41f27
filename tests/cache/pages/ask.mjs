/** Requests to a host, and what is looked at in the answers. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** All instances are one site. */
const HOST = "pages.test";

/**
 * @param {number | string} where a port, or the path of a socket
 * @param {string} path
 * @param {{method?: string, headers?: Record<string, string>, body?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<{status: number, headers: Record<string, string>, body: Buffer, cache: string, ms: number}>}
 */
export function ask(where, path, { body, headers, ...options } = {}) {
  const place = typeof where === "number" ? { host: "127.0.0.1", port: where, agent } : { socketPath: where, agent: false };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request({ ...place, path, headers: { host: HOST, ...headers }, ...options }, async (response) => {
      try {
        const chunks = await response.toArray();
        const { statusCode: status, headers } = response;
        const answer = { status, headers, body: Buffer.concat(chunks), cache: headers["cache-status"] ?? "", ms: performance.now() - started };
        resolve(answer);
      } catch (error) {
        reject(error);
      }
    });
    asking.on("error", reject).end(body);
  });
}

export const isHit = ({ cache }) => /; hit/.test(cache);

/** Looks until `probe` gives something that counts, and gives that. */
export async function until(what, probe, ms = 5000) {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    assert.ok(performance.now() < deadline, `in ${ms} ms: ${what}`);
    await sleep(10);
  }
}
