/** The name server of these tests, asked by another implementation (c-ares, in Node). */
import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import { after, before, describe, it } from "node:test";
import { NameServer } from "./dns.mjs";
import { enter } from "./inside.mjs";
import { NAME_SERVER, Network } from "./network.mjs";

const skip = enter() ?? false;

describe("the name server", { skip }, () => {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  let names;
  before(async () => {
    new Network();
    names = await NameServer.start(NAME_SERVER);
    resolver.setServers([`[${NAME_SERVER}]`]);
    names.set("app.internal", { AAAA: ["fdaa:0:1::b:1", "fdaa::2"], A: ["10.0.0.1"], TXT: ["x".repeat(300)] });
  });
  after(() => names?.stop());

  it("says what it knows, and for how long that holds", async () => {
    const addresses = [{ address: "fdaa:0:1::b:1", ttl: 5 }, { address: "fdaa::2", ttl: 5 }];
    assert.deepEqual(await resolver.resolve6("app.internal", { ttl: true }), addresses);
    assert.deepEqual(await resolver.resolve4("APP.internal"), ["10.0.0.1"]);
    assert.deepEqual((await resolver.resolveTxt("app.internal")).map((pieces) => pieces.join("")), ["x".repeat(300)]);
  });

  it("tells a name without addresses from one that is none", async () => {
    names.set("empty.internal", {});
    await assert.rejects(resolver.resolve6("empty.internal"), { code: "ENODATA" });
    await assert.rejects(resolver.resolve6("none.internal"), { code: "ENOTFOUND" });
  });

  it("fails and falls silent", async () => {
    names.mode = "fails";
    await assert.rejects(resolver.resolve6("app.internal"), { code: "ESERVFAIL" });
    names.mode = "silent";
    await assert.rejects(resolver.resolve6("app.internal"), { code: "ETIMEOUT" });
    names.mode = "answers";
  });
});
