/**
 * A Fastify app with the mistakes that poisoned and deceived caches of real sites: each route uses an input that nothing in its URL tells of,
 * and says that its answer may be shared. Behind `/<run>/` every route is there again, so that each test has URLs of its own.
 * An answer is a function of the request: what is served twice can be compared.
 */
import { Readable } from "node:stream";
import fastify from "fastify";

const { PORT, HOST } = process.env;

const SHARED = "public, max-age=60";

const app = fastify({ trustProxy: process.env.SHOP_TRUSTS_PROXY === "1" });

/** A route that answers an HTML page with what `render` says, to be shared for a minute. */
function page(path, render) {
  app.get(`/:run${path}`, async (request, reply) => {
    reply.header("cache-control", SHARED).type("text/html; charset=utf-8");
    return (await render(request, reply)) ?? reply;
  });
}

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Cookies as apps parse them by hand. */
function cookies(request) {
  const pairs = (request.headers.cookie ?? "").split("; ").filter(Boolean).map((pair) => pair.split("="));
  return new Map(pairs.map(([name, ...rest]) => [name, rest.join("=")]));
}

// Unkeyed headers ----------------------------------------------------------------------------------------------------

page("/plain", () => "<h1>the same for everybody</h1>");
page("/hostname", ({ hostname, protocol }) => `<link rel="canonical" href="${protocol}://${hostname}/">`);
page("/forwarded-host", ({ headers }) => `<script src="//${headers["x-forwarded-host"] ?? headers.host}/app.js"></script>`);
for (const name of ["x-host", "x-forwarded-server", "forwarded"]) page(`/${name}`, ({ headers }) => `<script src="//${headers[name] ?? "self"}/app.js"></script>`);
page("/scheme", ({ headers }, reply) => {
  const scheme = headers["x-forwarded-scheme"] ?? headers["x-forwarded-proto"] ?? headers["x-forwarded-ssl"] ?? "https";
  if (scheme === "http") return reply.code(301).header("location", `https://${headers.host}/`).send("moved");
  return "<h1>safe</h1>";
});
page("/port", ({ headers }, reply) => reply.code(302).header("location", `https://shop.test:${headers["x-forwarded-port"] ?? 443}/next`).send("moved"));
page("/prefix", ({ headers }) => `<base href="${headers["x-forwarded-prefix"] ?? ""}/">`);
page("/route", ({ headers, url }) => `routed to ${headers["x-original-url"] ?? headers["x-rewrite-url"] ?? url.split("/")[2]}`);
page("/method", ({ headers, query }, reply) => {
  const method = headers["x-http-method-override"] ?? headers["x-http-method"] ?? headers["x-method-override"] ?? query._method ?? "GET";
  return method === "GET" ? "<h1>shown</h1>" : reply.code(405).send(`no ${method} here`);
});
page("/address", ({ ip }) => `hello ${ip}`);
page("/socket", ({ socket }) => `hello ${socket.remoteAddress}`);
page("/forwarded-for", ({ headers }) => `hello ${headers["x-forwarded-for"] ?? "you"}`);
page("/agent", ({ headers }) => `<body class="${/Mobile/.test(headers["user-agent"]) ? "mobile" : "desktop"}">`);
page("/referer", ({ headers }) => `<a href="${headers.referer ?? "/"}">back</a>`);
page("/data", ({ headers }, reply) => {
  if (headers.rsc === undefined && headers["x-middleware-prefetch"] === undefined) return "<h1>page</h1>";
  return reply.type("text/x-component").send("0:data");
});
page("/accept", ({ headers }, reply) => (/json/.test(headers.accept) ? reply.type("application/json").send('{"page":1}') : "<h1>page</h1>"));
page("/language", ({ headers }) => `<html lang="${headers["accept-language"] ?? "none"}">`);
page("/origin", ({ headers }, reply) => void reply.header("access-control-allow-origin", headers.origin ?? "null").send("allowed"));
page("/debug", ({ headers }) => (headers["x-debug"] === undefined ? "<h1>page</h1>" : "secrets: 42"));
page("/vary-star", ({ headers }, reply) => void reply.header("vary", "*").send(`one answer for ${headers["x-any"]}`));
page("/vary-wrong", ({ headers }, reply) => void reply.header("vary", "x-other").send(`one answer for ${headers["x-any"]}`));
page("/number", ({ id }) => `request ${id}`);

// Ways to read a header ----------------------------------------------------------------------------------------------

page("/read/raw", ({ raw }) => `says ${raw.headers["x-any"]}`);
page("/read/list", ({ raw }) => `says ${raw.rawHeaders[raw.rawHeaders.findIndex((name) => name.toLowerCase() === "x-any") + 1]}`);
page("/read/in", ({ headers }) => `says ${"x-any" in headers}`);
page("/read/has-own", ({ headers }) => `says ${Object.hasOwn(headers, "x-any")}`);
page("/read/keys", ({ headers }) => `says ${Object.keys(headers).filter((name) => name.startsWith("x-"))}`);
page("/read/json", ({ headers }) => `says ${JSON.stringify(headers)}`);
page("/read/spread", ({ headers }) => `says ${{ ...headers }["x-any"]}`);
page("/read/destructured", ({ headers: { ["x-any"]: any, ...rest } }) => `says ${any} ${rest["x-second"]}`);
page("/read/late", async ({ headers }) => {
  await sleep(5);
  return `says ${headers["x-any"]}`;
});
page("/read/timer", ({ headers }) => new Promise((done) => setTimeout(() => done(`says ${headers["x-any"]}`), 5)));
page("/read/adaptive", ({ headers }) => {
  const first = headers["x-first"] ?? "none";
  return `says ${first} ${first === "a" ? headers["x-any"] : headers["x-second"]}`;
});
for (const name of ["x-any", "cookie"]) {
  page(`/read/stream-${name}`, ({ headers }, reply) => {
    async function* chunks() {
      yield "<h1>a page that reads on while it is sent</h1>";
      await sleep(20);
      yield `says ${headers[name]}`;
    }
    return reply.type("text/html").header("cache-control", SHARED).send(Readable.from(chunks()));
  });
}
app.get("/:run/read/hook", { onSend: async ({ headers }, reply, payload) => `${payload} ${headers["x-any"]}` }, (request, reply) => {
  reply.header("cache-control", SHARED).type("text/html").send("hook says");
});

// Query strings ------------------------------------------------------------------------------------------------------

page("/query", ({ query }) => `<script src="/jsonp?callback=${query.callback ?? "render"}"></script>`);
page("/marketing", ({ query }) => `<a href="?from=${query.utm_content ?? ""}${query.fbclid ?? ""}">${query.callback ?? "render"}</a>`);
page("/marketing-url", ({ url }) => `<a href="${url.slice(url.lastIndexOf("/"))}">self</a>`);
// As Rails and Perl do: `;` parts parameters, too.
page("/semicolons", ({ url }) => {
  const pairs = (url.split("?")[1] ?? "").split(/[&;]/).map((pair) => pair.split("="));
  return `callback ${new Map(pairs).get("callback") ?? "render"}`;
});
page("/duplicates", ({ query }) => `callback ${[query.callback ?? "render"].flat()[0]}`);
page("/search", ({ query }) => `found ${JSON.stringify(query.q)}`);
page("/proto", ({ query }) => `proto ${JSON.stringify([query.__proto__?.x, query["__proto__"], query.constructor])}`);

// Paths --------------------------------------------------------------------------------------------------------------

// A personal page that says nothing of caching, and a route that answers it for any path below.
for (const path of ["/account", "/account/*", "/account;*", "/account.:ext"]) {
  app.get(`/:run${path}`, (request, reply) => reply.type("text/html").send(`<h1>${cookies(request).get("session") ?? "log in"}</h1>`));
}
app.get("/:run/profile/*", (request, reply) => reply.type("text/html").header("cache-control", SHARED).send("<h1>a profile, whoever asks</h1>"));
app.get("/:run/static/*", (request, reply) => reply.type("text/css").header("cache-control", SHARED).send("a { color: red }"));
app.get("/:run/go/*", (request, reply) => reply.header("cache-control", SHARED).redirect(301, `/${request.params["*"]}`));

// Methods, bodies, ranges, conditions --------------------------------------------------------------------------------

page("/fat", async ({ raw }) => {
  let body = "";
  for await (const chunk of raw) body += chunk;
  return `searched for ${body || "nothing"}`;
});
app.route({
  method: ["GET", "HEAD"],
  url: "/:run/head",
  handler: (request, reply) => reply.header("cache-control", SHARED).type("text/plain").send(request.method === "HEAD" ? "" : "a body"),
});
app.post("/:run/plain", (request, reply) => reply.header("cache-control", SHARED).type("text/html").send("the answer to a POST"));
app.options("/:run/plain", (request, reply) => reply.header("cache-control", SHARED).type("text/html").send("the answer to OPTIONS"));
page("/range", ({ headers }, reply) => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range) ?? [];
  if (from === undefined) return "0123456789";
  if (Number(from) > 9) return reply.code(416).header("content-range", "bytes */10").send("");
  return reply.code(206).header("content-range", `bytes ${from}-${to}/10`).send("0123456789".slice(Number(from), Number(to) + 1));
});
page("/etag", ({ headers }, reply) => {
  reply.header("etag", '"1"');
  if (headers["if-match"] !== undefined && headers["if-match"] !== '"1"') return reply.code(412).send("not that one");
  return headers["if-none-match"] === '"1"' ? reply.code(304).send() : "tagged";
});
page("/modified", ({ headers }, reply) => {
  reply.header("last-modified", "Wed, 01 Jan 2020 00:00:00 GMT");
  return headers["if-modified-since"] === undefined ? "dated" : reply.code(304).send();
});

// Errors that an attacker can bring about ----------------------------------------------------------------------------

page("/long-header", ({ headers }, reply) => ((headers["x-oversized"] ?? "").length > 100 ? reply.code(400).send("header too long") : "<h1>fine</h1>"));
page("/meta", ({ headers }, reply) => (/[\x80-\xff]/.test(headers["x-meta"] ?? "") ? reply.code(400).send("bad character") : "<h1>fine</h1>"));
page("/all-headers", ({ headers }, reply) => (Object.keys(headers).length > 20 ? reply.code(431).send("too many") : "<h1>fine</h1>"));
page("/flaky", ({ headers }, reply) => (headers["x-fail"] === undefined ? "<h1>fine</h1>" : reply.code(Number(headers["x-fail"])).send("failed")));
page("/throws", ({ headers }) => {
  if (headers["x-fail"] !== undefined) throw Object.assign(new Error("failed"), { statusCode: Number(headers["x-fail"]) });
  return "<h1>fine</h1>";
});
page("/missing", ({ headers }, reply) => (headers["x-user"] === "known" ? "<h1>found</h1>" : reply.code(404).send("not found")));

// Who is asking ------------------------------------------------------------------------------------------------------

page("/session", (request) => `hello ${cookies(request).get("session") ?? "stranger"}`);
page("/theme", (request) => `<body class="${cookies(request).get("theme") ?? "light"} ${cookies(request).get("session") ?? ""}">`);
page("/basic", ({ headers }) => `hello ${headers.authorization ?? "stranger"}`);
page("/unread-authorization", () => "<h1>a page for those who may</h1>");
page("/login", (request, reply) => void reply.header("set-cookie", "session=fresh; HttpOnly").send("<h1>you are in</h1>"));
page("/hop", ({ headers }) => `hello ${headers["x-user"] ?? "nobody"} by ${headers["x-forwarded-for"] ?? "nobody"} ${headers.cookie ?? ""}`);
page("/private", ({ headers }, reply) => void reply.header("cache-control", "private, max-age=60").send(`hello ${headers["x-user"]}`));

// Streams ------------------------------------------------------------------------------------------------------------

/** A page that breaks off in the middle when the request says so. */
app.get("/:run/breaks", (request, reply) => {
  async function* chunks() {
    yield "<h1>first half</h1>";
    await sleep(20);
    if (request.headers["x-fail"] !== undefined) throw new Error("broke off");
    yield "<h1>second half</h1>";
  }
  reply.type("text/html").header("cache-control", SHARED).send(Readable.from(chunks()));
});
/** A slow page, for clients that leave. */
app.get("/:run/slow", (request, reply) => {
  async function* chunks() {
    for (let i = 0; i < 20; i += 1) {
      yield `<p>${i}: ${"x".repeat(1000)}</p>`;
      await sleep(10);
    }
  }
  reply.type("text/html").header("cache-control", SHARED).send(Readable.from(chunks()));
});

// Changes ------------------------------------------------------------------------------------------------------------

/** A page that looks at its data first and takes its time then. Behind one isolate only. */
const versions = new Map();
page("/versioned", async ({ params: { run }, query }) => {
  const version = versions.get(run) ?? 0;
  await sleep(200);
  return `version ${version} ${query.refresh}`;
});
app.post("/:run/versioned", async ({ params: { run } }) => void versions.set(run, (versions.get(run) ?? 0) + 1) ?? "changed");

app.setErrorHandler((error, request, reply) => reply.code(error.statusCode ?? 500).header("cache-control", SHARED).type("text/html").send(`error: ${error.message}`));
app.setNotFoundHandler((request, reply) => reply.code(404).header("cache-control", SHARED).type("text/html").send(`there is no ${request.method} ${request.url}`));

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "127.0.0.1" })}`);
