import Fastify from "fastify";
import { show } from "./support/show.js";

const build = (name, hook) => {
  const app = Fastify();
  app.addHook(name, hook);
  app.addHook("preHandler", async () => {
    console.log("a later hook runs");
  });
  app.addHook("onSend", async (request, reply, payload) => {
    console.log("onSend", payload);
    return payload;
  });
  app.addHook("onResponse", async (request, reply) => {
    console.log("onResponse", reply.statusCode, reply.sent);
  });
  app.get("/", async () => {
    console.log("handler");
    return "handler";
  });
  return app;
};
for (const name of ["onRequest", "preValidation", "preHandler"]) {
  show(`${name} callback reply`, await build(name, (request, reply, done) => reply.code(401).send("early")).inject("/"));
  show(`${name} async reply`, await build(name, async (request, reply) => {
    reply.code(401).send({ early: true });
  }).inject("/"));
  show(`${name} async return reply`, await build(name, async (request, reply) => reply.code(403).send("early")).inject("/"));
  show(`${name} error`, await build(name, (request, reply, done) => done(new Error("failed"))).inject("/"));
  show(`${name} throw`, await build(name, () => {
    throw new TypeError("thrown");
  }).inject("/"));
  show(`${name} reject`, await build(name, async () => {
    throw Object.assign(new Error("rejected"), { statusCode: 402, code: "E_PAY" });
  }).inject("/"));
  show(`${name} reject undefined`, await build(name, () => Promise.reject()).inject("/"));
}
show("onSend error", await build("onSend", async () => {
  throw new Error("in onSend");
}).inject("/"));
show("preSerialization error", await build("preSerialization", async () => {
  throw new Error("in preSerialization");
}).inject("/"));
