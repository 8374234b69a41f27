/**
 * How values become text in a log line: JSON as pino writes it, `%s` messages (quick-format-unescaped) and errors
 * (pino-std-serializers). Pure functions.
 */

const NEEDS_ESCAPE = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** A string as JSON. */
export function quote(text) {
  return text.length > 100 || NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** A value as JSON; undefined when it has none. Circular objects are written with `[Circular]`. */
export function stringify(value) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return String(value);
    case "undefined":
    case "function":
      return undefined;
  }
  try {
    return JSON.stringify(value);
  } catch {
    return stringifyCircular(value);
  }
}

function stringifyCircular(value) {
  const path = [];
  try {
    return JSON.stringify(value, function (_key, inner) {
      if (typeof inner === "bigint") return Number(inner);
      if (typeof inner !== "object" || inner === null) return inner;
      while (path.length > 0 && path.at(-1) !== this) path.pop();
      if (path.includes(inner)) return "[Circular]";
      path.push(inner);
      return inner;
    });
  } catch {
    return '"[unable to serialize, circular reference is too complex to analyze]"';
  }
}

const json = (value) => (typeof value === "object" && value !== null ? stringify(value) : JSON.stringify(value));

/** `%` directives; undefined leaves the directive as it is. */
const DIRECTIVES = {
  d: (arg) => (arg == null ? undefined : Number(arg)),
  f: (arg) => (arg == null ? undefined : Number(arg)),
  i: (arg) => (arg == null ? undefined : Math.floor(Number(arg))),
  O: formatObject,
  o: formatObject,
  j: formatObject,
  s: (arg) => (arg == null ? undefined : String(arg)),
};

function formatObject(arg) {
  if (arg === undefined) return undefined;
  if (typeof arg === "string") return `'${arg}'`;
  if (typeof arg === "function") return arg.name || "<anonymous>";
  return json(arg);
}

/** A message with its arguments (quick-format-unescaped). Arguments without a place are dropped. */
export function format(message, args) {
  if (args.length === 0 || typeof message !== "string") return message;
  let i = 0;
  return message.replace(/%([dfiOojs%])/g, (place, letter) => {
    if (letter === "%") return "%";
    if (i >= args.length) return place;
    const text = DIRECTIVES[letter](args[i]);
    i++;
    return text === undefined ? place : text;
  });
}

const isErrorLike = (error) => error && typeof error.message === "string";

function causeOf(error) {
  const cause = typeof error.cause === "function" ? error.cause() : error.cause;
  return isErrorLike(cause) ? cause : undefined;
}

function messageWithCauses(error, seen = new Set(), skip = false) {
  const message = skip ? "" : error.message || "";
  if (seen.has(error)) return `${message}: ...`;
  const cause = causeOf(error);
  if (cause === undefined) return message;
  seen.add(error);
  const isFunction = typeof error.cause === "function";
  return message + (isFunction ? "" : ": ") + messageWithCauses(cause, seen, isFunction);
}

function stackWithCauses(error, seen = new Set()) {
  const stack = error.stack || "";
  if (seen.has(error)) return `${stack}\ncauses have become circular...`;
  const cause = causeOf(error);
  if (cause === undefined) return stack;
  seen.add(error);
  return `${stack}\ncaused by: ${stackWithCauses(cause, seen)}`;
}

/** An error as pino's `err` serializer gives it: type, message, stack, then its own properties. */
export function serializeError(error, seen = new Set()) {
  if (!isErrorLike(error)) return error;
  seen = seen instanceof Set ? seen : new Set();
  seen.add(error);
  const isFunction = Object.prototype.toString.call(error.constructor) === "[object Function]";
  const out = {
    type: isFunction ? error.constructor.name : error.name,
    message: messageWithCauses(error),
    stack: stackWithCauses(error),
  };
  if (Array.isArray(error.errors)) out.aggregateErrors = error.errors.map((one) => serializeError(one, seen));
  for (const key in error) {
    if (out[key] !== undefined) continue;
    const value = error[key];
    if (!isErrorLike(value)) out[key] = value;
    else if (key !== "cause" && !seen.has(value)) out[key] = serializeError(value, seen);
  }
  return out;
}
