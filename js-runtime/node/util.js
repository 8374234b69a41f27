/**
 * `node:util`. `inspect` and `format` are Node's own, from the npm package node-inspect-extracted; `parseArgs` is
 * @pkgjs/parseargs; `isDeepStrictEqual` comes with the npm package assert. They load when first called.
 *
 * Deliberately absent: `MIMEType`, the system error tables, transferable abort controllers.
 */
import types from "node:util/types";
import { core } from "ext:core/mod.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { callbackify, debuglog, deprecate, inherits, promisify, styled } from "ext:ssr_host/node/internal/util.js";
import { validateAbortSignal, validateObject, validateString } from "ext:ssr_host/node/internal/validators.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");
const lazyAssert = core.createLazyLoader("ext:ssr_host/vendor/assert.js");
const lazyParseArgs = core.createLazyLoader("ext:ssr_host/vendor/parseargs.js");
const inspector = () => lazyInspect().default;

export function inspect(value, ...options) {
  return inspector().inspect(value, ...options);
}
/** Properties of `inspect` that are the inspector's own, so that changing them has effect. */
for (const key of ["colors", "styles", "defaultOptions"]) {
  Object.defineProperty(inspect, key, {
    enumerable: true,
    configurable: true,
    get: () => inspector().inspect[key],
    set: (value) => (inspector().inspect[key] = value),
  });
}
inspect.custom = Symbol.for("nodejs.util.inspect.custom");

export function format(...args) {
  return inspector().format(...args);
}
export function formatWithOptions(options, ...args) {
  validateObject(options, "inspectOptions");
  return inspector().formatWithOptions(options, ...args);
}
debuglog.format = format;

export function stripVTControlCharacters(text) {
  validateString(text, "str");
  return inspector().stripVTControlCharacters(text);
}

export function styleText(style, text, options) {
  return styled(inspect.colors, style, text, options);
}

export function isDeepStrictEqual(a, b) {
  return lazyAssert().isDeepStrictEqual(a, b);
}

export function parseArgs(config = {}) {
  return lazyParseArgs().parseArgs({ args: globalThis.process.argv.slice(2), ...config });
}

/** A `.env` file's text as an object. Source: node/src/node_dotenv.cc. */
export function parseEnv(content) {
  validateString(content, "content");
  const entries = {};
  const line = /^\s*(?:export\s+)?([\w.-]+)\s*=[ \t]*("(?:[^"]*)"|'[^']*'|`[^`]*`|[^\n\r#]*)?.*$/gm;
  for (const [, key, raw = ""] of content.matchAll(line)) {
    const quote = /^["'`]/.test(raw) ? raw[0] : "";
    const value = quote ? raw.slice(1, -1) : raw.trim();
    entries[key] = quote === '"' ? value.replaceAll("\\n", "\n") : value;
  }
  return entries;
}

export function toUSVString(value) {
  return `${value}`.toWellFormed();
}

/** Settles when the signal aborts. `resource` keeps the wait alive in Node; here the signal does. */
export async function aborted(signal, resource) {
  if (signal === undefined) throw nodeError("ERR_INVALID_ARG_TYPE", "signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateObject(resource, "resource");
  if (signal.aborted) return undefined;
  return await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

export function _extend(target, source) {
  return source === null || typeof source !== "object" ? target : Object.assign(target, source);
}

export function log(...args) {
  const date = new Date();
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
  const month = date.toLocaleString("en", { month: "short" });
  console.log("%s - %s", `${date.getDate()} ${month} ${time}`, format(...args));
}

/** The deprecated checks, each with what replaces it. */
export const isArray = Array.isArray;
export const isBoolean = (value) => typeof value === "boolean";
export const isBuffer = (value) => globalThis.Buffer.isBuffer(value);
export const isNull = (value) => value === null;
export const isNullOrUndefined = (value) => value === null || value === undefined;
export const isNumber = (value) => typeof value === "number";
export const isString = (value) => typeof value === "string";
export const isSymbol = (value) => typeof value === "symbol";
export const isUndefined = (value) => value === undefined;
export const isRegExp = types.isRegExp;
export const isObject = (value) => value !== null && typeof value === "object";
export const isDate = types.isDate;
export const isError = (value) => types.isNativeError(value) || value instanceof Error;
export const isFunction = (value) => typeof value === "function";
export const isPrimitive = (value) => value === null || (typeof value !== "object" && typeof value !== "function");

const loud = (name) => loudFunction("util", name);
export const getSystemErrorMap = loud("getSystemErrorMap");
export const getSystemErrorName = loud("getSystemErrorName");
export const MIMEParams = loud("MIMEParams");
export const MIMEType = loud("MIMEType");
export const transferableAbortController = loud("transferableAbortController");
export const transferableAbortSignal = loud("transferableAbortSignal");
export const _errnoException = loud("_errnoException");
export const _exceptionWithHostPort = loud("_exceptionWithHostPort");

const { TextDecoder, TextEncoder } = globalThis;
export { callbackify, debuglog as debug, debuglog, deprecate, inherits, promisify, TextDecoder, TextEncoder, types };
export default {
  _errnoException, _exceptionWithHostPort, _extend, aborted, callbackify, debug: debuglog, debuglog, deprecate,
  format, formatWithOptions, getSystemErrorMap, getSystemErrorName, inherits, inspect, isArray, isBoolean, isBuffer,
  isDate, isDeepStrictEqual, isError, isFunction, isNull, isNullOrUndefined, isNumber, isObject, isPrimitive,
  isRegExp, isString, isSymbol, isUndefined, log, MIMEParams, MIMEType, parseArgs, parseEnv, promisify,
  stripVTControlCharacters, styleText, TextDecoder, TextEncoder, toUSVString, transferableAbortController,
  transferableAbortSignal, types,
};
