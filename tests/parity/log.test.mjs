/**
 * Standard output is the same lines, in pino's shape, under Node and under ssr-host: same keys in the same order, same values.
 * What differs from run to run is masked, and ids of requests are renamed in the order in which they appear: whether lines belong
 * together is compared, the count is not (allowed.mjs). That the answers are the same is for the other tests.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { converse } from "./support/client.mjs";
import { ask, get } from "./support/request.mjs";
import { BLOG_BUILDS, needApp, needBlog, startBoth } from "./support/servers.mjs";

/** Parts of a line that differ from run to run, or that `allowed.mjs` allows: [what, expression, replacement]. */
const MASKED = [
  ["time", /"time":\d{13}/, '"time":0'],
  ["process", /"pid":\d+/, '"pid":0'],
  ["response time", /"responseTime":\d+(\.\d+)?(e-\d+)?/, '"responseTime":0'],
  ["port of the client", /"remotePort":\d+/, '"remotePort":0'],
  ["port of the server", /127\.0\.0\.1:\d+/, "127.0.0.1:0"],
  ["frames of a stack", /\\n +at (?:[^"\\]|\\(?!n)[^"])*?(?=\\n|")/g, ""],
  ["message of a JSON.parse error", /( JSON at position \d+) \(line \d+ column \d+\)/g, "$1"],
];

const BLOG = [
  get("/"), get("/posts/1?lang=fr"), ask("HEAD", "/"), get("/nothing?x=1"), get("/api/nothing"), get("/assets/nothing"), get("/health"), get("/%"), get('/posts/"x"'),
  ask("POST", "/", { "Content-Type": "application/json" }, "{"), ask("POST", "/", { "Content-Type": "a/b" }, "x"), ask("DELETE", "/posts/1"),
  get("/health", { "request-id": "mine" }), get("/health", { "Accept-Version": "1.0.0" }), get("/health", { Host: "other.test:8080", "X-Forwarded-For": "9.9.9.9" }), ...Array(8).fill(get("/health")),
];

const APP = [
  get("/"), get("/logs/lines"), get("/logs/quiet"), get("/logs/fatal"), get("/no/such/route?x=1"), ask("POST", "/no/such/route"),
  ...["plain", "status-code", "status", "code", "headers", "type", "unicode", "string", "null", "validation"].flatMap((name) => [get(`/handlers/throw/${name}`), get(`/handlers/reject/${name}`)]),
  get("/handlers/after-send"), get("/replies/headers/twice"), get("/replies/headers/invalid-value"), get("/replies/sent/failing-stream"), get("/replies/sent/stream"), get("/replies/sent/bigint"), get("/replies/status/204"), get("/replies/headers/bad-status"),
  ask("POST", "/bodies/echo", { "Content-Type": "application/json" }, "{"), ask("POST", "/bodies/echo", { "Content-Type": "a/b" }, "x"), ask("POST", "/bodies/own/", { "Content-Type": "application/x-fails" }, "x"),
  get("/contexts/throws"), get("/contexts/inner/throws?rethrow=1"), get("/contexts/inner/missing?again=1"), get("/contexts/not-found"), get("/hooks/failing/onSend"), get("/hooks/failing/onResponse"), get("/hooks/throws"), get("/handlers/inject"), get("/"),
];

for (const [name, path, script] of BLOG_BUILDS) {
  compareLogs(`examples/blog, ${name}`, () => needBlog(path, script), { NODE_ENV: "production", RATE_LIMIT_MAX: "18" }, BLOG);
}
compareLogs("a plain Fastify app", needApp, { NODE_ENV: "production", LOG_LEVEL: "debug" }, APP);

function compareLogs(name, entry, env, cases) {
  describe(`log of ${name}`, () => {
    let servers;
    before(async () => {
      servers = await startBoth(entry(), env);
    });
    after(() => servers?.stop());

    it("is the same line by line", async () => {
      for (const one of cases) {
        await Promise.all([servers.node, servers.host].map((server) => converse(server.port, one).then(() => written(server))));
      }
      // pino writes asynchronously under Node, so its lines and those of `console.log` are each in order, but not together.
      for (const isLogger of [true, false]) {
        const [node, host] = [linesOf(servers.node), linesOf(servers.host)].map((lines) => lines.filter((line) => line.startsWith("{") === isLogger));
        for (const [index, line] of node.entries()) assert.equal(host[index], line, `line ${index + 1}; expected: node, actual: ssr-host`);
        assert.equal(host.length, node.length, "number of lines");
        assert.ok(node.length >= (isLogger ? cases.length : 1));
      }
    });
  });
}

/** Waits until a server has nothing more to say: it writes what follows a response after the response. */
async function written(server) {
  for (let before = -1; before !== server.stdout.length; ) {
    before = server.stdout.length;
    await new Promise((wake) => setTimeout(wake, 15));
  }
}

/** What a server wrote, line by line, in the form that is compared. */
function linesOf(server) {
  const ids = new Map();
  const rename = (id) => {
    if (!ids.has(id)) ids.set(id, `"reqId":"request ${ids.size + 1}"`);
    return ids.get(id);
  };
  const mask = (line) => MASKED.reduce((text, [, expression, replacement]) => text.replace(expression, replacement), line);
  return server.stdout.trimEnd().split("\n").map((line) => mask(line).replace(/"reqId":"req-[0-9a-z]+"/, rename));
}
