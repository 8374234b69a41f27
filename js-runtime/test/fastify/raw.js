import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/end", (request, reply) => {
  reply.raw.statusCode = 202;
  reply.raw.setHeader("X-Raw", "1");
  reply.raw.setHeader("content-length", 5);
  reply.raw.end("ended");
  console.log(reply.sent, reply.raw.headersSent, reply.raw.writableEnded, reply.raw.statusCode);
});
app.get("/write-head", (request, reply) => {
  reply.raw.writeHead(201, { "X-Head": "h", "content-type": "text/odd" });
  reply.raw.write("one ");
  reply.raw.write(Buffer.from("two "));
  reply.raw.end("three");
});
app.get("/status", (request, reply) => {
  reply.raw.statusCode = 203;
  console.log(reply.statusCode);
  reply.send("status from raw");
});
app.get("/merged", (request, reply) => {
  reply.raw.setHeader("x-both", "raw");
  reply.raw.setHeader("x-raw", "raw");
  console.log(reply.raw.getHeader("X-Both"), reply.raw.hasHeader("x-none"), JSON.stringify(reply.getHeaders()));
  reply.header("x-both", "reply").send("merged");
});
app.get("/request", (request, reply) => {
  const { method, url, httpVersion, httpVersionMajor, aborted } = request.raw;
  reply.send({ method, url, httpVersion, httpVersionMajor, aborted, same: request.raw.headers === request.headers, host: request.raw.headers.host });
});
app.addContentTypeParser("*", (request, payload, done) => done(null, payload));
app.post("/stream", async (request) => {
  let text = "";
  for await (const chunk of request.body) text += chunk;
  return { text, same: request.body === request.raw };
});
app.get("/finish", (request, reply) => {
  reply.raw.once("finish", () => console.log("finish"));
  reply.send("done");
});
for (const url of ["/end", "/write-head", "/status", "/merged", "/request", "/finish"]) show(url, await app.inject(url));
show("stream", await app.inject({ method: "POST", url: "/stream", payload: "streamed body", headers: { "content-type": "text/odd" } }));
