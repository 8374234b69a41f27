// Records how the stores of the real plug-ins count into recorded.json, which ../rate_limit.rs replays against
// `edge::rate_limit::windows`. Run `npm install && npm run record` here after changing it; the recording is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { format } from "@lukeed/ms";

const require = createRequire(import.meta.url);
const LocalStore = require("@fastify/rate-limit/store/LocalStore.js");
// Not among the package's exports; the file imports nothing.
const file = fileURLToPath(new URL("node_modules/@composable-svelte/core/dist/ssr/middleware/rate-limiting.js", import.meta.url));
const { RateLimiter } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(file, "utf8"))}`);

let now = 0;
Date.now = () => now;

/** Always the same "random" numbers. */
let seed = 1;
const random = (below) => {
  seed = (seed * 48271) % 2147483647;
  return seed % below;
};

const pick = (list) => list[random(list.length)];

/** Pauses that come near the end of a window, or to the very end. */
const ends = (window) => [window / 2, window - 1, window, window + 1];

const limits = [];
for (const max of [0, 1, 3, 6]) {
  for (const [continueExceeding, ban] of [[false, -1], [true, -1], [false, 0], [false, 2], [true, 1]]) {
    limits.push({ plugin: "fastify", window: 1000, max, continueExceeding, ban });
  }
  limits.push({ plugin: "composable-svelte", window: 1000, max });
}
limits.push({ plugin: "fastify", window: 0, max: 1, continueExceeding: false, ban: -1 });
limits.push({ plugin: "fastify", window: 1000, max: 2.5, continueExceeding: true, ban: 1 });

/** What one request counted as: `current` or `remaining`, milliseconds left, allowed, banned. */
function hit(limit, store, key) {
  if (limit.plugin === "fastify") {
    let said;
    store.incr(key, (_error, result) => { said = { ...result }; }, limit.max, limit.ban);
    // Allowed as rateLimitRequestHandler of index.js has it.
    return [said.current, said.ttl, said.current <= limit.max, said.ban];
  }
  const said = store.check(key);
  return [said.remaining, said.resetTime - now, said.allowed, false];
}

const runs = limits.map((limit) => {
  now = 1_700_000_000_000;
  const store = limit.plugin === "fastify"
    ? new LocalStore(5000, limit.window, limit.continueExceeding)
    : new RateLimiter({ windowMs: limit.window, max: limit.max });
  const hits = [];
  for (let request = 0; request < 60; request++) {
    now += pick(request % 20 < 12 ? [0, 0, 1, limit.window / 20] : [0, 7, ...ends(limit.window)]);
    const key = pick(["a", "b"]);
    hits.push([now, key, ...hit(limit, store, key)]);
  }
  store.destroy?.();
  return { limit, hits };
});

const lengths = [0, 1, 999, 1000, 1499, 1500, 2000, 30_000, 59_499, 59_500, 59_999, 60_000, 89_999, 90_000, 120_000, 3_599_999,
  3_600_000, 5_400_000, 7_200_000, 86_399_999, 86_400_000, 129_600_000, 172_800_000, 31_557_599_999, 31_557_600_000, 63_115_200_000];
const words = lengths.map((length) => [length, format(length, true)]);

const lines = runs.map(({ limit, hits }) => `{"limit":${JSON.stringify(limit)},"hits":[\n${hits.map((hit) => JSON.stringify(hit)).join(",")}\n]}`);
writeFileSync(new URL("recorded.json", import.meta.url), `{"words":${JSON.stringify(words)},\n"runs":[${lines.join(",\n")}]}\n`);
