/** No visitor notices what happens to a backend, as far as that is possible. The faults are short ones; table.mjs has the long ones. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FAULTS, setUp } from "./faults.mjs";
import { enter } from "./inside.mjs";

const skip = enter() ?? false;

/** Names hold less long than on Fly: each fault is over sooner. */
const TTL_SECONDS = 2;
const SETTLES_MS = 1000;

describe("visitors keep coming while", { skip }, () => {
  let bed;
  before(async () => {
    bed = await setUp("ssr-host", { ttl: TTL_SECONDS });
  });
  after(() => bed?.tearDown());

  for (const fault of FAULTS) {
    it(fault.name, async (test) => {
      const { reads, writes, events, sockets, retried, twice } = await bed.run(fault, { lasts: fault.seconds[1] * 1000, settles: SETTLES_MS });
      test.diagnostic(JSON.stringify({ reads, writes, events, sockets, retried }));
      assert.ok(reads.sent > 100, `${reads.sent} requests are no load`);
      assert.ok(reads.failed <= reads.sent * fault.most, `of ${reads.sent} reads failed: ${JSON.stringify(reads)}`);
      assert.equal(twice, 0, "no write has reached backends twice");
    });
  }
});
