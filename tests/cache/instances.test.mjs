/**
 * Three hosts of one build and a real Redis, with visitors all the time who must get the right pages, soon, whatever happens to Redis.
 * Renders are counted by the backend that the app asks.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { hostBinary } from "../parity/support/servers.mjs";
import { ask, isHit, sleep, until } from "./pages/ask.mjs";
import { Backend } from "./pages/backend.mjs";
import { Load } from "./pages/load.mjs";
import { Redis } from "./pages/redis.mjs";
import { versionOf } from "./pages/text.mjs";
import { serve } from "./support.mjs";

const HOT = ["/hot/1", "/hot/2?page=2", "/hot/3", "/short/1"];

/** What Redis may take: it is not to count as gone because the machine is busy. */
const TIMEOUT_MS = 250;

/** How long a message may take that Redis passes on; what is found out by asking for news takes longer. */
const MESSAGE_MS = 1000;

/** By when Redis is used again: a connection is tried every second, and given a second. */
const AGAIN_MS = 6000;

/** An instance that has missed a message asks for news every two seconds. */
const NEWS_MS = 5000;

describe("several instances and a Redis", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssr-host-instances-"));
  let redis;
  let backend;
  let instances = [];
  let load;
  let urls = 0;

  before(async () => {
    [redis, backend] = await Promise.all([Redis.start(), Backend.start()]);
    backend.say("/", { headers: { "cache-control": "public, max-age=600" } });
    backend.say("/short/", { headers: { "cache-control": "public, max-age=1, stale-while-revalidate=600" } });
    instances = await Promise.all(["a", "b", "c"].map((name) => begin(name)));
    load = new Load(instances, HOT, backend);
  });
  after(async () => {
    await load?.stop();
    await Promise.all(instances.map(({ host }) => host.stop()));
    await Promise.all([redis?.stop(), backend?.stop()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => load.check());

  async function begin(name, build = "one") {
    const admin = join(folder, `${name}.socket`);
    const settings = `
[cache]
enabled = true
build_id = "${build}"
redis = { url = "${redis.url}", timeout = "${TIMEOUT_MS}ms" }

[[cache.rules]]
path = "/*"
headers = { accept-language = ["en", "de"] }

[admin]
listen = "unix:${admin}"
`;
    const env = { BACKEND: backend.url, INSTANCE: name, BUILD: build };
    const host = await serve("apps/pages.mjs", { settings, isolates: 1, env });
    return { name, build, host, port: host.port, admin };
  }

  /** A path that nobody has asked for. */
  const fresh = (kind = "page") => `/${kind}/${(urls += 1)}`;

  async function look({ port, build }, url, language = "en") {
    const answer = await ask(port, url, { headers: { "accept-language": language } });
    assert.equal(answer.status, 200, answer.body.toString());
    const version = versionOf(answer.body.toString(), { url, language, build });
    assert.ok(version, `${url} is ${answer.body.toString().slice(0, 200)}`);
    return { ...answer, version };
  }

  const everywhere = (url) => Promise.all(instances.map((instance) => look(instance, url)));

  /** Until all instances give the version that the backend has now. */
  const reaches = (url, ms) => until(`all instances give version ${backend.version} of ${url}`, async () => {
    return (await everywhere(url)).every(({ version }) => version === backend.version);
  }, ms);

  /** All of them have it in memory. */
  async function prime(paths) {
    await Promise.all(paths.map(everywhere));
    for (const answer of (await Promise.all(paths.map(everywhere))).flat()) assert.ok(isHit(answer), answer.cache);
  }

  async function purge({ admin }, what) {
    const headers = { host: "localhost", "content-type": "application/json" };
    const { status, body } = await ask(admin, "/cache/purge", { method: "POST", headers, body: JSON.stringify(what) });
    return { status, ...JSON.parse(body) };
  }

  const seen = async ({ admin }) => JSON.parse((await ask(admin, "/cache", { headers: { host: "localhost" } })).body);

  /** Whether a page that one instance has rendered is another's without a render. */
  async function shares() {
    const url = fresh("shared");
    await look(instances[0], url);
    for (const instance of instances.slice(1)) if (!/detail=redis/.test((await look(instance, url)).cache)) return false;
    return backend.renders(url).length === 1;
  }

  /** Redis is used as if nothing had been. */
  const recovers = () => until("pages are shared again", shares, AGAIN_MS);

  it("memory, then Redis, then a render", async () => {
    const url = fresh();
    const [a, b, c] = instances;
    assert.match((await look(a, url)).cache, /fwd=uri-miss; stored/);
    assert.match((await look(a, url)).cache, /; hit; ttl=\d+$/);
    for (const other of [b, c]) {
      assert.match((await look(other, url)).cache, /; hit; ttl=\d+; detail=redis/);
      assert.match((await look(other, url)).cache, /; hit; ttl=\d+$/);
    }
    assert.deepEqual(backend.renders(url), ["a"]);
    // Another language is another page.
    assert.match((await look(b, url, "de")).cache, /fwd=miss; stored/);
    assert.match((await look(a, url, "de")).cache, /detail=redis/);
    assert.deepEqual(backend.renders(url), ["a", "b"]);
  });

  it("one render of a page that all want at once", async () => {
    const url = fresh();
    const release = backend.hold(url);
    const all = Promise.all(Array.from({ length: 10 }, () => everywhere(url)));
    await until("a render begins", () => backend.renders(url).length > 0);
    await sleep(300);
    release();
    await all;
    assert.equal(backend.renders(url).length, 1);
  });

  it("one more render when the one who renders is killed", async () => {
    const url = fresh();
    const victim = await begin("victim");
    try {
      const release = backend.hold(url);
      const lost = look(victim, url).then(() => assert.fail("it is killed"), ({ code }) => code);
      await until("its render begins", () => backend.renders(url).length > 0);
      const others = Promise.all([everywhere(url), everywhere(url)]);
      await sleep(100);
      assert.deepEqual(backend.renders(url), ["victim"]);
      victim.host.process.kill("SIGKILL");
      release();
      const again = backend.hold(url);
      assert.equal(await lost, "ECONNRESET");
      await until("somebody else renders", () => backend.renders(url).length > 1);
      await sleep(600);
      again();
      await others;
      assert.equal(backend.renders(url).length, 2);
    } finally {
      await victim.host.stop();
    }
  });

  describe("a purge reaches all", () => {
    const tags = (tag) => ({ headers: { "cache-control": "public, max-age=600", "cache-tag": tag } });

    async function play(make, { cases, from }) {
      for (const [kind, what, urls] of cases) {
        const kept = fresh("kept");
        await prime([...urls, kept]);
        backend.version += 1;
        await make(from, what, kind);
        for (const url of urls) await reaches(url, MESSAGE_MS);
        if (kind !== "all") for (const { version } of await everywhere(kept)) assert.ok(version < backend.version, `${kept} is not purged`);
      }
      load.floor = backend.version;
    }

    function cases() {
      const [one, two, below, tagged] = [fresh("url"), `${fresh("url")}?a=1`, `${fresh("section")}/x`, fresh("tagged")];
      const tag = tagged.slice(1).replace("/", "-");
      backend.say(tagged, tags(`other, ${tag}`));
      return [
        ["tag", { tag }, [tagged]],
        ["url", { url: one }, [one, `${one}?with=query`]],
        ["url with a query", { url: two }, [two]],
        ["prefix", { prefix: below.replace(/x$/, "") }, [below]],
        ["all", { all: true }, [one, two, below, tagged, ...HOT]],
      ];
    }

    it("through the admin port", async () => {
      const make = async (from, what) => assert.deepEqual(await purge(from, what).then(({ status, instances }) => [status, instances]), [200, "told"]);
      await play(make, { cases: cases(), from: instances[0] });
    });

    it("through the app", async () => {
      const make = async ({ port }, what) => {
        const { status, body } = await ask(port, "/purge", { method: "POST", body: JSON.stringify(what) });
        assert.equal(status, 200, body.toString());
      };
      await play(make, { cases: cases(), from: instances[1] });
    });

    it("by `ssr-host cache purge`", async () => {
      const make = async ({ admin }, what, kind) => {
        const words = kind === "all" ? ["--all"] : Object.entries(what).flatMap(([name, value]) => [`--${name}`, value]);
        const { stdout } = await promisify(execFile)(hostBinary(), ["cache", "purge", ...words, "--admin", `unix:${admin}`, "--config", "off"]);
        assert.match(stdout, /and the other instances are told/);
      };
      await play(make, { cases: cases(), from: instances[2] });
    });

    it("softly: stale pages until one instance has rendered", async () => {
      const url = fresh();
      backend.say(url, { headers: { "cache-control": "public, max-age=600, stale-while-revalidate=600" } });
      await prime([url]);
      const old = backend.version;
      const before = backend.renders(url).length;
      backend.version += 1;
      const release = backend.hold(url);
      assert.equal((await purge(instances[0], { url, soft: true })).instances, "told");
      // What is rendered at the moment of a purge may be from before it.
      await sleep(300);
      await until("somebody renders", async () => {
        for (const answer of await everywhere(url)) assert.ok(isHit(answer) && answer.version === old, answer.cache);
        return backend.renders(url).length > before;
      }, MESSAGE_MS);
      // By now the others wait for it.
      await sleep(300);
      release();
      await reaches(url, MESSAGE_MS);
      assert.equal(backend.renders(url).length, before + 1);
    });

    it("that has missed the message", async () => {
      const url = fresh();
      await prime([url]);
      backend.version += 1;
      assert.notEqual(await redis.command("CLIENT", "KILL", "TYPE", "pubsub"), "0");
      await purge(instances[0], { url });
      await reaches(url, NEWS_MS);
      // And hears the next one.
      await prime([url]);
      backend.version += 1;
      await until("messages are heard again", async () => (await redis.command("PUBSUB", "NUMSUB", "ssr-host:purges")).endsWith("3"));
      await purge(instances[1], { url });
      await reaches(url, MESSAGE_MS);
    });
  });

  it("two builds never see each other's pages", async () => {
    const url = fresh();
    const next = await begin("next", "two");
    try {
      await everywhere(url);
      assert.match((await look(next, url)).cache, /fwd=uri-miss; stored/);
      assert.match((await look(next, url)).cache, /; hit; ttl=\d+$/);
      await everywhere(url);
      for (const hot of HOT) await look(next, hot);
      assert.deepEqual(backend.renders(url).slice(1), ["next"]);
      // A purge is of what pages are about, which is the same.
      backend.version += 1;
      await purge(instances[0], { url });
      await until("the other build hears of it", async () => (await look(next, url)).version === backend.version, MESSAGE_MS);
    } finally {
      await next.host.stop();
    }
  });

  describe("when Redis", () => {
    /** A purge that the others cannot be told of now; they are when `again` has been. */
    async function toldLater(again) {
      const url = fresh();
      await prime([url]);
      await again.begin();
      // Somebody notices.
      await look(instances[0], fresh());
      backend.version += 1;
      const { status, instances: told } = await purge(instances[0], { url });
      assert.deepEqual([status, told], [202, "pending"]);
      assert.equal((await look(instances[0], url)).version, backend.version);
      for (const other of instances.slice(1)) assert.equal((await look(other, url)).version, backend.version - 1);
      await sleep(1500);
      await again.end();
      await reaches(url, AGAIN_MS);
      await recovers();
    }

    it("has ended and is started again with nothing in it", () => toldLater({ begin: () => redis.end(), end: () => redis.begin() }));

    it("stands still", () => toldLater({ begin: () => redis.signal("SIGSTOP"), end: () => redis.signal("SIGCONT") }));

    it("is full and takes nothing", async () => {
      await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "1");
      const url = fresh();
      await prime([url]);
      backend.version += 1;
      const { status, instances: told } = await purge(instances[0], { url });
      assert.deepEqual([status, told], [202, "pending"]);
      // Whoever listens hears of it all the same.
      await reaches(url, MESSAGE_MS);
      await sleep(500);
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      await recovers();
      await until("the purge is written", async () => (await seen(instances[0])).redis.pending_purges === 0);
      assert.match(await redis.command("HGET", "ssr-host:epochs", `u${url}`), /^\d+:\d+$/);
    });

    it("is full and throws out what it likes", async () => {
      const used = Number(/used_memory:(\d+)/.exec(await redis.command("INFO", "memory"))[1]);
      await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", String(used + (1 << 20)));
      const fill = "for i = 1, 4000 do redis.call('SET', 'junk:' .. ARGV[1] .. i, string.rep('x', 1000)) end";
      for (let round = 0; round < 5; round += 1) {
        await redis.command("EVAL", fill, 0, round);
        await sleep(100);
      }
      assert.match(await redis.command("INFO", "stats"), /evicted_keys:[1-9]/);
      const url = fresh();
      await prime([url]);
      backend.version += 1;
      await purge(instances[0], { url });
      await reaches(url, NEWS_MS);
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      await redis.command("EVAL", "for _, key in ipairs(redis.call('KEYS', 'junk:*')) do redis.call('DEL', key) end", 0);
      await recovers();
    });

    it("has lost everything", async () => {
      const url = fresh();
      await prime([url]);
      await redis.command("FLUSHALL");
      backend.version += 1;
      await purge(instances[0], { url });
      await reaches(url, NEWS_MS);
      await recovers();
    });

    for (const [name, spoil] of Object.entries({
      "bytes that mean nothing": "local ttl = redis.call('PTTL', key); redis.call('SET', key, 'rubbish\\0\\255' .. key); if ttl > 0 then redis.call('PEXPIRE', key, ttl) end",
      "another type": "redis.call('DEL', key); redis.call('LPUSH', key, 'x', 'y')",
      "half of what was there": "if kind == 'string' then local old = redis.call('GET', key); redis.call('SET', key, old:sub(1, math.floor(#old / 2))) end",
      "what belongs elsewhere": "if kind == 'string' then redis.call('SET', key, last or 'x') end",
      "changed bytes": "if kind == 'string' then local old = redis.call('GET', key); redis.call('SETRANGE', key, math.floor(#old / 2), 'zzzz') end",
      "rubbish in hashes and sets":
        "if kind == 'hash' then redis.call('HSET', key, '@ahead', 'x', '@last', '1e400', '@since', '-5', '@count', 'nan', 'tx', '1', 'a', '9', '\\255', '\\255') elseif kind == 'set' then redis.call('SADD', key, 'x', '', '\\255\\255') end",
    })) {
      it(`has ${name} under our keys`, async () => {
        const script = `
          local last
          for _, key in ipairs(redis.call('KEYS', 'ssr-host:*')) do
            local kind = redis.call('TYPE', key).ok
            local before = kind == 'string' and redis.call('GET', key)
            ${spoil}
            last = before or last
          end`;
        const paths = Array.from({ length: 5 }, () => fresh());
        for (const path of paths) await look(instances[0], path);
        for (let round = 0; round < 3; round += 1) {
          await redis.command("EVAL", script, 0);
          for (const path of paths) await everywhere(path);
          await sleep(50);
        }
        backend.version += 1;
        await purge(instances[0], { url: paths[0] });
        await reaches(paths[0], NEWS_MS);
        await recovers();
      });
    }
  });
});
