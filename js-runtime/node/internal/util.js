/**
 * The parts of `node:util` that other modules here need too, and that cost nothing to load. Source: node/lib/util.js,
 * node/lib/internal/util.js.
 */
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateBoolean, validateFunction, validateOneOf, validateString } from "ext:ssr_host/node/internal/validators.js";

export const customPromisify = Symbol.for("nodejs.util.promisify.custom");
/** Names of the values that a callback passes beside the error (`{ stdout, stderr }`): internal to Node. */
export const customPromisifyArgs = Symbol("customPromisifyArgs");

/** Makes `(…, callback)` return a promise. */
export function promisify(original) {
  validateFunction(original, "original");
  const custom = original[customPromisify];
  if (custom) {
    validateFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, customPromisify, { value: custom, configurable: true });
  }
  const names = original[customPromisifyArgs];
  function promisified(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) {
          resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        } else resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
  Object.defineProperty(promisified, customPromisify, { value: promisified, configurable: true });
  const own = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values(own)) if (typeof descriptor.set === "function") descriptor.set = undefined;
  return Object.defineProperties(promisified, own);
}
promisify.custom = customPromisify;

/** Makes an async function take a callback. */
export function callbackify(original) {
  validateFunction(original, "original");
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, "last argument");
    const { nextTick } = globalThis.process;
    const call = callback.bind(this);
    Reflect.apply(original, this, args).then(
      (value) => nextTick(call, null, value),
      (reason) => nextTick(onRejected, reason, call),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  return Object.defineProperties(callbackified, descriptors);
}

function onRejected(reason, callback) {
  if (reason) return callback(reason);
  const error = nodeError("ERR_FALSY_VALUE_REJECTION");
  error.reason = reason;
  return callback(error);
}

/** Old-style inheritance. */
export function inherits(constructor, superConstructor) {
  for (const [name, value] of [["ctor", constructor], ["superCtor", superConstructor]]) {
    if (value === undefined || value === null) throw nodeError("ERR_INVALID_ARG_TYPE", name, "Function", value);
  }
  if (superConstructor.prototype === undefined) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "superCtor.prototype", "Object", superConstructor.prototype);
  }
  Object.defineProperty(constructor, "super_", { value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, superConstructor.prototype);
}

const warnedCodes = new Set();

/** Wraps a function or class so that its first use warns. */
export function deprecate(fn, message, code) {
  if (code !== undefined) validateString(code, "code");
  let warned = false;
  function deprecated(...args) {
    if (!warned) {
      warned = true;
      if (code === undefined || !warnedCodes.has(code)) {
        if (code !== undefined) warnedCodes.add(code);
        globalThis.process.emitWarning(message, "DeprecationWarning", code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

/** `NODE_DEBUG=section` → a function that writes to standard error, else one that does nothing. */
export function debuglog(section, onEnabled) {
  const name = section.toUpperCase();
  let logger;
  const enabled = () => {
    const pattern = (globalThis.process.env.NODE_DEBUG ?? "").replace(/[|\\{}()[\]^$+?.]/g, "\\$&").replaceAll("*", ".*");
    return pattern.split(",").some((part) => part !== "" && new RegExp(`^${part}$`, "i").test(name));
  };
  const create = () => {
    if (!enabled()) return () => {};
    return (...args) => {
      const { pid, stderr } = globalThis.process;
      stderr.write(`${name} ${pid}: ${debuglog.format(...args)}\n`);
    };
  };
  const log = (...args) => {
    if (logger === undefined) {
      logger = create();
      onEnabled?.(logger);
    }
    logger(...args);
  };
  return Object.defineProperty(log, "enabled", { get: enabled, configurable: true, enumerable: true });
}

/** Whether the app asked for colours where there is no terminal. Source: node/lib/internal/util/colors.js. */
const forcesColor = () => !["0", "false", "never", undefined].includes(globalThis.process.env.FORCE_COLOR);

/**
 * `util.styleText`: text between two ANSI sequences. As in Node 20, one style (not a list) leaves the text alone when
 * standard output shows no colours, unless `validateStream` is false. `colors` is `inspect.colors`.
 */
export function styled(colors, format, text, { validateStream = true } = {}) {
  validateString(text, "text");
  validateBoolean(validateStream, "options.validateStream");
  let left = "";
  let right = "";
  for (const key of [format].flat()) {
    const codes = colors[key];
    if (codes == null) validateOneOf(key, "format", Object.keys(colors));
    left += `\u001b[${codes[0]}m`;
    right = `\u001b[${codes[1]}m${right}`;
  }
  if (!Array.isArray(format) && validateStream && !forcesColor()) return text;
  return `${left}${text}${right}`;
}
