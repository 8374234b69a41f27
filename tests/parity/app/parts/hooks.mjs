/** Hooks of every kind. Each adds its name to the header `x-order`, so the order is visible from outside. */
const add = (reply, name) => reply.header("x-order", [reply.getHeader("x-order"), name].filter(Boolean).join(" "));

export default async function hooks(app) {
  app.addHook("onRequest", (request, reply, done) => {
    add(reply, "onRequest:callback");
    done();
  });
  app.addHook("onRequest", async (request, reply) => void add(reply, "onRequest:async"));
  app.addHook("preParsing", (request, reply, payload, done) => {
    add(reply, "preParsing");
    done(null, payload);
  });
  app.addHook("preParsing", async (request, reply, payload) => {
    add(reply, "preParsing:async");
    return payload;
  });
  app.addHook("preValidation", async (request, reply) => void add(reply, "preValidation"));
  app.addHook("preHandler", (request, reply, done) => {
    add(reply, "preHandler");
    setTimeout(done, 1);
  });
  app.addHook("preSerialization", async (request, reply, payload) => {
    add(reply, "preSerialization");
    return Array.isArray(payload) ? { wrapped: payload } : payload;
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    add(reply, `onSend:${payload === null || payload === undefined ? payload : typeof payload}`);
    done(null, payload);
  });
  app.addHook("onError", async (request, reply, error) => void add(reply, `onError:${error.statusCode}`));
  app.addHook("onResponse", async () => {});
  let routes = 0;
  app.addHook("onRoute", () => void (routes += 1));

  app.get("/object", () => Promise.resolve({ a: 1 }));
  app.get("/array", async () => [1, 2]);
  app.get("/text", (request, reply) => reply.send("text"));
  app.get("/nothing", (request, reply) => reply.send());
  app.get("/throws", () => {
    throw new Error("broken");
  });
  app.post("/body", async (request) => ({ got: request.body }));
  app.get("/routes", async () => ({ routes }));
  app.get("/own", {
    onRequest: async (request, reply) => void add(reply, "own:onRequest"),
    preParsing: [async (request, reply, payload) => (add(reply, "own:preParsing"), payload)],
    preHandler: [(request, reply, done) => (add(reply, "own:1"), done()), async (request, reply) => void add(reply, "own:2")],
    preSerialization: async (request, reply, payload) => (add(reply, "own:preSerialization"), { ...payload, own: true }),
    onSend: async (request, reply, payload) => (add(reply, "own:onSend"), payload.replace("true", "1")),
    handler: async () => ({ a: 1 }),
  });

  app.register(early, { prefix: "/early" });
  app.register(failing, { prefix: "/failing" });
  app.register(payloads, { prefix: "/payloads" });
}

/** Hooks that answer themselves; the handler must not run. */
async function early(app) {
  const handler = (request, reply) => reply.header("x-handler", "ran").send("handler");
  app.get("/onRequest", { onRequest: (request, reply) => void reply.code(202).send("onRequest") }, handler);
  app.get("/onRequest-async", { onRequest: async (request, reply) => reply.code(202).send({ early: true }) }, handler);
  app.get("/preHandler", { preHandler: async (request, reply) => reply.redirect("/elsewhere") }, handler);
  app.get("/preValidation", { preValidation: (request, reply) => void reply.send("preValidation") }, handler);
  app.get("/later", { preHandler: (request, reply) => void setTimeout(() => reply.send("later"), 2) }, handler);
}

async function failing(app) {
  const handler = async () => "handler";
  const failure = () => Object.assign(new Error("hook failed"), { statusCode: 418, code: "TEAPOT" });
  for (const name of ["onRequest", "preValidation", "preHandler"]) {
    app.get(`/${name}`, { [name]: (request, reply, done) => done(failure()) }, handler);
    app.get(`/${name}-async`, { [name]: async () => Promise.reject(failure()) }, handler);
  }
  app.get("/preParsing", { preParsing: (request, reply, payload, done) => done(failure()) }, handler);
  app.get("/preSerialization", { preSerialization: async () => Promise.reject(failure()) }, async () => ({}));
  app.get("/onSend", { onSend: (request, reply, payload, done) => done(failure()) }, handler);
  app.get("/onSend-async", { onSend: async () => Promise.reject(failure()) }, async () => ({ a: 1 }));
  app.get("/onResponse", { onResponse: async () => Promise.reject(failure()) }, handler);
}

/** onSend hooks that put another payload in place. */
async function payloads(app) {
  const replace = (payload) => ({ onSend: async () => payload() });
  app.get("/string", replace(() => "longer than before"), async () => ({ a: 1 }));
  app.get("/buffer", replace(() => Buffer.from("bytes")), async () => "x");
  app.get("/null", replace(() => null), async () => "x");
  app.get("/undefined", replace(() => undefined), async () => "kept");
  app.get("/length", { onSend: async (request, reply, payload) => (reply.header("content-length", 1), payload) }, async () => "longer");
}
