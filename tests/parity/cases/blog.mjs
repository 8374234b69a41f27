/** What is asked of examples/blog. Tables only; a case is sent as it stands here, and both servers must say the same. */
import { ask, get, message, read, with_ } from "../support/request.mjs";

const JSON_TYPE = { "Content-Type": "application/json" };
const LONG = "x".repeat(2000);

/** Pages and their data, each with GET and HEAD. */
const READ = [
  "/", "/?tag=web", "/?tag=security&lang=fr", "/?tag=nothing-has-this", "/?tag=%3Cb%3E",
  "/posts/1", "/posts/2", "/posts/7", "/posts/20", "/posts/unsafe",
  "/posts/1/comments", "/posts/1/comments?order=newest", "/posts/1/comments?order=oldest&order=newest", "/posts/7/comments", "/posts/20/comments",
  "/api/posts", "/api/posts?tag=web", "/api/posts/1", "/api/posts/1/comments", "/api/posts/1/comments?order=newest",
  "/health",
  // 404 of each kind.
  "/posts/21", "/posts/0/comments", "/nothing", "/nothing/here?a=1&b=2", "/posts", "/posts/", "/posts/1/", "/Posts/1", "/health/", "/HEALTH",
  "/api/posts/99", "/api/nothing", "/api/", "/assets/nothing.js", "/assets/",
].flatMap((target) => read(target));

const LANGUAGES = [
  ...["en", "fr", "es", "de", "FR", "fr-CA", "", "fr&lang=es", "%66r", "f%72", "fr%20", "+fr", "%"].map((lang) => get(`/posts/3?lang=${lang}`)),
  ...[
    "fr", "es", "en", "de", "fr-CH, fr;q=0.9, en;q=0.8", "de;q=1, es;q=0.5, fr;q=0.7", "fr;q=0, es", "es;q=0.1, fr;q=0.10, en;q=0.05", "FR-ca", "*", "*;q=0.1, es;q=0.2",
    "en;q=abc, fr", "fr;q=", ";;;,,,", "q=1", "es;level=1;q=0.3, fr;q=0.2", "fr_FR", "  es  ", "\xe9\xe8", "en-US,en;q=0.9,fr;q=0.8," + "x,".repeat(200),
  ].map((value) => get("/", { "Accept-Language": value })),
  get("/posts/3?lang=es", { "Accept-Language": "fr" }),
  get("/", { "Accept-Language": ["fr", "es"] }),
  get("/nothing", { "Accept-Language": "es" }),
  get("/posts/1/comments?lang=fr"),
];

const METHODS = [
  ...["OPTIONS", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "TRACE", "M-SEARCH"].flatMap((method) => [ask(method, "/"), ask(method, "/nothing")]),
  ask("POST", "/api/posts"), ask("DELETE", "/api/posts/1"), ask("PUT", "/posts/1"), ask("POST", "/assets/nothing.js"), ask("OPTIONS", "*"),
  ask("POST", "/", JSON_TYPE, "{}"), ask("POST", "/", JSON_TYPE, "{bad"), ask("POST", "/", JSON_TYPE, ""), ask("POST", "/posts/1", { "Content-Type": "a/b" }, "x"),
  ask("PUT", "/posts/1", { "Content-Type": "text/plain" }, "text"), ask("DELETE", "/posts/1", {}, "x"),
  ask("GET", "/", JSON_TYPE, "{}"), ask("GET", "/api/posts", { "Content-Type": "text/plain" }, "a body nobody reads"), ask("HEAD", "/", {}, "x"),
  with_(ask("POST", "/", { ...JSON_TYPE, "Content-Length": "2000000" }), { name: "POST / with a length over the limit and no body" }),
];

const TARGETS = [
  "/%", "/%zz", "/%E0%A4%A", "/posts/%", "/posts/%zz", "/posts/%2", "/posts/1?lang=%", "/posts/1?%zz=%", "/assets/%zz",
  "//", "//posts/1", "/posts//1", "/./posts/1", "/posts/../posts/1", "/..", "/../..", "/.", "/%2e%2e/", "/posts/%2e%2e",
  "/posts/1%2Fcomments", "/posts%2F1", "/%2F", "/posts/%31", "/posts/%00", "/posts/1%00", "/posts/a%20b", "/posts/caf%C3%A9", "/posts/%F0%9F%98%80", "/posts/<b>", "/posts/\"", "/posts/|", "/posts/{}",
  "/posts/^`", "/posts/\\", "/posts/a'b", "/posts/(1)", "/posts/1;x", "/posts/1;lang=fr", "/;", "/?;lang=fr", "/posts/1;lang=fr?lang=es", "/posts/a:b", "/posts/:id", "/posts/*", "/*", "/posts/@", "/posts/~x",
  "/posts/1#fragment", "/#", "/posts/1?#", "/posts/\xe9", "/\xff", `/posts/${"x".repeat(64)}`, `/posts/${"x".repeat(65)}`, `/posts/${"x".repeat(100)}`, `/posts/${"x".repeat(101)}`, `/${LONG}`, `/posts/1?${LONG}=${LONG}`,
  "http://parity.test/", "http://parity.test/posts/1?lang=fr", "http://other.test/posts/1", "http://parity.test", "HTTP://PARITY.test/posts/1", "https://parity.test/posts/1", "posts/1", "?lang=fr", "*",
  "/posts/1 /x", "/posts/\t1", "/a b",
].map((target) => get(target));

const QUERIES = [
  "?", "??", "?&", "?=", "?&&&", "?lang", "?lang=", "?=fr", "?lang=fr&lang=es", "?lang=es&lang=fr&lang=en", "?lang[]=fr", "?lang%5B%5D=fr", "?LANG=fr", "?lang=fr;tag=web", "?tag=web;lang=fr", "?tag=web+x", "?tag=web%20x",
  "?tag=", "?tag=web&tag=security", "?tag=%77eb", "?__proto__=x", "?__proto__[lang]=fr", "?constructor=x&lang=fr", "?toString", "?lang=fr?lang=es", "?lang=fr#es", "?a=<script>", "?tag=\"", "?tag=|", "?tag=\xe9", "?tag=%E9", "?tag=%C3%A9", "?%6Cang=fr", "? lang=fr",
].flatMap((query) => [get(`/${query}`), get(`/api/posts${query}`)]);

/** Requests that are not quite HTTP, and parts of HTTP that servers treat by themselves. */
const MESSAGES = [
  raw("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
  raw("HTTP/1.0 with Host", message("GET", "/posts/1", {}, "", "1.0")),
  raw("HTTP/1.0 with keep-alive", message("GET", "/posts/1", { Connection: "keep-alive" }, "", "1.0")),
  raw("HTTP/1.0 HEAD", message("HEAD", "/", {}, "", "1.0"), "HEAD"),
  raw("Connection: close", message("GET", "/posts/1", { Connection: "close" })),
  raw("Connection: Close, x", message("GET", "/posts/1", { Connection: "Close, x" })),
  raw("Connection: close on a 404", message("GET", "/nothing", { Connection: "close" })),
  raw("Connection: close on a bad URL", message("GET", "/%", { Connection: "close" })),
  raw("Connection: close for an asset", message("GET", "/assets/nothing", { Connection: "close" })),
  raw("no Host", message("GET", "/", { Host: undefined })),
  raw("two Hosts", message("GET", "/health", { Host: ["a", "b"] })),
  raw("empty Host", message("GET", "/health", { Host: "" })),
  raw("unusable Host", message("GET", "/health", { Host: "a b/c" })),
  raw("not HTTP", "GARBAGE\r\n\r\n"),
  raw("HTTP/2.0 in the request line", message("GET", "/", {}, "", "2.0")),
  raw("HTTP/1.2", message("GET", "/", {}, "", "1.2")),
  raw("a lower-case method", message("get", "/")),
  raw("an unknown method", message("FROBNICATE", "/")),
  raw("a space in a header name", "GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n"),
  raw("a header without a colon", "GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n"),
  raw("a NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n"),
  raw("too many bytes of headers", message("GET", "/", { "X-Long": "x".repeat(20_000) })),
  raw("bare line feeds", "GET /health HTTP/1.1\nHost: x\n\n"),
  raw("an empty line first", "\r\nGET /posts/1 HTTP/1.1\r\nHost: x\r\n\r\n"),
  raw("Content-Length that is no number", message("POST", "/", { "Content-Length": "x" })),
  raw("two different Content-Lengths", message("POST", "/", { "Content-Length": ["1", "2"] }, "a")),
  raw("Content-Length and Transfer-Encoding", message("POST", "/", { "Content-Length": "5", "Transfer-Encoding": "chunked" }, "0\r\n\r\n")),
  raw("unknown Transfer-Encoding", message("POST", "/", { "Content-Length": undefined, "Transfer-Encoding": "x" }, "0\r\n\r\n")),
  raw("a chunked body", message("POST", "/", { ...JSON_TYPE, "Content-Length": undefined, "Transfer-Encoding": "chunked" }, "2\r\n{}\r\n0\r\n\r\n")),
  raw("Expect: 100-continue", message("POST", "/", { ...JSON_TYPE, Expect: "100-continue" }, "{}"), "POST"),
  raw("Expect: something else", message("GET", "/", { Expect: "x" })),
  raw("Upgrade", message("GET", "/posts/1", { Connection: "Upgrade", Upgrade: "websocket" })),
  { name: "two requests in turn on one connection", parts: [message("GET", "/posts/1"), message("GET", "/posts/2?lang=fr")], methods: ["GET", "GET"] },
  { name: "three requests at once on one connection", parts: [message("GET", "/posts/1") + message("HEAD", "/") + message("GET", "/nothing")], methods: ["GET", "HEAD", "GET"] },
  { name: "a request after a bad URL", parts: [message("GET", "/%"), message("GET", "/posts/2")], methods: ["GET", "GET"] },
  { name: "a request after a body nobody read", parts: [message("POST", "/", { "Content-Type": "a/b" }, "body"), message("GET", "/posts/2")], methods: ["POST", "GET"] },
  get("/health", { "request-id": "abc" }),
  get("/health", { "X-Request-Id": "abc", Accept: "text/html", "User-Agent": "" }),
  get("/health", { Accept: ["a", "b"], Cookie: ["a=1", "b=2"], "X-A": ["1", "2"] }),
  get("/", { "Accept-Encoding": "gzip, br", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "Accept-Version": "1.0.0" }),
  get("/", { Range: "bytes=0-9" }), get("/", { "If-None-Match": "*" }), get("/", { "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT" }), get("/health", { Range: "bytes=0-1" }),
  get("/api/posts", { "If-None-Match": "*", "If-Match": "\"x\"" }),
];

function raw(name, text, method = "GET") {
  return { name, parts: [text], methods: [method], watchClose: true };
}

/**
 * Requests for the client bundle.
 * @param {{files: string[], script: string, etag: string, modified: string, size: number}} facts names in the bundle, and what a
 *   server says of `script`
 */
function assets({ files, script, etag, modified, size }) {
  const strong = etag.replace(/^W\//, "");
  const earlier = new Date(Date.parse(modified) - 5000).toUTCString();
  const later = new Date(Date.parse(modified) + 5000).toUTCString();
  const conditions = [
    { "If-None-Match": etag }, { "If-None-Match": strong }, { "If-None-Match": "*" }, { "If-None-Match": '"x"' }, { "If-None-Match": `"x", ${etag} , "y"` }, { "If-None-Match": "" }, { "If-None-Match": etag.replaceAll('"', "") },
    { "If-None-Match": ['"x"', etag] }, { "If-Modified-Since": modified }, { "If-Modified-Since": earlier }, { "If-Modified-Since": later }, { "If-Modified-Since": "yesterday" }, { "If-Modified-Since": "" },
    { "If-None-Match": '"x"', "If-Modified-Since": later }, { "If-None-Match": etag, "If-Modified-Since": earlier }, { "If-None-Match": etag, "Cache-Control": "no-cache" }, { "If-None-Match": etag, "Cache-Control": "max-age=0" },
    { "If-None-Match": etag, Pragma: "no-cache" }, { "If-Match": etag }, { "If-Match": strong }, { "If-Match": "*" }, { "If-Match": '"x"' }, { "If-Unmodified-Since": modified }, { "If-Unmodified-Since": earlier }, { "If-Unmodified-Since": "x" },
  ];
  const ranges = [
    "bytes=0-0", "bytes=0-99", "bytes=100-", "bytes=-50", `bytes=-${size + 10}`, `bytes=${size - 1}-`, `bytes=${size}-`, `bytes=0-${size + 5}`, "bytes=5-2", "bytes=0-1,5-6", "bytes=0-5,3-9", "bytes=0-1,1-2", `bytes=0-1,${size}-`, "bytes=", "bytes=-", "bytes=x-y", "bytes=-0",
    "bytes 0-1", "lines=0-1", "BYTES=0-1", "bytes= 0-1", "bytes=0 - 1", "", "bytes=0-1,", "bytes=1-1,-1", "bytes=00-01", "bytes=0-99999999999999999999",
  ].map((range) => ({ Range: range }));
  const ifRanges = [etag, strong, modified, earlier, later, "x", '"x"', ""].map((value) => ({ Range: "bytes=0-9", "If-Range": value }));
  return [
    ...files.flatMap((file) => read(`/assets/${file}`)),
    ...[...conditions, ...ranges, ...ifRanges, { Range: ["bytes=0-1", "bytes=2-3"] }, { Range: "bytes=0-9", "If-None-Match": etag }, { Range: "bytes=0-9", "If-None-Match": '"x"' }].map((headers) => get(script, headers)),
    ask("HEAD", script, { Range: "bytes=0-9" }), ask("HEAD", script, { "If-None-Match": etag }), ask("HEAD", script, { Range: `bytes=${size}-` }), ask("HEAD", script, { "If-Match": '"x"' }),
    get(`${script}?x=1`), get(`${script}/`), get(`${script}%00`), get(script.replace(".js", "%2Ejs")), get(script.replace("/assets/", "/assets//")), get(script.replace("/assets/", "/assets/./")), get(script.replace("/assets/", "/assets/x/../")), get(script.toUpperCase()),
    get(script, { "Accept-Encoding": "gzip, br" }), ask("POST", script), ask("OPTIONS", script), ask("DELETE", script),
    ...[
      "/assets", "/assets/", "/assets//", "/assets/.", "/assets/..", "/assets/../", "/assets/../.vite/manifest.json", "/assets/%2e%2e/.vite/manifest.json", "/assets/..%2f.vite/manifest.json", "/assets/..%2fserver/index.js", "/assets/%2e%2e%2f%2e%2e%2fserver/index.js",
      "/assets/..\\server\\index.js", "/assets/..%5cserver", "/assets/.hidden", "/assets/.vite/manifest.json", "/assets/%00", "/assets/a%00b", "/assets/%2f", "/assets/%2fetc%2fpasswd", "/assets//etc/passwd", "/assets/%", "/assets/index", "/assets/~", "/assets/a%20b",
      `/assets/${"x".repeat(300)}`, `/assets/${"x/".repeat(300)}`, "/assets/caf%C3%A9.js", "/assets/con", "/assets?x", "/.vite/manifest.json", "/server/index.js",
    ].map((target) => get(target)),
    { name: "two assets in turn on one connection", parts: [message("GET", script), message("GET", script, { Range: "bytes=0-3" })], methods: ["GET", "GET"] },
  ];
}

/** All cases, grouped by name. */
export function blogCases(facts) {
  return { "pages and data": READ, languages: LANGUAGES, methods: METHODS, targets: TARGETS, queries: QUERIES, messages: MESSAGES, assets: assets(facts) };
}
