import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { constants } from "node:zlib";
import compress from "@fastify/compress";
import serveStatic from "@fastify/static";

const TEXT = "All work and no play makes Jack a dull boy. ".repeat(60);
const FILES = join(dirname(fileURLToPath(import.meta.url)), "../public");

/** A context of its own for each of these options, with the routes of `routes`. */
const OPTIONS = {
  plain: {},
  threshold: { threshold: 10 },
  high: { threshold: 100_000 },
  gzip: { encodings: ["gzip"] },
  order: { encodings: ["gzip", "br", "deflate"] },
  deflate: { encodings: ["deflate", "identity"] },
  unknown: { encodings: ["zstd", "gzip"] },
  expression: { customTypes: /x-mine$/ },
  function: { customTypes: (type) => type.startsWith("image/") },
  levels: { brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }, zlibOptions: { level: 1, chunkSize: 1024 } },
  manual: { global: false },
  refusing: { encodings: ["gzip"], onUnsupportedEncoding: (encoding, request, reply) => { reply.code(406); return `no ${encoding} for ${request.url}`; } },
  throwing: { encodings: ["gzip"], onUnsupportedEncoding: () => { throw new Error("not that one"); } },
};

function routes(app) {
  app.get("/text", () => TEXT);
  app.get("/short", () => "short");
  app.get("/json", () => ({ text: TEXT }));
  app.get("/buffer", (_, reply) => reply.type("text/plain").send(Buffer.from(TEXT)));
  app.get("/untyped-buffer", () => Buffer.from(TEXT));
  app.get("/stream", (_, reply) => reply.type("text/html").send(Readable.from([TEXT, "a second chunk"])));
  app.get("/short-stream", (_, reply) => reply.type("text/plain").send(Readable.from(["x"])));
  app.get("/type/*", (request, reply) => reply.type(request.params["*"]).send(TEXT));
  app.get("/encoded", (_, reply) => reply.header("content-encoding", "x-own").type("text/plain").send(TEXT));
  app.get("/identity", (_, reply) => reply.header("content-encoding", "identity").type("text/plain").send(TEXT));
  app.get("/vary", (_, reply) => reply.header("vary", "origin").type("text/plain").send(TEXT));
  app.get("/vary-known", (_, reply) => reply.header("vary", "accept-encoding, origin").type("text/plain").send(TEXT));
  app.get("/vary-list", (_, reply) => reply.header("vary", ["origin", "cookie"]).type("text/plain").send(TEXT));
  app.get("/length", (_, reply) => reply.header("content-length", TEXT.length).type("text/plain").send(TEXT));
  app.get("/nothing", (_, reply) => reply.code(204).send());
  app.get("/null", (_, reply) => reply.send(null));
  app.get("/error", () => { throw new Error(TEXT); });
  app.get("/etag", (_, reply) => reply.header("etag", '"x"').type("text/plain").send(TEXT));
  app.get("/not-modified", (_, reply) => reply.code(304).type("text/plain").send(TEXT));
  app.get("/off", { compress: false }, () => TEXT);
  app.get("/off-config", { config: { compress: false } }, () => TEXT);
  app.get("/own", { compress: { threshold: 1, encodings: ["deflate"] } }, () => "own options");
  app.get("/own-types", { compress: { customTypes: /^image\/x-own/ } }, (_, reply) => reply.type("image/x-own").send(TEXT));
  app.get("/manual", (_, reply) => { reply.compress(TEXT); });
  app.get("/manual-object", (_, reply) => { reply.compress({ text: TEXT }); });
  app.get("/manual-typed", (_, reply) => { reply.type("text/html").compress(TEXT); });
  app.get("/manual-short", (_, reply) => { reply.compress("short"); });
  app.get("/manual-stream", (_, reply) => { reply.type("text/plain").compress(Readable.from([TEXT])); });
  app.get("/manual-null", (_, reply) => { reply.compress(null); });
  app.get("/manual-image", (_, reply) => { reply.type("image/png").compress(Buffer.from(TEXT)); });
  app.get("/hooked", { onSend: async (_request, _reply, payload) => `${payload} and more` }, () => TEXT);
  app.get("/state", (_, reply) => typeof reply.compress);
  app.head("/head-own", (_, reply) => reply.type("text/plain").send(TEXT));
  app.post("/echo", (request) => ({ got: request.body }));
  app.post("/echo-off", { decompress: false }, (request) => ({ got: request.body }));
  app.post("/echo-own", { decompress: { requestEncodings: ["gzip"] } }, (request) => ({ got: request.body }));
  app.post("/echo-small", { bodyLimit: 30 }, (request) => ({ got: request.body }));
  app.setNotFoundHandler((_, reply) => reply.code(404).type("text/plain").send(`nothing ${TEXT}`));
}

export default async function compressPart(app) {
  for (const [name, options] of Object.entries(OPTIONS)) {
    app.register(async (scope) => {
      await scope.register(compress, options);
      routes(scope);
    }, { prefix: `/${name}` });
  }
  app.register(async (scope) => {
    await scope.register(compress, {
      onUnsupportedRequestEncoding: (encoding) => Object.assign(new Error(`no ${encoding}`), { statusCode: 418 }),
      onInvalidRequestPayload: (encoding) => ({ statusCode: 422, code: "BAD", message: `bad ${encoding}` }),
    });
    scope.post("/echo", (request) => ({ got: request.body }));
  }, { prefix: "/requests" });
  app.register(async (scope) => {
    await scope.register(compress, { forceRequestEncoding: "gzip" });
    scope.post("/echo", (request) => ({ got: request.body }));
  }, { prefix: "/forced" });
  app.register(async (scope) => {
    await scope.register(compress);
    await scope.register(serveStatic, { root: FILES });
  }, { prefix: "/files" });
  app.get("/outside", () => TEXT);
}
