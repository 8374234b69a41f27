/**
 * The plug-ins that ssr-host executes answer as the real packages do under Node + Fastify: every case of `cases/plugins.mjs`. What is
 * compressed is compared decoded.
 */
import { after, before, describe, it } from "node:test";
import { PLUGIN_CASES } from "./cases/plugins.mjs";
import { Pair } from "./support/compare.mjs";
import { needPlugins, startBoth } from "./support/servers.mjs";

describe("plug-ins", () => {
  let servers;
  let pair;
  before(async () => {
    servers = await startBoth(needPlugins());
    pair = new Pair(servers);
  });
  after(() => servers?.stop());

  for (const [group, cases] of Object.entries(PLUGIN_CASES)) {
    describe(group, () => {
      for (const one of cases) it(one.name, () => pair.assertSame(one));
    });
  }
});
