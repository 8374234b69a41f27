/**
 * The example answers the same bytes under Node + Fastify and under ssr-host: both of its builds, every case of `cases/blog.mjs`.
 * One case after the other, because each answer shows what the rate limiter has counted so far.
 */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { blogCases } from "./cases/blog.mjs";
import { Pair } from "./support/compare.mjs";
import { get } from "./support/request.mjs";
import { BLOG_BUILDS, needBlog, startBoth } from "./support/servers.mjs";

for (const [name, path, script] of BLOG_BUILDS) {
  describe(`examples/blog, ${name}`, () => {
    const entry = needBlog(path, script);
    const facts = factsOf(resolve(entry, "../../client/assets"));
    let servers;
    let pair;
    before(async () => {
      servers = await startBoth(entry, { RATE_LIMIT_MAX: "100000" });
      pair = new Pair(servers);
    });
    after(() => servers?.stop());

    it("has the asset that the cases are about", async () => {
      const { node } = await pair.assertSame(get(facts.script));
      const headers = Object.fromEntries(node.responses[0].headers);
      assert.equal(headers.etag, facts.etag);
      assert.equal(headers["last-modified"], facts.modified);
    });
    for (const [group, cases] of Object.entries(blogCases(facts))) {
      describe(group, () => {
        for (const one of cases) it(one.name, () => pair.assertSame(one));
      });
    }
  });
}

/** The client bundle, and what a server must say of its first script. */
function factsOf(directory) {
  const files = readdirSync(directory).sort();
  const file = files.find((one) => one.endsWith(".js"));
  const { size, mtime } = statSync(join(directory, file));
  const etag = `W/"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
  return { files, script: `/assets/${file}`, size, etag, modified: mtime.toUTCString() };
}
