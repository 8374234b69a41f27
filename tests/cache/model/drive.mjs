/**
 * Asks for random pages, many at a time, changes some in between, and holds every answer to what a render of that very request gives.
 * No answer may be older than the last change of its URL that was over when it was asked for.
 */
import { randomOf, randomRequest } from "./requests.mjs";
import { readKinds, readsPrivate, render, staysShared } from "./tree.mjs";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string | undefined>} headers names in lower case
 * @property {string} body
 *
 * @typedef {object} Report
 * @property {string[]} violations what no cache may do
 * @property {number} requests
 * @property {number} hits
 * @property {number} sharedRequests for pages that read nothing private and forbid nothing
 * @property {number} sharedHits
 * @property {number} notModified
 */

/**
 * @param {object} options
 * @param {(request: object) => Promise<Answer>} options.ask
 * @param {{versions: Map<string, number>}} options.database
 * @param {number} options.seed of all that is random
 * @param {number} options.count requests
 * @param {number} [options.concurrency]
 * @param {number} [options.density] how probable it is that an input of a request is there
 * @param {string[]} options.seeds of pages
 * @param {string[]} options.prefixes
 * @param {Set<string>} options.privateKinds inputs whose reading makes a page private where no rule says otherwise
 * @returns {Promise<Report>}
 */
export async function drive({ ask, database, seed, count, concurrency = 16, density = 0.5, seeds, prefixes, privateKinds }) {
  const random = randomOf(seed);
  const report = { violations: [], requests: 0, hits: 0, sharedRequests: 0, sharedHits: 0, notModified: 0 };
  /** The version of a page that a URL must at least have, by host and URL. */
  const floors = new Map();
  /** Bodies by URL and ETag, and the ETag that was seen last by URL. */
  const bodies = new Map();
  const etags = new Map();

  const change = async (request) => {
    database.versions.set(request.seed, (database.versions.get(request.seed) ?? 0) + 1);
    const version = database.versions.get(request.seed);
    const { status } = await ask({ ...request, method: "POST" });
    if (status !== 200) return report.violations.push(`POST ${request.url}: ${status}`);
    const key = request.headers.host + request.url;
    floors.set(key, Math.max(version, floors.get(key) ?? 0));
  };

  const check = async (request) => {
    const key = request.headers.host + request.url;
    const floor = floors.get(key) ?? 0;
    const known = etags.get(key);
    if (known !== undefined && random.chance(0.1)) request.headers["if-none-match"] = known;
    const answer = await ask(request);
    const { status, headers, body } = answer;
    const isHit = /^ssr-host;\s*hit\b/.test(headers["cache-status"] ?? "");
    const page = status === 304 ? bodies.get(key + headers.etag) : body;
    const version = status === 200 && request.method === "HEAD" ? undefined : /^<h1>\S+ (\d+)<\/h1>/.exec(page ?? "")?.[1];
    const expected = render(request.seed, request.inputs, version);
    const fail = (what) => report.violations.push(`${what}: ${request.method} ${request.url} ${JSON.stringify(request.headers)}\n  expected ${JSON.stringify(expected)}\n  got ${status} ${JSON.stringify(headers)} ${JSON.stringify(page)}`);

    if (status === 304 ? headers.etag !== request.headers["if-none-match"] : status !== 200) fail("status");
    if (version === undefined ? request.method !== "HEAD" || body !== "" : page !== expected.body) fail("not what a render of this request gives");
    if (version !== undefined && Number(version) < floor) fail(`older than the change to ${floor} that was over before`);
    if (version !== undefined && headers.etag !== expected.headers.etag && expected.headers.etag !== undefined) fail("the ETag of another page");
    const kinds = readKinds(expected);
    const isPrivate = !request.url.startsWith("/ruled") && [...privateKinds].some((kind) => kinds.has(kind));
    const isForbidden = /no-store|private|no-cache/.test(expected.headers["cache-control"] ?? "") || expected.headers.vary === "*";
    if (isHit && (isPrivate || isForbidden)) fail("stored, and must not be");

    if (status === 200 && headers.etag !== undefined && request.method === "GET") {
      bodies.set(key + headers.etag, body);
      etags.set(key, headers.etag);
    }
    report.requests += 1;
    report.hits += Number(isHit);
    report.notModified += Number(status === 304);
    if (!readsPrivate(request.seed) && staysShared(request.seed)) {
      report.sharedRequests += 1;
      report.sharedHits += Number(isHit);
    }
  };

  let left = count;
  const work = async () => {
    while (left > 0 && report.violations.length < 20) {
      left -= 1;
      const request = randomRequest(random, random.pick(prefixes), random.pick(seeds), density);
      await (random.chance(0.02) ? change(request) : check(request));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return report;
}
