// `createAPIClient` and the WebSocket client of @composable-svelte/core do in an isolate what they do on Node.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const host = process.env.SSR_HOST_BIN ?? join(import.meta.dirname, "../../target/release/ssr-host");
const program = join(import.meta.dirname, "library.mjs");

/** A backend for one run: it counts. */
async function backend() {
  const counts = { "/counted": 0, "/sometimes": 0 };
  const server = createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    const json = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    let body = "";
    for await (const chunk of request) body += chunk;
    if (path in counts) counts[path]++;
    // The connection is the host's, and its header with it.
    const { host: _, connection: __, ...headers } = request.headers;
    if (path === "/echo" || path === "/json") return json(200, { method: request.method, url: request.url, headers, body });
    if (path === "/text") return response.writeHead(200, { "content-type": "text/plain" }).end("text");
    if (path === "/empty") return response.writeHead(204).end();
    if (path === "/invalid") return json(422, { errors: { field: "is missing" } });
    if (path === "/counted") return setTimeout(() => json(200, {}), 20);
    if (path === "/count") return json(200, counts["/counted"]);
    if (path === "/sometimes") return json(counts[path] < 3 ? 503 : 200, {});
    if (path !== "/never") json(500, { message: "broken" });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function run(command, ...parameters) {
  const server = await backend();
  const closed = await backend();
  const [url, closedUrl] = [server, closed].map((each) => `http://127.0.0.1:${each.address().port}`);
  closed.close();
  const env = { ...process.env, TEST_BACKEND: url, TEST_CLOSED: closedUrl };
  try {
    return (await promisify(execFile)(command, [...parameters, program], { env, timeout: 60_000 })).stdout.trim().split("\n");
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("the library's clients do what they do on Node", async () => {
  const node = await run(process.execPath, "--no-warnings");
  assert.ok(node.length >= 14, "every case prints a line");
  assert.deepEqual(await run(host, "run-js"), node);
});
