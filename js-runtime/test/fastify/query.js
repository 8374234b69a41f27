import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/", async (request) => request.query);
app.get("/first", async (request) => ({ a: request.query.a ?? null, proto: Object.getPrototypeOf(request.query) === Object.prototype }));
for (const query of [
  "", "?", "?a", "?a=", "?=b", "?a=1&a=2&a=3", "?a[]=1", "?a=1+2", "?a%20b=c%20d", "?a=1;b=2", "?a==b", "?a=%zz", "?&&a=1&", "?a=%F0%9F%8E%89",
  "?__proto__=x", "?a=1#b=2", "?constructor=1", "?a=b?c=d", "?a%3Db=c", "?+a+=+b+", ";a=1",
]) {
  show(query, await app.inject(`/${query}`));
}
show("plain object", await app.inject("/first"));
show("null prototype", await app.inject("/first?a=1"));
const custom = Fastify({ querystringParser: (text) => ({ text }) });
custom.get("/", async (request) => request.query);
show("custom", await custom.inject("/?x=1"));
show("custom empty", await custom.inject("/"));
const semicolon = Fastify({ useSemicolonDelimiter: false });
semicolon.get("/*", async (request) => ({ params: request.params, query: request.query }));
show("no semicolon", await semicolon.inject("/a;b=1?c=2"));
