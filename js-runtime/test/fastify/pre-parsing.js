import Fastify from "fastify";
import { Readable, Transform } from "node:stream";
import { show } from "./support/show.js";

const app = Fastify();
app.addHook("preParsing", async (request, reply, payload) => {
  if (request.url === "/same") return payload;
  if (request.url === "/replace") return Object.assign(Readable.from([Buffer.from('{"replaced":true}')]), { receivedEncodedLength: 7 });
  if (request.url === "/transform") {
    const upper = new Transform({
      transform(chunk, encoding, callback) {
        this.receivedEncodedLength = (this.receivedEncodedLength ?? 0) + chunk.length;
        callback(null, chunk.toString().toUpperCase());
      },
    });
    return payload.pipe(upper);
  }
  if (request.url === "/error") throw Object.assign(new Error("cannot parse"), { statusCode: 400 });
  return undefined;
});
for (const url of ["/same", "/replace", "/transform", "/error", "/other"]) app.post(url, async (request) => ({ body: request.body }));
show("same", await app.inject({ method: "POST", url: "/same", payload: { a: 1 } }));
show("replace", await app.inject({ method: "POST", url: "/replace", payload: { a: 1 } }));
show("transform", await app.inject({ method: "POST", url: "/transform", payload: "text", headers: { "content-type": "text/plain" } }));
show("error", await app.inject({ method: "POST", url: "/error", payload: { a: 1 } }));
show("other", await app.inject({ method: "POST", url: "/other", payload: { a: 1 } }));
