/**
 * Installs the globals that Node has and the web has not, or has differently (timers, console). Everything is an accessor
 * that loads its module on first touch and then becomes a plain property: start-up pays for what is used.
 */
import { core } from "ext:core/mod.js";

const process = core.createLazyLoader("node:process");
const buffer = core.createLazyLoader("ext:ssr_host/node/internal/buffer.js");
const timers = core.createLazyLoader("node:timers");
const nodeConsole = core.createLazyLoader("node:console");

/** name → [how to get the value, enumerable as in Node]. */
const LAZY_GLOBALS = {
  Buffer: [() => buffer().Buffer, false],
  clearImmediate: [() => timers().clearImmediate, true],
  clearInterval: [() => timers().clearInterval, true],
  clearTimeout: [() => timers().clearTimeout, true],
  console: [() => nodeConsole().default, false],
  process: [() => process().default, false],
  setImmediate: [() => timers().setImmediate, true],
  setInterval: [() => timers().setInterval, true],
  setTimeout: [() => timers().setTimeout, true],
};

/**
 * Defines Node's globals on `target`.
 *
 * @param {typeof globalThis} target
 */
export function installNodeGlobals(target) {
  Object.defineProperty(target, "queueMicrotask", { enumerable: true }); // V8's own is not
  Object.defineProperty(target, "global", { value: target, writable: true, enumerable: true, configurable: true });
  for (const [name, [load, enumerable]] of Object.entries(LAZY_GLOBALS)) {
    const replace = (value) => {
      Object.defineProperty(target, name, { value, writable: true, enumerable, configurable: true });
      return value;
    };
    Object.defineProperty(target, name, {
      get: () => replace(load()),
      set: replace,
      enumerable,
      configurable: true,
    });
  }
}
