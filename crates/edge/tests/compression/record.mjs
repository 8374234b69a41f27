// Records the answers of the real @fastify/compress into recorded.json, which ../compression.rs replays against `edge::compression`.
// Each request is asked twice: of an app without the package (what the layer gets) and of the same app with it (what it must answer).
// Run `npm install && npm run record` here after changing cases.mjs; the recording is committed.
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { Readable } from "node:stream";
import zlib from "node:zlib";
import fastifyCompress from "@fastify/compress";
import fastify from "fastify";
import { apps, cases, replies } from "./cases.mjs";

/** Headers that belong to the connection and not to the answer. */
const CONNECTION = new Set(["connection", "date", "keep-alive", "transfer-encoding"]);

const DECODE = {
  br: zlib.brotliDecompressSync,
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
};

/** What a client makes of it; undefined when it cannot be decoded. */
function decoded(body, encoding) {
  try {
    return (DECODE[encoding] ?? ((data) => data))(body);
  } catch {
    return undefined;
  }
}

const text = (size) => "<p>0123456789</p>\n".repeat(Math.ceil(size / 18)).slice(0, size);

/** Bytes that hardly get smaller. */
const noise = (size) => Buffer.from(Array.from({ length: size }, (_, i) => Math.imul(i * i + 1, 2654435761) >>> 21));

function payload({ kind, size }) {
  switch (kind) {
    case "string":
      return text(size);
    case "json":
      return { text: text(size) };
    case "buffer":
      return Buffer.from(text(size));
    case "stream":
      return Readable.from([Buffer.from(text(size))]);
    case "gzip":
      return zlib.gzipSync(noise(size));
    case "deflate":
      return zlib.deflateSync(noise(size));
    default:
      return undefined;
  }
}

async function serve(options) {
  const app = fastify();
  if (options) {
    const { customTypes, ...others } = options;
    await app.register(fastifyCompress, customTypes ? { ...others, customTypes: new RegExp(customTypes, "u") } : others);
  }
  for (const [name, { headers, status = 200, ...body }] of Object.entries(replies)) {
    app.get(`/${name}`, (_request, reply) => {
      reply.code(status).headers(headers).send(payload(body));
    });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app;
}

function ask(app, { method, reply, headers }) {
  const { port } = app.server.address();
  return new Promise((resolve, reject) => {
    const req = request({ port, host: "127.0.0.1", method, path: `/${reply}`, headers, agent: false }, (res) => {
      const chunks = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.on("end", () => {
        const pairs = [];
        for (let i = 0; i < res.rawHeaders.length; i += 2) {
          const name = res.rawHeaders[i].toLowerCase();
          if (!CONNECTION.has(name)) pairs.push([name, res.rawHeaders[i + 1]]);
        }
        resolve({ status: res.statusCode, headers: pairs, body: Buffer.concat(chunks), encoding: res.headers["content-encoding"] });
      });
    });
    req.on("error", reject);
    req.end();
  });
}

const plain = await serve(undefined);
const before = {};
for (const reply of Object.keys(replies)) {
  const { status, headers, body } = await ask(plain, { method: "GET", reply, headers: {} });
  before[reply] = { kind: replies[reply].kind, status, headers, body: body.toString("base64") };
}
await plain.close();

const recorded = [];
for (const [name, options] of Object.entries(apps)) {
  const app = await serve(options);
  for (const test of cases.filter((test) => test.app === name)) {
    const { status, headers, body, encoding } = await ask(app, test);
    const original = Buffer.from(before[test.reply].body, "base64");
    // Whether what the client decodes is the body. Data that the app has compressed itself goes out with any label.
    const same = decoded(body, encoding)?.equals(original) ?? null;
    recorded.push({ ...test, answer: { status, headers, same } });
  }
  await app.close();
}
const lines = (list) => list.map((item) => "    " + JSON.stringify(item)).join(",\n");
const named = (object) => Object.entries(object).map(([name, item]) => `    ${JSON.stringify(name)}: ${JSON.stringify(item)}`).join(",\n");
writeFileSync(
  new URL("recorded.json", import.meta.url),
  `{\n  "apps": {\n${named(apps)}\n  },\n  "replies": {\n${named(before)}\n  },\n  "cases": [\n${lines(recorded)}\n  ]\n}\n`,
);
