/**
 * Errors with Node's codes, messages and shape, and the error of everything that ssr-host does not support.
 * Source of the texts: node/lib/internal/errors.js. Only the codes that this folder throws are here.
 */
import { core } from "ext:core/mod.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");

/** `util.inspect`, loaded when an error message has to show a value. */
const inspect = (value, options) => lazyInspect().default.inspect(value, options);

/** What an argument was, as the end of `ERR_INVALID_ARG_TYPE`. Source: `determineSpecificType`. */
function received(value) {
  if (value == null) return `${value}`;
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object") {
    if (value.constructor?.name) return `an instance of ${value.constructor.name}`;
    return inspect(value, { depth: -1 });
  }
  let shown = inspect(value, { colors: false });
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return `type ${typeof value} (${shown})`;
}

const TYPE_NAMES = ["string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol"];

/** `a, b, or c`. */
function listed(words) {
  if (words.length < 3) return words.join(" or ");
  return `${words.slice(0, -1).join(", ")}, or ${words.at(-1)}`;
}

/** The expected part of `ERR_INVALID_ARG_TYPE`. */
function expectation(expected) {
  const types = [];
  const instances = [];
  const other = [];
  for (const value of [expected].flat()) {
    if (TYPE_NAMES.includes(value)) types.push(value.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(value)) instances.push(value);
    else other.push(value);
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? "one of type" : "of type"} ${listed(types)}`);
  if (instances.length > 0) parts.push(`an instance of ${listed(instances)}`);
  if (other.length === 1) parts.push(other[0].toLowerCase() === other[0] ? other[0] : `an ${other[0]}`);
  else if (other.length > 1) parts.push(`one of ${listed(other)}`);
  return parts.join(" or ");
}

function invalidArgType(name, expected, actual) {
  const subject = name.endsWith(" argument") ? `The ${name}` : `The "${name}" ${name.includes(".") ? "property" : "argument"}`;
  return `${subject} must be ${expectation(expected)}. Received ${received(actual)}`;
}

function invalidArgValue(name, value, reason = "is invalid") {
  let shown = inspect(value);
  if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
  return `The ${name.includes(".") ? "property" : "argument"} '${name}' ${reason}. Received ${shown}`;
}

/** 1234567 → "1_234_567", as Node writes large numbers. */
function separated(text) {
  let result = "";
  let index = text.length;
  const start = text[0] === "-" ? 1 : 0;
  for (; index >= start + 4; index -= 3) result = `_${text.slice(index - 3, index)}${result}`;
  return `${text.slice(0, index)}${result}`;
}

function outOfRange(name, range, value) {
  let shown;
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = separated(String(value));
  else if (typeof value === "bigint") {
    shown = value > 2n ** 32n || value < -(2n ** 32n) ? separated(String(value)) : String(value);
    shown += "n";
  } else shown = inspect(value);
  return `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`;
}

/** code → [base class, message maker]. */
const CODES = {
  ERR_ASYNC_TYPE: [TypeError, (name) => `Invalid name for async "type": ${name}`],
  ERR_BUFFER_OUT_OF_BOUNDS: [
    RangeError,
    (name) => (name ? `"${name}" is outside of buffer bounds` : "Attempt to access memory outside buffer bounds"),
  ],
  ERR_CONSOLE_WRITABLE_STREAM: [TypeError, (name) => `Console expects a writable stream instance for ${name}`],
  ERR_CRYPTO_HASH_FINALIZED: [Error, () => "Digest already called"],
  ERR_CRYPTO_HASH_UPDATE_FAILED: [Error, () => "Hash update failed"],
  ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: [RangeError, () => "Input buffers must have the same byte length"],
  ERR_EVENT_RECURSION: [Error, (type) => `The event "${type}" is already being dispatched`],
  ERR_FALSY_VALUE_REJECTION: [Error, () => "Promise was rejected with falsy value"],
  ERR_FS_EISDIR: [Error, (message) => message],
  ERR_INVALID_ARG_TYPE: [TypeError, invalidArgType],
  ERR_INVALID_ARG_VALUE: [TypeError, invalidArgValue],
  ERR_INVALID_BUFFER_SIZE: [RangeError, (bits) => `Buffer size must be a multiple of ${bits}`],
  ERR_INVALID_FILE_URL_HOST: [TypeError, (platform) => `File URL host must be "localhost" or empty on ${platform}`],
  ERR_INVALID_FILE_URL_PATH: [TypeError, (reason) => `File URL path ${reason}`],
  ERR_INVALID_RETURN_VALUE: [
    TypeError,
    (input, name, value) =>
      `Expected ${input} to be returned from the "${name}" function but got ${
        value?.constructor?.name ? `an instance of ${value.constructor.name}` : `type ${typeof value}`
      }.`,
  ],
  ERR_INVALID_THIS: [TypeError, (type) => `Value of "this" must be of type ${type}`],
  ERR_INVALID_URL_SCHEME: [TypeError, (expected) => `The URL must be of scheme ${expected}`],
  ERR_METHOD_NOT_IMPLEMENTED: [Error, (name) => `The ${name} method is not implemented`],
  ERR_MISSING_ARGS: [
    TypeError,
    (...names) =>
      `The ${listed(names.map((name) => `"${name}"`)).replace(" or ", " and ")} argument${
        names.length > 1 ? "s" : ""
      } must be specified`,
  ],
  ERR_OUT_OF_RANGE: [RangeError, outOfRange],
  ERR_STREAM_NULL_VALUES: [TypeError, () => "May not write null values to stream"],
  ERR_UNHANDLED_ERROR: [Error, (value) => (value === undefined ? "Unhandled error." : `Unhandled error. (${value})`)],
  ERR_UNKNOWN_BUILTIN_MODULE: [Error, (name) => `No such built-in module: ${name}`],
  ERR_UNKNOWN_ENCODING: [TypeError, (encoding) => `Unknown encoding: ${encoding}`],
  ERR_UNKNOWN_SIGNAL: [TypeError, (signal) => `Unknown signal: ${signal}`],
};

/**
 * Gives an error Node's looks: `code`, and the code in the first line of its stack and in `toString()`.
 *
 * @param {Error} error
 * @param {string} code
 * @param {Function} [hide] the innermost function that the stack leaves out
 */
function withCode(error, code, hide) {
  Object.defineProperty(error, "name", { value: `${error.name} [${code}]`, configurable: true, writable: true });
  Error.captureStackTrace(error, hide);
  void error.stack; // the engine writes the first line when the stack is first read
  delete error.name;
  Object.defineProperty(error, "toString", {
    value() {
      return `${this.name} [${code}]: ${this.message}`;
    },
    enumerable: false,
    writable: true,
    configurable: true,
  });
  error.code = code;
  return error;
}

/**
 * Makes (does not throw) the error Node throws with this code.
 *
 * @param {keyof typeof CODES} code
 * @param {...unknown} args what the code's message takes
 * @returns {Error & { code: string }}
 */
export function nodeError(code, ...args) {
  const [Base, message] = CODES[code];
  return withCode(new Base(message(...args)), code, nodeError);
}

/** The code of every error about something that ssr-host deliberately does not do. */
export const NOT_SUPPORTED = "ERR_NOT_SUPPORTED";

/**
 * Makes the error for something that Node has and ssr-host has not.
 *
 * @param {string} module the module's name without `node:`
 * @param {string} name the function, class or property
 * @param {string} [hint] what to do instead
 */
export function notSupported(module, name, hint) {
  const text = `node:${module} \`${name}\` is not supported by ssr-host`;
  return withCode(new Error(hint ? `${text}: ${hint}` : text), NOT_SUPPORTED, notSupported);
}

/** The error of an aborted operation. */
export class AbortError extends Error {
  constructor(message = "The operation was aborted", options = undefined) {
    super(message, options);
    this.code = "ABORT_ERR";
    this.name = "AbortError";
  }
}
