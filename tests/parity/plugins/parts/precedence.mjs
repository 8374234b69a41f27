/** What wins: a plug-in, a hook, the handler. Each route sets what a plug-in sets as well. */
import compress from "@fastify/compress";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";

const TEXT = "All work and no play makes Jack a dull boy. ".repeat(60);

export default async function precedencePart(app) {
  app.addHook("onRequest", async (_, reply) => void reply.header("x-frame-options", "hook before"));
  await app.register(helmet);
  await app.register(cors, { origin: "https://plugin.example" });
  await app.register(rateLimit, { max: 1000 });
  await app.register(compress, { threshold: 0 });
  app.addHook("onRequest", async (_, reply) => void reply.header("x-dns-prefetch-control", "hook after"));
  app.addHook("onSend", async (_, reply) => void reply.header("x-download-options", "onSend"));

  app.get("/plain", () => TEXT);
  app.get("/handler", (_, reply) => {
    reply.header("x-frame-options", "handler").header("access-control-allow-origin", "https://handler.example");
    reply.header("x-ratelimit-limit", "7").header("content-security-policy", "default-src 'none'").header("vary", "cookie");
    return TEXT;
  });
  app.get("/removed", (_, reply) => {
    reply.removeHeader("x-ratelimit-limit").removeHeader("access-control-allow-origin");
    reply.raw.removeHeader("x-frame-options");
    return TEXT;
  });
  app.get("/encoded", (_, reply) => reply.header("content-encoding", "x-own").type("text/plain").send(TEXT));
  app.get("/error", () => { throw new Error("after all of them"); });
  app.get("/off", { helmet: false, compress: false, config: { rateLimit: false } }, () => TEXT);
}
