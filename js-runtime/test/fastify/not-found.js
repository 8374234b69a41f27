import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
app.addHook("onRequest", async (request, reply) => {
  reply.header("x-hook", "ran");
});
app.get("/exists", async () => "ok");
app.get("/call", (request, reply) => reply.callNotFound());
app.register(async (child) => {
  child.setNotFoundHandler({
    preHandler: (request, reply, done) => {
      console.log("preHandler of 404", request.is404);
      done();
    },
  }, (request, reply) => {
    reply.code(404).send({ custom: request.url, params: request.params });
  });
  child.get("/inner", async () => "inner");
  child.get("/call", (request, reply) => {
    reply.header("x-before", "1").callNotFound();
  });
}, { prefix: "/custom" });
app.register(async (child) => {
  child.setNotFoundHandler(async (request, reply) => {
    reply.code(404);
    return "async handler";
  });
}, { prefix: "/async" });
app.register(async (child) => {
  child.setNotFoundHandler((request, reply) => reply.callNotFound());
}, { prefix: "/again" });
for (const url of ["/nope", "/nope?q=1", "/exists/", "/call", "/custom", "/custom/", "/custom/x/y?z", "/custom/call", "/async/x", "/again/x"]) {
  show(url, await app.inject(url));
}
for (const method of ["POST", "DELETE", "OPTIONS", "HEAD", "PUT"]) show(method, await app.inject({ method, url: "/exists" }));
show("unknown method with body", await app.inject({ method: "POST", url: "/exists", payload: "x", headers: { "content-type": "text/odd" } }));
const custom = Fastify();
custom.setNotFoundHandler((request, reply) => reply.code(404).type("text/html").send("<h1>none</h1>"));
show("root handler", await custom.inject("/x"));
await failing("twice", () => {
  const twice = Fastify();
  twice.setNotFoundHandler(() => {});
  twice.setNotFoundHandler(() => {});
});
