/** `@fastify/http-proxy`, a registration for each way to configure it. */
import proxy from "@fastify/http-proxy";

const { BACKEND, FAULTY, DEAD } = process.env;

const shout = (request, reply, res) => {
  const chunks = [];
  res.on("data", (chunk) => chunks.push(chunk));
  res.on("end", () => {
    reply.removeHeader("content-length");
    reply.send(Buffer.concat(chunks).toString().toUpperCase());
  });
};

export const PROXIES = {
  plain: {},
  rewrite: { rewritePrefix: "/echo/deep" },
  below: { upstream: `${BACKEND}/echo/` },
  http: { http: { requestOptions: { timeout: 700 } } },
  undici: { undici: { connections: 3, pipelining: 1, keepAliveTimeout: 500, connectTimeout: 2000, headersTimeout: 700, bodyTimeout: 700 }, disableCache: true, disableRequestLogging: true, destroyAgent: true },
  urls: { cacheURLs: 2 },
  methods: { httpMethods: ["GET", "PUT"] },
  guarded: {
    preHandler: (request, reply, done) => {
      if (request.headers["x-token"] !== "good") return reply.code(401).header("x-guard", "1").send({ error: "no token" });
      reply.header("x-guard", request.routeOptions.config.level);
      done();
    },
    config: { level: "3" },
  },
  old: { beforeHandler: async (request, reply) => void reply.header("x-before", "1") },
  validated: { preValidation: async (request, reply) => (request.body?.bad ? reply.code(400).send({ message: "bad" }) : undefined) },
  parsed: { proxyPayloads: false, contentTypesToEncode: ["application/vnd.api+json"] },
  "request-headers": {
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => {
        const { accept, ...others } = headers;
        return { ...others, "x-added": `${request.method} ${accept}`, "x-list": ["1", "2"], "x-number": 5, "x-nothing": undefined, "user-agent": "proxy" };
      },
    },
  },
  "response-headers": { replyOptions: { rewriteHeaders: (headers, request) => ({ ...headers, "x-added": request.url, "set-cookie": ["own=1", "two=2"] }) } },
  shouting: { replyOptions: { onResponse: shout } },
  passing: { replyOptions: { onResponse: (request, reply, res) => reply.header("x-passed", "1").send(res) } },
  other: { replyOptions: { onResponse: (request, reply) => reply.removeHeader("content-length").type("application/json").code(202).send({ other: true }) } },
  moved: { rewritePrefix: "/location", internalRewriteLocationHeader: false },
  location: { rewritePrefix: "/location" },
  query: { replyOptions: { queryString: (search, url, request) => `was=${encodeURIComponent(search)}&url=${encodeURIComponent(url)}&m=${request.method}` } },
  "query-object": { replyOptions: { queryString: { a: "1 2", b: ["x", "y"], c: "é&" } } },
  ws: { websocket: true, rewritePrefix: "/socket" },
  "ws-elsewhere": { websocket: true, upstream: DEAD, wsUpstream: BACKEND.replace("http:", "ws:") },
  "ws-path": { websocket: true, upstream: DEAD, wsUpstream: `${BACKEND}/own/path` },
  "ws-headers": {
    websocket: true,
    wsClientOptions: { headers: { "x-added": "0" }, rewriteRequestHeaders: (headers, request) => ({ authorization: request.headers.authorization, "x-added": `${headers["x-added"]}1` }) },
  },
  "ws-chosen": { websocket: true, upstream: "", replyOptions: { getUpstream: () => BACKEND } },
  dead: { upstream: DEAD },
  faulty: { upstream: FAULTY },
  "faulty-http": { upstream: FAULTY, http: {} },
  "faulty-handled": { upstream: FAULTY, replyOptions: { onError: (reply, { error }) => reply.code(599).send({ handled: error.code, status: error.statusCode }) } },
  upstreams: {
    upstream: "",
    replyOptions: { getUpstream: (request) => (request.headers["x-to"] === "faulty" ? FAULTY : BACKEND) },
  },
};

export default async function proxyPart(app) {
  for (const [name, options] of Object.entries(PROXIES)) app.register(proxy, { upstream: BACKEND, prefix: `/${name}`, ...options });
  app.register(proxy, { upstream: BACKEND, prefix: "/users/:id/files", rewritePrefix: "/echo/:id/all" });

  // Hooks of the context around it, and errors that stay there.
  app.register(async (context) => {
    context.addHook("onRequest", async (request, reply) => void reply.header("x-hook", "onRequest"));
    context.addHook("onSend", async (request, reply, payload) => {
      reply.header("x-payload", typeof payload?.pipe);
      return request.headers["x-replace"] ? reply.removeHeader("content-length") && "replaced" : payload;
    });
    context.setErrorHandler((error, request, reply) => reply.code(418).send({ caught: error.code, message: error.message.replace(/\d{4,5}$/, "(port)") }));
    context.register(proxy, { upstream: BACKEND, prefix: "/ok" });
    context.register(proxy, { upstream: DEAD, prefix: "/dead" });
    context.register(proxy, { upstream: FAULTY, prefix: "/faulty" });
  }, { prefix: "/context" });
}
