/**
 * The origin server of `http-cache-tests` (its `server/*.mjs`) as a Fastify app: `PUT /config/<id>` says what a test's requests are
 * answered with, `/test/<id>` answers, `GET /state/<id>` tells what arrived. It makes the same heads and bodies; nothing in here
 * knows about ssr-host.
 *
 * Three things are done differently:
 * - The original numbers a request by its `Req-Num` header. A page that reads a header which differs with every request is, rightly,
 *   never the same page twice for a cache that looks at what was read. So the client (`suite.mjs`) says which request comes next by
 *   `PUT /next`.
 * - The original keeps all request headers. Here that happens after the answer is out, when nothing can depend on them any more.
 * - `disconnect` closes the socket there. An app has none: it fails.
 */
import fastify from "fastify";
import { noBodyStatus } from "http-cache-tests/lib/defines.mjs";
import { fixupHeader } from "http-cache-tests/lib/header-fixup.mjs";

const { PORT, HOST } = process.env;

const configs = new Map();
const states = new Map();
/** The number of the request that comes next, by test. */
const next = new Map();

const app = fastify({ bodyLimit: 10 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => done(null, body));
app.decorateRequest("seen", null);
app.addHook("onResponse", async (request) => {
  if (request.seen !== null) request.seen.request_headers = { ...request.headers };
});
app.put("/config/:id", ({ params: { id }, body }, reply) => {
  if (configs.has(id)) return reply.code(409).send(`Config already exists for ${id}\n`);
  configs.set(id, JSON.parse(body));
  return reply.code(201).send("OK");
});
app.put("/next", ({ body }, reply) => {
  const { id, number } = JSON.parse(body);
  next.set(id, number);
  return reply.code(201).send("OK");
});
app.get("/state/:id", ({ params: { id } }, reply) => {
  const state = states.get(id);
  if (state === undefined) return reply.code(404).send(`State not found for ${id}\n`);
  return reply.type("text/plain").send(JSON.stringify(state));
});
// Whatever the method, also one that no route can have.
app.setNotFoundHandler((request, reply) => {
  const [, dispatch, id] = request.url.split("?")[0].split("/");
  if (dispatch !== "test") return reply.code(404).send("Not Found\n");
  return answer(request, reply, id);
});

/** `handleTest` of the original. */
function answer(request, reply, id) {
  const requests = configs.get(id);
  if (!requests) return reply.code(409).send(`Requests not found for ${id}\n`);
  const state = states.get(id) ?? [];
  states.set(id, state);
  const arrived = state.length + 1;
  const number = next.get(id) ?? arrived;
  const config = requests[number - 1];
  if (!config) return reply.code(409).send(`${requests[0].id} config not found for request ${arrived}\n`);

  const { raw } = reply;
  raw.statusCode = statusOf(config, requests[number - 2], request);
  raw.setHeader("Server-Base-Url", request.url);
  raw.setHeader("Server-Request-Count", arrived);
  raw.setHeader("Client-Request-Count", number);
  raw.setHeader("Server-Now", Date.now());
  const saved = new Map();
  for (const one of config.response_headers ?? []) {
    const [name, value, isChecked] = fixupHeader(one, raw.getHeaders(), config);
    const known = raw.getHeader(name);
    raw.setHeader(name, known === undefined ? value : [known, value].flat());
    if (isChecked === undefined || isChecked === true) saved.set(name, raw.getHeader(name));
  }
  if (!raw.hasHeader("content-type")) raw.setHeader("Content-Type", "text/plain");
  request.seen = { request_num: number, request_method: request.method, request_headers: {}, response_headers: [...saved] };
  state.push(request.seen);
  raw.setHeader("Request-Numbers", state.map((one) => one.request_num).join(" "));

  if (config.disconnect) throw new Error("disconnect");
  if (noBodyStatus.has(raw.statusCode)) raw.end();
  else raw.end(config.response_body || id);
}

/** 999 says that the request should have been conditional. */
function statusOf(config, previous, request) {
  if (!config.expected_type?.endsWith("validated")) return config.response_status?.[0] ?? 200;
  const given = (name) => previous.response_headers.findLast(([known]) => known.toLowerCase() === name)?.[1];
  const lastModified = given("last-modified");
  if (lastModified && request.headers["if-modified-since"] === lastModified) return 304;
  const etag = given("etag");
  if (etag && request.headers["if-none-match"] === etag) return 304;
  return 999;
}

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "127.0.0.1" })}`);
