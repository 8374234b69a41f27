import cors from "@fastify/cors";

/** A context of its own for each of these options. */
const OPTIONS = {
  plain: {},
  true: { origin: true },
  false: { origin: false },
  string: { origin: "https://a.example" },
  star: { origin: "*" },
  expression: { origin: /\.example$/ },
  list: { origin: ["https://a.example", /b\.example$/] },
  callback: { origin: (origin, done) => done(null, origin?.endsWith("a.example")) },
  promise: { origin: async (origin) => (origin === undefined ? "https://none.example" : origin) },
  "callback-fails": { origin: (_, done) => done(new Error("no origin")) },
  "callback-value": { origin: (_, done) => done(null, "https://fixed.example") },
  credentials: { origin: true, credentials: true },
  methods: { methods: ["GET", "PUT"] },
  "methods-text": { methods: "GET,PATCH" },
  headers: { allowedHeaders: ["x-a", "x-b"] },
  "headers-text": { allowedHeaders: "x-a" },
  exposed: { exposedHeaders: ["x-a", "x-b"] },
  "max-age": { maxAge: 60 },
  cache: { maxAge: 60, cacheControl: 30 },
  "cache-text": { maxAge: 60, cacheControl: "public, max-age=5" },
  status: { optionsSuccessStatus: 200 },
  continues: { preflightContinue: true },
  lax: { strictPreflight: false },
  "no-preflight": { preflight: false },
  "pre-handler": { hook: "preHandler" },
  "on-send": { hook: "onSend" },
  hidden: { hideOptionsRoute: false },
};

export default async function corsPart(app) {
  for (const [name, options] of Object.entries(OPTIONS)) {
    app.register(async (scope) => {
      await scope.register(cors, options);
      routes(scope);
    }, { prefix: `/${name}` });
  }
  app.register(async (scope) => {
    await scope.register(cors, () => (request, done) => done(null, { origin: request.headers.host === "parity.test" }));
    routes(scope);
  }, { prefix: "/delegate" });
  app.register(async (scope) => {
    await scope.register(cors, { delegator: (request, done) => done(null, { origin: [request.headers["x-allowed"] ?? "none"] }) });
    routes(scope);
  }, { prefix: "/delegator" });
}

function routes(scope) {
  scope.get("/", () => "shared");
  scope.put("/", () => "put");
  scope.get("/vary", (_, reply) => reply.header("vary", "cookie").send("varies"));
  scope.get("/error", () => { throw new Error("with headers"); });
}
