/** `@fastify/reply-from`: `reply.from()` in handlers, with every option of a single call. */
import replyFrom from "@fastify/reply-from";

const { BACKEND, FAULTY } = process.env;

export default async function fromPart(app) {
  app.register(async (context) => {
    context.register(replyFrom, { base: BACKEND, retryMethods: ["GET", "HEAD", "OPTIONS", "TRACE"] });
    const all = (url, handler) => context.route({ url, method: ["GET", "POST", "PUT", "DELETE", "HEAD"], handler });

    all("/path", (request, reply) => reply.from("/echo/x"));
    all("/returned", async (request, reply) => reply.from("/echo/returned?own=1"));
    all("/awaited", async (request, reply) => {
      await reply.from("/echo/awaited");
    });
    all("/same", (request, reply) => reply.from());
    all("/escape", (request, reply) => reply.from("http://example.com/x"));
    all("/slashes", (request, reply) => reply.from("//example.com/x"));
    all("/body", (request, reply) => reply.from("/echo", { body: { a: [1, "ü"] } }));
    all("/text-body", (request, reply) => reply.from("/echo", { body: "a=b", contentType: "application/x-www-form-urlencoded" }));
    all("/no-body", (request, reply) => reply.from("/echo", { body: null }));
    all("/stream-body", (request, reply) => reply.from("/echo", { body: { pipe() {} } }));
    all("/method", (request, reply) => reply.from("/echo", { method: "PATCH", body: "x", contentType: "text/plain" }));
    all("/delete", (request, reply) => reply.from("/echo", { method: "DELETE" }));
    all("/query", (request, reply) => reply.from("/echo?own=1", { queryString: { a: 1, b: true } }));
    all("/headers", (request, reply) => reply.header("x-own", "1").from("/headers", { rewriteHeaders: (headers) => ({ "x-only": Object.keys(headers).includes("x-multi"), "content-type": "text/plain" }) }));
    all("/upstream", (request, reply) => reply.from("/echo", { getUpstream: (_, base) => (base === BACKEND ? BACKEND : FAULTY) }));
    all("/retries", (request, reply) => reply.from("/unavailable", { maxRetriesOn503: 2 }));
    all("/retry-delay", (request, reply) => reply.from("/status/500", { retryDelay: ({ res, err, attempt, req }) => (res?.statusCode === 500 && err === null && attempt < 3 && req.method === "GET" ? 1 : null) }));
    all("/counted", (request, reply) => reply.from(`/count/${request.headers["x-count"]}`));
    all("/stream-read", (request, reply) => reply.from("/text", {
      onResponse: async (_, answer, res) => {
        let text = "";
        for await (const chunk of res) text += chunk;
        answer.removeHeader("content-length").send(text.length.toString());
      },
    }));
    all("/throws/rewrite", (request, reply) => reply.from("/echo", { rewriteRequestHeaders: () => { throw new Error("rewriting"); } }));
    all("/throws/header", (request, reply) => reply.from("/echo", { rewriteRequestHeaders: (_, headers) => ({ ...headers, "x-bad": "a\nb" }) }));
  });

  app.register(async (context) => {
    context.register(replyFrom, { base: FAULTY });
    context.get("/reset", (request, reply) => reply.from("/reset", { onError: (answer, { error }) => answer.code(504).send({ code: error.code, message: error.message, status: error.statusCode, name: error.name }) }));
    context.get("/retried", (request, reply) => reply.from(`/closed-once/${request.headers["x-count"]}`, { retriesCount: 2 }));
  });

  // A body that another parser has made, or a hook has replaced.
  app.register(async (context) => {
    context.register(replyFrom, { base: BACKEND });
    context.addContentTypeParser("text/upper", { parseAs: "string" }, (request, body, done) => done(null, body.toUpperCase()));
    context.addContentTypeParser("application/bytes", { parseAs: "buffer" }, (request, body, done) => done(null, body));
    context.addContentTypeParser("application/x-object", { parseAs: "string" }, (request, body, done) => done(null, { body }));
    context.addContentTypeParser("application/x-stream", (request, payload, done) => done(null, payload));
    context.post("/parsers", (request, reply) => reply.from("/echo"));
    context.put("/parsers", (request, reply) => reply.from("/echo", { retriesCount: 1 }));
  });
}
