/**
 * `node:process` and the global `process`: the facts of the host process as a Node app reads them. `env` is a copy
 * that belongs to the isolate. A signal or `exit()` is the host's business.
 *
 * Deliberately absent: everything that changes the process (`chdir`, `kill`, `setuid`, …) and `stdin`.
 */
import { EventEmitter } from "node:events";
import { core, internals } from "ext:core/mod.js";
import { op_hrtime, op_process_memory, op_process_exit, op_process_info } from "ext:core/ops";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { outputStream } from "ext:ssr_host/node/internal/output_stream.js";
import { createEmitWarning } from "ext:ssr_host/node/internal/warning.js";
import { validateArray, validateFunction } from "ext:ssr_host/node/internal/validators.js";

/** The Node release whose behaviour this runtime follows. */
const NODE_VERSION = "20.20.2";

const info = op_process_info();

const process = Object.create(
  Object.create(EventEmitter.prototype, {
    constructor: { value: function process() {}, writable: true, configurable: true },
    [Symbol.toStringTag]: { value: "process", configurable: true },
  }),
);
EventEmitter.call(process);

/** The environment: values are strings whatever is assigned, as in Node. */
function environment(initial) {
  const set = (target, key, value) => {
    if (typeof key === "symbol" || typeof value === "symbol") {
      throw new TypeError("Cannot convert a Symbol value to a string");
    }
    target[key] = `${value}`;
    return true;
  };
  return new Proxy(Object.assign({}, initial), {
    set,
    defineProperty(target, key, descriptor) {
      if (!("value" in descriptor)) {
        const error = nodeError("ERR_INVALID_ARG_VALUE", "descriptor", descriptor);
        error.code = "ERR_INVALID_OBJECT_DEFINE_PROPERTY";
        throw error;
      }
      return set(target, key, descriptor.value);
    },
  });
}

/** `process.hrtime([previous])`, seconds and nanoseconds of a monotonic clock. */
export function hrtime(previous) {
  const [seconds, nanoseconds] = op_hrtime();
  if (previous === undefined) return [seconds, nanoseconds];
  validateArray(previous, "time");
  if (previous.length !== 2) throw nodeError("ERR_OUT_OF_RANGE", "time", 2, previous.length);
  const carry = nanoseconds < previous[1] ? 1 : 0;
  return [seconds - previous[0] - carry, nanoseconds - previous[1] + carry * 1e9];
}
hrtime.bigint = () => {
  const [seconds, nanoseconds] = op_hrtime();
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
};

export function memoryUsage() {
  const [rss, heapTotal, heapUsed, external, arrayBuffers] = op_process_memory();
  return { rss, heapTotal, heapUsed, external, arrayBuffers };
}
memoryUsage.rss = () => op_process_memory()[0];

/** Runs a function before the engine goes on to promises: deno_core keeps the queue and its order. */
export function nextTick(callback, ...args) {
  validateFunction(callback, "callback");
  core.queueNextTick({
    callback,
    args: args.length > 0 ? args : undefined,
    snapshot: core.getAsyncContext(),
  });
}

/** A number or numeric string that is a possible exit code. */
function checkExitCode(code) {
  if (code === undefined || code === null) return;
  const value = typeof code === "string" && code !== "" ? +code : code;
  if (typeof value !== "number") throw nodeError("ERR_INVALID_ARG_TYPE", "code", "integer", code);
  if (!Number.isInteger(value)) throw nodeError("ERR_OUT_OF_RANGE", "code", "an integer", code);
}

let exitCode;
let exiting = false;

/** Runs the `exit` listeners, then tells the host. */
export function exit(code) {
  checkExitCode(code);
  if (code !== undefined) exitCode = code;
  if (!exiting) {
    exiting = true;
    try {
      process.emit("exit", +(exitCode ?? 0));
    } finally {
      exiting = false;
    }
  }
  op_process_exit(+(exitCode ?? 0));
}

export const emitWarning = createEmitWarning(process);

export function uptime() {
  return (Date.now() - info.uptimeOriginMs) / 1000;
}

export const cwd = () => info.cwd;
const loud = (name) => loudFunction("process", name);

const config = Object.freeze({ target_defaults: Object.freeze({}), variables: Object.freeze({}) });
const release = Object.freeze({ name: "node", lts: "Iron" });
const features = Object.freeze({
  __proto__: null, inspector: false, debug: false, uv: false, ipv6: true, tls: false, tls_alpn: false,
  tls_sni: false, tls_ocsp: false, cached_builtins: true,
});

/** Data properties, in Node's order where it matters to nobody else. */
Object.assign(process, {
  version: `v${NODE_VERSION}`,
  versions: Object.freeze({ node: NODE_VERSION, "ssr-host": info.hostVersion, modules: "115" }),
  arch: info.arch,
  platform: info.platform,
  release,
  config,
  features,
  title: info.argv[0] ?? "ssr-host",
  argv: [...info.argv],
  argv0: info.argv[0],
  execArgv: [],
  execPath: info.argv[0],
  env: environment(info.env),
  pid: info.pid,
  cwd,
  emitWarning,
  exit,
  hrtime,
  memoryUsage,
  nextTick,
  uptime,
  reallyExit: op_process_exit,
});

Object.defineProperty(process, "exitCode", {
  get: () => exitCode,
  set(value) {
    checkExitCode(value);
    exitCode = value ?? undefined;
  },
  enumerable: true,
  configurable: true,
});

/** Made when first used: a program that only logs through `console` needs neither. */
for (const name of ["stdout", "stderr"]) {
  let stream;
  Object.defineProperty(process, name, {
    get: () => (stream ??= outputStream(name)),
    enumerable: true,
    configurable: true,
  });
}

/** The exports of a built-in module; undefined when there is none. */
process.getBuiltinModule = function getBuiltinModule(id) {
  const name = `${id}`.replace(/^node:/, "");
  const { IMPORT_ONLY, SUPPORTED } = core.createLazyLoader("ext:ssr_host/node/unsupported.js")();
  if (!SUPPORTED.includes(name) && !IMPORT_ONLY.includes(name)) return undefined;
  return core.createLazyLoader(`node:${name}`)().default;
};

const ABSENT = [
  "abort", "binding", "chdir", "constrainedMemory", "availableMemory", "cpuUsage", "dlopen", "getActiveResourcesInfo",
  "getegid", "geteuid", "getgid", "getgroups", "getuid", "hasUncaughtExceptionCaptureCallback", "initgroups", "kill",
  "loadEnvFile", "resourceUsage", "setegid", "seteuid", "setgid", "setgroups", "setSourceMapsEnabled", "setuid",
  "setUncaughtExceptionCaptureCallback", "umask",
];
for (const name of ABSENT) process[name] = loud(name);
Object.defineProperty(process, "stdin", {
  get: () => loud("stdin")(),
  enumerable: false, // listing the properties of `process` must not throw
  configurable: true,
});

/** Bound, because `import { on } from "node:process"` has no receiver. */
const bound = (name) => process[name].bind(process);
export const addListener = bound("addListener");
export const emit = bound("emit");
export const eventNames = bound("eventNames");
export const listenerCount = bound("listenerCount");
export const listeners = bound("listeners");
export const off = bound("off");
export const on = bound("on");
export const once = bound("once");
export const removeAllListeners = bound("removeAllListeners");
export const removeListener = bound("removeListener");

export const {
  abort, arch, argv, argv0, availableMemory, chdir, constrainedMemory, cpuUsage, env, execArgv, execPath, getegid,
  geteuid, getgid, getgroups, getuid, getBuiltinModule, initgroups, kill, loadEnvFile, pid, platform, resourceUsage,
  setegid, seteuid, setgid, setgroups, setSourceMapsEnabled, setuid, stderr, stdout, title, umask, version, versions,
} = process;
export { config, features, release };
/** Where main.js looks for listeners of errors and signals: an app that never touched `process` has none. */
internals.process = process;

export default process;
