/** Encapsulation: error handlers, not-found handlers, hooks and decorators of one context that its siblings do not see. */
const failure = (message, statusCode) => Object.assign(new Error(message), { statusCode });

export default async function contexts(app) {
  app.setErrorHandler((error, request, reply) => reply.code(error.statusCode ?? 500).send({ handler: "outer", message: error.message }));
  app.setNotFoundHandler({ preHandler: async (request, reply) => void reply.header("x-not-found", "preHandler") }, (request, reply) => reply.code(404).send({ handler: "outer", url: request.url, is404: request.is404 }));
  app.addHook("onRequest", async (request, reply) => void reply.header("x-context", "outer"));
  app.get("/throws", async () => { throw failure("outer", 400); });
  app.get("/not-found", (request, reply) => reply.callNotFound());
  app.get("/own-handler", { errorHandler: (error, request, reply) => reply.code(499).send(`own: ${error.message}`) }, async () => { throw failure("route", 400); });

  app.register(async (inner) => {
    inner.addHook("onRequest", async (request, reply) => void reply.header("x-context", `${reply.getHeader("x-context")} inner`));
    inner.setErrorHandler(async (error, request, reply) => {
      if (request.query.rethrow) throw failure(`${error.message} again`, 501);
      if (request.query.text) return reply.type("text/html").send(`<p>${error.message}</p>`);
      return { handler: "inner", status: reply.statusCode, message: error.message };
    });
    inner.setNotFoundHandler(async (request, reply) => {
      if (request.query.again) return reply.callNotFound();
      if (request.query.fail) throw failure("in not found", 400);
      return "inner: nothing here";
    });
    inner.get("/throws", async () => { throw failure("inner", 402); });
    inner.get("/bad-json", async () => JSON.parse("{"));
    inner.get("/not-found", async (request, reply) => reply.callNotFound());
    inner.post("/body", async (request) => request.body);
  }, { prefix: "/inner" });

  app.register(async (sibling) => {
    sibling.decorate("local", true);
    sibling.get("/throws", async () => { throw failure("sibling", 500); });
    sibling.get("/sees", async () => ({ local: sibling.local, outer: app.local === undefined }));
  }, { prefix: "/sibling" });

  const shared = async (instance) => {
    instance.addHook("onSend", async (request, reply, payload) => (reply.header("x-shared", "yes"), payload));
    instance.decorate("shared", () => "shared");
  };
  shared[Symbol.for("skip-override")] = true;
  app.register(async (group) => {
    group.register(shared);
    group.after(() => group.get("/value", async () => group.shared()));
  }, { prefix: "/shared" });
  app.register((legacy, options, done) => {
    legacy.get("/", (request, reply) => reply.send({ option: options.option }));
    setTimeout(done, 1);
  }, { prefix: "/legacy", option: "given" });
}
