/** What is asked of `plugins/server.mjs`. Tables only; cases of one group are asked in turn, because they are counted. */
import { gzipSync, brotliCompressSync, deflateSync } from "node:zlib";
import { ask, get, message, read } from "../support/request.mjs";

const times = (count, one) => Array(count).fill(one);
const key = (value) => ({ "X-Key": value });

const RATE_LIMIT = [
  ...[
    "plain", "window", "hours", "milliseconds", "draft", "zero", "fraction", "max-function", "max-async", "allow-list", "allow-function", "allow-async", "whitelist", "ban", "ban-zero",
    "ban-callback", "continuing", "key-undefined", "key-throws", "pre", "no-headers", "some-headers", "error", "error-thrown", "cache",
  ].flatMap((name) => [...times(2, get(`/rate-limit/${name}`)), get(`/rate-limit/${name}/other`), get(`/rate-limit/${name}`), ask("HEAD", `/rate-limit/${name}`)]),
  ...times(3, get("/rate-limit/max-function?pro=1")), ...times(2, get("/rate-limit/allow-function", { "X-Free": "1" })), get("/rate-limit/allow-async", { "X-Free": "1" }),
  ...["key", "key-async"].flatMap((name) => [get(`/rate-limit/${name}`, key("a")), get(`/rate-limit/${name}`, key("b")), get(`/rate-limit/${name}`, key("a")), ...times(2, get(`/rate-limit/${name}`))]),
  get("/rate-limit/key-number"), get("/rate-limit/key-number?text=1"), get("/rate-limit/key-number"), get("/rate-limit/key-number?text=1"),
  ...["free", "own", "inherits", "window", "hook", "decorated", "decorated-options"].flatMap((name) => [...times(3, get(`/rate-limit/routes/${name}`)), ...times(2, ask("HEAD", `/rate-limit/routes/${name}`))]),
  get("/rate-limit/routes/has"), ...times(2, get("/rate-limit/routes/missing")),
  ...["off", "on", "on", "off"].map((name) => get(`/rate-limit/mixed/${name}`)), ask("POST", "/rate-limit/mixed/on"), ask("OPTIONS", "/rate-limit/mixed/on"), get("/rate-limit/mixed/missing"),
  ...times(4, get("/rate-limit/callbacks")), get("/rate-limit/callbacks/calls"), ...times(4, get("/rate-limit/twice")),
];

const ACCEPTED = [
  undefined, "br", "gzip", "deflate", "identity", "gzip, deflate, br", "gzip;q=0.5, br;q=0.9", "br;q=0, gzip", "*", "x-gzip", "zstd", "", "gzip;q=0", "BR", "deflate, gzip;q=1.0, *;q=0.5", "gzip;q=0.001,identity", "a, b;q=x, br;q=0.1",
];
const accept = (encoding) => (encoding === undefined ? {} : { "Accept-Encoding": encoding });
const BROWSER = accept("gzip, deflate, br");

const ROUTES = [
  "text", "short", "json", "buffer", "untyped-buffer", "stream", "short-stream", "encoded", "identity", "vary", "vary-known", "vary-list", "length", "nothing", "null", "error", "etag", "off", "off-config", "own", "own-types",
  "manual", "manual-object", "manual-typed", "manual-short", "manual-stream", "manual-null", "manual-image", "hooked", "state", "missing",
];
const TYPES = ["text/html", "text/event-stream", "image/png", "image/svg+xml", "application/javascript", "application/octet-stream", "application/wasm", "font/woff2", "x-mine", "text/html; charset=utf-8", "TEXT/HTML", "application/manifest+json"];
const CONTEXTS = ["plain", "threshold", "high", "gzip", "order", "deflate", "unknown", "expression", "function", "levels", "manual", "refusing", "throwing"];

const JSON_BODY = '{"a":"some text, some text, some text"}';
const ENCODED = { gzip: gzipSync(JSON_BODY), br: brotliCompressSync(JSON_BODY), deflate: deflateSync(JSON_BODY) };

/** A POST of a body that is encoded as its header says, or is not. */
function post(target, encoding, body) {
  const headers = { "Content-Type": "application/json", "Content-Encoding": encoding };
  return { ...ask("POST", target, headers, body.toString("latin1")), name: `POST ${target} (${encoding}, ${body.length} bytes)` };
}

const COMPRESS = [
  ...ACCEPTED.flatMap((encoding) => ["plain", "order", "gzip", "deflate"].map((name) => get(`/compress/${name}/text`, accept(encoding)))),
  ...ROUTES.flatMap((route) => CONTEXTS.map((name) => get(`/compress/${name}/${route}`, BROWSER))),
  ...ROUTES.map((route) => get(`/compress/plain/${route}`)),
  ...ROUTES.filter((route) => !route.startsWith("manual")).map((route) => ask("HEAD", `/compress/plain/${route}`, BROWSER)),
  ...TYPES.flatMap((type) => ["plain", "expression", "function"].map((name) => get(`/compress/${name}/type/${encodeURIComponent(type)}`, BROWSER))),
  get("/compress/plain/text", { ...BROWSER, "X-No-Compression": "1" }), get("/compress/plain/manual", { ...BROWSER, "X-No-Compression": "1" }),
  ...["refusing", "throwing"].flatMap((name) => ["br", "", undefined, "identity", "gzip"].flatMap((encoding) => ["text", "manual", "short"].map((route) => get(`/compress/${name}/${route}`, accept(encoding))))),
  get("/compress/outside", BROWSER), get("/", BROWSER),
  ...["style.css", "", "index.html", "data.bin", "missing.css"].flatMap((file) => [get(`/compress/files/${file}`), get(`/compress/files/${file}`, BROWSER)]),
  get("/compress/files/photo.png", BROWSER),
];

const DECOMPRESS = [
  ...Object.entries(ENCODED).flatMap(([encoding, body]) => ["plain/echo", "plain/echo-off", "plain/echo-own", "plain/echo-small", "requests/echo", "forced/echo"].map((route) => post(`/compress/${route}`, encoding, body))),
  ...["identity", "zstd", "", "GZIP", "gzip, br"].flatMap((encoding) => ["plain/echo", "plain/echo-own", "requests/echo"].map((route) => post(`/compress/${route}`, encoding, Buffer.from(JSON_BODY)))),
  ...["gzip", "br", "deflate"].flatMap((encoding) => ["plain/echo", "requests/echo"].map((route) => post(`/compress/${route}`, encoding, Buffer.from("not encoded at all")))),
  post("/compress/forced/echo", undefined, ENCODED.gzip), post("/compress/manual/echo", "gzip", ENCODED.gzip), post("/compress/plain/echo", "gzip", gzipSync(`"${"x".repeat(2_000_000)}"`)),
  post("/compress/plain/echo", "gzip", gzipSync("")),
  chunked("/compress/plain/echo", "gzip", ENCODED.gzip),
];

function chunked(target, encoding, body) {
  const chunks = [body.subarray(0, 9), body.subarray(9)].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk.toString("latin1")}\r\n`);
  const headers = { "Content-Type": "application/json", "Content-Encoding": encoding, "Content-Length": undefined, "Transfer-Encoding": "chunked" };
  return { name: `POST ${target} in chunks (${encoding})`, parts: [message("POST", target, headers, `${chunks.join("")}0\r\n\r\n`)], methods: ["POST"] };
}

const from = (origin) => (origin === undefined ? {} : { Origin: origin });
const ORIGINS = [undefined, "https://a.example", "https://b.example", "https://other.test", "null"];
const preflight = (origin, more = {}) => ({ ...from(origin), "Access-Control-Request-Method": "PUT", ...more });

const CORS = [
  "plain", "true", "false", "string", "star", "expression", "list", "callback", "promise", "callback-fails", "callback-value", "credentials", "methods", "methods-text", "headers", "headers-text", "exposed", "max-age", "cache",
  "cache-text", "status", "continues", "lax", "no-preflight", "pre-handler", "on-send", "hidden", "delegate", "delegator",
].flatMap((name) => corsCases(name).filter(({ methods }) => name !== "on-send" || methods[0] !== "OPTIONS"));

/** A preflight that is answered in an `onSend` hook ends the Node process: that is left out. */
function corsCases(name) {
  return [
    ...ORIGINS.map((origin) => get(`/cors/${name}`, from(origin))),
    get(`/cors/${name}/vary`, from("https://a.example")), get(`/cors/${name}/error`, from("https://a.example")), ask("PUT", `/cors/${name}`, from("https://a.example")), ask("HEAD", `/cors/${name}`, from("https://a.example")),
    ...ORIGINS.map((origin) => ask("OPTIONS", `/cors/${name}`, preflight(origin))),
    ask("OPTIONS", `/cors/${name}`, preflight("https://a.example", { "Access-Control-Request-Headers": "x-a, x-c" })), ask("OPTIONS", `/cors/${name}`), ask("OPTIONS", `/cors/${name}`, from("https://a.example")),
    ask("OPTIONS", `/cors/${name}/missing`, preflight("https://a.example")), get(`/cors/${name}`, { ...from("https://a.example"), "X-Allowed": "https://a.example" }),
  ];
}

const HELMET = [
  "plain", "no-policy", "directives", "no-defaults", "report", "function", "embedder", "opener", "dns", "hsts", "referrer", "off", "manual",
].flatMap((name) => [...read(`/helmet/${name}`), ...["own", "without", "reply", "header", "error", "missing"].map((route) => get(`/helmet/${name}/${route}`))]).concat(get("/helmet/nonces"));

const PRECEDENCE = ["plain", "handler", "removed", "encoded", "error", "off", "missing"].flatMap((route) => [...read(`/precedence/${route}`, BROWSER), get(`/precedence/${route}`, from("https://plugin.example"))]);

const COOKIE_HEADERS = [
  undefined, "", "sid=1", "sid=1; b=two; sid=3", "sid=%C3%A9; b=%zz; c=a=b", "b; sid = 1 ;;x", 'sid="quoted"; b="', "__proto__=1; toString=2; constructor=3; sid=", "=1; sid", "sid=1.mine", "sid=a.b.c", ["sid=1", "b=2"], "\xa0sid=2; sid=1", "sid=\xe4",
  "sid=v.K1yvbFEqcv8T3iZkPnM9HfyyjNoDlKoLpUB1nJuEpdQ",
];
const COOKIE_ROUTES = ["set", "expires", "auto", "twice", "beside", "clear", "invalid/name", "invalid/domain", "invalid/path", "invalid/priority", "invalid/sameSite", "signed", "sign", "functions", "error", "stream"];
const COOKIE = [
  "plain", "secret", "secrets", "algorithm", "signer", "parsing", "off", "options",
].flatMap((name) => [
  ...COOKIE_HEADERS.flatMap((cookie) => ["cookies", "changed", "unsign"].map((route) => get(`/cookie/${name}/${route}`, { Cookie: cookie }))),
  ...COOKIE_ROUTES.flatMap((route) => [get(`/cookie/${name}/${route}`), get(`/cookie/${name}/${route}`, { Cookie: "sid=1; a=x" })]), ask("HEAD", `/cookie/${name}/set`),
]).concat(get("/cookie/module"), get("/cookie/refused"), get("/cookie/hook"));

export const PLUGIN_CASES = {
  "@fastify/rate-limit": RATE_LIMIT,
  "@fastify/compress": COMPRESS,
  "@fastify/compress, requests": DECOMPRESS,
  "@fastify/cookie": COOKIE,
  "@fastify/cors": CORS,
  "@fastify/helmet": HELMET,
  "all of them, hooks and handlers": PRECEDENCE,
};
