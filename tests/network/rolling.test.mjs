/**
 * A fleet is restarted while visitors keep coming: no request fails, no body is cut, no order is lost or executed twice. And without the drain
 * they do: a server that is killed shows that this load would notice. rolling-table.mjs has more of it, beside Node.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BALANCERS } from "./fleet.mjs";
import { enter } from "./inside.mjs";
import { Network } from "./network.mjs";
import { ACTS, run } from "./rolling.mjs";

const skip = enter() ?? false;
const KINDS = ["pages", "orders", "slow"];

describe("visitors keep coming while", { skip }, () => {
  let network;
  before(() => {
    network = new Network();
  });
  after(() => network?.end());

  for (const balancer of Object.keys(BALANCERS)) {
    for (const act of ["rolling", "blueGreen"]) {
      it(`${ACTS[act].title}, behind ${balancer}`, { timeout: 300_000 }, async (test) => {
        const outcome = await run(network, { act, balancer, kind: "ssr-host" });
        test.diagnostic(JSON.stringify(outcome));
        assert.ok(outcome.pages.sent > 100 && outcome.orders.sent > 30 && outcome.slow.sent > 5, "this is no load");
        for (const kind of KINDS) assert.equal(outcome[kind].failed, 0, `${kind}: ${JSON.stringify(outcome[kind].failures)}`);
        const { lost, twice, forced } = outcome;
        assert.deepEqual({ lost, twice, forced }, { lost: 0, twice: 0, forced: 0 });
        // nginx asks another server by itself, so nothing of this reaches its clients' connections. A reload closes them; HAProxy may close one
        // whose request met the end of a server's idle connection.
        if (act === "rolling" && balancer === "nginx") assert.equal(outcome.pages.repeated + outcome.slow.repeated, 0);
      });
    }

    it(`${ACTS.killed.title}, behind ${balancer}: that is noticed`, { timeout: 300_000 }, async (test) => {
      const outcome = await run(network, { act: "killed", balancer, kind: "ssr-host" });
      test.diagnostic(JSON.stringify(outcome));
      assert.ok(outcome.slow.failed > 0, "pages that were half there are cut");
      assert.equal(outcome.twice, 0, "no balancer repeats an order that may have been executed");
    });
  }
});
