import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
app.decorate("config", { a: 1 });
app.decorate("getter", {
  getter() {
    return `got ${typeof this.get}`;
  },
});
app.decorateRequest("user", "");
app.decorateRequest("describe", function () {
  return `${this.method} ${this.url} ${this.user}`;
});
app.decorateRequest("upper", {
  getter() {
    return this.url.toUpperCase();
  },
});
app.decorateReply("html", function (text) {
  return this.type("text/html").send(`<p>${text}</p>`);
});
app.decorateReply("count", 0);
app.addHook("onRequest", async (request, reply) => {
  request.user = "ann";
  reply.count++;
});
app.get("/", (request, reply) => reply.html(`${request.describe()} ${request.upper} ${reply.count} ${app.config.a} ${app.getter}`));
show("first", await app.inject("/"));
show("again", await app.inject("/"));
console.log(app.hasDecorator("config"), app.hasRequestDecorator("user"), app.hasRequestDecorator("nope"), app.hasReplyDecorator("html"), app.hasRequestDecorator("describe"), app.hasRequestDecorator("headers"));
await failing("twice", () => Fastify().decorate("a", 1).decorate("a", 2));
await failing("twice request", () => Fastify().decorateRequest("a", 1).decorateRequest("a", 2));
await failing("dependency", () => Fastify().decorate("a", 1, ["b"]));
await failing("dependency not a list", () => Fastify().decorate("a", 1, "b"));
await failing("dependency of request", () => Fastify().decorateRequest("a", 1, ["b"]));
await failing("after start", () => app.decorateReply("late", 1));
await failing("meta version", () => {
  const plugin = async () => {};
  plugin[Symbol.for("plugin-meta")] = { name: "old", fastify: "3.x" };
  return Fastify().register(plugin).ready();
});
await failing("meta decorators", () => {
  const plugin = async () => {};
  plugin[Symbol.for("plugin-meta")] = { name: "needy", fastify: ">=4.0.0 <6", decorators: { fastify: ["missing"] } };
  return Fastify().register(plugin).ready();
});
await failing("meta dependencies", () => {
  const plugin = async () => {};
  plugin[Symbol.for("plugin-meta")] = { name: "needy", dependencies: ["missing"] };
  return Fastify().register(plugin).ready();
});
