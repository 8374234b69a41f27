/** Somebody new gets from an empty directory to a page that works, in a container, and it is the page that Node sends. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { pages, walk } from "./newcomer.mjs";

describe("somebody new", () => {
  let newcomer;
  after(() => newcomer?.stop());

  it("gets to a page in a browser that works", { timeout: 900_000 }, async (test) => {
    newcomer = await walk((name, ms) => test.diagnostic(`${(ms / 1000).toFixed(1)} s: ${name}`));
  });

  it("gets the bytes that Node sends", async () => {
    assert.ok(newcomer, "the way there has failed");
    const { node, host } = await pages(newcomer);
    assert.equal(node.status, 200);
    assert.equal(host.status, node.status);
    assert.equal(host.headers["content-type"], node.headers["content-type"]);
    assert.deepEqual(host.body, node.body);
  });
});
