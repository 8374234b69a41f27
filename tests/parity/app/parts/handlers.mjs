/** The ways a handler can end: by value, promise, callback, throw; and what becomes of each error. */
const failure = (more, message = "broken") => Object.assign(new Error(message), more);

const ERRORS = {
  plain: () => new Error("plain"),
  "status-code": () => failure({ statusCode: 403 }),
  status: () => failure({ status: 409 }),
  both: () => failure({ status: 409, statusCode: 410 }),
  low: () => failure({ statusCode: 200 }),
  odd: () => failure({ statusCode: 499 }),
  text: () => failure({ statusCode: "404" }),
  fraction: () => failure({ statusCode: 404.5 }),
  code: () => failure({ code: "MY_CODE", statusCode: 400 }),
  headers: () => failure({ headers: { "x-from-error": "yes", "retry-after": 5 }, statusCode: 503 }),
  empty: () => new Error(""),
  type: () => new TypeError("wrong type"),
  unicode: () => new Error("caf\u00e9 \u2603 \"quoted\" \n line"),
  validation: () => failure({ validation: [{ message: "x" }], statusCode: 400 }),
  string: () => "a string",
  object: () => ({ an: "object", statusCode: 402 }),
  null: () => null,
  undefined: () => undefined,
};

export default async function handlers(app) {
  for (const [name, make] of Object.entries(ERRORS)) {
    app.get(`/throw/${name}`, () => { throw make(); });
    app.get(`/reject/${name}`, async () => { throw make(); });
    app.get(`/send/${name}`, (request, reply) => reply.send(make()));
    app.get(`/late/${name}`, (request, reply) => void setTimeout(() => reply.send(make()), 1));
    app.get(`/coded/${name}`, async (request, reply) => { reply.code(420); throw make(); });
  }
  app.get("/callback", (request, reply) => void setTimeout(() => reply.send({ late: true }), 2));
  app.get("/returned-reply", async (request, reply) => reply.code(201).send("mine"));
  app.get("/awaited-reply", async (request, reply) => {
    reply.send("awaited");
    await reply;
    return reply;
  });
  app.get("/later-reply", async (request, reply) => {
    setTimeout(() => reply.send("later"), 2);
    return reply;
  });
  app.get("/thenable", () => ({ then: (resolve) => resolve("thenable") }));
  app.get("/after-send", async (request, reply) => {
    reply.send("sent");
    throw new Error("ignored");
  });
  app.get("/typed-error", async (request, reply) => {
    reply.type("text/html").header("x-kept", "1");
    throw failure({ statusCode: 400 });
  });
  app.get("/inject", async () => {
    const { statusCode, headers, body } = await app.inject({ method: "POST", url: "/bodies/echo", payload: { a: 1 }, headers: { "x-injected": "1" } });
    return { statusCode, type: headers["content-type"], length: headers["content-length"], body };
  });
  app.get("/inject-404", async () => {
    const answer = await app.inject("/no/such/route?x=1");
    return { statusCode: answer.statusCode, json: answer.json() };
  });
  app.get("/routes", async () => [app.hasRoute({ method: "GET", url: "/routes/static" }), app.hasRoute({ method: "PUT", url: "/nothing" }), app.prefix]);
}
