/**
 * What comes from the cache is what the app says without one: the same bytes in every encoding, and headers that differ only in what a
 * cache has to say. With the example, apps that use @fastify/compress and @fastify/rate-limit, and a fetch handler.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { decompress } from "fzstd";
import { hostBinary, needBlog, needPlugins } from "../parity/support/servers.mjs";
import { ask, isHit } from "./pages/ask.mjs";
import { Backend } from "./pages/backend.mjs";
import { serveAll } from "./support.mjs";

const FOLDER = dirname(fileURLToPath(import.meta.url));

const SETTINGS = `
[[cache.rules]]
path = "/*"
ttl = "60s"
`;

const ENCODINGS = [undefined, "identity", "gzip", "br", "zstd", "deflate", "gzip, deflate, br, zstd", "br;q=0.1, gzip;q=0.9", "gzip;q=0, br", "*", "x-unknown", ""];

const DECODE = { gzip: gunzipSync, br: brotliDecompressSync, zstd: (bytes) => Buffer.from(decompress(bytes)), deflate: inflateSync };

/** What a cache adds or is about the moment; and how a body is framed, which is looked at where it is not encoded. */
const OF_THE_CACHE = /^(age|cache-status|etag|date|x-ratelimit-.*|ratelimit.*|connection|keep-alive|content-length|transfer-encoding)$/;

const decoded = ({ headers, body }) => (DECODE[headers["content-encoding"]] ?? ((bytes) => bytes))(body);

const said = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CACHE.test(name)));

const COMPRESSED = ["text", "short", "json", "buffer", "stream", "short-stream", "encoded", "identity", "vary", "vary-known", "vary-list", "etag", "off", "own", "manual", "manual-typed", "hooked", "nothing", "missing"];

const APPS = [
  ["the example", needBlog("examples/blog/dist/server/index.js", "build"), ["/", "/?tag=web", "/posts/1", "/posts/3?lang=fr", "/posts/7/comments", "/api/posts", "/api/posts/1", "/posts/21", "/nothing"]],
  ["plug-ins", needPlugins(), ["plain", "threshold", "gzip", "order", "levels", "manual"].flatMap((scope) => COMPRESSED.map((path) => `/compress/${scope}/${path}`))],
  ["a fetch handler", "apps/pages.mjs", ["/one", "/two?a=1"]],
];

for (const [name, entry, paths] of APPS) describe(name, () => {
  let backend;
  let plain;
  let cached;
  before(async () => {
    backend = await Backend.start();
    const env = { BACKEND: backend.url, RATE_LIMIT_MAX: "10000", SSR_HOST_COMPRESSION_ENABLED: "true" };
    const off = { ...env, SSR_HOST_CACHE_ENABLED: "false" };
    [plain, cached] = await serveAll([[entry, { isolates: 1, env: off }], [entry, { isolates: 1, env, settings: SETTINGS }]]);
  });
  after(() => Promise.all([plain?.stop(), cached?.stop(), backend?.stop()]));

  it("says the same in every encoding", async () => {
    let hits = 0;
    for (const path of paths) {
      for (const encoding of ENCODINGS) {
        const headers = encoding === undefined ? {} : { "accept-encoding": encoding };
        const expected = await ask(plain.port, path, { headers });
        assert.equal(expected.cache, "");
        for (let time = 0; time < 2; time += 1) {
          const answer = await ask(cached.port, path, { headers });
          const what = `${path} as ${encoding}: ${answer.cache}`;
          assert.equal(answer.status, expected.status, what);
          assert.deepEqual(said(answer), said(expected), what);
          assert.ok(decoded(answer).equals(decoded(expected)), what);
          hits += isHit(answer);
        }
      }
    }
    assert.ok(hits > paths.length * ENCODINGS.length, `${hits} hits`);
  });

  it("says the same to HEAD", async () => {
    for (const path of paths) {
      for (const encoding of ["identity", "gzip", "br"]) {
        const options = { headers: { "accept-encoding": encoding } };
        const answer = await ask(cached.port, path, { method: "HEAD", ...options });
        // RFC 9110 section 9.3.2: what GET would say. Without the page, the app is asked, which may say less.
        const method = isHit(answer) ? "GET" : "HEAD";
        const expected = await ask(isHit(answer) ? cached.port : plain.port, path, { method, ...options });
        const [had, wanted] = [answer, expected].map((one) => ({ ...said(one), "content-encoding": undefined }));
        assert.deepEqual([answer.status, had, answer.body.length], [expected.status, wanted, 0], `${path} as ${encoding}: ${answer.cache}`);
      }
    }
  });

  it("tells who has it that it holds, and gives parts of it", async () => {
    const [path] = paths;
    const whole = await ask(cached.port, path);
    assert.ok(isHit(whole), whole.cache);
    const { etag } = whole.headers;
    for (const method of ["GET", "HEAD"]) {
      for (const tags of [etag, `"other", ${etag}`, "*"]) {
        const answer = await ask(cached.port, path, { method, headers: { "if-none-match": tags } });
        assert.deepEqual([answer.status, answer.body.length, answer.headers.etag], [304, 0, etag]);
      }
    }
    assert.equal((await ask(cached.port, path, { headers: { "if-none-match": '"other"' } })).status, 200);
    for (const [range, start, end] of [["bytes=0-9", 0, 10], ["bytes=5-", 5, undefined], ["bytes=-7", whole.body.length - 7, undefined]]) {
      const part = await ask(cached.port, path, { headers: { range } });
      assert.equal(part.status, 206, part.cache);
      assert.ok(part.body.equals(whole.body.subarray(start, end)), range);
    }
    const none = await ask(cached.port, path, { headers: { range: "bytes=99999999-" } });
    assert.deepEqual([none.status, none.headers["content-range"]], [416, `bytes */${whole.body.length}`]);
    const other = await ask(cached.port, path, { headers: { range: "bytes=0-9", "if-range": '"other"' } });
    assert.deepEqual([other.status, other.body.equals(whole.body)], [200, true]);
  });
});

describe("a rate limit of the app", () => {
  let cached;
  before(async () => ([cached] = await serveAll([[needPlugins(), { isolates: 1, settings: SETTINGS }]])));
  after(() => cached?.stop());

  it("counts what the app answers, and says nothing in a hit; a refusal is nobody's page", async () => {
    const answers = [];
    const [page, other] = ["/rate-limit/plain/other", "/rate-limit/plain/"];
    for (const path of [page, page, other, other, page]) answers.push(await ask(cached.port, path));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 429, 200]);
    assert.deepEqual(answers.map(isHit), [false, true, false, false, true]);
    assert.deepEqual(answers.slice(0, 3).map(({ headers }) => headers["x-ratelimit-remaining"]), ["1", undefined, "0"]);
  });
});

describe("an app that imports `cache`", () => {
  const check = (...words) => execFileSync(hostBinary(), ["check", ...words, "--config", "off"], { cwd: FOLDER, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

  it("has one, unless a setting says that there is none", async () => {
    const backend = await Backend.start();
    backend.say("/", { headers: { "cache-control": "public, max-age=60" } });
    const env = { BACKEND: backend.url };
    const hosts = await serveAll([["apps/pages.mjs", { env }], ["apps/pages.mjs", { env, settings: "[cache]\nenabled = false\n" }]]);
    try {
      const [on, off] = hosts;
      for (const { port } of hosts) for (let count = 0; count < 3; count += 1) await ask(port, `/${port}`);
      assert.deepEqual([backend.renders(`/${on.port}`).length, backend.renders(`/${off.port}`).length], [1, 3]);
      assert.ok(isHit(await ask(on.port, `/${on.port}`)));
      assert.equal((await ask(off.port, `/${off.port}`)).cache, "");
      // What it purges is gone, or there is nothing to purge.
      for (const { port } of hosts) assert.equal((await ask(port, "/purge", { method: "POST", body: JSON.stringify({ url: `/${port}` }) })).status, 200);
      assert.match((await ask(on.port, `/${on.port}`)).cache, /stored/);
    } finally {
      await Promise.all([...hosts, backend].map((one) => one.stop()));
    }
  });

  it("`ssr-host check` says so", () => {
    assert.match(check("apps/pages.mjs"), /render cache +on, build [0-9a-f]{16}/);
    assert.match(check("apps/pages.mjs", "--set", "cache.enabled=false"), /render cache +off/);
    assert.match(check("apps/shop-fetch.mjs"), /render cache +off/);
  });
});
