/** The origin behind the cache, and whether results are the recorded ones. */
import { serve } from "../support.mjs";
import { RECORDED } from "./recorded.mjs";
import { GROUPS, verdictOf } from "./suite.mjs";

/** What needs no explanation. */
const GOOD = new Set(["pass", "yes"]);

/** One isolate, since the origin remembers; everything else as it is by default. */
export const serveOrigin = () => serve("conformance/origin.mjs", { settings: "[cache]\nenabled = true\n", isolates: 1 });

/** What is recorded of a test: the verdict that it has, and why that is right. Undefined: it passes. */
export const recordOf = (id) => RECORDED.find(({ tests }) => tests.includes(id));

/**
 * @param {Record<string, true | [string, string]>} results
 * @returns {string[]} a line for each test that is not as recorded
 */
export function differences(results) {
  return GROUPS.flatMap(({ tests }) => tests).flatMap((test) => {
    const verdict = verdictOf(test, results);
    const recorded = recordOf(test.id);
    if (recorded === undefined ? GOOD.has(verdict) : recorded.verdict === verdict) return [];
    return [`${test.id} (${test.kind ?? "required"}): ${verdict}, recorded is ${recorded?.verdict ?? "that it passes"} ${JSON.stringify(results[test.id])}`];
  });
}
