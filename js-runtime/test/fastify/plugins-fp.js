import Fastify from "fastify";
import { failing, show } from "./support/show.js";

// What fastifySecurityHeaders and fastifyRateLimit of @composable-svelte/core/ssr do, called with the instance itself.
function securityHeaders(fastify) {
  const headers = { "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY" };
  fastify.addHook("onRequest", async (request, reply) => {
    Object.entries(headers).forEach(([name, value]) => reply.header(name, value));
  });
}
function rateLimit(fastify, max) {
  let count = 0;
  fastify.addHook("onRequest", async (request, reply) => {
    reply.header("X-RateLimit-Limit", max);
    reply.header("X-RateLimit-Remaining", Math.max(0, max - ++count));
    if (count > max) {
      reply.header("Retry-After", 60);
      reply.status(429).send({ error: "Too Many Requests", message: "later", retryAfter: 60 });
    }
  });
}
const app = Fastify();
securityHeaders(app);
rateLimit(app, 3);
app.get("/", async (request, reply) => reply.type("text/html").send("<p>page</p>"));
app.get("/health", async () => ({ status: "ok" }));
app.get("/fails", async (request, reply) => {
  reply.status(500).send({ error: "Internal Server Error", message: "x" });
});
for (const url of ["/", "/nope", "/fails", "/health", "/%", "/"]) show(url, await app.inject(url));
await app.close();

const after = Fastify();
after.register((instance, options, done) => {
  instance.decorate("late", 1);
  done();
}).after((error) => {
  console.log("after", error, after.hasDecorator("late"));
}).ready((error) => {
  console.log("ready", error);
});
await after.ready();
const withDefault = Fastify();
await withDefault.register({ default: async (instance) => instance.get("/d", async () => "default export") });
show("default export", await withDefault.inject("/d"));
const promised = Fastify();
promised.register(Promise.resolve({ default: async (instance) => instance.get("/p", async () => "promised") }));
show("promised", await promised.inject("/p"));
const functionOptions = Fastify();
functionOptions.decorate("value", 5);
functionOptions.register(async (instance, options) => {
  console.log("options", JSON.stringify(options));
}, (parent) => ({ fromParent: parent.value }));
await functionOptions.ready();
const callbackClose = Fastify();
callbackClose.addHook("onClose", (instance, done) => setTimeout(done, 2));
await new Promise((resolve) => callbackClose.close(resolve));
console.log("closed by callback");
await failing("close error", async () => {
  const bad = Fastify();
  bad.addHook("onClose", async () => {
    throw new Error("close failed");
  });
  await bad.close();
});
