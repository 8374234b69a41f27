/** A request on a connection of its own. */
import { request } from "node:http";

const TIMEOUT_MS = 30_000;

/**
 * @param {string} url
 * @param {{method?: string, headers?: Record<string, string>, body?: string}} [options]
 * @returns {Promise<{status: number, headers: import("node:http").IncomingHttpHeaders, body: string, bytes: number}>}
 */
export function ask(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks);
        resolve({ status: response.statusCode, headers: response.headers, body: whole.toString(), bytes: whole.length });
      });
    });
    asking.on("timeout", () => asking.destroy(new Error(`${method} ${url}: no answer in ${TIMEOUT_MS} ms`)));
    asking.on("error", reject);
    asking.end(body);
  });
}
