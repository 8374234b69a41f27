/** What is asked for, and what the project wants of the figures. Data only. */

/** Everything of the backend is under it, and no proxy rewrites it. */
export const PREFIX = "/api";

/** `post`: bytes of the body, else it is a GET; `steady`: also at a fixed rate. All answers have these bytes, JSON or not. */
export const CASES = [
  { name: "small", title: "GET, 200 bytes of JSON", path: `${PREFIX}/small`, bytes: 200, steady: true },
  { name: "medium", title: "GET, 10 KiB of JSON", path: `${PREFIX}/medium.json`, bytes: 10 << 10, steady: true },
  { name: "large", title: "GET, 1 MiB", path: `${PREFIX}/large.bin`, bytes: 1 << 20 },
  { name: "post", title: "POST of 1 KiB, 200 bytes of JSON", path: `${PREFIX}/small`, post: 1024, bytes: 200 },
];

/** Server-sent events: clients, and events a second for each. */
export const EVENTS = { path: `${PREFIX}/events`, clients: 100, perSecond: 50 };

/** Upgraded, and silent from then on. */
export const SOCKET_PATH = `${PREFIX}/socket`;

/** How many requests of ssr-host the CPU of one request of the other pays for. */
export const AIMS = [
  { other: "fastify4", atLeast: 5 },
  { other: "fastify5", atLeast: 5 },
  { other: "nginx", atLeast: 0.7 },
];

/** Seconds, rounds, and the number of WebSockets. */
export const FULL = { warmUp: 1, rounds: 3, seconds: 2, steadyRounds: 2, steadySeconds: 2, eventRounds: 3, eventSeconds: 2, sockets: 10_000 };
export const QUICK = { quick: true, warmUp: 1, rounds: 1, seconds: 1, steadyRounds: 1, steadySeconds: 1, eventRounds: 1, eventSeconds: 1, sockets: 1000 };
