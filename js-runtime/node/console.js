/**
 * `node:console` and the global `console`: Node's formatting (`util.format`) rather than the web console's, because
 * what an app prints while it starts is compared with Node. A line of plain text never loads the inspector. What the global one
 * prints, the host writes, as text or as lines of its log; so it is told the level too.
 *
 * Deliberately absent: the inspector's `context`, `createTask`; `profile`, `timeStamp` do nothing, as without one.
 */
import { core } from "ext:core/mod.js";
import { op_console, op_hrtime } from "ext:core/ops";
import { renderTable } from "ext:ssr_host/node/internal/console_table.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");

/** The text of a value that `util.format` shows as it is; undefined for what needs the inspector. */
function plain(value) {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return `${value}`;
    case "number":
      return Object.is(value, -0) ? "-0" : `${value}`;
    default:
      return value === null ? "null" : undefined;
  }
}

/** `util.format`, with a short way for what programs print most: texts and numbers without `%`. */
function format(options, args) {
  if (options === undefined && (args.length === 1 || !`${plain(args[0])}`.includes("%"))) {
    const texts = args.map(plain);
    if (!texts.includes(undefined)) return texts.join(" ");
  }
  const inspector = lazyInspect().default;
  return options === undefined ? inspector.format(...args) : inspector.formatWithOptions(options, ...args);
}

/** Levels as pino counts them. From `WARN` on it is standard error. */
const [DEBUG, INFO, WARN, ERROR] = [20, 30, 40, 50];

/** Stands for the two streams of the host. */
const HOST = { write() {} };

/** Milliseconds of a monotonic clock. */
function now() {
  const [seconds, nanoseconds] = op_hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

const UNITS = [[3_600_000, "h:mm:ss.mmm"], [60_000, "m:ss.mmm"], [1000, "s"]];

/** `1:02.345 (m:ss.mmm)`, `1.234s`, `5.6ms`. Source: `formatTime` in node/lib/internal/util/debuglog.js. */
function formatTime(ms) {
  if (ms < 1000) return `${Number(ms.toFixed(3))}ms`;
  const [, unit] = UNITS.find(([size]) => ms >= size);
  if (unit === "s") return `${(ms / 1000).toFixed(3)}s`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const [seconds, fraction] = ((ms % 60_000) / 1000).toFixed(3).split(".");
  const pad = (value) => String(value).padStart(2, "0");
  const head = hours > 0 ? `${hours}:${pad(minutes)}` : minutes;
  return `${head}:${pad(seconds)}.${fraction} (${unit})`;
}

/** A console on two streams. Its methods are own properties, so that they can be passed around. */
export class Console {
  #out;
  #err;
  #indent = "";
  #groupIndentation;
  #counts = new Map();
  #timers = new Map();
  #inspectOptions;
  /** The level of what is printed next, whichever method prints it. */
  #level;

  constructor(options, stderrStream) {
    const { stdout: out, stderr: err, groupIndentation = 2, inspectOptions } =
      typeof options?.write === "function" ? { stdout: options, stderr: stderrStream } : options ?? {};
    if (typeof out?.write !== "function") throw nodeError("ERR_CONSOLE_WRITABLE_STREAM", "stdout");
    this.#out = out;
    this.#err = err ?? out;
    this.#groupIndentation = groupIndentation;
    this.#inspectOptions = inspectOptions;
    for (const name of METHODS) {
      Object.defineProperty(this, name, {
        value: this[name].bind(this), writable: true, configurable: true, enumerable: true,
      });
      Object.defineProperty(this[name], "name", { value: name });
    }
  }

  #write(level, text) {
    if (this.#indent !== "") text = `${this.#indent}${text.replaceAll("\n", `\n${this.#indent}`)}`;
    if (this.#out === HOST) op_console(this.#level ?? level, text);
    else (level < WARN ? this.#out : this.#err).write(`${text}\n`);
  }

  log(...args) {
    this.#write(INFO, format(this.#inspectOptions, args));
  }

  debug(...args) {
    this.#write(DEBUG, format(this.#inspectOptions, args));
  }

  warn(...args) {
    this.#write(WARN, format(this.#inspectOptions, args));
  }

  error(...args) {
    this.#write(ERROR, format(this.#inspectOptions, args));
  }

  dir(value, options) {
    const { inspect } = lazyInspect().default;
    this.#write(INFO, inspect(value, { customInspect: false, ...this.#inspectOptions, ...options }));
  }

  table(data, columns) {
    const text = renderTable(data, columns);
    if (text === undefined) this.log(data);
    else this.log(text);
  }

  assert(condition, ...args) {
    if (condition) return;
    if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift("Assertion failed");
    // Node prints it as a warning; what was taken for granted and is not so is an error.
    this.#level = ERROR;
    try {
      this.warn(...args);
    } finally {
      this.#level = undefined;
    }
  }

  trace(...args) {
    const error = { name: "Trace", message: format(this.#inspectOptions, args) };
    Error.captureStackTrace(error, this.trace);
    this.error(error.stack.replace(/^[^\n]*/, error.message ? `Trace: ${error.message}` : "Trace"));
  }

  count(label = "default") {
    label = `${label}`;
    const count = (this.#counts.get(label) ?? 0) + 1;
    this.#counts.set(label, count);
    this.log(`${label}: ${count}`);
  }

  countReset(label = "default") {
    if (this.#counts.has(`${label}`)) this.#counts.set(`${label}`, 0);
    else globalThis.process.emitWarning(`Count for '${label}' does not exist`);
  }

  time(label = "default") {
    label = `${label}`;
    if (this.#timers.has(label)) globalThis.process.emitWarning(`Label '${label}' already exists for console.time()`);
    else this.#timers.set(label, now());
  }

  #logTime(method, label, args) {
    const start = this.#timers.get(label);
    if (start === undefined) {
      globalThis.process.emitWarning(`No such label '${label}' for console.${method}()`);
      return;
    }
    this.log("%s: %s", label, formatTime(now() - start), ...args);
  }

  timeLog(label = "default", ...args) {
    this.#logTime("timeLog", `${label}`, args);
  }

  timeEnd(label = "default") {
    this.#logTime("timeEnd", `${label}`, []);
    this.#timers.delete(`${label}`);
  }

  group(...label) {
    if (label.length > 0) this.log(...label);
    this.#indent += " ".repeat(this.#groupIndentation);
  }

  groupEnd() {
    this.#indent = this.#indent.slice(0, this.#indent.length - this.#groupIndentation);
  }

  clear() {} // only a terminal can be cleared
  profile() {}
  profileEnd() {}
  timeStamp() {}
}

const { prototype } = Console;
for (const [alias, method] of Object.entries({
  info: "log", dirxml: "log", groupCollapsed: "group",
})) {
  Object.defineProperty(prototype, alias, { value: prototype[method], writable: true, configurable: true });
}

/** In the order in which Node's console lists them. */
const METHODS = [
  "log", "warn", "dir", "time", "timeEnd", "timeLog", "trace", "assert", "clear", "count", "countReset", "group",
  "groupEnd", "table", "debug", "info", "dirxml", "error", "groupCollapsed", "profile", "profileEnd", "timeStamp",
];

const console = new Console({ stdout: HOST });
console.Console = Console;
for (const name of ["profile", "profileEnd", "timeStamp"]) { // which Node lists after `Console`
  const method = console[name];
  delete console[name];
  console[name] = method;
}
Object.defineProperties(console, {
  context: { value: loudFunction("console", "context"), writable: true, configurable: true, enumerable: true },
  createTask: { value: loudFunction("console", "createTask"), writable: true, configurable: true, enumerable: true },
  [Symbol.toStringTag]: { value: "console", writable: false, configurable: true, enumerable: false },
});

export const {
  assert, clear, context, count, countReset, createTask, debug, dir, dirxml, error, group, groupCollapsed, groupEnd,
  info, log, profile, profileEnd, table, time, timeEnd, timeLog, timeStamp, trace, warn,
} = console;
export default console;
