/** One request, over a connection of its own. */
import { request } from "node:http";

/**
 * @param {string} url
 * @param {{method?: string, headers?: Record<string, string>, body?: string | Buffer, timeout?: number}} [options]
 * @returns {Promise<{status: number, headers: import("node:http").IncomingHttpHeaders, trailers: object, body: Buffer}>}
 */
export function ask(url, { body, timeout = 20_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent: false, signal: AbortSignal.timeout(timeout), ...options }, async (response) => {
      try {
        const chunks = await response.toArray();
        resolve({ status: response.statusCode, headers: response.headers, trailers: response.trailers, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    asking.on("error", reject).end(body);
  });
}
