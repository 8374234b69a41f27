/**
 * What the inspector asks the engine about a value and JavaScript cannot find out: the state of a promise, what is
 * behind a proxy, what an iterator or weak collection still holds. In the shape of Node's internal bindings. And how the
 * web's classes want to be shown, which deno has a symbol of its own for.
 */
import { core } from "ext:core/mod.js";
import { op_preview_entries } from "ext:core/ops";
import { inspected } from "ext:ssr_host/reads.js";

/**
 * The state of a promise: `[pending]`, `[rejected, reason]` or `[undefined, value]`.
 *
 * @param {Promise<unknown>} promise
 * @param {symbol} pending the inspector's marks
 * @param {symbol} rejected
 */
export function getPromiseDetails(promise, pending, rejected) {
  const [state, result] = core.getPromiseDetails(promise);
  return [[pending, undefined, rejected][state], result];
}

/**
 * The target of a proxy, or `[target, handler]` when both are wanted; undefined for anything else, and for a proxy that only notes
 * what is read. Asked about each object that is shown.
 */
export function getProxyDetails(value, both = true) {
  if (inspected(value)) return undefined;
  const details = core.getProxyDetails(value);
  if (details === null) return undefined;
  return both ? details : details[0];
}

/** The entries of an iterator or weak collection; with `isIterator` also whether they are key-value pairs. */
export function previewEntries(object, isIterator) {
  return op_preview_entries(object, isIterator === true) ?? (isIterator ? [[], false] : []);
}

const denoInspect = Symbol.for("Deno.privateCustomInspect");

/** Web classes whose properties Node shows differently from deno: class name → properties in Node's order. */
const SHOWN = {
  __proto__: null,
  AbortSignal: ["aborted"],
  Blob: ["size", "type"],
  Event: ["type", "defaultPrevented", "cancelable", "timeStamp"],
  File: ["size", "type", "name", "lastModified"],
  Response: ["status", "statusText", "headers", "body", "bodyUsed", "ok", "redirected", "type", "url"],
  URL: [
    "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search",
    "searchParams", "hash",
  ],
};

/** An object of a class with the same name that has only these properties. */
function picked(value, keys) {
  const Class = Object.defineProperty(class {}, "name", { value: value.constructor.name });
  const result = new Class();
  for (const key of keys) result[key] = value[key];
  return result;
}

/**
 * The function that shows a value, as `value[util.inspect.custom]`; undefined when it has none.
 *
 * @param {object} value
 * @param {symbol} symbol `util.inspect.custom`
 */
export function customInspect(value, symbol) {
  const denoFunction = value[denoInspect];
  if (typeof denoFunction !== "function") return value[symbol];
  const name = value.constructor?.name;
  const keys = SHOWN[name];
  if (keys === undefined) return value[symbol] ?? ((_depth, options, inspect) => denoFunction.call(value, inspect, options));
  return (depth, options, inspect) => {
    // Beyond the depth that is shown, each class does as it does in Node.
    if (depth < 0 && name !== "Response") return name === "URL" ? "URL {}" : `[${name}]`;
    return inspect(picked(value, keys), options);
  };
}
