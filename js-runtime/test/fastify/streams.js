import Fastify from "fastify";
import { PassThrough, Readable } from "node:stream";
import { show } from "./support/show.js";

const app = Fastify();
const webStream = (chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
app.get("/node", (request, reply) => reply.send(Readable.from(["one ", "two ", "three"])));
app.get("/node-typed", (request, reply) => reply.type("text/css").header("content-length", "3").send(Readable.from(["abc"])));
app.get("/node-buffers", async () => Readable.from([Buffer.from("x"), Buffer.from("y")]));
app.get("/slow", async () => {
  async function* parts() {
    for (const part of ["a", "b", "c"]) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      yield part;
    }
  }
  return Readable.from(parts());
});
app.get("/passthrough", (request, reply) => {
  const stream = new PassThrough();
  reply.send(stream);
  stream.write("written ");
  setTimeout(() => stream.end("later"), 3);
});
app.get("/empty", (request, reply) => reply.send(Readable.from([])));
app.get("/fails", (request, reply) => {
  const stream = new Readable({
    read() {
      this.destroy(Object.assign(new Error("no file"), { statusCode: 404 }));
    },
  });
  reply.send(stream);
});
app.get("/web", (request, reply) => reply.send(webStream(["one ", "two"])));
app.get("/web-return", async () => webStream(["returned"]));
app.get("/response", async () => new Response("from response", { status: 207, headers: { "x-a": "1", "content-type": "text/odd" } }));
app.get("/response-stream", (request, reply) => reply.send(new Response(webStream(["s1", "s2"]), { headers: { "x-b": "2" } })));
app.get("/response-empty", (request, reply) => reply.send(new Response(null, { status: 204 })));
app.get("/no-content", (request, reply) => reply.code(204).send(Readable.from(["x"])));
for (const url of ["/node", "/node-typed", "/node-buffers", "/slow", "/passthrough", "/empty", "/fails", "/web", "/web-return", "/response", "/response-stream", "/response-empty", "/no-content"]) {
  show(url, await app.inject(url));
}
