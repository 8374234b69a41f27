/**
 * The proxy as its documentation shows it: `node fastify.mjs FOLDER PORT FILES STREAMS`. `FOLDER` has the packages; what stays open goes to the
 * port `STREAMS`, everything else to `FILES`.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { EVENTS, PREFIX, SOCKET_PATH } from "./cases.mjs";

const [folder, port, files, streams] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const app = require("fastify")();
const proxy = require("@fastify/http-proxy");

for (const path of [EVENTS.path, SOCKET_PATH]) {
  app.register(proxy, { upstream: `http://127.0.0.1:${streams}`, prefix: path, rewritePrefix: path, websocket: path === SOCKET_PATH });
}
app.register(proxy, { upstream: `http://127.0.0.1:${files}`, prefix: PREFIX, rewritePrefix: PREFIX });
app.get("/health", async () => "ok");
await app.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
