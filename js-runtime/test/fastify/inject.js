import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
app.all("/", async (request, reply) => {
  reply.header("set-cookie", ["a=1; Path=/", "b=2"]);
  return { method: request.method, query: request.query, body: request.body ?? null, agent: request.headers["user-agent"], host: request.headers.host, cookie: request.headers.cookie ?? null };
});
show("string", await app.inject("/?a=1"));
show("query object", await app.inject({ url: "/?a=1", query: { b: ["2", "3"], c: "x y" } }));
show("query string", await app.inject({ path: "/", query: "a=1&b=2" }));
show("full url", await app.inject("http://example.com:8080/?x=1"));
show("authority", await app.inject({ url: "/", authority: "auth.example" }));
show("body", await app.inject({ method: "post", url: "/", body: { x: 1 } }));
show("chain", await app.inject().post("/").payload({ y: 2 }).headers({ "user-agent": "mine" }).cookies({ c: "d e" }).query({ q: "1" }));
const response = await app.inject().get("/").end();
console.log(response.json().method, response.statusMessage, JSON.stringify(response.cookies), response.rawPayload.length === response.body.length, JSON.stringify(response.trailers));
app.inject({ url: "/" }, (error, viaCallback) => show("callback", viaCallback));
await new Promise((resolve) => setTimeout(resolve, 20));
await app.inject("/").then((viaThen) => show("then", viaThen));
await failing("undefined header", () => app.inject({ url: "/", headers: { "x-a": undefined } }));
const broken = Fastify();
broken.register(async () => {
  throw new Error("broken plugin");
});
await failing("broken app", () => broken.inject("/"));
