/** What `reply` sends: types and their charset, status codes, headers, cookies, redirects, bytes, streams. */
import { Readable } from "node:stream";

const STATUSES = [200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 304, 400, 401, 402, 404, 410, 418, 422, 429, 451, 500, 501, 503, 599];

const TYPES = [
  "text/html", "text/plain", "application/json", "application/json; charset=latin1", "application/vnd.api+json", "application/ld+json; profile=x", "text/html; charset=utf-8", "image/svg+xml", "application/octet-stream", "application/x-ndjson", "TEXT/HTML", "json", "",
];

const PAYLOADS = {
  string: () => "caf\u00e9 \u2603",
  empty: () => "",
  object: () => ({ a: [1, null, undefined, "\u2028<"], b: undefined, c: new Date(0), d: NaN }),
  array: () => [1, 2],
  number: () => 5,
  zero: () => 0,
  true: () => true,
  false: () => false,
  null: () => null,
  undefined: () => undefined,
  buffer: () => Buffer.from([0, 255, 1]),
  uint8: () => new Uint8Array([104, 105]),
  view: () => new Uint16Array([26984, 26729]),
  bigint: () => ({ a: 1n }),
  cycle: () => { const a = {}; a.a = a; return a; },
  toJSON: () => ({ toJSON: () => ({ own: true }) }),
  stream: () => Readable.from([Buffer.from("one "), Buffer.from("two")]),
  "empty-stream": () => Readable.from([]),
  "late-stream": () => Readable.from((async function* () { await new Promise((done) => setTimeout(done, 5)); yield "late"; })()),
  "failing-stream": () => Readable.from((async function* () { throw Object.assign(new Error("no stream"), { statusCode: 404 }); })()),
  web: () => new ReadableStream({ start(controller) { controller.enqueue(new TextEncoder().encode("web")); controller.close(); } }),
  response: () => new Response("from a response", { status: 203, headers: { "content-type": "text/x-own", "x-own": "1" } }),
};

export default async function replies(app) {
  for (const status of STATUSES) {
    app.get(`/status/${status}`, (request, reply) => reply.code(status).send("body"));
    app.get(`/status/${status}/empty`, (request, reply) => reply.code(status).send());
    app.get(`/status/${status}/json`, (request, reply) => reply.status(status).send({ status }));
  }
  TYPES.forEach((type, index) => {
    app.get(`/type/${index}`, (request, reply) => reply.type(type).send("text"));
    app.get(`/type/${index}/object`, (request, reply) => reply.type(type).send({ a: 1 }));
    app.get(`/type/${index}/buffer`, (request, reply) => reply.type(type).send(Buffer.from("bytes")));
  });
  for (const [name, make] of Object.entries(PAYLOADS)) {
    app.get(`/sent/${name}`, (request, reply) => void reply.send(make()));
    app.get(`/returned/${name}`, async () => make());
    app.get(`/typed/${name}`, (request, reply) => reply.type("text/x-mine").send(make()));
  }
  app.register(headers, { prefix: "/headers" });
  app.register(redirects, { prefix: "/redirects" });
}

async function headers(app) {
  app.get("/several", (request, reply) => reply.header("X-One", "1").header("x-one", "2").headers({ "x-two": 2, "X-Three": ["a", "b"] }).header("x-empty", "").header("x-true", true).send("x"));
  app.get("/cookies", (request, reply) => reply.header("set-cookie", "a=1").header("Set-Cookie", ["b=2", "c=3"]).header("set-cookie", "d=4; Path=/").send("x"));
  app.get("/removed", (request, reply) => reply.header("x-gone", "1").header("x-kept", "1").removeHeader("X-Gone").send({ has: reply.hasHeader("x-gone"), kept: reply.getHeader("X-Kept"), all: reply.getHeaders() }));
  app.get("/invalid-value", (request, reply) => reply.header("x-bad", "a\nb").send("x"));
  app.get("/invalid-name", (request, reply) => reply.header("x bad", "a").send("x"));
  app.get("/undefined-value", (request, reply) => reply.header("x-undefined", undefined).send("x"));
  app.get("/latin1", (request, reply) => reply.header("x-latin1", "caf\u00e9").send("x"));
  app.get("/unicode", (request, reply) => reply.header("x-unicode", "\u2603").send("x"));
  app.get("/raw", (request, reply) => {
    reply.raw.setHeader("X-Raw", "raw");
    reply.header("x-both", "reply").send("x");
  });
  app.get("/length", (request, reply) => reply.header("content-length", 3).send("exactly"));
  app.get("/connection", (request, reply) => reply.header("connection", "close").send("closing"));
  app.get("/encoding", (request, reply) => reply.header("content-encoding", "identity").header("vary", "accept").header("etag", '"x"').send("x"));
  app.get("/server", (request, reply) => reply.header("server", "mine").header("date", "Thu, 01 Jan 1970 00:00:00 GMT").send("x"));
  app.get("/serializer", (request, reply) => reply.serializer((payload) => `<${payload.a}>`).type("text/html").send({ a: 1 }));
  app.get("/sent", (request, reply) => {
    const before = reply.sent;
    reply.header("x-before", before).send("x");
    reply.request.raw.sentAfter = reply.sent;
  });
  app.get("/twice", (request, reply) => {
    reply.send("first");
    reply.send("second");
  });
  app.get("/bad-status", (request, reply) => reply.code(99).send("x"));
  app.get("/text-status", (request, reply) => reply.code("201").send(String(reply.statusCode)));
}

async function redirects(app) {
  app.get("/plain", (request, reply) => reply.redirect("/target?a=1"));
  app.get("/code", (request, reply) => reply.redirect("/target", 307));
  app.get("/old", (request, reply) => reply.redirect(301, "/target"));
  app.get("/status", (request, reply) => reply.code(308).redirect("/target"));
  app.get("/unicode", (request, reply) => reply.redirect(encodeURI("/caf\u00e9")));
  app.get("/absolute", async (request, reply) => reply.redirect("https://other.test/"));
}
