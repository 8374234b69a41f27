import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
const routes = [];
app.addHook("onRoute", ({ method, url, routePath, prefix }) => routes.push(`${method} ${url} ${routePath} ${prefix}`));
app.register(async (a) => {
  a.get("/", async (request) => request.url);
  a.get("/slash", async () => "slash");
  a.get("no-slash", async () => "no slash");
}, { prefix: "/a" });
app.register(async (b) => {
  b.get("/", { prefixTrailingSlash: "slash" }, async () => "slash only");
}, { prefix: "/b" });
app.register(async (c) => {
  c.get("/", { prefixTrailingSlash: "no-slash" }, async () => "no slash only");
}, { prefix: "/c" });
app.register(async (d) => {
  d.get("/x", async () => "double slash");
  d.register(async (e) => e.get("/y", async () => e.prefix), { prefix: "/e" });
}, { prefix: "/d/" });
app.register(async (p) => p.get("/z", async (request) => request.params), { prefix: "/:tenant" });
await app.ready();
console.log(routes.join("\n"));
for (const url of ["/a", "/a/", "/a/slash", "/ano-slash", "/a/no-slash", "/b", "/b/", "/c", "/c/", "/d/x", "/d/e/y", "/acme/z"]) show(url, await app.inject(url));
const loose = Fastify({ ignoreTrailingSlash: true });
loose.register(async (a) => a.get("/", async (request) => request.url), { prefix: "/a" });
for (const url of ["/a", "/a/"]) show(`loose ${url}`, await loose.inject(url));
