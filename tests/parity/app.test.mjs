/** A plain Fastify app answers the same bytes under Node + Fastify and under ssr-host: every case of `cases/app.mjs`. */
import { after, before, describe, it } from "node:test";
import { APP_CASES } from "./cases/app.mjs";
import { Pair } from "./support/compare.mjs";
import { needApp, startBoth } from "./support/servers.mjs";

describe("a plain Fastify app", () => {
  let servers;
  let pair;
  before(async () => {
    servers = await startBoth(needApp());
    pair = new Pair(servers);
  });
  after(() => servers?.stop());

  for (const [group, cases] of Object.entries(APP_CASES)) {
    describe(group, () => {
      for (const one of cases) it(one.name, () => pair.assertSame(one));
    });
  }
});
