import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
const payloads = {
  string: "text",
  empty: "",
  object: { a: 1, b: [true, null], c: undefined },
  array: [1, 2],
  number: 42,
  zero: 0,
  boolean: false,
  null: null,
  undefined,
  buffer: Buffer.from("bytes"),
  uint8: new Uint8Array([104, 105]),
  unicode: "grüße 🎉",
  date: { at: new Date(0) },
};
for (const name of Object.keys(payloads)) {
  app.get(`/${name}`, (request, reply) => {
    reply.send(payloads[name]);
  });
}
app.get("/html", (request, reply) => reply.type("text/html").send("<p>x</p>"));
app.get("/html-object", (request, reply) => reply.type("text/html").send({ a: 1 }));
app.get("/json-text", (request, reply) => reply.type("application/json").send('{"raw":1}'));
app.get("/json-semicolon", (request, reply) => reply.type("application/json;").send({ a: 1 }));
app.get("/hal", (request, reply) => reply.type("application/hal+json").send({ a: 1 }));
app.get("/charset", (request, reply) => reply.type("application/json; charset=latin1").send({ a: 1 }));
app.get("/json-buffer", (request, reply) => reply.type("application/json").send(Buffer.from("{}")));
app.get("/return-string", async () => "returned");
app.get("/return-object", async () => ({ returned: true }));
app.get("/return-undefined", async () => undefined);
app.get("/return-sync", () => ({ sync: true }));
app.get("/return-reply", async (request, reply) => {
  reply.code(201).send("via reply");
  return reply;
});
app.get("/later", (request, reply) => {
  setTimeout(() => reply.send("later"), 5);
});
app.get("/later-reply", async (request, reply) => {
  setTimeout(() => reply.send("later reply"), 5);
  return reply;
});
app.get("/await-reply", async (request, reply) => {
  setTimeout(() => reply.send("awaited"), 5);
  await reply;
  console.log("sent:", reply.sent);
});
app.get("/twice", (request, reply) => {
  reply.send("first");
  reply.send("second");
});
app.get("/symbol", (request, reply) => reply.type("text/plain").send(Symbol.for("x")));
app.get("/map", (request, reply) => reply.send(new Map([[1, 2]])));

const paths = [...Object.keys(payloads), "html", "html-object", "json-text", "json-semicolon", "hal", "charset"];
paths.push("json-buffer", "return-string", "return-object", "return-undefined", "return-sync", "return-reply");
paths.push("later", "later-reply", "await-reply", "twice", "map");
for (const path of paths) show(path, await app.inject(`/${path}`));
await failing("symbol", async () => show("symbol", await app.inject("/symbol")));
