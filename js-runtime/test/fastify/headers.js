import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/set", (request, reply) => {
  reply.header("X-One", "1").header("x-ONE", "2").headers({ "X-Two": 2, "x-three": "three" });
  console.log(reply.getHeader("x-one"), reply.hasHeader("X-Two"), reply.hasHeader("nope"), JSON.stringify(reply.getHeaders()));
  reply.removeHeader("X-THREE");
  reply.send("ok");
});
app.get("/empty", (request, reply) => reply.header("x-empty").send("ok"));
app.get("/cookies", (request, reply) => {
  reply.header("set-cookie", "a=1").header("Set-Cookie", "b=2").header("set-cookie", ["c=3", "d=4"]).send("ok");
});
app.get("/one-cookie", (request, reply) => reply.header("set-cookie", "a=1; HttpOnly; Max-Age=60; Path=/").send("ok"));
app.get("/list", (request, reply) => reply.header("x-list", ["a", "b"]).send("ok"));
app.get("/length", (request, reply) => reply.header("content-length", "2").send("hello"));
app.get("/bad-value", (request, reply) => reply.header("x-bad", "a\nb").send("ok"));
app.get("/bad-name", (request, reply) => reply.header("x bad", "a").send("ok"));
app.get("/undefined", (request, reply) => reply.headers({ "x-u": null }).send("ok"));
app.get("/raw", (request, reply) => {
  reply.raw.setHeader("X-Raw", "raw");
  console.log(reply.getHeader("x-raw"), reply.hasHeader("x-raw"));
  reply.header("x-own", "own").send("ok");
});
app.get("/unicode", (request, reply) => reply.header("x-latin", "é").send("ok"));
for (const path of ["set", "empty", "cookies", "one-cookie", "list", "length", "bad-value", "bad-name", "undefined", "raw", "unicode"]) {
  const response = await app.inject(`/${path}`);
  show(path, response);
  if (path.includes("cookie")) console.log(JSON.stringify(response.cookies));
}
