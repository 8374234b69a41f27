/** Bodies: JSON, text, parsers of the app's own, limits, and what happens when they are not what they say. */
export default async function bodies(app) {
  const describe = async (request) => {
    const { body } = request;
    return { type: body === null ? "null" : Buffer.isBuffer(body) ? "buffer" : typeof body, body: Buffer.isBuffer(body) ? body.toString("hex") : body };
  };
  app.post("/echo", describe);
  app.put("/echo", describe);
  app.patch("/echo", describe);
  app.delete("/echo", describe);
  app.options("/echo", describe);
  app.get("/echo", describe);
  app.post("/small", { bodyLimit: 10 }, describe);

  app.register(async (own) => {
    own.addContentTypeParser("application/x-upper", { parseAs: "string" }, (request, body, done) => done(null, body.toUpperCase()));
    own.addContentTypeParser("application/x-bytes", { parseAs: "buffer" }, async (request, body) => body);
    own.addContentTypeParser(["text/csv", "text/tsv"], { parseAs: "string", bodyLimit: 20 }, (request, body, done) => done(null, body.split("\n")));
    own.addContentTypeParser(/^image\/.*/, { parseAs: "buffer" }, (request, body, done) => done(null, { image: body.length }));
    own.addContentTypeParser("application/x-fails", { parseAs: "string" }, (request, body, done) => done(Object.assign(new Error("cannot parse"), { statusCode: 422 })));
    own.addContentTypeParser("application/x-fails-async", { parseAs: "string" }, async () => Promise.reject(new Error("cannot parse either")));
    own.addContentTypeParser("application/x-stream", (request, payload, done) => {
      let length = 0;
      payload.on("data", (chunk) => (length += chunk.length));
      payload.on("end", () => done(null, { length }));
      payload.on("error", done);
    });
    own.addContentTypeParser("application/x-iterated", async (request, payload) => {
      const chunks = [];
      for await (const chunk of payload) chunks.push(chunk);
      return Buffer.concat(chunks).toString("latin1");
    });
    own.post("/", describe);
  }, { prefix: "/own" });

  app.register(async (any) => {
    any.removeContentTypeParser("text/plain");
    any.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => done(null, `any: ${body}`));
    any.post("/", describe);
  }, { prefix: "/any" });
}
