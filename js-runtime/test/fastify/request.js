import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.post("/r/:id", { config: { own: 1 }, bodyLimit: 999 }, async (request, reply) => {
  const { id, method, url, originalUrl, hostname, ip, ips, protocol, is404, params, query, body } = request;
  const { url: routeUrl, method: routeMethod, bodyLimit, config, prefixTrailingSlash, exposeHeadRoute } = request.routeOptions;
  console.log(request.headers, Object.getPrototypeOf(request.headers) === Object.prototype);
  const raw = { method: request.raw.method, url: request.raw.url, version: request.raw.httpVersion };
  return {
    id, method, url, originalUrl, hostname, ip, ips, protocol, is404, params, query, body, raw,
    routeUrl, routeMethod, bodyLimit, config, prefixTrailingSlash, exposeHeadRoute,
    headers: request.headers,
    has: "x-custom" in request.headers,
    keys: Object.keys(request.headers),
    missing: request.headers["x-missing"] ?? null,
    remote: request.socket.remoteAddress,
    elapsed: typeof reply.elapsedTime,
    server: request.server === app,
    reply: reply.request === request,
  };
});
show("everything", await app.inject({
  method: "POST", url: "/r/7?a=b", payload: { x: 1 }, remoteAddress: "10.1.2.3",
  headers: { "X-Custom": "yes", cookie: "a=1", host: "example.com:8080" }, cookies: { b: "2" },
}));
const ids = Fastify();
ids.get("/", async (request) => request.id);
for (let i = 0; i < 3; i++) show("id", await ids.inject("/"));
show("id header", await ids.inject({ url: "/", headers: { "request-id": "given" } }));
show("id again", await ids.inject("/"));
const custom = Fastify({ requestIdHeader: "X-Trace", genReqId: (req) => `${req.method}-${req.url}` });
custom.get("/", async (request) => request.id);
show("custom id", await custom.inject("/"));
show("custom header", await custom.inject({ url: "/", headers: { "x-trace": "trace" } }));
const assigned = Fastify();
assigned.addHook("onRequest", async (request) => {
  request.headers = { "x-added": "1" };
  request.raw.headers["x-raw"] = "2";
  request.query = { replaced: true };
});
assigned.get("/", async (request) => ({ added: request.headers["x-added"], raw: request.headers["x-raw"], agent: request.headers["user-agent"], query: request.query }));
show("assigned", await assigned.inject("/?a=1"));
const rewritten = Fastify({ rewriteUrl: (req) => req.url.replace("/old", "/new") });
rewritten.get("/new", async (request) => ({ url: request.url, originalUrl: request.originalUrl }));
show("rewritten", await rewritten.inject("/old?x=1"));
