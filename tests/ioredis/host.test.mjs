// What only the host has: what it refuses, and connections that belong to isolates which serve.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import Redis from "ioredis";
import { freePort, RedisServer } from "./support/redis-server.mjs";

const host = process.env.SSR_HOST_BIN ?? join(import.meta.dirname, "../../target/release/ssr-host");
const directory = mkdtempSync(join(tmpdir(), "ioredis-host-"));
let server, port, admin;

before(async () => {
  port = await freePort();
  server = new RedisServer(port, join(directory, "redis.sock"));
  await server.start();
  admin = new Redis(port);
});
after(async () => {
  admin.disconnect();
  await server.remove();
  rmSync(directory, { recursive: true });
});

function write(name, source) {
  const file = join(directory, name);
  writeFileSync(file, source);
  return file;
}

/** How many connections of that name the server has. */
const connections = async (name) => (await admin.client("LIST")).split("\n").filter((line) => line.includes(` name=${name} `)).length;

async function until(condition) {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`not within five seconds: ${condition}`);
}

/** The host with `app` as its bundle; `get(path)` is a request. */
async function serve(t, app, ...settings) {
  const http = await freePort();
  const args = ["serve", write(`app-${http}.mjs`, app), "--port", String(http), ...settings];
  const child = spawn(host, args, { env: { ...process.env, REDIS_PORT: String(port), SSR_HOST_LOG_FORMAT: "text" }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  await until(() => {
    assert.equal(child.exitCode, null, output);
    return output.includes(" ready in ");
  });
  const get = (path, options) => fetch(`http://127.0.0.1:${http}${path}`, options).then(async (response) => [response.status, await response.text()]);
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
    return output;
  };
  return { get, stop, output: () => output };
}

test("what is not supported is refused by name", () => {
  const file = write(
    "refused.mjs",
    `import Redis, { Cluster } from "ioredis";
const forms = {
  Cluster: () => new Cluster([]),
  "Redis.Cluster": () => new Redis.Cluster([]),
  sentinels: () => new Redis({ sentinels: [{ host: "localhost", port: 26379 }], name: "master" }),
};
for (const [name, form] of Object.entries(forms)) {
  try { form(); console.log(name, "is accepted"); } catch (error) { console.log(error.message); }
}
for (const tls of [{ checkServerIdentity: () => undefined }, { ciphers: "x" }, { ca: 1 }]) {
  const redis = new Redis({ port: ${port}, tls, retryStrategy: null });
  redis.on("error", (error) => console.log(error.message));
  await redis.get("a").catch(() => {});
}`,
  );
  assert.deepEqual(execFileSync(host, ["run-js", file], { encoding: "utf8", timeout: 20_000 }).trimEnd().split("\n"), [
    "ioredis: Cluster is not supported by ssr-host",
    "ioredis: Cluster is not supported by ssr-host",
    "ioredis: the option sentinels is not supported by ssr-host",
    "ioredis: the option tls.checkServerIdentity is not supported by ssr-host",
    "ioredis: the option tls.ciphers is not supported by ssr-host",
    "ioredis: the option tls.ca must be PEM text or bytes",
  ]);
});

// With Node the process ends there.
test("a listener that throws does not keep replies from others", () => {
  const file = write(
    "throws.mjs",
    `import Redis from "ioredis";
const heard = [];
process.on("uncaughtException", (error) => heard.push(error.message));
const [subscriber, publisher] = [new Redis(${port}), new Redis(${port})];
await subscriber.subscribe("channel");
subscriber.on("message", (_channel, message) => { heard.push(message); throw new Error("of " + message); });
await publisher.pipeline().publish("channel", "one").publish("channel", "two").exec();
while (heard.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(heard.sort().join(), (await subscriber.ping())[0] === "pong");
subscriber.disconnect();
publisher.disconnect();`,
  );
  assert.equal(execFileSync(host, ["run-js", file], { encoding: "utf8", timeout: 20_000 }).trimEnd(), "of one,of two,one,two true");
});

const CACHE = `import Redis from "ioredis";
import { AsyncLocalStorage } from "node:async_hooks";
const redis = new Redis({ port: process.env.REDIS_PORT, connectionName: "cache" });
const storage = new AsyncLocalStorage();
const text = (value, init) => new Response(String(value), init);
const routes = {
  async "/page"(url) {
    const key = "page:" + url.searchParams.get("n");
    const cached = await redis.get(key);
    if (cached !== null) return text(cached, { headers: { "x-cache": "hit" } });
    await redis.setex(key, 60, "<p>" + key + "</p>");
    return text("<p>" + key + "</p>");
  },
  "/store": (url) => storage.run(url.searchParams.get("n"), async () => {
    await redis.get("a");
    const viaCallback = await new Promise((resolve) => redis.get("a", () => resolve(storage.getStore())));
    return text(storage.getStore() + viaCallback);
  }),
  "/loop": async () => {
    await redis.get("a");
    for (;;);
  },
  "/wait": async () => text(await redis.duplicate({ connectionName: "waiting" }).blpop("slow", 0)),
};
export default { fetch(request) { const url = new URL(request.url); return routes[url.pathname](url); } };`;

test("every isolate has its connection, and closes it", async (t) => {
  const app = await serve(t, CACHE, "--isolates", "2");
  const pages = await Promise.all(Array.from({ length: 200 }, (_, i) => app.get(`/page?n=${i % 20}`)));
  assert.ok(pages.every(([status, body], i) => status === 200 && body === `<p>page:${i % 20}</p>`));
  assert.equal(await connections("cache"), 2);
  const stores = await Promise.all(Array.from({ length: 50 }, (_, i) => app.get(`/store?n=${i}-`)));
  assert.ok(stores.every(([, body], i) => body === `${i}-${i}-`), "replies arrive in the async context of their request");
  await app.stop();
  await until(async () => (await connections("cache")) === 0);
});

test("an isolate that was stopped takes its connection along", async (t) => {
  const app = await serve(t, CACHE, "--isolates", "1", "--cpu-limit", "300ms");
  await app.get("/page?n=1");
  const before = (await admin.client("LIST")).match(/id=(\d+).* name=cache /)[1];
  assert.equal((await app.get("/loop"))[0], 500);
  await until(async () => (await connections("cache")) === 1 && (await admin.client("LIST")).match(/id=(\d+).* name=cache /)[1] !== before);
  assert.deepEqual(await app.get("/page?n=1"), [200, "<p>page:1</p>"]);
  await app.stop();
});

test("Redis goes and comes back, clients leave: the app goes on", async (t) => {
  const app = await serve(t, CACHE.replace("port:", 'host: "127.0.0.1", port:'), "--isolates", "1");
  await app.get("/page?n=2");
  const leaving = new AbortController();
  const left = app.get("/wait", { signal: leaving.signal }).catch((error) => error.name);
  await until(async () => (await connections("waiting")) === 1);
  leaving.abort();
  assert.equal(await left, "AbortError");
  await server.stop();
  const waiting = app.get("/page?n=3");
  await until(() => app.output().includes("[ioredis] Unhandled error event: Error: connect ECONNREFUSED"));
  await server.start();
  assert.deepEqual(await waiting, [200, "<p>page:3</p>"]);
  await app.stop();
});
