import rateLimit from "@fastify/rate-limit";

/** A context of its own for each of these options: a route `/` that is limited by them. */
const OPTIONS = {
  plain: { max: 2 },
  window: { max: 1, timeWindow: "1 minute" },
  hours: { max: 1, timeWindow: "2.5 hours" },
  milliseconds: { max: 1, timeWindow: 59000.7 },
  draft: { max: 1, enableDraftSpec: true },
  zero: { max: 0 },
  fraction: { max: 1.9 },
  "max-function": { max: (request, key) => (request.query.pro && key ? 2 : 1) },
  "max-async": { max: async () => 1 },
  "allow-list": { max: 1, allowList: ["127.0.0.1"] },
  "allow-function": { max: 1, allowList: (request, key) => request.headers["x-free"] !== undefined && key === request.ip },
  "allow-async": { max: 1, allowList: async (request) => request.headers["x-free"] !== undefined },
  whitelist: { max: 1, whitelist: ["127.0.0.1"] },
  ban: { max: 1, ban: 1 },
  "ban-zero": { max: 1, ban: 0 },
  "ban-callback": { max: 1, ban: 0, onBanReach: (request) => request.log.info("banned") },
  continuing: { max: 1, continueExceeding: true },
  key: { max: 1, keyGenerator: (request) => request.headers["x-key"] },
  "key-async": { max: 1, keyGenerator: async (request) => request.headers["x-key"] },
  "key-number": { max: 1, keyGenerator: (request) => (request.query.text ? "1" : 1) },
  "key-undefined": { max: 1, keyGenerator: () => undefined },
  "key-throws": { max: 1, keyGenerator: () => { throw new Error("no key"); } },
  pre: { max: 1, hook: "preHandler" },
  "no-headers": {
    max: 1,
    addHeaders: { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false, "retry-after": false },
    addHeadersOnExceeding: { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false },
  },
  "some-headers": { max: 1, addHeaders: { "retry-after": false }, addHeadersOnExceeding: { "x-ratelimit-reset": false } },
  error: { max: 1, errorResponseBuilder: (request, { ban, after, max, statusCode }) => ({ ban, after, max, statusCode, url: request.url }) },
  "error-thrown": { max: 1, ban: 0, errorResponseBuilder: (_, { statusCode, max }) => Object.assign(new Error(`only ${max}`), { statusCode }) },
  cache: { max: 1, cache: 100, nameSpace: "mine", skipOnError: true },
};

export default async function rateLimitPart(app) {
  for (const [name, options] of Object.entries(OPTIONS)) {
    app.register(async (scope) => {
      await scope.register(rateLimit, options);
      scope.get("/", (request) => `${name} ${request.ip}`);
      scope.get("/other", () => "the same count");
    }, { prefix: `/${name}` });
  }
  app.register(async (scope) => {
    await scope.register(rateLimit, { max: 1, global: false });
    scope.get("/free", () => "free");
    scope.get("/own", { config: { rateLimit: { max: 2 } } }, () => "own");
    scope.get("/inherits", { config: { rateLimit: {} } }, () => "inherits");
    scope.get("/window", { config: { rateLimit: { max: 1, timeWindow: "30 seconds", groupId: "x" } } }, () => "window");
    scope.get("/hook", { config: { rateLimit: { hook: "preValidation" } }, preValidation: async () => {} }, () => "hook");
    scope.get("/decorated", { onRequest: scope.rateLimit() }, () => "decorated");
    scope.get("/decorated-options", { onRequest: [scope.rateLimit({ max: 2, timeWindow: 1000 })] }, () => "decorated");
    scope.get("/has", () => [scope.hasDecorator("rateLimit"), scope.hasPlugin("@fastify/rate-limit")]);
    scope.setNotFoundHandler({ preHandler: scope.rateLimit({ max: 1 }) }, (_, reply) => reply.code(404).send("nothing"));
  }, { prefix: "/routes" });
  app.register(async (scope) => {
    await scope.register(rateLimit, { max: 1 });
    scope.get("/off", { config: { rateLimit: false } }, () => "off");
    scope.get("/on", () => "on");
    scope.post("/on", () => "posted");
    scope.setErrorHandler((error, _, reply) => reply.code(error.statusCode).send({ handled: error.message }));
  }, { prefix: "/mixed" });
  app.register(async (scope) => {
    const calls = [];
    const note = (name) => (request, key) => calls.push(`${name} ${request.url} ${key}`);
    await scope.register(rateLimit, { max: 1, ban: 1, onExceeding: note("exceeding"), onExceeded: note("exceeded"), onBanReach: note("ban") });
    scope.get("/", () => "called");
    scope.get("/calls", { config: { rateLimit: false } }, () => calls);
  }, { prefix: "/callbacks" });
  app.register(async (scope) => {
    await scope.register(rateLimit, { max: 1 });
    await scope.register(rateLimit, { max: 3, keyGenerator: () => "all" });
    scope.get("/", () => "twice");
  }, { prefix: "/twice" });
}
