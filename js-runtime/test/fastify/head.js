import Fastify from "fastify";
import { Readable } from "node:stream";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/text", async () => "four");
app.get("/unicode", async () => "grüße");
app.get("/json", async () => ({ a: 1 }));
app.get("/empty", (request, reply) => {
  reply.send();
});
app.get("/stream", (request, reply) => reply.send(Readable.from(["a", "b"])));
app.get("/hooked", { onSend: async (request, reply, payload) => `${payload} more` }, async () => "text");
app.get("/off", { exposeHeadRoute: false }, async () => "off");
app.get("/error", async () => {
  throw new Error("x");
});
app.head("/own", async (request, reply) => {
  reply.header("x-own", "1");
  return "own body";
});
app.head("/before", (request, reply) => {
  reply.header("content-length", "1234").send();
});
app.get("/before", async () => "before");
app.get("/after", async () => "after");
app.head("/after", (request, reply) => reply.header("x-after", "1").send(""));
app.register(async (child) => {
  child.get("/", async () => "child root");
}, { prefix: "/child" });
for (const url of ["/text", "/unicode", "/json", "/empty", "/stream", "/hooked", "/off", "/error", "/own", "/before", "/after", "/child", "/child/", "/nope"]) {
  show(url, await app.inject({ method: "HEAD", url }));
}
const off = Fastify({ exposeHeadRoutes: false });
off.get("/", async () => "x");
off.get("/on", { exposeHeadRoute: true }, async () => "x");
show("off", await off.inject({ method: "HEAD", url: "/" }));
show("on", await off.inject({ method: "HEAD", url: "/on" }));
