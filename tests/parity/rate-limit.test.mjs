/**
 * The app's own rate limit, 100 requests a minute, counts the same under Node and under ssr-host: every kind of answer is counted,
 * the 101st is refused, and what the counter shows is the same all along.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Pair } from "./support/compare.mjs";
import { ask, get } from "./support/request.mjs";
import { BLOG_BUILDS, needBlog, startBoth } from "./support/servers.mjs";

const LIMIT = 100;

/** Asked in turn until the limit is reached; a bad URL never gets as far as the limiter. */
const MIX = [get("/"), get("/posts/1"), ask("HEAD", "/"), get("/nothing"), get("/assets/nothing"), get("/api/posts/1"), ask("POST", "/"), get("/health"), get("/%")];
const COUNTED = MIX.length - 1;

/** What the limiter answers once it refuses, whatever is asked for. */
const REFUSED = [get("/"), ask("HEAD", "/"), get("/health"), get("/nothing"), get("/assets/nothing"), get("/api/posts"), ask("POST", "/", { "Content-Type": "application/json" }, "{"), get("/%"), ask("OPTIONS", "/")];

describe("rate limit", () => {
  let servers;
  let pair;
  before(async () => {
    const [, entry, script] = BLOG_BUILDS[0];
    servers = await startBoth(needBlog(entry, script));
    pair = new Pair(servers);
  });
  after(() => servers?.stop());

  it("counts down from the limit", async () => {
    let counted = 0;
    for (let i = 0; counted < LIMIT; i += 1) {
      const { host } = await pair.assertSame(MIX[i % MIX.length]);
      if (i % MIX.length === COUNTED) continue;
      counted += 1;
      assert.equal(header(host, "x-ratelimit-remaining"), String(LIMIT - counted));
    }
  });
  for (const one of REFUSED) {
    it(`refuses ${one.name}`, async () => {
      const { host } = await pair.assertSame(one);
      assert.match(host.responses[0].statusLine, one.name === "GET /%" ? / 400 / : / 429 /);
    });
  }
});

const header = ({ responses }, name) => responses[0].headers.find(([key]) => key.toLowerCase() === name)?.[1];
