/** What a handler sees of a request. */
export default async function requests(app) {
  app.get("/query", async (request) => ({ query: request.query, keys: Object.keys(request.query), prototype: Object.getPrototypeOf(request.query) === null }));
  app.get("/headers", async (request) => {
    const { host, ...rest } = request.headers;
    return { rest, host, has: "x-missing" in request.headers, missing: request.headers["x-missing"] === undefined, raw: request.raw.rawHeaders };
  });
  app.get("/facts", async (request) => ({
    method: request.method, url: request.url, originalUrl: request.originalUrl, hostname: request.hostname, protocol: request.protocol, ip: request.ip, ips: request.ips, is404: request.is404,
    version: request.raw.httpVersion, rawUrl: request.raw.url, rawMethod: request.raw.method, route: request.routeOptions.url, config: request.routeOptions.config, bodyLimit: request.routeOptions.bodyLimit, id: typeof request.id, body: String(request.body),
  }));
  app.get("/id", async (request) => ({ id: request.id }));
  app.get("/config", { config: { mine: [1, 2] } }, async (request) => request.routeOptions.config.mine);
  app.decorateRequest("user", null);
  app.decorateRequest("greeting", function () {
    return `hello ${this.user ?? "nobody"}`;
  });
  app.decorateRequest("lazy", { getter() { return this.url.length; } });
  app.decorateReply("shout", function (text) {
    return this.type("text/plain").send(text.toUpperCase());
  });
  app.decorate("answer", 42);
  app.addHook("onRequest", async (request) => {
    if (request.query.user) request.user = request.query.user;
  });
  app.get("/decorated", async (request) => ({ greeting: request.greeting(), lazy: request.lazy, answer: app.answer, server: request.server.answer, has: [app.hasDecorator("answer"), app.hasRequestDecorator("user"), app.hasReplyDecorator("shout"), app.hasDecorator("no")] }));
  app.get("/shout", (request, reply) => reply.shout("quiet"));
  app.get("/this", function (request, reply) {
    reply.send({ answer: this.answer, prefix: this.prefix });
  });
}
