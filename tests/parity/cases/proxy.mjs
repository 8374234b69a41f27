/** What is asked of `proxy/server.mjs`. Tables only; `{name}` stands for what tells Node's request from ssr-host's where the backend counts. */
import { ask, get, message, read } from "../support/request.mjs";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"];
const json = { "Content-Type": "application/json" };
const typed = (type) => ({ "Content-Type": type });

/** A request whose body comes in chunks. */
function chunked(method, target, headers, ...chunks) {
  const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
  return { name: `${method} ${target} in chunks (${headers["Content-Type"] ?? "no type"})`, parts: [message(method, target, { ...headers, "Content-Length": undefined, "Transfer-Encoding": "chunked" }, `${body}0\r\n\r\n`)], methods: [method] };
}

const MULTIPART = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nfield\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="\xff.bin"\r\n\r\n\x00\x01\xff\r\n--x--\r\n';
const BODIES = [
  [json, '{"a": 1}'], [json, "not json"], [json, ""], [typed("text/plain; charset=utf-8"), "caf\xc3\xa9"], [typed("application/octet-stream"), "\x00\xff\x80"],
  [typed('multipart/form-data; boundary="x"'), MULTIPART], [typed("application/x-www-form-urlencoded"), "a=b&c=%20"], [{}, "untyped"], [typed("application/xml"), "<a/>"], [{ "Content-Length": "0" }, ""],
];
const ALL_BYTES = Array.from({ length: 200_000 }, (_, i) => String.fromCharCode((i * 31 + (i >> 8) * 7) & 0xff)).join("");

const WITH_BODY = BODIES.flatMap(([headers, body]) => ["POST", "PUT", "PATCH"].map((method) => ask(method, "/plain/echo", headers, body)));

export const PROXY_CASES = {
  methods: [...METHODS.map((method) => ask(method, "/plain/echo/a")), ...METHODS.map((method) => ask(method, "/methods/echo")), ask("DELETE", "/plain/echo", json, "{}"), ask("OPTIONS", "/plain/echo", json, "{}")],
  "request bodies": [
    ...WITH_BODY, chunked("POST", "/plain/echo", json, '{"a":', "1}"), chunked("PUT", "/plain/echo", typed("application/octet-stream"), "\x00", "\xff"), chunked("POST", "/plain/echo", {}, "x"),
    ask("POST", "/plain/echo", typed("application/octet-stream"), ALL_BYTES), chunked("POST", "/http/echo", typed("application/octet-stream"), ALL_BYTES), ask("POST", "/undici/echo", typed("application/octet-stream"), ALL_BYTES),
    ask("POST", "/plain/early", typed("text/plain"), "x"),
  ],
  "parsed bodies": ["/parsed/echo", "/validated/echo", "/from/path"].flatMap((target) => [
    ...BODIES.map(([headers, body]) => ask("POST", target, headers, body)), ask("POST", target, json, '{ "bad": 1 }'), ask("POST", target, json, '"text"'), chunked("PUT", target, json, '{"a":', " 1}"), ask("DELETE", target, json, '{"d":1}'),
    ask("POST", target, typed("application/json; charset=utf-8"), '{"é":"\xc3\xa9"}'),
  ]),
  "bodies of other parsers": ["text/upper", "application/bytes", "application/x-object", "application/x-stream", "application/x-unknown"].flatMap((type) => [ask("POST", "/from/parsers", typed(type), "some body"), chunked("PUT", "/from/parsers", typed(type), "some", " body")]),
  addresses: [
    ...[
      "/plain", "/plain/", "/plain/?a=1", "/plain/echo?a=1&b=%20&c", "/plain/echo/%C3%A9/%2F/x%20y", "/plain/echo//double", "/plain/echo/a+b;c=1", "/plain/echo/~(a)!'*", "/plain/plain/x", "/plain/echo/%5b%5d[]|^", "/plainly/x",
      "/plain/echo/.hidden/...x/a..b", "/rewrite", "/rewrite/x?y", "/rewrite/rewrite", "/below", "/below/", "/below/x", "/users/1/files/a/b?c=d", "/users/a%20b/files", "/query/echo?a=1", "/query/echo", "/query-object/echo?x=1", "/urls/echo/1", "/urls/echo/2", "/urls/echo/3",
      "/urls/echo/1", "/plain/echo?a=1?b=2", "/plain/echo?",
    ].flatMap((target) => [get(target)]),
    get("/upstreams/echo"), get("/upstreams/x", { "X-To": "faulty" }), get("/plain/echo/./a/./b"),
  ],
  "request headers": [
    get("/plain/echo", { Cookie: ["a=1", "b=2"], "X-Many": ["1", "2"], Accept: "text/html", "X-Forwarded-For": "1.2.3.4", "X-Latin": "\xe9", Authorization: "Basic eA==", "If-None-Match": '"x"', Range: "bytes=0-1" }),
    get("/request-headers/echo", { Accept: "a/b" }), ask("POST", "/request-headers/echo", { ...json, Accept: "c/d" }, "{}"), get("/http/echo", { Cookie: "a=1", "Accept-Encoding": "br" }),
  ],
  "response headers": [
    ...["plain", "http", "undici", "passing"].flatMap((name) => read(`/${name}/headers`)), ...read("/response-headers/headers"), get("/response-headers/echo"), get("/plain/encoded"), ...read("/plain/text"), ...read("/plain/empty"), get("/from/headers"),
    ...[200, 201, 204, 206, 301, 304, 400, 404, 418, 500, 502, 599].flatMap((status) => ["GET", "HEAD", "POST"].map((method) => ask(method, `/plain/status/${status}`))),
  ],
  location: ["/location/x", "/other/x", "x", "https://elsewhere.test/location", "http://elsewhere.test/", "//elsewhere.test/location/y", "/", "/location"].flatMap((to) => ["location", "moved", "plain/location"].map((name) => get(`/${name}?to=${encodeURIComponent(to)}`))),
  "response bodies": [
    ...["plain", "http", "undici", "passing", "context/ok"].flatMap((name) => [get(`/${name}/big?size=1000000`), get(`/${name}/big?size=300000&length=1`), ask("HEAD", `/${name}/big?size=300000&length=1`), get(`/${name}/pieces`)]),
    get("/shouting/text"), get("/shouting/pieces"), get("/other/text"), get("/other/big?size=100000"), get("/from/stream-read"),
  ],
  hooks: [
    get("/guarded/echo"), get("/guarded/echo", { "X-Token": "good" }), ask("POST", "/guarded/echo", { "X-Token": "good", ...json }, "{}"), ask("POST", "/guarded/echo", json, "{}"), get("/old/text"),
    get("/context/ok/text"), get("/context/ok/text", { "X-Replace": "1" }), ask("HEAD", "/context/ok/text"), get("/context/dead/x"), get("/context/faulty/reset"), get("/context/ok/status/500"), get("/context/missing"),
  ],
  "reply.from": [
    ...["path", "path?a=1", "returned", "awaited", "same?x=1", "slashes", "query?x=1", "upstream", "no-body"].flatMap((target) => [get(`/from/${target}`), ask("POST", `/from/${target}`, json, '{"a":1}')]),
    ...["body", "text-body", "no-body", "stream-body", "method"].flatMap((target) => [ask("POST", `/from/${target}`, json, '{"a":1}'), get(`/from/${target}`), ask("POST", `/from/${target}`)]),
    get("/from/delete"), get("/from/escape"), get("/from/throws/rewrite"), ask("HEAD", "/from/path"), ask("DELETE", "/from/path"),
  ],
  errors: [
    get("/dead/x"), ask("POST", "/dead/x", json, "{}"), ...["faulty", "faulty-http", "faulty-handled"].flatMap((name) => ["reset", "closed", "half", "half-chunk", "until-close", "two-heads"].map((fault) => get(`/${name}/${fault}`))),
    get("/from/reset"), ask("POST", "/faulty/reset", json, "{}"), get("/http/slow"), get("/undici/slow"), ask("POST", "/http/slow", json, "{}"),
  ],
  retries: [get("/from/retries"), ask("HEAD", "/from/retries"), get("/from/retry-delay"), ask("POST", "/from/retry-delay")],
};

/** Paths that climb out of the prefix, for whoever reads them so. */
export const TRAVERSALS = [
  "/rewrite/../secret", "/rewrite/a/../../secret", "/rewrite/%2e%2e/secret", "/rewrite/.%2e/secret", "/rewrite/%2E%2E%2Fsecret", "/rewrite/..%2fsecret", "/rewrite/..%5csecret", "/rewrite/%252e%252e/secret", "/rewrite/%252e%252e%252fsecret",
  "/rewrite/%25252e%25252e/secret", "/rewrite/a/..", "/rewrite/..", "/rewrite/..;/secret", "/rewrite/%2e%2e;x=1/secret", "/rewrite/..\\secret", "/below/../secret", "/plain/%2e./secret", "/users/1/files/../../secret", "/users/../files/x", "/users/%2e%2e/files/x",
];
