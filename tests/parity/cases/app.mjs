/** What is asked of `app/server.mjs`. Tables only. */
import { ask, get, message, read } from "../support/request.mjs";

const typed = (type) => ({ "Content-Type": type });
const JSON_TYPE = typed("application/json");

const HOOKS = [
  ...["object", "array", "text", "nothing", "throws", "own", "missing"].flatMap((name) => read(`/hooks/${name}`)),
  get("/hooks/routes"),
  ask("POST", "/hooks/body", JSON_TYPE, '{"a":1}'), ask("POST", "/hooks/body", JSON_TYPE, "{"), ask("POST", "/hooks/body"),
  ...["onRequest", "onRequest-async", "preHandler", "preValidation", "later"].map((name) => get(`/hooks/early/${name}`)),
  ...["onRequest", "onRequest-async", "preValidation", "preValidation-async", "preHandler", "preHandler-async", "preParsing", "preSerialization", "onSend", "onSend-async", "onResponse"].map((name) => get(`/hooks/failing/${name}`)),
  ...["string", "buffer", "null", "undefined", "length"].flatMap((name) => read(`/hooks/payloads/${name}`)),
];

const ROUTES = [
  ...[
    "/", "/routes/static", "/routes/static/", "/routes/STATIC", "/routes/a/1", "/routes/a/fixed", "/routes/a/fixed/b", "/routes/a/1/b", "/routes/a/1/2", "/routes/a/", "/routes/a//", "/routes/a/%2F", "/routes/a/a%20b", "/routes/a/%E2%98%83", "/routes/a/%25", "/routes/a/%",
    "/routes/a/a+b", "/routes/a/a;b", "/routes/a/x?y=/routes", "/routes/wild/", "/routes/wild/a/b/c", "/routes/wild/fixed", "/routes/wild/fixed/x", "/routes/wild/x/more", "/routes/wild/x/more/y", "/routes/wild/%2F%20", "/routes/wild", "/routes/optional", "/routes/optional/", "/routes/optional/x", "/routes/optional/x/y",
    "/routes/near/1.5-2.5", "/routes/near/a-b-c", "/routes/near/ab", "/routes/near/-", "/routes/file/a.png", "/routes/file/.png", "/routes/file/a.b.png", "/routes/file/a.jpg", "/routes/num/12", "/routes/num/1a", "/routes/num/12x", "/routes/num/", "/routes/at/12h30m", "/routes/at/1h30m", "/routes/at/123h30m",
    "/routes/colon/:x", "/routes/colon/x", "/routes/slash/", "/routes/slash", "/routes/Case", "/routes/case", "/routes/un%20escaped", "/routes/un escaped".replace(" ", "%20"), "/routes/caf%C3%A9/x", "/routes/double//slash", "/routes/double/slash", "/routes/any.txt", "/routes/any.", "/routes/any",
    `/routes/a/${"x".repeat(100)}`, `/routes/a/${"x".repeat(101)}`, `/routes/wild/${"x".repeat(101)}`,
    "/routes/all", "/routes/several", "/routes/put", "/routes/options", "/routes/head", "/routes/headless", "/routes/nested", "/routes/nested/", "/routes/nested/leaf", "/routes/nested/leaf/", "/routes/nested/7/deeper", "/routes/nested/7/deeper/", "/routes", "/routes/",
  ].map((target) => get(target)),
  ask("HEAD", "/routes/head"), ask("HEAD", "/routes/headless"), ask("HEAD", "/routes/all"), ask("HEAD", "/routes/a/1"), ask("HEAD", "/routes/put"),
  ...["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "SEARCH"].flatMap((method) => [ask(method, "/routes/all"), ask(method, "/routes/several"), ask(method, "/routes/put"), ask(method, "/routes/static"), ask(method, "/no/such/route")]),
  ask("PATCH", "/routes/patch"), ask("DELETE", "/routes/delete"), ask("OPTIONS", "/routes/options"),
];

const REQUESTS = [
  ...[
    "", "?", "?a=1", "?a=1&a=2&a=3", "?a", "?a=", "?=1", "?&&", "?a[]=1&a[]=2", "?a[b]=c", "?a+b=c+d", "?a%20b=c%20d", "?a=%E2%98%83", "?a=%", "?a=%zz&b=%41", "?%61=1", "?a=1;b=2", "?a=b=c", "?a=1?b=2", "?__proto__=1", "?constructor=1&toString=2", "?hasOwnProperty=1", "?a=1&A=2", "?a=%00", "?a=%2B+%26",
    "?1=one&0=zero", "?a=1&__proto__=x&a=2", ";a=1", ";a=1?b=2", "?a=1#b",
  ].map((query) => get(`/requests/query${query}`)),
  get("/requests/headers", { "X-A": "1", "x-a": "2", "X-a": "3" }), get("/requests/headers", { Cookie: ["a=1", "b=2"], Accept: ["a", "b"], "User-Agent": ["a", "b"], "Content-Type": ["a/b", "c/d"], Referer: ["a", "b"], "Set-Cookie": ["a=1", "b=2"] }),
  get("/requests/headers", { "X-Empty": "", "X-Spaces": "  a b  ", "X-Latin": "caf\xe9", "X-Utf8": "\xe2\x98\x83", "X-Quoted": '"a"' }), get("/requests/headers", { Connection: "close", "Keep-Alive": "x", TE: "trailers", "X-Forwarded-For": "9.9.9.9" }),
  get("/requests/headers", { "Cache-Control": ["no-cache", "no-store"], "If-None-Match": ['"a"', '"b"'], Range: ["bytes=0-1", "bytes=2-3"], Authorization: ["a", "b"], Host: "a.test:8080" }),
  get("/requests/headers"), get("/requests/facts"), get("/requests/facts?a=b"), get("/requests/facts", { Host: "a.test:99", "X-Forwarded-Host": "b.test", "X-Forwarded-Proto": "https", "X-Forwarded-For": "1.1.1.1" }), get("/requests/facts", { Host: "[::1]:80" }), get("/requests/facts", { Host: "" }),
  ask("GET", "/requests/facts", {}, "a body"), ask("HEAD", "/requests/facts"),
  get("/requests/id", { "request-id": "mine" }), get("/requests/id", { "Request-Id": ["a", "b"] }), get("/requests/id", { "request-id": "" }), get("/requests/id", { "x-request-id": "not mine" }),
  get("/requests/config"), get("/requests/decorated"), get("/requests/decorated?user=ann"), get("/requests/shout"), get("/requests/this"),
];

const OVER = String(1024 * 1024 + 1);

const BODIES = [
  ...['{"a":1}', "[1,2]", '"text"', "5", "null", "true", "", " ", "{", "{bad", "nul", '{"a":1}x', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"a":"\xe2\x98\x83"}', '\xef\xbb\xbf{"a":1}', '{"a":"\xff"}', '{"a":1,"a":2}', "{'a':1}", "[1,]", '{"a":1e999}', "\n{\n\"a\": tru }"].map((body) => ({ ...ask("POST", "/bodies/echo", { ...JSON_TYPE, "Content-Length": String(body.length) }, body), name: `POST /bodies/echo with ${JSON.stringify(body)}` })),
  ...[
    "application/json; charset=utf-8", "application/json;charset=latin1", "APPLICATION/JSON", " application/json", "application/json-patch+json", "application/vnd.api+json", "application/jsonx", "text/json", "json", "application/json, text/plain", "text/plain", "text/plain; charset=utf-8", "text/html",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream", "", "*/*", "x", "application/json;", "text/plain;x", "a/b; c", "image/png",
  ].map((type) => ask("POST", "/bodies/echo", typed(type), "{}")),
  ...["PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD"].flatMap((method) => [ask(method, "/bodies/echo"), ask(method, "/bodies/echo", JSON_TYPE, '{"a":1}'), ask(method, "/bodies/echo", typed("text/plain"), "text"), ask(method, "/bodies/echo", typed("a/b"), "x"), ask(method, "/bodies/echo", JSON_TYPE), ask(method, "/bodies/echo", {}, "untyped")]),
  ask("POST", "/bodies/echo"), ask("POST", "/bodies/echo", {}, "untyped"), ask("POST", "/bodies/echo", { "Content-Length": "0" }), ask("POST", "/bodies/echo", { ...JSON_TYPE, "Content-Length": "0" }), ask("POST", "/bodies/echo", JSON_TYPE), ask("POST", "/bodies/echo", typed("text/plain")), ask("POST", "/bodies/echo", { ...typed("text/plain"), "Content-Length": "0" }), ask("POST", "/bodies/echo", typed("a/b")),
  ask("POST", "/bodies/echo", typed("text/plain"), "\xe2\x98\x83 \xff"), ask("POST", "/bodies/small", typed("text/plain"), "0123456789"), ask("POST", "/bodies/small", typed("text/plain"), "0123456789a"), ask("POST", "/bodies/small", JSON_TYPE, '{"a":"0123456789"}'),
  { ...ask("POST", "/bodies/echo", typed("text/plain"), "x".repeat(Number(OVER))), name: "POST /bodies/echo, one byte over the limit", watchClose: true },
  { ...ask("POST", "/bodies/echo", typed("text/plain"), "x".repeat(Number(OVER) - 1)), name: "POST /bodies/echo, the limit exactly" },
  chunked("a chunked body", "/bodies/echo", JSON_TYPE, ['{"a"', ":1}"]), chunked("an empty chunked body", "/bodies/echo", JSON_TYPE, []), chunked("a chunked text", "/bodies/echo", typed("text/plain"), ["a", "b"]), chunked("a chunked body without a type", "/bodies/echo", {}, ["x"]), chunked("a chunked body over the limit", "/bodies/small", typed("text/plain"), ["0123456", "789abc"]),
  chunked("a chunked stream", "/bodies/own/", typed("application/x-stream"), ["abc", "de"]), { name: "a body and a request after it", parts: [message("POST", "/bodies/echo", JSON_TYPE, '{"a":1}'), message("GET", "/routes/a/1")], methods: ["POST", "GET"] },
  { name: "a body in two parts", parts: [message("POST", "/bodies/echo", { ...JSON_TYPE, "Content-Length": "7" }), '{"a":1}'], methods: ["POST"] },
  ...["application/x-upper", "application/x-upper; a=b", "application/x-bytes", "text/csv", "text/tsv;header=present", "image/png", "image/svg+xml", "application/x-fails", "application/x-fails-async", "application/x-stream", "application/x-iterated", "application/json", "text/plain", "text/none"].flatMap((type) => [ask("POST", "/bodies/own/", typed(type), "a\nb"), ask("POST", "/bodies/own/", typed(type))]),
  ask("POST", "/bodies/own/", typed("text/csv"), "more than twenty bytes of it"),
  ...["text/plain", "application/json", "a/b", "", "nonsense"].map((type) => ask("POST", "/bodies/any/", typed(type), "{}")), ask("POST", "/bodies/any/", {}, "x"),
];

function chunked(name, target, headers, chunks) {
  const body = [...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`), "0\r\n\r\n"].join("");
  return { name, parts: [message("POST", target, { ...headers, "Content-Length": undefined, "Transfer-Encoding": "chunked" }, body)], methods: ["POST"] };
}

const STATUSES = [200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 304, 400, 401, 402, 404, 410, 418, 422, 429, 451, 500, 501, 503, 599];
const PAYLOADS = ["string", "empty", "object", "array", "number", "zero", "true", "false", "null", "undefined", "buffer", "uint8", "view", "bigint", "cycle", "toJSON", "stream", "empty-stream", "late-stream", "failing-stream", "web", "response"];

const REPLIES = [
  ...STATUSES.flatMap((status) => [get(`/replies/status/${status}`), get(`/replies/status/${status}/empty`), get(`/replies/status/${status}/json`), ask("HEAD", `/replies/status/${status}`)]),
  ...Array.from({ length: 13 }, (_, index) => index).flatMap((index) => [get(`/replies/type/${index}`), get(`/replies/type/${index}/object`), get(`/replies/type/${index}/buffer`)]),
  ...PAYLOADS.flatMap((name) => [...read(`/replies/sent/${name}`), get(`/replies/returned/${name}`), get(`/replies/typed/${name}`)]),
  ...["several", "cookies", "removed", "invalid-value", "invalid-name", "undefined-value", "latin1", "unicode", "raw", "length", "encoding", "server", "serializer", "sent", "twice", "bad-status", "text-status"].map((name) => get(`/replies/headers/${name}`)),
  { ...get("/replies/headers/connection"), watchClose: true },
  ...["plain", "code", "old", "status", "unicode", "absolute"].flatMap((name) => read(`/replies/redirects/${name}`)),
  { name: "streams in turn on one connection", parts: ["stream", "web", "late-stream"].map((name) => message("GET", `/replies/sent/${name}`)), methods: ["GET", "GET", "GET"] },
  { name: "a stream over HTTP/1.0", parts: [message("GET", "/replies/sent/stream", {}, "", "1.0")], methods: ["GET"], watchClose: true },
];

const ERRORS = ["plain", "status-code", "status", "both", "low", "odd", "text", "fraction", "code", "headers", "empty", "type", "unicode", "validation", "string", "object", "null", "undefined"];

const HANDLERS = [
  ...ERRORS.flatMap((name) => ["throw", "reject", "send", "late", "coded"].map((way) => get(`/handlers/${way}/${name}`))),
  ask("HEAD", "/handlers/throw/code"),
  ...["callback", "returned-reply", "awaited-reply", "later-reply", "thenable", "after-send", "typed-error", "inject", "inject-404", "routes"].map((name) => get(`/handlers/${name}`)),
];

const CONTEXTS = [
  ...[
    "/throws", "/not-found", "/own-handler", "/missing", "/inner/throws", "/inner/throws?rethrow=1", "/inner/throws?text=1", "/inner/not-found", "/inner/missing", "/inner/missing?again=1", "/inner/missing?fail=1", "/inner", "/inner/",
    "/sibling/throws", "/sibling/sees", "/sibling/missing", "/shared/value", "/shared/missing", "/legacy", "/legacy/", "/legacy/x", "", "/",
  ].flatMap((path) => read(`/contexts${path}`)),
  ask("POST", "/contexts/inner/body", JSON_TYPE, "{"), ask("POST", "/contexts/inner/body", typed("a/b"), "x"), ask("POST", "/contexts/inner/missing", JSON_TYPE, "{}"), ask("POST", "/contexts/missing", typed("a/b"), "x"), ask("PUT", "/contexts/throws"), get("/contexts/inner/bad-json"), get("/elsewhere"), get("/elsewhere/%"), get("/contexts/inner/%zz"),
];

/** All cases, grouped by name. */
export const APP_CASES = { hooks: HOOKS, routes: ROUTES, requests: REQUESTS, bodies: BODIES, replies: REPLIES, handlers: HANDLERS, contexts: CONTEXTS };
