import Fastify from "fastify";
import { show } from "./support/show.js";

// Lines without what differs from run to run; stacks without paths.
const stream = {
  write(line) {
    console.log(
      line
        .trimEnd()
        .replace(/"time":\d+/, '"time":T')
        .replace(/"pid":\d+/, '"pid":P')
        .replace(/"hostname":"[^"]*"/, '"hostname":"H"')
        .replace(/"responseTime":[\d.e-]+/, '"responseTime":R')
        .replace(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":"S"'),
    );
  },
};
const app = Fastify({ logger: { level: "info", stream } });
app.get("/", async (request) => {
  request.log.info("plain message");
  request.log.info({ a: 1, s: "x\"y", u: undefined, n: null, d: new Date(0) }, "with object");
  request.log.info("format %s %d %j %o", "text", 1.5, { j: 1 }, { o: 2 }, "rest");
  request.log.debug("not shown");
  request.log.warn(new Error("warned"));
  request.log.error({ err: Object.assign(new TypeError("failed"), { code: "E_X", nested: { deep: 1 } }) }, "with err");
  request.log.child({ child: true, err: "bound" }).info("from a child");
  request.log.info({ req: request });
  return "ok";
});
app.get("/fails", async () => {
  throw new Error("handler failed");
});
app.get("/client-error", async () => {
  throw Object.assign(new Error("bad input"), { statusCode: 400 });
});
app.get("/quiet", { logLevel: "error" }, async (request) => {
  request.log.info("not shown");
  request.log.error("shown");
  return "quiet";
});
app.get("/twice", (request, reply) => {
  reply.send("1");
  reply.send("2");
});
app.get("/serializers", { logSerializers: { user: (user) => `user ${user.id}` } }, async (request) => {
  request.log.info({ user: { id: 7 } }, "serialized");
  return "ok";
});
app.get("/cause", async () => {
  throw new Error("outer", { cause: new Error("inner") });
});
for (const url of ["/", "/nope?q=\"x", "/fails", "/client-error", "/quiet", "/twice", "/serializers", "/cause", "/%"]) show(url, await app.inject(url));
show("version", await app.inject({ url: "/quiet", headers: { "accept-version": "1" } }));
show("id", await app.inject({ url: "/nope", headers: { "request-id": "given \"id\"", host: "h.example:80" } }));
app.log.info("instance");
app.log.fatal({ x: 1 });
app.log.info(null, "null object");
app.log.info(undefined, "undefined object");
app.log.info({ a: 1 }, "%s and %s", "one", "two");
console.log(app.log.level, app.log.isLevelEnabled?.("debug"));
app.log.level = "silent";
app.log.fatal("not shown");

const quiet = Fastify({ disableRequestLogging: true, logger: { level: "trace", stream, base: { app: "x" }, name: "named", messageKey: "message", timestamp: false } });
quiet.get("/", async (request) => {
  request.log.trace("trace");
  throw new Error("not logged");
});
show("quiet", await quiet.inject("/"));
show("quiet 404", await quiet.inject("/nope"));
const labelled = Fastify({ requestIdLogLabel: "trace", logger: { stream, serializers: { req: (request) => ({ only: request.url }) } } });
labelled.get("/", async () => "ok");
show("labelled", await labelled.inject("/"));
const custom = [];
const method = (level) => (...args) => custom.push([level, typeof args[0] === "object" ? Object.keys(args[0]) : args[0], args[1]]);
const own = { child: () => own };
for (const level of ["fatal", "error", "warn", "info", "debug", "trace"]) own[level] = method(level);
const withOwn = Fastify({ logger: own });
withOwn.get("/", async () => "ok");
show("own logger", await withOwn.inject("/"));
console.log(JSON.stringify(custom));
try {
  Fastify({ logger: { info() {} } });
} catch (error) {
  console.log(error.code, error.message);
}
