// What the facade refuses, by name. Only on the host: the real Fastify has all of it. Expected output: refused.out.
import fastifyStatic from "@fastify/static";
import httpProxy from "@fastify/http-proxy";
import replyFrom from "@fastify/reply-from";
import Fastify from "fastify";

const root = new URL(".", import.meta.url);
const handler = async () => "x";
const proxy = (options) => Fastify().register(httpProxy, { upstream: "http://x", ...options }).ready();
const from = (options) => Fastify().register(replyFrom, options).ready();
const refused = {
  https: () => Fastify({ https: {} }),
  http2: () => Fastify({ http2: true }),
  serverFactory: () => Fastify({ serverFactory() {} }),
  constraints: () => Fastify({ constraints: { x: {} } }),
  "logger transport": () => Fastify({ logger: { transport: { target: "pino-pretty" } } }),
  "logger redact": () => Fastify({ logger: { redact: ["x"] } }),
  "logger file": () => Fastify({ logger: { file: "/x" } }),
  "schema.body": () => Fastify().post("/s", { schema: { body: {} } }, handler),
  "schema.querystring": () => Fastify().get("/s", { schema: { querystring: {} } }, handler),
  "schema.response": () => Fastify().get("/s", { schema: { response: {} } }, handler),
  "route constraints": () => Fastify().get("/s", { constraints: { host: "x" } }, handler),
  setValidatorCompiler: () => Fastify().setValidatorCompiler(() => {}),
  addConstraintStrategy: () => Fastify().addConstraintStrategy({}),
  "server property": () => Fastify().server.closeAllConnections,
  "server event": () => Fastify().server.on("upgrade", () => {}),
  "listen on a path": () => Fastify().listen({ path: "/tmp/x.sock" }),
  "static list": () => Fastify().register(fastifyStatic, { root, list: true }).ready(),
  "proxy without upstream": () => proxy({ upstream: undefined }),
  "proxy unknown option": () => proxy({ bogus: 1 }),
  "proxy wsServerOptions": () => proxy({ websocket: true, wsServerOptions: { maxPayload: 1 } }),
  "proxy wsClientOptions": () => proxy({ websocket: true, wsClientOptions: { agent: {} } }),
  "proxy wsHooks": () => proxy({ wsHooks: { onConnect() {} } }),
  "proxy constraints": () => proxy({ constraints: { host: "x" } }),
  "proxy undici instance": () => proxy({ undici: { request() {} } }),
  "proxy undici.proxy": () => proxy({ undici: { proxy: "http://p" } }),
  "proxy undici.tls": () => proxy({ undici: { tls: { ca: "x" } } }),
  "proxy http.agents": () => proxy({ http: { agents: {} } }),
  "proxy http.requestOptions": () => proxy({ http: { requestOptions: { family: 6 } } }),
  "proxy http2.sessionOptions": () => proxy({ http2: { sessionOptions: { settings: {} } } }),
  "proxy unix+https": () => proxy({ upstream: "unix+https://%2Fx/" }),
  "proxy ftp": () => proxy({ upstream: "ftp://x" }),
  "from globalAgent": () => from({ globalAgent: true }),
  "from unknown option": () => from({ bogus: 1 }),
  "from http2 without base": () => from({ http2: true }),
  "from tuned": () => from({ base: "http://x", undici: { pipelining: 4, connections: null }, cacheURLs: 3, destroyAgent: true }),
  "static unknown option": () => Fastify().register(fastifyStatic, { root, bogus: 1 }).ready(),
};
for (const name of Object.keys(refused)) {
  try {
    await refused[name]();
    console.log(`${name}: accepted`);
  } catch (error) {
    console.log(`${name}: ${error.code} ${error.message}`);
  }
}
const app = Fastify();
app.get("/hijack", (request, reply) => reply.hijack());
app.get("/trailer", (request, reply) => reply.trailer("x", () => {}).send("x"));
app.get("/validate", (request) => request.validateInput({}, {}));
app.get("/serialize", (request, reply) => reply.serializeInput({}, 200));
app.get("/reason", (request, reply) => {
  reply.raw.statusMessage = "Custom";
});
app.get("/socket", (request) => request.socket.destroy());
for (const url of ["/hijack", "/trailer", "/validate", "/serialize", "/reason", "/socket"]) {
  const response = await app.inject(url);
  console.log(url, response.statusCode, response.json().message);
}
// A schema that nothing would enforce is no obstacle.
Fastify().get("/documented", { schema: { hide: true, tags: ["x"], summary: "y" } }, handler);
console.log("documentation keys: accepted");
