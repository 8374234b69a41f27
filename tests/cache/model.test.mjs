/**
 * Random apps behind the cache: pages that read whatever comes, each depending on what was read before, and say whatever of their
 * caching. Thousands of random requests, many at a time, with changes in between. No request may get what a render of it would not have
 * given. MODEL_SEED repeats a run, MODEL_REQUESTS makes it longer.
 */
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, it } from "node:test";
import { drive } from "./model/drive.mjs";
import { rendersAlways, NAIVE } from "./model/naive.mjs";
import { RULES } from "./model/requests.mjs";
import { serve } from "./support.mjs";

const SEED = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);
const COUNT = Number(process.env.MODEL_REQUESTS ?? 8000);

const PAGES = Array.from({ length: 40 }, (_, i) => `s${SEED}-${i}`);

/** The client is told by a trusted peer, so that there are several. */
const SETTINGS = `
[trust]
peers = ["loopback"]
header = "x-forwarded-for"

[cache]
enabled = true
${RULES}`;

const SHAPES = [
  ["a Fastify app", "apps/tree-fastify.mjs", new Set(["cookie", "client"])],
  ["a fetch handler", "apps/tree-fetch.mjs", new Set(["cookie"])],
];

describe(`random apps (MODEL_SEED=${SEED})`, () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  let database;
  before(async () => (database = await startDatabase()));
  after(async () => {
    agent.destroy();
    await database?.stop();
  });

  for (const [name, entry, privateKinds] of SHAPES) {
    describe(name, () => {
      let server;
      before(async () => (server = await serve(entry, { settings: SETTINGS, isolates: 2, env: { DATABASE: database.url } })));
      after(() => server?.stop());

      it("answers every request as a render of it would, and from memory where it may", async () => {
        const ask = (request) => askOver(agent, server.port, request);
        const report = await drive({ ask, database, seed: SEED, count: COUNT, seeds: PAGES, prefixes: ["/app", "/ruled"], privateKinds });
        console.log(`${name}: ${JSON.stringify({ ...report, violations: report.violations.length })}`);
        assert.equal(report.violations.slice(0, 3).join("\n"), "");
        assert.ok(report.sharedHits > report.sharedRequests / 20, `${report.sharedHits} of ${report.sharedRequests} requests for shared pages are hits`);
        assert.ok(report.notModified > 0);
      });
    });
  }

  for (const [name, make] of Object.entries(NAIVE)) {
    it(`finds out a cache that ${name}`, async () => {
      const versions = new Map();
      const ask = make({ versions });
      const report = await drive({ ask, database: { versions }, seed: SEED, count: COUNT, density: 0.1, seeds: PAGES, prefixes: ["/app"], privateKinds: new Set(["cookie", "client"]) });
      assert.notEqual(report.violations.length, 0);
    });
  }

  it("finds nothing to say of no cache at all", async () => {
    const versions = new Map();
    const report = await drive({ ask: rendersAlways({ versions }), database: { versions }, seed: SEED, count: COUNT, seeds: PAGES, prefixes: ["/app"], privateKinds: new Set() });
    assert.deepEqual(report.violations, []);
    assert.equal(report.hits, 0);
  });
});

/** Where apps ask for the version of a page: `GET /<seed>`. */
async function startDatabase() {
  const versions = new Map();
  const server = http.createServer((request, response) => response.end(String(versions.get(request.url.slice(1)) ?? 0)));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { versions, url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** One request over a kept connection. */
function askOver(agent, port, { method, url, headers }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, port, host: "127.0.0.1", method, path: url, headers, setHost: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}
