/** Who is compared. Each has the port to ask, the processes that its answers cost, and the number of renders so far. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporary } from "../children.mjs";
import { FORMS } from "../forms.mjs";
import { startHitServer } from "../hit-server.mjs";
import { startServer } from "../servers.mjs";
import { renderLine } from "./apps.mjs";
import { startCachingNginx } from "./nginx.mjs";

/** All that is set of ssr-host, except for what follows. */
const RULE = `[cache]
[[cache.rules]]
path = "/*"
ttl = "60s"
`;

/**
 * A thousand clients come from one address here. The app's limit is out of reach on the other sides, which count every request; ssr-host
 * counts renders only, and this is the highest limit that it takes over: one that it does not reads the client's address for every page.
 */
const OUT_OF_REACH = { SSR_HOST_HTTP_MAX_CONNECTIONS_PER_CLIENT: "10000", RATE_LIMIT_MAX: "10000" };

/**
 * `forms`: those it can answer in. `memory`, `misses`: takes part there.
 * `keepsEncoded`: has more to keep when an encoded form is asked for.
 */
export const SIDES = [
  { name: "bare", title: "bare axum handler, all forms made before", forms: Object.keys(FORMS), start: startBare },
  { name: "host", title: "ssr-host, `[cache]`", forms: Object.keys(FORMS), start: startHost, memory: true, keepsEncoded: true, misses: true },
  { name: "nginx", title: "nginx `proxy_cache`, Node behind", forms: ["identity", "gzip"], start: startProxied, memory: true, misses: true },
  { name: "nginx-lock", title: "the same, `proxy_cache_lock on`", forms: [], start: startLocked, misses: true },
  { name: "map", title: "Node + Fastify, `Map`", forms: ["identity"], start: startMap, memory: true, misses: true },
  { name: "map-compress", title: "Node + Fastify, `Map`, `@fastify/compress`", forms: ["gzip", "br"], start: startCompressing },
];

/** The app without any cache: what the others must answer. */
export function startUncached(context) {
  return startNode(context, "blog-counted");
}

function startMap(context) {
  return startNode(context, "blog-map");
}

function startCompressing(context) {
  return startNode(context, "blog-map-compress");
}

function startLocked(context) {
  return startProxied(context, true);
}

async function startNode({ tools, mode }, app) {
  return ofServer(await startServer(tools, "node", { app, mode }));
}

async function startHost({ tools, mode }) {
  const file = join(temporary, "cache.toml");
  writeFileSync(file, RULE);
  const settings = { SSR_HOST_CONFIG: file, ...OUT_OF_REACH };
  return ofServer(await startServer(tools, "ssr-host", { app: "blog-counted", mode, settings }));
}

async function startProxied(context, lock = false) {
  const app = await startUncached(context);
  const nginx = await startCachingNginx({ mode: context.mode, upstream: app.port, lock });
  return {
    port: nginx.port,
    pids: () => [...nginx.pids(), ...app.pids()],
    // The app keeps nothing: what its memory does is not the cache's.
    cachePids: nginx.pids,
    files: nginx.files,
    renders: app.renders,
    async stop() {
      await nginx.stop();
      await app.stop();
    },
  };
}

async function startBare({ bare, pageFile, mode }) {
  const { pid, port, stop } = await startHitServer(bare, ["bare", pageFile], mode.serverCpus);
  return { port, pids: () => [pid], renders: () => 0, stop };
}

function ofServer({ pid, port, output, stop }) {
  const pids = () => [pid];
  const renders = (path) => output().split(path ? renderLine(path) : "render ").length - 1;
  return { port, pids, cachePids: pids, files: () => 0, renders, stop };
}
