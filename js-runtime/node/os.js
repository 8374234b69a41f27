/**
 * `node:os`: what the host knows of the machine. What it does not know throws rather than being invented: a number of
 * processors is known, their models are not.
 */
import { op_process_info } from "ext:core/ops";
import { errno, priority, signals } from "ext:ssr_host/node/internal/os_constants.js";
import { notSupported } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

let known;
const info = () => (known ??= op_process_info());

/** A property that throws when it is read, so that nobody mistakes an absent value for a real one. */
const unknown = (name) => ({
  enumerable: false,
  get() {
    throw notSupported("os", name);
  },
});

/** As many processors as the host may use, of which nothing else is known. */
export function cpus() {
  return Array.from({ length: info().cpus }, () =>
    Object.defineProperties({}, {
      model: unknown("cpus()[].model"), speed: unknown("cpus()[].speed"), times: unknown("cpus()[].times"),
    }));
}

export const availableParallelism = () => info().cpus;
export const arch = () => info().arch;
export const platform = () => info().platform;
export const totalmem = () => info().totalMemory;

/** The empty name means that the system did not say. */
export function hostname() {
  if (!info().hostname) throw notSupported("os", "hostname");
  return info().hostname;
}

/** As `uname -s`. */
export function type() {
  return { linux: "Linux", darwin: "Darwin" }[platform()] ?? loud("type")();
}

export function endianness() {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "LE" : "BE";
}

/** Source of the order: node/lib/os.js. */
export function tmpdir() {
  const { TMPDIR, TMP, TEMP } = globalThis.process.env;
  const path = TMPDIR || TMP || TEMP || "/tmp";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

export function homedir() {
  const { HOME } = globalThis.process.env;
  if (HOME === undefined) throw notSupported("os", "homedir", "HOME is not set");
  return HOME;
}

export const EOL = "\n";
export const devNull = "/dev/null";
export const constants = Object.freeze({
  __proto__: null, UV_UDP_REUSEADDR: 4, dlopen: Object.freeze({
    __proto__: null, RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0, RTLD_DEEPBIND: 8,
  }), errno, signals, priority,
});

const loud = (name) => loudFunction("os", name);
export const freemem = loud("freemem");
export const getPriority = loud("getPriority");
export const loadavg = loud("loadavg");
export const machine = loud("machine");
export const networkInterfaces = loud("networkInterfaces");
export const release = loud("release");
export const setPriority = loud("setPriority");
export const uptime = loud("uptime");
export const userInfo = loud("userInfo");
export const version = loud("version");

/** `${os.hostname}` gives the value, as in Node. */
for (const fn of [arch, availableParallelism, endianness, homedir, hostname, platform, tmpdir, totalmem, type]) {
  fn[Symbol.toPrimitive] = () => fn();
}

export default {
  arch, availableParallelism, constants, cpus, devNull, endianness, EOL, freemem, getPriority, homedir, hostname,
  loadavg, machine, networkInterfaces, platform, release, setPriority, tmpdir, totalmem, type, uptime, userInfo,
  version,
};
