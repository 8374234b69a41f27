import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
const hook = (name) => async (request) => {
  (request.trace ??= []).push(name);
};
app.get("/before", async (request) => request.trace);
app.register(async (child) => {
  child.addHook("onRequest", hook("child"));
  child.get("/child", async (request) => request.trace);
});
app.addHook("onRequest", hook("added after the child"));
app.addHook("preHandler", hook("root preHandler"));
app.after(() => {
  app.addHook("onRequest", hook("added in after"));
});
app.register(async (child) => {
  child.addHook("preHandler", hook("second child"));
  child.get("/second", { preHandler: [hook("route 1"), hook("route 2")] }, async (request) => request.trace);
});
app.addHook("onTimeout", async () => {});
app.addHook("onRequestAbort", async (request) => {});
for (const url of ["/before", "/child", "/second"]) show(url, await app.inject(url));

const slow = Fastify();
slow.addHook("onRequest", async (request) => {
  await new Promise((resolve) => setTimeout(resolve, Number(request.query.wait)));
});
slow.get("/", async (request, reply) => {
  reply.header("x-id", request.query.id);
  await new Promise((resolve) => setTimeout(resolve, 2));
  return `answer ${request.query.id}`;
});
const answers = await Promise.all([9, 1, 5].map((wait, id) => slow.inject(`/?wait=${wait}&id=${id}`)));
for (const answer of answers) show("concurrent", answer);
let status;
const observed = Fastify();
observed.addHook("onResponse", (request, reply, done) => {
  status = [reply.statusCode, reply.sent, reply.elapsedTime > 0, reply.getHeader("content-type")];
  done();
});
observed.get("/", async (request, reply) => reply.code(201).send({ a: 1 }));
await observed.inject("/");
console.log(JSON.stringify(status));
