// What record.mjs asks a real Fastify with and without the real @fastify/compress: registrations, replies, and one line per request.

/** Options of the registration. `customTypes` is a RegExp source here. */
export const apps = {
  default: {},
  small: { threshold: 10 },
  order: { encodings: ["deflate", "gzip"], threshold: 10 },
  brotli: { encodings: ["br"], threshold: 10 },
  identity: { encodings: ["identity", "gzip"], threshold: 10 },
  custom: { customTypes: "^application/x-custom$", threshold: 10 },
};

/** kind, size in bytes, headers, status */
export const replies = {
  html: { kind: "string", size: 2000, headers: { "content-type": "text/html" } },
  page: { kind: "string", size: 2000, headers: { "content-type": "text/html; charset=utf-8", etag: 'W/"x"', "x-app": "1" } },
  below: { kind: "string", size: 1023, headers: { "content-type": "text/html" } },
  just: { kind: "string", size: 1024, headers: { "content-type": "text/html" } },
  plain: { kind: "string", size: 2000, headers: {} },
  tiny: { kind: "string", size: 5, headers: {} },
  json: { kind: "json", size: 2000, headers: {} },
  buffer: { kind: "buffer", size: 2000, headers: {} },
  css: { kind: "buffer", size: 2000, headers: { "content-type": "text/css" } },
  script: { kind: "string", size: 2000, headers: { "content-type": "application/javascript" } },
  spaced: { kind: "string", size: 2000, headers: { "content-type": "application/json ;charset=utf-8" } },
  ndjson: { kind: "string", size: 2000, headers: { "content-type": "application/x-ndjson" } },
  custom: { kind: "string", size: 2000, headers: { "content-type": "application/x-custom" } },
  svg: { kind: "buffer", size: 2000, headers: { "content-type": "image/svg+xml" } },
  png: { kind: "buffer", size: 2000, headers: { "content-type": "image/png" } },
  icon: { kind: "buffer", size: 2000, headers: { "content-type": "image/x-icon" } },
  wasm: { kind: "buffer", size: 2000, headers: { "content-type": "application/wasm" } },
  events: { kind: "stream", size: 2000, headers: { "content-type": "text/event-stream" } },
  stream: { kind: "stream", size: 2000, headers: { "content-type": "text/html" } },
  short: { kind: "stream", size: 5, headers: { "content-type": "text/html" } },
  untyped: { kind: "stream", size: 2000, headers: {} },
  encoded: { kind: "string", size: 2000, headers: { "content-type": "text/html", "content-encoding": "x-app" } },
  none: { kind: "string", size: 2000, headers: { "content-type": "text/html", "content-encoding": "none" } },
  marked: { kind: "string", size: 2000, headers: { "content-type": "text/html", "content-encoding": "identity" } },
  notransform: { kind: "string", size: 2000, headers: { "content-type": "text/html", "cache-control": "no-transform" } },
  length: { kind: "stream", size: 2000, headers: { "content-type": "text/html", "content-length": "2000" } },
  vary: { kind: "string", size: 2000, headers: { "content-type": "text/html", vary: "Origin" } },
  varies: { kind: "string", size: 2000, headers: { "content-type": "text/html", vary: ["Origin", "Cookie"] } },
  varied: { kind: "string", size: 2000, headers: { "content-type": "text/html", vary: "origin, accept-encoding" } },
  upper: { kind: "string", size: 2000, headers: { "content-type": "text/html", vary: "Accept-Encoding" } },
  cookie: { kind: "string", size: 2000, headers: { "content-type": "text/html", "set-cookie": "a=b" } },
  gzipped: { kind: "gzip", size: 40000, headers: { "content-type": "text/html" } },
  deflated: { kind: "deflate", size: 40000, headers: { "content-type": "text/html" } },
  missing: { kind: "string", size: 2000, headers: { "content-type": "text/html" }, status: 404 },
  empty: { kind: "none", size: 0, headers: {}, status: 204 },
};

const ALL = "gzip, deflate, br, zstd";

/** Readings of accept-encoding, each against the registrations whose order differs. */
const headers = [
  undefined, "", "gzip", "br", "deflate", "identity", "zstd", "*", "x-gzip", "GZIP", ALL, "gzip, deflate", "deflate, gzip", "gzip;q=0.5, br;q=0.4",
  "br;q=0.5, gzip", "gzip;q=0", "gzip;q=0, br", "br;q=0.0, gzip;q=0", "*;q=0", "*;q=0.5, br;q=0.1", "identity;q=0", "identity, gzip",
  "identity;q=0.5, gzip;q=0.5", "gzip;q=1.0, br;q=1.0", "gzip; q=0.2 , br ; q = 0.8", "gzip;q=2, br", "gzip;q=.5, deflate;q=.6", "gzip;x, br",
  "gzip;level=9, br;q=0.1", "gzip br", "br gzip", ",,gzip,,", "gzip,", ";q=1, gzip", "gzip;q=0.5.9, deflate;q=0.55", "gzip;;q=0.3, deflate;q=0.4",
  "unknown", "unknown, gzip;q=0.1", "gzip;q=x", "q=1", "gzip;q=1;q=0", "\tbr", "br\t,\tgzip;q=1",
];

/** [app, reply, request headers, method] */
const table = [
  ...Object.keys(replies).flatMap((reply) => [
    ["default", reply, { "accept-encoding": ALL }],
    ["default", reply, { "accept-encoding": "gzip" }],
    ["default", reply, {}],
    ["small", reply, { "accept-encoding": "deflate" }],
  ]),
  ...headers.flatMap((header) =>
    ["small", "order", "brotli", "identity"].map((app) => [app, "html", header === undefined ? {} : { "accept-encoding": header }]),
  ),
  ...["custom", "html", "icon", "png", "wasm", "json", "plain"].map((reply) => ["custom", reply, { "accept-encoding": "gzip" }]),
  ["default", "html", { "accept-encoding": ALL, "x-no-compression": "1" }],
  ["default", "html", { "accept-encoding": ALL, "x-no-compression": "" }],
  ["default", "html", { "accept-encoding": "gzip" }, "HEAD"],
  ["default", "html", {}, "HEAD"],
  ["default", "html", { "accept-encoding": ALL, range: "bytes=0-1" }],
];

export const cases = table.map(([app, reply, headers, method = "GET"]) => ({ app, reply, headers, method }));
