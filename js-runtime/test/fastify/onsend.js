import Fastify from "fastify";
import { Readable } from "node:stream";
import { show } from "./support/show.js";

const app = Fastify();
app.addHook("preSerialization", async (request, reply, payload) => ({ wrapped: payload }));
app.addHook("onSend", async (request, reply, payload) => {
  console.log("onSend", typeof payload, payload === null);
  if (request.url === "/upper") return payload.toUpperCase();
  if (request.url === "/null") return null;
  if (request.url === "/buffer") return Buffer.from("from hook");
  if (request.url === "/status") reply.code(202).header("x-late", "1");
  if (request.url === "/stream") return Readable.from(["a", "b"]);
  return payload;
});
for (const url of ["/upper", "/null", "/buffer", "/status", "/stream"]) app.get(url, async () => ({ url }));
app.get("/text", async () => "text is not wrapped");
for (const url of ["/upper", "/null", "/buffer", "/status", "/stream", "/text"]) show(url, await app.inject(url));
