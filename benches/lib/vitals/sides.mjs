/** The example under ssr-host and under Node, as they come: each as somebody would start it in production. */
import { BLOG_BUILDS, NOTHING_ADDED, needBlog, startHost, startNode } from "../../../tests/parity/support/servers.mjs";
import { PAGES } from "./visit.mjs";

/** Every visit is a render: a page from the cache would be there sooner. */
const ENV = { NODE_ENV: "production", LOG_LEVEL: "silent", RATE_LIMIT_MAX: "100000" };
const UNCACHED = { SSR_HOST_CACHE_ENABLED: "false" };

/** Requests of each page before the first visit: what is asked for the first time is compiled. */
const WARM_UP = 100;

export const SIDES = {
  node: { title: "Node + Fastify", start: (entry) => startNode(entry, ENV) },
  "ssr-host": { title: "ssr-host", start: (entry) => startHost(entry, { ...ENV, ...UNCACHED }) },
  plain: { title: "ssr-host, nothing added", start: (entry) => startHost(entry, { ...ENV, ...NOTHING_ADDED, ...UNCACHED }) },
};

/**
 * Starts one, and lets it answer for a while.
 * @param {keyof SIDES} name
 */
export async function startSide(name) {
  const [, entry, script] = BLOG_BUILDS[0];
  const server = await SIDES[name].start(needBlog(entry, script));
  const origin = `http://127.0.0.1:${server.port}`;
  for (const { path } of Object.values(PAGES)) {
    for (let count = 0; count < WARM_UP; count += 1) await (await fetch(origin + path)).arrayBuffer();
  }
  return { origin, stop: () => server.stop() };
}
