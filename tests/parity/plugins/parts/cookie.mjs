/** `@fastify/cookie` in contexts of its own, each with other options; every context has the same routes. */
import fastifyCookie, * as exported from "@fastify/cookie";

const CONTEXTS = {
  plain: {},
  secret: { secret: "a secret" },
  secrets: { secret: ["new", "old"], hook: "preValidation" },
  algorithm: { secret: "a secret", algorithm: "sha512", hook: "preHandler" },
  signer: { secret: { sign: (value) => `${value}.mine`, unsign: (value) => ({ valid: value.endsWith(".mine"), renew: false, value }) } },
  parsing: { hook: "preParsing" },
  off: { hook: false },
  options: { parseOptions: { decode: (text) => text.toUpperCase(), encode: (text) => `(${text})`, path: "/p", httpOnly: true } },
};

function routes(app) {
  app.get("/cookies", (request) => ({ cookies: request.cookies, keys: Object.keys(request.cookies ?? {}), sid: request.cookies?.sid, has: "sid" in (request.cookies ?? {}), text: String(request.cookies) }));
  app.get("/changed", (request) => {
    request.cookies.sid = "changed";
    delete request.cookies.b;
    return { ...request.cookies };
  });
  app.get("/set", (_, reply) => reply.setCookie("a", "b c;").cookie("d", "é", { maxAge: 10.5, domain: "x.example", path: "/p", sameSite: true, priority: "High", partitioned: true }).send("x"));
  app.get("/expires", (_, reply) => reply.setCookie("a", "b", { expires: 1234567890123, secure: true, httpOnly: true, sameSite: "none" }).send("x"));
  app.get("/auto", (_, reply) => reply.setCookie("a", "b", { secure: "auto", sameSite: "none" }).send("x"));
  app.get("/twice", (_, reply) => reply.setCookie("a", "1").setCookie("a", "2").setCookie("a", "3", { path: "/other" }).send("x"));
  app.get("/beside", (_, reply) => reply.header("set-cookie", "own=1").setCookie("a", "1").send("x"));
  app.get("/clear", (_, reply) => reply.clearCookie("a").clearCookie("b", { path: "/p", maxAge: 5 }).send("x"));
  app.get("/invalid/:what", (request, reply) => reply.setCookie(request.params.what === "name" ? "a\nb" : "a", "b", { [request.params.what]: "\n" }).send("x"));
  app.get("/signed", (_, reply) => reply.setCookie("a", "b", { signed: true }).send("x"));
  app.get("/sign", (request, reply) => [request.signCookie("v"), reply.signCookie("v"), app.signCookie("v"), request.unsignCookie(app.signCookie("v")), reply.unsignCookie("v.x"), app.unsignCookie("v")]);
  app.get("/unsign", (request, reply) => reply.unsignCookie(request.cookies.sid));
  app.get("/functions", () => [app.serializeCookie("a", "b", { path: "/" }), app.parseCookie("a=1; a=2; b=%20; c"), app.hasDecorator("signCookie")]);
  app.get("/error", (_, reply) => {
    reply.setCookie("a", "1");
    throw new Error("after a cookie");
  });
  app.get("/stream", async (_, reply) => reply.setCookie("a", "1").send(new Response("streamed").body));
}

export default async function cookiePart(app) {
  for (const [name, options] of Object.entries(CONTEXTS)) {
    app.register(async (context) => {
      context.register(fastifyCookie, options);
      context.register(async (inner) => routes(inner));
    }, { prefix: `/${name}` });
  }
  app.get("/module", () => ({
    names: Object.keys(exported).filter((name) => name !== "module.exports").sort(),
    serialized: exported.serialize("a", "b", { sameSite: "lax" }), parsed: exported.parse("a=1"), signed: exported.sign("v", "s"), unsigned: exported.unsign(exported.sign("v", "s"), ["t", "s"]),
    signer: new exported.Signer(["s", "t"]).unsign(exported.sign("v", "t")), factory: exported.signerFactory("s").sign("v"),
  }));
  app.get("/refused", () => [() => new exported.Signer(1), () => exported.sign(1, "s"), () => exported.Signer("s", "none"), () => exported.unsign(1, "s"), () => exported.parse(1)].map((call) => {
    try {
      return call();
    } catch (error) {
      return [error.name, error.message];
    }
  }));
  app.get("/hook", async () => {
    try {
      const { default: fastify } = await import("fastify");
      await fastify().register(fastifyCookie, { hook: "onSend" });
      return "registered";
    } catch (error) {
      return error.message;
    }
  });
}
