/**
 * Metrics, dashboard and alerts agree: with each other, with what a running host tells, and with a real Prometheus. Needs `prometheus` and
 * `promtool` (Debian's package `prometheus`).
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { need } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";
import { startBackend, startPrometheus, startWithAdmin } from "./hosts.mjs";
import { ALERTS, ALERT_TESTS, alertExpressions, base, dashboardExpressions, groupingsIn, metricsOfPage, selectorsIn } from "./page.mjs";
import { Scrape } from "./scrape.mjs";

/** Labels that Prometheus or Fly.io put on whatever they scrape, and that of a histogram's classes. */
const OF_THE_SCRAPER = ["job", "instance", "app", "le"];

/** Metrics that need more than a test makes: an overload that lasts. */
const NOT_PROVOKED = ["ssr_host_pool_in_flight_limit"];

const kinds = metricsOfPage();
const expressions = [...dashboardExpressions(), ...alertExpressions()];

describe("alerts", () => {
  it("are rules, each with its tests", () => {
    promtool("check", "rules", ALERTS);
    promtool("test", "rules", ALERT_TESTS);
  });

  it("have all been found by this test", () => {
    const { length } = alertExpressions();
    assert.match(promtool("check", "rules", ALERTS), new RegExp(`SUCCESS: ${length} rules found`));
    assert.ok(length >= 15, `${length} rules`);
  });
});

describe("dashboard and alerts", () => {
  it("name metrics that are in METRICS.md", () => {
    assert.ok(kinds.size > 50, `METRICS.md has ${kinds.size} rows`);
    for (const { where, expr } of expressions) {
      for (const { name } of selectorsIn(expr)) assert.ok(kinds.has(base(name, kinds)), `${where}: ${name} is not in docs/METRICS.md`);
    }
  });

  it("show every metric but the size of the address space", () => {
    const shown = new Set(expressions.flatMap(({ expr }) => selectorsIn(expr).map(({ name }) => base(name, kinds))));
    assert.deepEqual([...kinds.keys()].filter((name) => !shown.has(name)), ["process_virtual_memory_bytes"]);
  });
});

describe("the blog, counted", () => {
  let host;
  before(async () => {
    host = await startWithAdmin(need("examples/blog/dist/server/index.js", "run `npm run build` in examples/blog"), { SSR_HOST_POOL_ISOLATES: "2" });
  });
  after(() => host?.stop());

  it("counts what was asked, exactly", async () => {
    const asked = [
      ...Array(5).fill(["GET", "/"]), ...Array(3).fill(["GET", "/posts/1"]), ...Array(2).fill(["GET", "/posts/no-such"]), ...Array(4).fill(["GET", "/nothing"]),
      ["POST", "/"], ["HEAD", "/"], ["HEAD", "/posts/2"], ...Array(3).fill(["GET", "/health"]), ...Array(2).fill(["GET", "/api/posts"]), ["GET", "/ready"],
    ];
    const bytes = {};
    for (const [method, path] of asked) {
      const answer = await ask(`${host.url}${path}`, { method });
      bytes[`${method} ${path}`] = (bytes[`${method} ${path}`] ?? 0) + answer.bytes;
    }
    for (const bad of ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "nonsense\r\n\r\n"]) assert.match(await raw(host.port, bad), /^HTTP\/1\.1 400 /);
    const told = await settled(host, (scrape) => scrape.sum("ssr_host_http_requests_total") === asked.length);

    const requests = (route, method, status) => told.sum("ssr_host_http_requests_total", { route, method, status });
    assert.deepEqual(
      [requests("/", "GET", "200"), requests("/posts/:id", "GET", "200"), requests("/posts/:id", "GET", "404"), requests("not_found", "GET", "404"), requests("not_found", "POST", "404")],
      [5, 3, 2, 4, 1],
    );
    assert.deepEqual([requests("/", "HEAD", "200"), requests("/posts/:id", "HEAD", "200"), requests("/health", "GET", "200"), requests("/ready", "GET", "200")], [1, 1, 3, 1]);
    assert.equal(requests("/api/posts", "GET", "200"), 2);
    assert.equal(told.sum("ssr_host_http_requests_total"), asked.length, "and nothing else");
    assert.equal(told.sum("ssr_host_http_request_duration_seconds_count"), asked.length);
    assert.equal(told.sum("ssr_host_http_response_bytes_total", { route: "/", method: "GET" }), bytes["GET /"]);
    assert.equal(told.sum("ssr_host_http_responses_cut_total"), 0);
    assert.equal(told.sum("ssr_host_http_malformed_total", { status: "400" }), 2);
    assert.equal(told.sum("ssr_host_connections_accepted_total"), asked.length + 2);
    assert.equal(told.sum("ssr_host_http_requests_in_flight"), 0);

    // The blog's own ssr-host.toml keeps `/` and `/posts/*` for a minute; a 404 is kept too.
    const cache = (result) => told.sum("ssr_host_cache_requests_total", { result });
    assert.deepEqual([cache("hit"), cache("miss")], [5 + 2 + 1, 3 + 4 + 2], "three pages once, and what no rule is about each time");
    assert.equal(cache("bypass"), 2, "the POST, and the HEAD of what is not stored");
    assert.equal(told.sum("ssr_host_rate_limit_requests_total", { result: "allowed" }), 2, "[[rate_limit]] of /api/*");
    const rendered = 9 + 2 + 3; // misses, what went past the cache, the app's own /health
    assert.deepEqual([told.sum("ssr_host_pool_requests_total"), told.sum("ssr_host_pool_wait_seconds_count"), told.sum("ssr_host_render_seconds_count")], [rendered, rendered, rendered]);
  });
});

describe("everything", () => {
  let host, backend, prometheus, tunnel, told;
  before(async () => {
    backend = await startBackend();
    const app = need("tests/operate/app/server.mjs", "it is part of this repository");
    host = await startWithAdmin(app, {
      SSR_HOST_CONFIG: "off",
      SSR_HOST_POOL_ISOLATES: "2",
      SSR_HOST_POOL_HEAP_LIMIT: "64MiB",
      SSR_HOST_POOL_CPU_LIMIT: "300ms",
      SSR_HOST_TRUST_PEERS: "loopback",
      SSR_HOST_PROXY: `[{ path = "/api", upstream = "${backend.url}" }]`,
      SSR_HOST_CACHE_ENABLED: "true",
      SSR_HOST_CACHE_REDIS: "redis://127.0.0.1:1/0",
      SSR_HOST_RATE_LIMIT: '[{ path = "/limited", max = 1, window = "60s" }]',
    });
    prometheus = await startPrometheus([host.admin.replace("http://", "")]);
    await scraped(prometheus, "process_open_fds"); // before anything happens: counters are compared with it
    await provoke(host);
    tunnel = await upgrade(host.port);
    told = await settled(host, (scrape) => scrape.sum("ssr_host_tunnels_open") === 1);
    await scraped(prometheus, "ssr_host_tunnels_open == 1");
  });
  after(async () => {
    tunnel?.destroy();
    await prometheus?.stop();
    await host?.stop();
    backend?.stop();
  });

  it("is a scrape without a complaint", () => {
    assert.equal(promtoolReads(told.text), "");
    const seen = told.samples.map(({ name, labels }) => `${name}${JSON.stringify(labels)}`);
    assert.equal(new Set(seen).size, seen.length, "no series is told twice");
  });

  it("has every metric of METRICS.md, of its kind", () => {
    const types = new Map(Array.from(told.text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, kind]) => [name, kind]));
    const expected = new Map([...kinds].filter(([name]) => !NOT_PROVOKED.includes(name)));
    assert.deepEqual(Object.fromEntries([...types].sort()), Object.fromEntries([...expected].sort()));
  });

  it("has every label that dashboard and alerts use", () => {
    for (const { where, expr } of expressions) {
      const selectors = selectorsIn(expr);
      const known = new Set(OF_THE_SCRAPER);
      for (const { name, labels } of selectors) {
        const own = told.labelsOf(name) ?? new Set();
        own.forEach((label) => known.add(label));
        for (const label of labels) assert.ok(own.has(label) || OF_THE_SCRAPER.includes(label), `${where}: ${name} has no label \`${label}\``);
      }
      for (const label of groupingsIn(expr)) assert.ok(known.has(label), `${where}: nothing there has a label \`${label}\``);
    }
  });

  it("counts what isolates were stopped for", () => {
    const restarts = (reason) => told.sum("ssr_host_pool_restarts_total", { reason });
    assert.deepEqual([restarts("cpu_limit"), restarts("heap_limit"), restarts("exit")], [1, 1, 1]);
    assert.equal(told.sum("ssr_host_rate_limit_requests_total", { result: "refused" }), 2);
    assert.equal(told.sum("ssr_host_http_requests_total", { route: "none", status: "429" }), 2);
    assert.equal(told.sum("ssr_host_http_requests_total", { route: "none", status: "499" }), 1, "a client that left");
    assert.equal(told.sum("ssr_host_http_requests_total", { route: "/api/*", status: "200" }), 3);
    assert.equal(told.sum("ssr_host_upstream_responses_cut_total"), 1);
    assert.equal(told.sum("ssr_host_request_queue_seconds_count"), 1);
  });

  it("says why pages are not stored, in words that METRICS.md has", () => {
    const page = readFileSync(need("docs/METRICS.md", "it is part of this repository"), "utf8");
    for (const [metric, label] of [["ssr_host_cache_refused_total", "reason"], ["ssr_host_pool_restarts_total", "reason"], ["ssr_host_cache_requests_total", "result"], ["ssr_host_tunnels_ended_total", "how"]]) {
      const values = told.all(metric).map(({ labels }) => labels[label]);
      assert.ok(values.length > 0, metric);
      for (const value of values) assert.ok(page.includes(`\`${value}\``), `METRICS.md does not explain ${label}="${value}" of ${metric}`);
    }
  });

  it("answers every expression of dashboard and alerts", async () => {
    const { data } = await prometheus.api("targets");
    assert.deepEqual(data.activeTargets.map(({ health, lastError }) => [health, lastError]), [["up", ""]]);
    const empty = [];
    for (const { where, expr } of expressions) {
      const answer = await prometheus.api(`query?query=${encodeURIComponent(expr)}`);
      assert.equal(answer.status, "success", `${where}: ${answer.error}\n${expr}`);
      if (answer.data.result.length === 0 && !where.startsWith("alert")) empty.push(where);
    }
    // A limit under overload is there under overload.
    assert.deepEqual(empty, ['panel "Queue" D']);
    assert.doesNotMatch(prometheus.log(), /level=(warn|error)/);
  });
});

/** One of everything that is counted. */
async function provoke(host) {
  const paths = ["/page", "/page", "/private", "/loop", "/leak", "/exit", "/throw", "/nope", "/limited", "/limited", "/limited", "/api/a", "/api/b"];
  for (const path of paths) await ask(`${host.url}${path}`);
  await ask(`${host.url}/page`, { headers: { "x-request-start": `t=${Date.now() - 20}` } });
  await assert.rejects(ask(`${host.url}/api/cut`));
  assert.match(await raw(host.port, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), /^HTTP\/1\.1 400 /);
  const leaving = connect(host.port, "127.0.0.1");
  leaving.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  await sleep(200);
  leaving.destroy();
}

/** Waits until Prometheus has seen three times in a row that `expr` has a value: rates need two. */
async function scraped(prometheus, expr) {
  for (let tries = 0; tries < 100; tries++) {
    const { data } = await prometheus.api(`query?query=${encodeURIComponent(`count_over_time((${expr})[8s:1s]) >= 3`)}`);
    if (data.result.length > 0) return;
    await sleep(200);
  }
  throw new Error(`Prometheus does not see ${expr}\n${prometheus.log()}`);
}

/** What `enough` holds of: a request is counted when its body has been handed on, which may be after the client has it. */
async function settled(host, enough) {
  for (let tries = 0; tries < 50; tries++) {
    const scrape = await Scrape.of(host.admin);
    if (enough(scrape)) return scrape;
    await sleep(50);
  }
  throw new Error(`still not so:\n${(await Scrape.of(host.admin)).text}`);
}

/** Writes bytes and reads until the other side closes. */
function raw(port, text) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let read = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error(`nothing more after: ${read}`)));
    socket.on("data", (data) => (read += data)).on("error", reject).on("close", () => resolve(read));
  });
}

/** A WebSocket that is open: nothing is said over it. */
function upgrade(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("GET /api/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    socket.once("data", (data) => (`${data}`.startsWith("HTTP/1.1 101") ? resolve(socket) : reject(new Error(`${data}`))));
    socket.on("error", reject);
  });
}

function promtool(...args) {
  return execFileSync("promtool", args, { encoding: "utf8", timeout: 60_000 });
}

/** What `promtool check metrics` has to say of a scrape; it may fail without a word. */
function promtoolReads(text) {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8", timeout: 60_000 });
  return `${stdout}${stderr}${status === 0 ? "" : `exit code ${status}`}`;
}
