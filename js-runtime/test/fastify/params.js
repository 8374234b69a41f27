import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
const handler = async (request) => ({ route: request.routeOptions.url, params: request.params });
for (const url of ["/a/:id", "/a/static", "/a/:id/b", "/w/*", "/opt/:x?", "/re/:file(^\\d+).png", "/geo/:lat-:lng", "/two/:a/:b", "/dc/::literal", "/at/:h(^\\d{2})h:m(^\\d{2})m"]) {
  app.get(url, handler);
}
app.get("*", handler);
for (const url of [
  "/a/1", "/a/static", "/a/static/b", "/a/1/b", "/a/", "/a/1/", "/w/", "/w/x/y/z", "/w", "/opt", "/opt/1", "/opt/", "/re/12.png", "/re/x.png",
  "/geo/1.5-2.5", "/two/x/y", "/two/x%2Fy/z", "/dc/:literal", "/at/10h30m", "/other", "/a/%20", "//", "/A/1", "/w/a%2Fb%20c",
]) {
  show(url, await app.inject(url));
}
show("long", await app.inject(`/a/${"x".repeat(100)}`));
show("too long", await app.inject(`/a/${"x".repeat(101)}`));
const loose = Fastify({ ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false, maxParamLength: 5 });
loose.get("/Case/:Id", handler);
loose.get("/slash/", handler);
for (const url of ["/case/ABC", "/CASE/abc/", "//case///x", "/slash", "/slash/", "/case/123456"]) show(`loose ${url}`, await loose.inject(url));
await failing("duplicate", () => app.get("/a/:id", handler));
await failing("unsafe regex", () => Fastify().get("/:x((a+)+$)", handler));
await failing("no slash", () => Fastify().get("x", handler));
await failing("url is not a string", () => Fastify().get(1, handler));
await failing("no handler", () => Fastify().get("/"));
await failing("no handler in route", () => Fastify().route({ method: "GET", url: "/" }));
await failing("unknown method", () => Fastify().route({ method: "FOO", url: "/", handler }));
await failing("options not an object", () => Fastify().get("/", "x", handler));
await failing("two handlers", () => Fastify().get("/", { handler }, handler));
await failing("body limit", () => Fastify().post("/", { bodyLimit: 0 }, handler));
