/**
 * Runs cache-tests.fyi against ssr-host with its cache on, and writes what came of it beside the published results of other caches.
 *
 *     node tests/cache/conformance.mjs            # says which results are not as recorded in conformance/recorded.mjs
 *     node tests/cache/conformance.mjs --write    # and writes docs/CACHE-TESTS.md
 *     node tests/cache/conformance.mjs --id ID    # one test, with all that was said
 *     node tests/cache/conformance.mjs --base URL # another cache, in front of conformance/origin.mjs
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../parity/support/servers.mjs";
import { differences, serveOrigin } from "./conformance/check.mjs";
import { GROUPS, runSuite, verdictOf } from "./conformance/suite.mjs";
import { page } from "./conformance/table.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean" }, id: { type: "string" }, base: { type: "string" } } });

const host = values.base === undefined ? await serveOrigin() : undefined;
const results = await runSuite(values.base ?? `http://127.0.0.1:${host.port}`, values.id).finally(() => host?.stop());
if (values.id !== undefined) {
  console.log(results[values.id]);
} else {
  for (const line of differences(results)) console.log(line);
  const counts = {};
  for (const test of GROUPS.flatMap(({ tests }) => tests)) {
    const what = `${test.kind ?? "required"}: ${verdictOf(test, results)}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  console.log(counts);
  if (values.write) writeFileSync(join(REPOSITORY, "docs/CACHE-TESTS.md"), page(results));
}
