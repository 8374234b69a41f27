/**
 * Every difference between Node + Fastify and ssr-host that is allowed, with its reason. Nothing else in these tests forgives
 * anything. A rule rewrites what was received to a form common to both sides, and checks what it hides as far as that can be checked.
 */

/** Seconds that have begun to pass: to the nearest ten. */
const toTens = (value) => (/^\d+$/.test(value) ? `about ${Math.round(Number(value) / 10) * 10}` : value);

/** Rules for header lines: `rewrite(value, statusLine)` gives the value to compare; undefined drops the line. */
export const ALLOWED_HEADERS = [
  {
    header: "date",
    why: "the time of the answer",
    rewrite: (value) => (Number.isNaN(Date.parse(value)) ? value : "(a date)"),
  },
  {
    header: "connection",
    why: "hop by hop; HTTP/1.1 keeps the connection without being told, HTTP/1.0 closes it. `close` is compared in HTTP/1.1",
    rewrite: (value, statusLine, isHttp10) => (isHttp10 || value.toLowerCase() === "keep-alive" ? undefined : value),
  },
  {
    header: "keep-alive",
    why: "hop by hop, a hint without a standard behind it",
    rewrite: () => undefined,
  },
  {
    header: "content-length",
    why: "RFC 9110 section 8.6 forbids it with 204, and with 304 unless it is that of the 200; the HTTP library drops what Fastify leaves there",
    rewrite: (value, statusLine) => (/ (204|304) /.test(statusLine) ? undefined : value),
  },
  {
    header: "x-ratelimit-reset",
    why: "the time at which the window ends, counted from the first request to each server",
    rewrite: (value) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? "(a time)" : toTens(value)),
  },
  {
    header: "ratelimit-reset",
    why: "the seconds left in the window",
    rewrite: (value) => toTens(value),
  },
  {
    header: "retry-after",
    why: "the seconds left until then",
    rewrite: (value) => (Number(value) > 0 && Number(value) <= 60 ? "(seconds)" : value),
  },
];

/** Rules for header lines of an answer that a backend has given, before those above. */
export const PROXIED_HEADERS = [
  ...["connection", "proxy-connection", "x-private"].map((header) => ({
    header,
    why: "about the connection to the backend (RFC 9110 section 7.6.1), `x-private` because the backend's `connection` names it; the package passes it on",
    rewrite: () => undefined,
  })),
  ...["content-length", "transfer-encoding"].map((header) => ({
    header,
    why: "how a body is framed is about the connection as well: an empty one has a length here and is chunked there. Bodies are compared; lengths of HEAD are a test of their own",
    rewrite: () => undefined,
  })),
];

/** Rules for header lines of an answer that is compressed; otherwise as above. */
export const ALLOWED_WHEN_ENCODED = [
  {
    header: "content-length",
    why: "an answer that is compressed in one piece has a length; @fastify/compress always streams. Two encoders need not write as many bytes",
    rewrite: () => undefined,
  },
  {
    header: "transfer-encoding",
    why: "the same",
    rewrite: () => undefined,
  },
  {
    header: "etag",
    why: "RFC 9110 section 8.8.3: a strong one would say that both forms are the same bytes",
    rewrite: (value) => value.replace(/^W\//, ""),
  },
  {
    header: "accept-ranges",
    why: "a range of the compressed form cannot be had: @fastify/compress leaves the promise, which it breaks",
    rewrite: () => undefined,
  },
];

/** Rules for bodies: `rewrite(text, side)`, side being "node" or "host". Content-length is compared less what the rewriting added. */
export const ALLOWED_BODIES = [
  {
    what: "timestamp of /health",
    why: "the time of the answer",
    rewrite: (text) => text.replace(/^(\{"status":"ok","timestamp":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}$/, '$1(a time)"}'),
  },
  {
    what: "retryAfter of a 429",
    why: "the seconds left in the window",
    rewrite: (text) => text.replace(/^(\{"error":"Too Many Requests",.*"retryAfter":)\d+\}$/, "$1(seconds)}"),
  },
  {
    what: "request ids of the app, `req-1`",
    why: "one count for all isolates, which is drawn from when an id is first needed",
    rewrite: (text) => text.replace(/"id":"req-[0-9a-z]+"/g, '"id":"req-(number)"'),
  },
  {
    what: "names in `request.raw.rawHeaders`",
    why: "lower case, as they are in HTTP/2: the HTTP library does not keep the case",
    rewrite: (text) => text.replace(/"raw":(\[.*\])/, (whole, list) => `"raw":${JSON.stringify(JSON.parse(list).map((entry, i) => (i % 2 === 0 ? entry.toLowerCase() : entry)))}`),
  },
  {
    what: "message of a JSON.parse error",
    why: "the text is V8's; since Node 22 it names line and column too",
    rewrite: (text, side) => (side === "host" ? text.replace(/( JSON at position \d+) \(line \d+ column \d+\)/g, "$1") : text),
  },
  {
    what: "hydration state",
    why: "`<` inside the state's JSON leaves ssr-host as \\u003c, so that a `</script>` in it cannot end the script. Nothing else may change",
    rewrite: (text, side) => (side === "node" ? escapeState(text) : text),
  },
];

/** Answers that differ as a whole. `request` is matched against what is sent; the status each side must then have is given. */
export const ALLOWED_ANSWERS = [
  {
    what: "`<`, `>` and a backtick in a target, `\"` in a query, not percent-encoded",
    why: "RFC 3986 does not allow them and no browser sends them; the HTTP library refuses them",
    request: /^\w+ (\S*[<>`]|\S*\?\S*")\S* HTTP/,
    node: /^(200|404)$/,
    host: /^400$/,
  },
  {
    what: "a fragment in a target",
    why: "RFC 9112 does not allow it and no browser sends it; the HTTP library drops it, Node takes it for a part of the path or query",
    request: /^\w+ \S*#\S* HTTP/,
    node: /^(200|404)$/,
    host: /^200$/,
  },
  {
    what: "a target in absolute form that names another host than the Host header",
    why: "RFC 9112 section 3.2.2: whoever goes by the one and whoever goes by the other disagree",
    request: /^\w+ https?:\/\/(?!parity\.test)\S* HTTP/i,
    node: /^404$/,
    host: /^400$/,
  },
  {
    what: "a target in absolute form",
    why: "RFC 9112 section 3.2.2: a server must accept it. ssr-host hands the app its path and query, Fastify finds no route",
    request: /^\w+ https?:\/\/\S* HTTP/i,
    node: /^404$/,
    host: /^200$/,
  },
  {
    what: "another major version of HTTP in the request line",
    why: "refused by both in the same words; ssr-host's answer, which comes before any request is read, has no date",
    request: / HTTP\/2\.0\r\n/,
    node: /^505$/,
    host: /^505$/,
  },
  {
    what: "two Host headers, or one that is no host",
    why: "RFC 9112 section 3.2: a server must refuse them",
    request: /\r\nHost: (a\r\nHost: b|a b\/c)\r\n/,
    node: /^200$/,
    host: /^400$/,
  },
  {
    what: "HEAD for a route whose payload is a web stream, a Response, or null by way of an onSend hook",
    why: "Fastify's own HEAD route throws a TypeError there (fastify/lib/headRoute.js)",
    request: /^HEAD \/(replies\/sent\/(web|response)|hooks\/payloads\/null) /,
    node: /^500$/,
    host: /^20[03]$/,
  },
  {
    what: "a response header that cannot be written",
    why: "both answer 500 with the error; Node's says `500 OK` and has no length, because its first attempt got half way",
    request: /^GET \/replies\/headers\/(invalid-value|invalid-name|unicode) /,
    node: /^500$/,
    host: /^500$/,
  },
];

/** HTTP/1.0 is answered in HTTP/1.0 by the HTTP library and in HTTP/1.1 by Node; both are right (RFC 9110 section 6.2). */
export const rewriteStatusLine = (statusLine, isHttp10) => (isHttp10 ? statusLine.replace("HTTP/1.0", "HTTP/1.1") : statusLine);

const MARKER = '<script id="__COMPOSABLE_SVELTE_STATE__" type="application/json">';

/** `<` as a JSON escape in the state of a page, which is the first complete JSON object after the marker. */
export function escapeState(page) {
  const marker = page.indexOf(MARKER);
  if (marker < 0) return page;
  const start = page.indexOf("{", marker + MARKER.length);
  const end = endOfObject(page, start);
  const escaped = page.slice(start, end).replaceAll("<", "\\u003c");
  JSON.parse(escaped); // throws when this is not what the library wrote
  return page.slice(0, start) + escaped + page.slice(end);
}

function endOfObject(text, start) {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    if (inString && text[at] === "\\") at += 1;
    else if (text[at] === '"') inString = !inString;
    else if (!inString && text[at] === "{") depth += 1;
    else if (!inString && text[at] === "}" && (depth -= 1) === 0) return at + 1;
  }
  throw new Error("the hydration state does not end");
}
