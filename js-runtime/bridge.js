// Between Rust and whatever serves requests in this isolate (the Fastify facade, or an app's own `fetch`).
//
// Rust calls `handle` once per request with an integer; everything about the request is asked for by op when the app looks at
// it, so what was never read was never converted, and what was read is known. It does not know about routes or bodies.

import { core, internals } from "ext:core/mod.js";
import { op_report_error, op_request_fail, op_request_watch, op_serving } from "ext:core/ops";

const { getAsyncContext, setAsyncContext } = core;

/**
 * @typedef {object} Server
 * @property {"fastify" | "fetch"} kind
 * @property {(id: number, method: string, url: string, isTracked: boolean) => void} handle  called once per request
 * @property {string[]} [routes]  the patterns of its routes, if it tells by `routed` which of them it has chosen
 * @property {() => object} describe  what the app registered: `{routes, hooks, plugins}`
 * @property {() => Promise<void>} close  graceful stop
 */

/** @type {Server | undefined} */
let server;

/**
 * The route that the router of the server has chosen last: its place in `routes`, from 1; 0: none. Rust reads this memory when it
 * wants to know, so that telling it costs no call.
 */
const chosen = new Uint32Array(new ArrayBuffer(4));

/** Functions to run when a request is over, by request. @type {Map<number, Array<(cancelled: boolean) => void>>} */
const watchers = new Map();

/**
 * Makes `next` the one that answers this isolate's requests.
 * @param {Server} next
 */
export function serve(next) {
  if (server !== undefined) {
    throw new Error(
      "A second server called listen(). ssr-host serves one app per bundle: register the routes of both on one server, or run them as two hosts.",
    );
  }
  server = next;
  op_serving(next.kind, next.routes ?? [], new Uint8Array(chosen.buffer));
}

/** The router has chosen the `number`-th route for the request that it was just handed. */
export function routed(number) {
  chosen[0] = number;
}

/** Called by Rust for each request. Code that runs for it, however late, finds its number in the async context. */
export function handle(id, method, url, isTracked) {
  setAsyncContext({ __proto__: null, request: id });
  chosen[0] = 0;
  try {
    server.handle(id, method, url, isTracked);
  } catch (error) {
    op_request_fail(id, error);
  } finally {
    setAsyncContext(undefined);
  }
}

/** The request on whose behalf the current code runs, or undefined. */
export function currentRequestId() {
  return getAsyncContext()?.request;
}

/**
 * Runs `fn(cancelled)` when the request is over: `true` when its client left or its deadline passed before the answer was
 * complete.
 * @param {number} id
 * @param {(cancelled: boolean) => void} fn
 */
export function onSettled(id, fn) {
  const list = watchers.get(id);
  if (list !== undefined) {
    list.push(fn);
  } else {
    watchers.set(id, [fn]);
    op_request_watch(id);
  }
}

/** Runs `fn()` when the client leaves or the deadline passes before the answer is complete. */
export function onCancel(id, fn) {
  onSettled(id, (cancelled) => {
    if (cancelled) fn();
  });
}

/** Called by Rust for a watched request when it is over. */
export function settle(id, cancelled) {
  const list = watchers.get(id);
  watchers.delete(id);
  setAsyncContext({ __proto__: null, request: id });
  for (const fn of list ?? []) {
    try {
      fn(cancelled);
    } catch (error) {
      op_report_error("uncaught exception", error);
    }
  }
  setAsyncContext(undefined);
}

/** Called by Rust after the bundle has been evaluated: serves its `fetch` export if it has one and nothing listens yet. */
export function adopt(namespace) {
  if (server !== undefined) return true;
  const handler = fetchHandler(namespace);
  if (handler === undefined) return false;
  core.createLazyLoader("ext:ssr_host/fetch/serve.js")().serveFetch(handler);
  return true;
}

function fetchHandler(namespace) {
  const main = namespace.default;
  if (typeof main?.fetch === "function") return (request) => main.fetch(request);
  for (const candidate of [namespace.fetch, namespace.handler]) {
    if (typeof candidate === "function") return candidate;
  }
  return typeof main === "function" ? main : undefined;
}

/** What the app registered, for `ssr-host check`. */
export function describe() {
  return server === undefined ? {} : server.describe();
}

/** Graceful stop: what the app does on SIGTERM, then its server's close hooks. */
export async function close() {
  internals.process?.emit("SIGTERM", "SIGTERM", 15);
  await server?.close();
}
