/**
 * Runs the suite of `http-cache-tests` (cache-tests.fyi) against the cache in front of `origin.mjs`, and says what came of each
 * test in the suite's own words (its `lib/display.mjs`, which needs a browser to be imported). The suite keeps its results in a
 * module: one run for a process.
 */
import { getResults, runTests } from "http-cache-tests/client/runner.mjs";
import suites from "http-cache-tests/tests/index.mjs";
import nodeFetch from "node-fetch";

/**
 * Groups of tests. Without the suite's extra group about `Surrogate-Control`, an old draft that few caches know: RFC 9213 has taken its
 * place, and the suite of today tests that.
 */
export const GROUPS = suites;

/** @typedef {"pass" | "fail" | "optional fail" | "yes" | "no" | "setup" | "depends" | "retry" | "untested"} Verdict */

/**
 * @param {string} base `http://host:port` of the cache
 * @param {string} [only] id of a test that runs alone and prints what was said
 * @returns {Promise<Record<string, true | [string, string]>>} results by id: true, or kind and message of the failure
 */
export async function runSuite(base, only) {
  const chosen = only === undefined ? GROUPS : GROUPS.map((group) => ({ ...group, tests: group.tests.filter(({ id }) => id === only) }));
  for (const test of only === undefined ? [] : chosen.flatMap(({ tests }) => tests)) test.dump = true;
  await runTests(chosen, announced, false, base);
  return getResults();
}

/** Tells the origin the number of each request before it is sent, which the original reads from the request itself. */
async function announced(url, init = {}) {
  const [, base, id] = /^(.*)\/test\/([^/?]+)/.exec(url) ?? [];
  const number = init.headers?.find(([name]) => name === "Req-Num")?.[1];
  if (id !== undefined && number !== undefined) {
    const body = JSON.stringify({ id, number: Number(number) });
    await nodeFetch(`${base}/next`, { method: "PUT", headers: { "Content-Type": "application/json" }, body });
  }
  return nodeFetch(url, init);
}

/**
 * What became of a test, as `determineTestResult` of the suite puts it.
 * @param {object} test
 * @param {Record<string, true | [string, string]>} results
 * @returns {Verdict}
 */
export function verdictOf(test, results) {
  const result = results[test.id];
  if (result === undefined) return "untested";
  const depends = (test.depends_on ?? []).map(testOf).some((other) => !["pass", "yes"].includes(verdictOf(other, results)));
  if (depends) return "depends";
  if (result[0] === "Setup") return result[1] === "retry" ? "retry" : "setup";
  const [good, bad] = { required: ["pass", "fail"], optimal: ["pass", "optional fail"], check: ["yes", "no"] }[test.kind ?? "required"];
  return result === true ? good : bad;
}

const byId = new Map(GROUPS.flatMap(({ tests }) => tests.map((test) => [test.id, test])));

/** The test of that id. */
export function testOf(id) {
  if (!byId.has(id)) throw new Error(`no test \`${id}\` in http-cache-tests`);
  return byId.get(id);
}
