/**
 * One host without a Redis, whose app fails in every way that there is: who asks gets the page that there is. Renders are counted by the
 * backend that the app asks.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ask, isHit, sleep, until } from "./pages/ask.mjs";
import { Backend } from "./pages/backend.mjs";
import { versionOf } from "./pages/text.mjs";
import { serve } from "./support.mjs";

const SETTINGS = `
[cache]
enabled = true

[[cache.rules]]
path = "/*"
headers = { accept-language = ["en", "de"] }

[http]
max_connections_per_client = 2000
`;

/** For how long after a failed render the app is left alone, and a little more. */
const REST_MS = 2300;

let urls = 0;

/** A path that nobody has asked for. */
const fresh = () => `/page/${(urls += 1)}/`;

/** A backend and a host of it. */
async function begin({ settings = "", ...options } = {}) {
  const backend = await Backend.start();
  const host = await serve("apps/pages.mjs", { settings: SETTINGS + settings, isolates: 1, ...options, env: { BACKEND: backend.url, ...options.env } });
  const look = async (url, options) => {
    const answer = await ask(host.port, url, options);
    return { ...answer, version: answer.status === 200 ? versionOf(answer.body.toString(), { url, language: "en", build: "one" }) : undefined };
  };
  return { backend, host, look, stop: () => Promise.all([host.stop(), backend.stop()]) };
}

const control = (value) => ({ headers: { "cache-control": value } });

describe("a page that is stale, when its render", { concurrency: true }, () => {
  const MAY = "public, max-age=1";
  const SHORT = "public, max-age=1, stale-if-error=2";
  const MUST_NOT = "public, max-age=1, must-revalidate";
  const settings = `
[pool]
request_timeout = "400ms"
cpu_limit = "200ms"
heap_limit = "64MiB"

[overload]
adaptive = false
`;

  /** They are stored. The isolate may be a new one that begins just now. */
  const primed = (look, all) => until("they are stored", async () => {
    return (await Promise.all(all.map((url) => look(url)))).every(({ status }) => status === 200);
  });

  const FAILS = {
    throws: { fault: "throw" },
    "takes too long": { fault: "hang" },
    "does not let go": { fault: "spin" },
    "needs too much memory": { fault: "exhaust" },
    "has no backend": { down: true },
  };

  for (const [name, { fault, down = false }] of Object.entries(FAILS)) {
    it(name, async () => {
      const { backend, look, stop } = await begin({ settings });
      const [may, short, mustNot] = [fresh(), fresh(), fresh()];
      backend.say(may, control(MAY));
      backend.say(short, control(SHORT));
      backend.say(mustNot, control(MUST_NOT));
      const all = [may, short, mustNot];
      try {
        await primed(look, all);
        const old = backend.version;
        backend.version += 1;
        await sleep(1100);
        for (const url of all) backend.say(url, { fault });
        backend.isDown = down;
        for (const url of [may, short]) {
          const first = await look(url);
          assert.deepEqual([first.status, first.version], [200, old], `${url} ${first.body}`);
          assert.match(first.cache, /^ssr-host; hit; ttl=-?\d+; detail=stale-if-error$/);
          // The app is left alone for a while, and it is said all the same what this is.
          const renders = backend.renders(url).length;
          const next = await Promise.all(Array.from({ length: 5 }, () => look(url)));
          for (const { version, cache } of next) {
            assert.equal(version, old);
            assert.match(cache, /^ssr-host; hit; ttl=-?\d+; detail=stale-if-error$/);
          }
          assert.equal(backend.renders(url).length, renders);
        }
        const refused = await look(mustNot);
        assert.ok(refused.status >= 500, `${refused.status}`);
        await sleep(REST_MS);
        const late = await look(short);
        assert.ok(late.status >= 500, `${late.status} ${late.cache}`);
        assert.equal((await look(may)).version, old);
        for (const url of all) backend.say(url, { fault: undefined });
        backend.isDown = false;
        await until("fresh pages come back", async () => {
          const answers = await Promise.all(all.map((url) => look(url)));
          return answers.every(({ version }) => version === backend.version);
        });
      } finally {
        await stop();
      }
    });
  }

  it("ends the isolate each time: those in the cache still come", async () => {
    const { backend, look, stop } = await begin({ settings });
    try {
      const kept = Array.from({ length: 4 }, fresh);
      for (const url of kept) backend.say(url, control("public, max-age=1"));
      const lasting = fresh();
      backend.say(lasting, control("public, max-age=600"));
      await primed(look, [lasting, ...kept]);
      const old = backend.version;
      backend.version += 1;
      await sleep(1100);
      backend.say("/crash/", { fault: "exhaust" });
      for (const url of kept) backend.say(url, { fault: "exhaust" });
      for (const url of kept) {
        assert.ok((await look(`/crash${url}`)).status >= 500);
        const stale = await look(url);
        assert.deepEqual([stale.status, stale.version], [200, old]);
        assert.match(stale.cache, /; detail=stale-if-error$/);
        const hit = await look(lasting);
        assert.ok(hit.status === 200 && isHit(hit) && hit.version === old, hit.cache);
      }
      for (const url of kept) backend.say(url, { fault: undefined });
      for (const url of kept) await until("it comes back", async () => (await look(url)).version === backend.version);
    } finally {
      await stop();
    }
  });
});

describe("an app that has no time", { concurrency: true }, () => {
  for (const queue of [0, 1]) it(`gives stale pages when ${queue === 0 ? "nobody" : "one"} may wait for an isolate`, async () => {
    const settings = `\n[pool]\nin_flight = 1\nqueue = ${queue}\nqueue_timeout = "10s"\n\n[overload]\nadaptive = false\n`;
    const { backend, look, stop } = await begin({ settings });
    try {
      const page = fresh();
      backend.say(page, control("public, max-age=1"));
      const lasting = fresh();
      backend.say(lasting, control("public, max-age=600"));
      for (const url of [page, lasting]) await until("it is stored", async () => (await look(url)).status === 200);
      backend.version += 1;
      await sleep(1100);
      const slow = Array.from({ length: queue + 1 }, fresh);
      const releases = slow.map((url) => backend.hold(url));
      const busy = [];
      for (const url of slow) {
        busy.push(look(url));
        if (busy.length === 1) await until("the isolate is busy", () => backend.now === 1);
        await sleep(100);
      }
      assert.equal((await look(fresh())).status, 503);
      const stale = await look(page);
      assert.deepEqual([stale.status, stale.version], [200, 1]);
      assert.match(stale.cache, /; detail=stale-if-error$/);
      assert.ok(isHit(await look(lasting)));
      releases.forEach((release) => release());
      for (const { status } of await Promise.all(busy)) assert.equal(status, 200);
      await until("it comes back", async () => (await look(page)).version === 2);
    } finally {
      await stop();
    }
  });

  it("gives a stale page when the render takes longer than anybody waits", async () => {
    const { backend, look, stop } = await begin({ env: { SSR_HOST_CACHE_WAIT: "200ms" } });
    try {
      const page = fresh();
      backend.say(page, control("public, max-age=1"));
      await look(page);
      backend.version += 1;
      await sleep(1100);
      const release = backend.hold(page);
      for (const { version, cache } of await Promise.all(Array.from({ length: 5 }, () => look(page)))) {
        assert.equal(version, 1);
        assert.match(cache, /; detail=stale-if-error$/);
      }
      release();
      // Nobody waited for it, and it is stored.
      await until("it is there", async () => (await look(page)).version === 2);
      assert.equal(backend.renders(page).length, 2);
    } finally {
      await stop();
    }
  });

  it("renders what many ask for before it is stale", async () => {
    const { backend, look, stop } = await begin();
    try {
      const url = fresh();
      backend.say(url, control("public, max-age=2"));
      await look(url);
      const seen = new Set();
      const end = Date.now() + 6500;
      while (Date.now() < end) {
        backend.version += 1;
        for (const answer of await Promise.all([look(url), look(url)])) {
          assert.ok(isHit(answer) && !/ttl=-/.test(answer.cache), answer.cache);
          seen.add(answer.version);
        }
        await sleep(15);
      }
      assert.ok(seen.size >= 3, `${seen.size} versions were seen`);
      assert.ok(backend.renders(url).length - seen.size <= 1, `${backend.renders(url).length} renders of ${seen.size} pages`);
    } finally {
      await stop();
    }
  });
});

describe("one render", () => {
  let site;
  before(async () => {
    site = await begin();
    site.backend.say("/page/", control("public, max-age=600"));
    site.backend.say("/private/", control("private"));
  });
  after(() => site?.stop());

  it("of what a thousand want at once", async () => {
    const { backend, look } = site;
    const url = fresh();
    const release = backend.hold(url);
    const all = Promise.all(Array.from({ length: 1000 }, () => look(url)));
    await until("it begins", () => backend.now === 1);
    await sleep(500);
    release();
    for (const { status, version } of await all) assert.deepEqual([status, version], [200, 1]);
    assert.equal(backend.renders(url).length, 1);
  });

  it("though the one who asked first has left", async () => {
    const { backend, look } = site;
    const url = fresh();
    const release = backend.hold(url);
    const leaving = new AbortController();
    const left = assert.rejects(look(url, { signal: leaving.signal }));
    await until("it begins", () => backend.now === 1);
    const others = Promise.all(Array.from({ length: 10 }, () => look(url)));
    await sleep(200);
    leaving.abort();
    await left;
    await sleep(100);
    release();
    for (const { status, version, cache } of await others) {
      assert.deepEqual([status, version], [200, 1]);
      assert.match(cache, /collapsed|; hit/);
    }
    assert.equal(backend.renders(url).length, 1);
  });

  it("each of what is not for all, at the same time", async () => {
    const { backend, look } = site;
    const url = "/private/slow";
    // The first time somebody has to find out.
    assert.match((await look(url)).cache, /detail=private/);
    const release = backend.hold(url);
    const all = Promise.all(Array.from({ length: 50 }, () => look(url)));
    await until("all are rendered at the same time", () => backend.now === 50);
    release();
    for (const { status } of await all) assert.equal(status, 200);
    assert.equal(backend.renders(url).length, 51);
  });
});
