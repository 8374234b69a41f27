/**
 * cache-tests.fyi: what RFC 9111 requires is done, and every other result is the recorded one. `conformance.mjs` runs the same and
 * writes docs/CACHE-TESTS.md, which is as of these results.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { need } from "../parity/support/servers.mjs";
import { differences, recordOf, serveOrigin } from "./conformance/check.mjs";
import { RECORDED } from "./conformance/recorded.mjs";
import { GROUPS, runSuite, testOf, verdictOf } from "./conformance/suite.mjs";
import { page } from "./conformance/table.mjs";

describe("cache-tests.fyi", () => {
  let host;
  let results;
  before(async () => {
    host = await serveOrigin();
    results = await runSuite(`http://127.0.0.1:${host.port}`);
  });
  after(() => host?.stop());

  for (const { name, tests } of GROUPS) {
    it(`${name}: nothing that is required fails`, () => {
      const failed = tests.filter((test) => verdictOf(test, results) === "fail").map(({ id }) => `${id}: ${results[id]}`);
      assert.deepEqual(failed.filter((line) => recordOf(line.split(":")[0])?.verdict !== "fail"), []);
    });
  }

  it("every result is the recorded one", () => assert.deepEqual(differences(results), []));

  it("docs/CACHE-TESTS.md is as of these results", () => {
    assert.equal(readFileSync(need("docs/CACHE-TESTS.md", "run `node tests/cache/conformance.mjs --write`"), "utf8"), page(results));
  });

  it("the record names tests that exist, each once", () => {
    const named = RECORDED.flatMap(({ tests }) => tests);
    assert.deepEqual(named.filter((id, i) => named.indexOf(id) !== i), []);
    named.forEach(testOf);
  });
});
