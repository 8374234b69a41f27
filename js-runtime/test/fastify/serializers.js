import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/reply", (request, reply) => reply.serializer((payload) => `custom ${payload.a}`).send({ a: 1 }));
app.get("/reply-typed", (request, reply) => reply.type("text/x").serializer((payload) => `custom ${payload.a}`).send({ a: 1 }));
app.get("/reply-string", (request, reply) => reply.type("text/x").serializer((payload) => `custom ${payload}`).send("text"));
app.get("/throws", (request, reply) => reply.serializer(() => {
  throw new Error("serializer failed");
}).send({ a: 1 }));
app.get("/serialize", (request, reply) => reply.type("text/plain").send(reply.serialize({ x: [1] })));
app.register(async (child) => {
  child.setReplySerializer((payload, statusCode) => `${statusCode}:${JSON.stringify(payload)}`);
  child.get("/", async () => ({ child: true }));
  child.get("/code", (request, reply) => reply.code(201).send({ child: true }));
}, { prefix: "/child" });
app.get("/to-json", async () => ({ toJSON: () => ({ converted: true }) }));
app.get("/bigint", async () => ({ n: 1n }));
for (const url of ["/reply", "/reply-typed", "/reply-string", "/throws", "/serialize", "/child", "/child/code", "/to-json", "/bigint"]) show(url, await app.inject(url));
