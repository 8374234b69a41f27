/**
 * Published ways to poison or deceive a shared cache, against the routes of `apps/shop.mjs`. A case is what an attacker asks and what
 * a victim asks. Either may come first, and neither may ever get another answer than without a cache.
 *
 * Sources: J. Kettle, "Practical Web Cache Poisoning" (2018) and "Web Cache Entanglement" (2020); O. Gil, "Web Cache Deception" (2017);
 * Mirheidari et al., "Cached and Confused" (2020); M. Doyhenard, "Gotta cache 'em all" (2024); Nguyen et al., "Your Cache Has Fallen" (CPDoS, 2019);
 * M. Nottingham, RFC 9111 section 7; and the CVEs that are named.
 */
import { message } from "../../parity/support/request.mjs";

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {(run: string) => string} bytes the request, for the URLs of one run
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Request[]} attack
 * @property {Request} victim
 * @property {boolean | "perhaps"} stored whether the victim's page is stored in the end; one that never is cannot be poisoned, and shows nothing
 * @property {boolean} [same] both get the same answer, with or without a cache
 * @property {boolean} [rewritten] a rule changes what the app sees of the attack, or the cache answers its condition: only the victim is compared
 */

/** A request of that target, `/plain` being `/<run>/plain`. */
const ask = (method, target, headers = {}, body = "", version = "1.1") => ({
  method,
  bytes: (run) => message(method, `/${run}${target}`, headers, body, version),
});
const get = (target, headers, body) => ask("GET", target, headers, body);
/** A request whose bytes are written by hand. */
const raw = (method, write) => ({ method, bytes: write });

/** A header that the victim's page takes for its own: both forms may be stored, apart from each other. */
const header = (name, target, headers, more) => ({ name, attack: [get(target, headers)], victim: get(target), stored: true, ...more });
const query = (name, target, attack, more) => ({ name, attack: [get(target + attack)], victim: get(target), stored: true, ...more });

const SESSION = { Cookie: "session=alice" };
const EVIL = "evil.test";

/** Cases by class. @type {Record<string, Case[]>} */
export const ATTACKS = {
  "unkeyed headers (Practical Web Cache Poisoning)": [
    header("X-Forwarded-Host in a script's URL", "/forwarded-host", { "X-Forwarded-Host": EVIL }),
    header("X-Forwarded-Host with a port", "/forwarded-host", { "X-Forwarded-Host": "parity.test:1337" }),
    header("X-Forwarded-Host twice", "/forwarded-host", { "X-Forwarded-Host": [EVIL, "parity.test"] }),
    header("X-Forwarded-Host, empty", "/forwarded-host", { "X-Forwarded-Host": "" }),
    header("X-Host", "/x-host", { "X-Host": EVIL }),
    header("X-Forwarded-Server", "/x-forwarded-server", { "X-Forwarded-Server": EVIL }),
    header("Forwarded", "/forwarded", { Forwarded: `host=${EVIL}` }, { stored: false }),
    header("X-Forwarded-Scheme makes a redirect loop", "/scheme", { "X-Forwarded-Scheme": "http" }),
    header("X-Forwarded-Proto makes a redirect loop", "/scheme", { "X-Forwarded-Proto": "http" }),
    header("X-Forwarded-SSL makes a redirect loop", "/scheme", { "X-Forwarded-SSL": "http" }),
    header("X-Forwarded-Port in a redirect", "/port", { "X-Forwarded-Port": "1337" }),
    header("X-Forwarded-Prefix in a base URL", "/prefix", { "X-Forwarded-Prefix": `//${EVIL}` }),
    header("X-Original-URL (CVE-2018-14773)", "/route", { "X-Original-URL": "/admin" }),
    header("X-Rewrite-URL (CVE-2018-14773)", "/route", { "X-Rewrite-URL": "/admin" }),
    header("User-Agent", "/agent", { "User-Agent": "Mobile" }),
    header("Referer", "/referer", { Referer: `https://${EVIL}/` }),
    header("Accept-Language", "/language", { "Accept-Language": "xx" }),
    header("Accept makes JSON of a page", "/accept", { Accept: "application/json" }),
    header("Origin in Access-Control-Allow-Origin", "/origin", { Origin: `https://${EVIL}` }),
    header("a debug header", "/debug", { "X-Debug": "1" }),
    header("RSC: data in place of a page (CVE-2025-49005)", "/data", { RSC: "1" }),
    header("X-Middleware-Prefetch: data in place of a page (CVE-2023-46298)", "/data", { "X-Middleware-Prefetch": "1" }),
    header("X-Forwarded-For in a page", "/forwarded-for", { "X-Forwarded-For": "6.6.6.6" }, { stored: false }),
    header("the header is there, and empty", "/read/in", { "X-Any": "" }),
  ],
  "the host": [
    header("another Host", "/hostname", { Host: EVIL }),
    header("another port in Host", "/hostname", { Host: "parity.test:1337" }),
    header("a port that is the scheme's own", "/hostname", { Host: "parity.test:80" }),
    header("Host in other letters", "/hostname", { Host: "PARITY.test" }),
    header("Host with a dot at the end", "/hostname", { Host: "parity.test." }),
    header("another port in Host, read from the header", "/forwarded-host", { Host: "parity.test:1337" }),
    header("no Host (HTTP/1.0)", "/hostname", {}, { attack: [ask("GET", "/hostname", { Host: undefined }, "", "1.0")] }),
    header("a target in absolute form", "/hostname", {}, { attack: [raw("GET", (run) => message("GET", `http://${EVIL}/${run}/hostname`, { Host: EVIL }))] }),
    header("a target in absolute form that is not the Host's", "/hostname", {}, { attack: [raw("GET", (run) => message("GET", `http://${EVIL}/${run}/hostname`))] }),
  ],
  "every way to read a header": [
    ...["raw", "in", "late", "timer", "stream-x-any", "hook"].map((way) => header(way, `/read/${way}`, { "X-Any": "evil" })),
    // Who looks at all headers looks at cookies.
    ...["list", "has-own", "spread", "destructured", "keys", "json"].map((way) => header(way, `/read/${way}`, { "X-Any": "evil" }, { stored: false })),
    header("a second header by a rest of all", "/read/destructured", { "X-Second": "evil" }, { stored: false }),
    header("a header that is read only after another had a value", "/read/adaptive", {}, {
      attack: [get("/read/adaptive", { "X-First": "a", "X-Any": "evil" }), get("/read/adaptive", { "X-First": "b", "X-Any": "evil", "X-Second": "evil" })],
      victim: get("/read/adaptive", { "X-First": "a", "X-Any": "good" }),
    }),
    header("a cookie that is read after the head is sent", "/read/stream-cookie", SESSION, { stored: false }),
    header("Vary that names another header", "/vary-wrong", { "X-Any": "evil" }),
  ],
  "unkeyed query strings": [
    query("a parameter that is read", "/query", "?callback=evil"),
    query("a parameter that is not read", "/query", "?other=evil", { same: true }),
    query("a parameter in other letters", "/query", "?CALLBACK=evil", { same: true }),
    query("an ignored parameter", "/marketing", "?utm_content=evil", { rewritten: true }),
    query("an ignored parameter, its name encoded", "/marketing", "?%75tm_content=evil", { rewritten: true }),
    query("an ignored parameter, its `_` encoded", "/marketing", "?utm%5fcontent=evil", { rewritten: true }),
    query("an ignored parameter in other letters", "/marketing", "?UTM_content=evil", { same: true }),
    query("an ignored parameter in the URL that the app reflects", "/marketing-url", "?utm_content=evil", { rewritten: true }),
    query("an ignored parameter behind a real one", "/marketing", "?callback=evil&utm_content=x", { rewritten: true }),
  ],
  "parameter cloaking (Web Cache Entanglement)": [
    query("a semicolon in an ignored parameter", "/semicolons", "?utm_content=x;callback=evil", { rewritten: true }),
    query("a semicolon in an ignored parameter, ahead of the victim's", "/semicolons", "?callback=good&utm_content=x;callback=evil", { rewritten: true, victim: get("/semicolons?callback=good") }),
    query("an encoded `&` in an ignored parameter", "/semicolons", "?utm_content=x%26callback=evil", { same: true }),
    query("a second `?`", "/marketing", "?utm_content=x?callback=evil", { rewritten: true }),
    query("the same name twice", "/duplicates", "?callback=evil&callback=good", { victim: get("/duplicates?callback=good") }),
    query("the same name twice, the other way round", "/duplicates", "?callback=good&callback=evil", { victim: get("/duplicates?callback=evil&callback=good") }),
    query("the same name, once encoded", "/duplicates", "?callb%61ck=evil&callback=good", { victim: get("/duplicates?callback=good") }),
    query("a name with brackets", "/query", "?callback[]=evil", { same: true }),
    query("an encoded name", "/query", "?callb%61ck=evil"),
    query("an encoded value and itself", "/query", "?callback=%65vil", { same: true, victim: get("/query?callback=evil") }),
    query("an invalid escape in a value", "/query", "?callback=%ZZ"),
    query("an invalid escape in a name", "/query", "?callback%=evil", { same: true }),
    query("invalid UTF-8", "/query", "?callback=%ff"),
    query("`+` and `%2B` in a value", "/search", "?q=a+b", { victim: get("/search?q=a%2Bb") }),
    query("`+` in a name", "/query", "?call+back=evil", { same: true }),
    query("no value", "/search", "?q", { victim: get("/search") }),
    query("an empty value", "/search", "?q=", { victim: get("/search") }),
    query("`=` in a value", "/search", "?q=a=b", { victim: get("/search?q=a") }),
    query("empty parameters between", "/search", "?&&q=evil&", { victim: get("/search?q=good") }),
    query("a null byte in a value", "/search", "?q=a%00b", { victim: get("/search?q=a") }),
    query("another order of two values", "/search", "?q=a&q=b", { victim: get("/search?q=b&q=a") }),
    query("`__proto__`", "/proto", "?__proto__=evil&constructor=evil"),
    query("`__proto__[x]`", "/proto", "?__proto__[x]=evil"),
  ],
  "fat GET (Web Cache Entanglement)": [
    { name: "a body with Content-Length", attack: [get("/fat", {}, "q=evil")], victim: get("/fat"), stored: true },
    { name: "a chunked body", attack: [raw("GET", (run) => `${message("GET", `/${run}/fat`, { "Transfer-Encoding": "chunked" })}6\r\nq=evil\r\n0\r\n\r\n`)], victim: get("/fat"), stored: true },
    { name: "a body in a POST that says it is a GET", attack: [ask("POST", "/plain", { "X-HTTP-Method-Override": "GET", "Content-Type": "text/plain" }, "q=evil")], victim: get("/plain"), stored: true },
    { name: "a form with `_method`", attack: [get("/method?_method=DELETE", { "Content-Type": "application/x-www-form-urlencoded" }, "_method=DELETE")], victim: get("/method"), stored: true },
  ],
  "methods": [
    header("X-HTTP-Method-Override (HMO, CPDoS)", "/method", { "X-HTTP-Method-Override": "DELETE" }),
    header("X-HTTP-Method", "/method", { "X-HTTP-Method": "POST" }),
    header("X-Method-Override", "/method", { "X-Method-Override": "PUT" }),
    { name: "HEAD before GET", attack: [ask("HEAD", "/head")], victim: get("/head"), stored: true },
    { name: "GET before HEAD", attack: [get("/head")], victim: ask("HEAD", "/head"), stored: true },
    { name: "HEAD before GET, of a page", attack: [ask("HEAD", "/plain")], victim: get("/plain"), stored: true },
    { name: "OPTIONS before GET", attack: [ask("OPTIONS", "/plain")], victim: get("/plain"), stored: true },
    { name: "POST before GET", attack: [ask("POST", "/plain", { "Content-Type": "text/plain" }, "x")], victim: get("/plain"), stored: true },
    { name: "a method in small letters", attack: [ask("get", "/plain")], victim: get("/plain"), stored: true },
    { name: "PURGE from outside", attack: [ask("PURGE", "/plain")], victim: get("/plain"), stored: true },
    { name: "TRACE", attack: [ask("TRACE", "/plain", { "X-Any": "evil" })], victim: get("/plain"), stored: true },
  ],
  "deception (Web Cache Deception, Cached and Confused)": [
    ...["/account/x.css", "/account%2Fx.css", "/account;x.css", "/account/%2e%2e/x.css", "/account/..%2fstatic/x.css", "/account/x.css%00", "/account%00.css", "/account%0A.css", "/account%23.css", "/account%3Fx.css", "/account.css", "/account/x.css.", "/account/x.CSS", "/account/x.avif?x.html", "//account/x.css", "/account//x.css", "/account/./x.css"].map((target) => ({
      name: `a personal page at ${target}`,
      attack: [get(target)],
      victim: get(target, SESSION),
      stored: false,
      same: /^\/account(%|;|\.)(?!css)|^\/\/|\/\.\.%2faccount|%00/.test(target) ? "perhaps" : false,
    })),
    ...["/profile/x.css", "/profile/x.js", "/profile/x.png", "/profile/x.svg?x", "/profile/x.woff2"].map((target) => ({ name: `a page at ${target} is not taken for a file`, attack: [get(target)], victim: get(target, SESSION), stored: false, same: true })),
    { name: "a style sheet at a path that names a personal page", attack: [get("/static/..%2faccount", SESSION)], victim: get("/static/..%2faccount"), stored: true, same: true },
    { name: "a real style sheet is stored", attack: [get("/static/x.css", SESSION)], victim: get("/static/x.css"), stored: true, same: true },
  ],
  "normalisation of paths (Gotta cache 'em all)": [
    ...["/PLAIN", "/plain/", "/plain%20", "/plain.", "/plain%2f", "/plain%00", "/%70lain", "/plain;x", "/x/../plain", "/x/%2e%2e/plain", "/./plain", "//plain", "/plain%3fx=1", "/plain%23", "/plain%5c", "/plain\\"].map((target) => ({
      name: `${target} before /plain`,
      attack: [get(target)],
      victim: get("/plain"),
      stored: true,
      same: "perhaps",
    })),
    { name: "an encoded letter of a path that is reflected", attack: [get("/%6eothing")], victim: get("/nothing"), stored: true },
    { name: "an escape in other letters", attack: [get("/a%2fb")], victim: get("/a%2Fb"), stored: true },
    { name: "an encoded slash", attack: [get("/a%2fb")], victim: get("/a/b"), stored: true },
    { name: "an encoded `?`", attack: [get("/a%3fb=1")], victim: get("/a?b=1"), stored: true },
    { name: "`?` without a query", attack: [get("/nothing?")], victim: get("/nothing"), stored: true },
    { name: "a redirect whose target is in the path", attack: [get(`/go//${EVIL}/`)], victim: get("/go/home"), stored: true },
    { name: "a redirect, encoded", attack: [get(`/go/%2f${EVIL}/`)], victim: get(`/go//${EVIL}/`), stored: true, same: "perhaps" },
  ],
  "errors for everybody (CPDoS: Your Cache Has Fallen)": [
    header("a header that the app finds too long (HHO)", "/long-header", { "X-Oversized": "x".repeat(200) }),
    header("a header that the host finds too long (HHO)", "/plain", { "X-Oversized": "x".repeat(20_000) }),
    header("more headers than the app likes", "/all-headers", Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`X-${i}`, "1"])), { stored: false }),
    header("more headers than the host allows", "/plain", Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-${i}`, "1"]))),
    header("a character that the app dislikes (HMC)", "/meta", { "X-Meta": "\xff" }),
    header("a control character (HMC)", "/plain", { "X-Meta": "a\x07b" }),
    header("a bare carriage return", "/plain", { "X-Meta": "a\rb" }),
    header("a null byte", "/plain", { "X-Meta": "a\0b" }),
    header("Expect that nobody knows", "/plain", { Expect: "miracles" }, { rewritten: true }),
    header("a version that nobody knows", "/plain", {}, { attack: [ask("GET", "/plain", {}, "", "1.7")] }),
    header("Upgrade", "/plain", { Connection: "upgrade, http2-settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__" }, { same: true }),
    query("a URL that the host finds too long", "/plain", `?${"x".repeat(9000)}`),
    ...["400", "404", "405", "410", "414", "500", "502", "503", "504"].map((status) => header(`the app answers ${status}`, "/flaky", { "X-Fail": status })),
    ...["400", "404", "431", "500", "503"].map((status) => header(`the app throws, ${status}`, "/throws", { "X-Fail": status })),
    header("a page that is not found for most", "/missing", {}, { attack: [get("/missing")], victim: get("/missing", { "X-User": "known" }) }),
  ],
  "ranges and conditions": [
    header("a part of a page", "/range", { Range: "bytes=2-3" }, { rewritten: true }),
    header("a part that cannot be had", "/range", { Range: "bytes=20-30" }, { rewritten: true }),
    header("a part of a page that knows no ranges", "/plain", { Range: "bytes=0-3" }, { same: "perhaps", rewritten: true }),
    header("many parts", "/plain", { Range: "bytes=0-0,2-2,4-4" }, { same: "perhaps", rewritten: true }),
    header("If-Range", "/range", { Range: "bytes=2-3", "If-Range": '"x"' }, { rewritten: true }),
    header("If-None-Match that matches", "/etag", { "If-None-Match": '"1"' }, { rewritten: true }),
    header("If-None-Match: *", "/etag", { "If-None-Match": "*" }, { same: true, rewritten: true }),
    header("If-Match that does not", "/etag", { "If-Match": '"2"' }, { rewritten: true }),
    header("If-Match that does", "/etag", { "If-Match": '"1"' }, { same: true }),
    header("If-Modified-Since", "/modified", { "If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT" }, { rewritten: true }),
    header("If-Unmodified-Since", "/modified", { "If-Unmodified-Since": "Wed, 01 Jan 2010 00:00:00 GMT" }, { same: "perhaps", rewritten: true }),
  ],
  "who is asking": [
    header("a session, read from the Cookie header", "/session", SESSION, { stored: false }),
    header("two sessions", "/session", SESSION, { victim: get("/session", { Cookie: "session=bob" }), stored: false }),
    header("a session beside a cookie that pages may depend on", "/theme", { Cookie: "theme=dark; session=alice" }, { rewritten: true }),
    header("a cookie that pages may depend on", "/theme", { Cookie: "theme=dark" }),
    header("a cookie of that name twice", "/theme", { Cookie: "theme=dark; theme=blue" }, { victim: get("/theme", { Cookie: "theme=blue; theme=dark" }), rewritten: true }),
    header("a cookie in two lines", "/theme", { Cookie: ["theme=dark", "theme=blue"] }, { victim: get("/theme", { Cookie: "theme=dark" }), rewritten: true }),
    header("a cookie whose value is another one", "/theme", { Cookie: 'theme="x; session=alice"' }, { rewritten: true }),
    header("Authorization that is read", "/basic", { Authorization: "Basic YTpi" }),
    header("two that are read", "/basic", { Authorization: "Basic YTpi" }, { victim: get("/basic", { Authorization: "Basic Yzpk" }) }),
    header("Authorization that is not read", "/unread-authorization", { Authorization: "Basic YTpi" }, { same: true }),
    header("a response that sets a session", "/login", {}, { attack: [get("/login")], stored: false, same: true }),
    header("a response that says it is private", "/private", { "X-User": "alice" }, { stored: false }),
    header("the client's address", "/address", { "X-Forwarded-For": "6.6.6.6" }, { stored: false, same: true }),
    header("the socket's address", "/socket", {}, { attack: [get("/socket")], stored: false, same: true }),
    header("Vary: *", "/vary-star", { "X-Any": "evil" }, { stored: false }),
  ],
  "hop by hop": [
    header("Connection names a header that the app reads", "/hop", { Connection: "x-user", "X-User": "evil" }, { victim: get("/hop", { "X-User": "good" }), stored: false }),
    header("Connection names the Cookie header", "/hop", { Connection: "cookie", ...SESSION }, { stored: false }),
    header("Connection names X-Forwarded-For", "/hop", { Connection: "close, x-forwarded-for", "X-Forwarded-For": "6.6.6.6" }, { stored: false }),
    header("Connection names Cache-Control", "/plain", { Connection: "cache-control", "Cache-Control": "no-cache" }, { same: true }),
    header("TE and Trailer", "/plain", { Connection: "te, trailer", TE: "trailers", Trailer: "x-any" }, { same: true }),
  ],
  "streams that broke off": [
    header("the app breaks off", "/breaks", { "X-Fail": "1" }),
  ],
};

const ANY = { "X-Any": "evil" };

/** Cases against `apps/shop-fetch.mjs`. @type {Record<string, Case[]>} */
export const ATTACKS_ON_FETCH = {
  "every way to read a Request": [
    ...["get", "has", "late", "stream"].map((way) => header(way, `/${way}`, ANY)),
    // Who looks at all headers looks at cookies.
    ...["entries", "cloned", "for-each", "keys", "values", "copied", "from-entries", "wrapped", "rewrapped", "elsewhere"].map((way) => header(way, `/${way}`, ANY, { stored: "perhaps" })),
    header("a header that is read only after another had a value", "/adaptive", {}, {
      attack: [get("/adaptive", { "X-First": "a", ...ANY }), get("/adaptive", { "X-First": "b", ...ANY, "X-Second": "evil" })],
      victim: get("/adaptive", { "X-First": "a", "X-Any": "good" }),
    }),
    header("the Cookie header", "/cookie", SESSION, { stored: false }),
    header("another Host, in its header", "/host-header", { Host: EVIL }),
    header("X-Forwarded-Host", "/forwarded-host", { "X-Forwarded-Host": EVIL }),
    ...["url", "host", "origin"].map((way) => header(`another Host, in ${way}`, `/${way}`, { Host: EVIL })),
    ...["url", "host", "origin"].map((way) => header(`another port, in ${way}`, `/${way}`, { Host: "parity.test:1337" })),
    ...["url", "search", "parameter", "parameters", "all-parameters"].map((way) => query(`a parameter, in ${way}`, `/${way}`, "?callback=evil")),
    query("the same name twice", "/parameters", "?callback=good&callback=evil", { victim: get("/parameters?callback=evil&callback=good") }),
    query("a semicolon", "/parameter", "?x=1;callback=evil", { same: true }),
    query("an encoded name", "/parameter", "?callb%61ck=evil"),
    query("an invalid escape", "/parameter", "?callback=%ZZ"),
    query("invalid UTF-8", "/parameter", "?callback=%ff", { victim: get("/parameter?callback=%fe"), same: true }),
    query("`+` and `%2B`", "/parameter", "?callback=a+b", { victim: get("/parameter?callback=a%2Bb") }),
    header("a stream that breaks off", "/stream", { "X-Fail": "1" }),
    header("a body in a GET", "/plain", {}, { attack: [get("/plain", {}, "evil")], same: true }),
  ],
};
