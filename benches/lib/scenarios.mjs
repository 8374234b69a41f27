/** What is measured: the apps, the rows, the modes, and how long. Data only. */

export const SIDES = ["node", "ssr-host"];

/** Connections that wrk keeps busy. Enough to never leave a server idle, few enough that p99 is not only queueing. */
export const CONNECTIONS = 32;

/** Connections of the load at a fixed rate. It needs a new one whenever the server is behind. */
export const STEADY_CONNECTIONS = 256;

const UNUSED_IMPORT = 'import "isomorphic-dompurify";\n';

/** `without`: a line that is taken out of a temporary copy of the bundle, the same copy for both sides. */
export const APPS = {
  blog: { folder: "examples/blog", title: "blog, as built" },
  "blog-lean": { folder: "examples/blog", title: "blog, its unused `import \"isomorphic-dompurify\"` removed", without: UNUSED_IMPORT },
  sanitize: { folder: "examples/sanitize", title: "sanitize" },
};

/**
 * One row of the table is one URL of one app. `path` may be "entry-asset", the main script of the client bundle.
 * `varies` is the part of the body that is different in every answer, `longer` a factor for the measured seconds of a slow row.
 */
export const ROWS = [
  { name: "list", title: "`/`: list page", app: "blog", path: "/", steady: true },
  { name: "detail", title: "`/posts/1`: detail page", app: "blog", path: "/posts/1", steady: true },
  { name: "health", title: "`/health`: JSON", app: "blog", path: "/health", varies: /"timestamp":"[^"]*"/ },
  { name: "asset", title: "`/assets/index-….js`: static file", app: "blog", path: "entry-asset" },
  { name: "list-logged", title: "`/`: list page, logging on", app: "blog", path: "/", logLevel: "info" },
  { name: "list-lean", title: "`/`: list page, without the unused import", app: "blog-lean", path: "/" },
  { name: "sanitize", title: "`/`: app that sanitises (on Node: jsdom)", app: "sanitize", path: "/", longer: 2 },
];

/** Seconds, except `pairs` and `starts`, which are turns of both sides. */
export const FULL = { pairs: 3, starts: 5, warmUp: 3, load: 5, settle: 1 };
export const QUICK = { quick: true, pairs: 1, starts: 1, warmUp: 1, load: 2, settle: 0.5 };

/** @param {number[]} cpus those this process may use */
export function modes(cpus) {
  return [
    {
      name: "per core",
      title: "Per core: the server alone on one core, the load on another; ssr-host with one isolate",
      serverCpus: cpus.slice(0, 1),
      loadCpus: cpus.slice(1, 2),
      isolates: 1,
      wrkThreads: 1,
      // The load at a fixed rate keeps its core busy to be on time, so it needs one of its own.
      steady: true,
    },
    {
      name: "all cores",
      title: `All cores: nothing pinned, server and load share ${cpus.length} cores; ssr-host with ${cpus.length} isolates, Node as it is (one process)`,
      serverCpus: cpus,
      loadCpus: cpus,
      isolates: cpus.length,
      wrkThreads: Math.max(1, Math.floor(cpus.length / 2)),
      steady: false,
    },
  ];
}

const RENDER = "uncached render of `/`";

/** What the project wants of these figures. `atMost` and `atLeast` are ratios, ssr-host / Node. */
export const AIMS = [
  { what: `server CPU per request, ${RENDER}, per core`, mode: "per core", load: "list", figure: "cpuMicros", atMost: 0.7 },
  { what: `requests/s, ${RENDER}, all cores`, mode: "all cores", load: "list", figure: "requestsPerSecond", atLeast: 2.4 },
  { what: "time to the first 200, blog as built", mode: "per core", start: "blog", figure: "firstOk", atMost: 0.3 },
  { what: "time to the first 200, without the unused import", mode: "per core", start: "blog-lean", figure: "firstOk", atMost: 0.3 },
  { what: "idle RSS with one isolate, blog as built", mode: "per core", start: "blog", figure: "rssIdle", atMost: 0.7 },
  { what: "idle RSS with one isolate, without the unused import", mode: "per core", start: "blog-lean", figure: "rssIdle", atMost: 0.7 },
];
