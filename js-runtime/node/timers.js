/**
 * `node:timers` and the global timers: Node's `Timeout` and `Immediate` objects on deno_core's native timers and
 * immediates, which run ticks and microtasks between callbacks as Node does. A callback runs in the async context
 * in which it was scheduled.
 *
 * Deliberately absent: the legacy `enroll`, `unenroll`, `active`.
 */
import * as promises from "node:timers/promises";
import { core } from "ext:core/mod.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { customPromisify } from "ext:ssr_host/node/internal/util.js";
import { validateFunction } from "ext:ssr_host/node/internal/validators.js";

const LONGEST = 2 ** 31 - 1;

/** Timers whose number was asked for (`+timer`): the number then clears them, as in Node. */
const byNumber = new Map();

/** Warns when a delay does not fit, which makes it 1 ms. */
function checkDelay(delay) {
  const number = delay * 1;
  if (number > LONGEST) {
    globalThis.process.emitWarning(
      `${number} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
      "TimeoutOverflowWarning",
    );
  }
  return number >= 1 && number <= LONGEST ? Math.trunc(number) : 1;
}

/** What `setTimeout` and `setInterval` return. */
class Timeout {
  #timer;
  #run;
  #refed = true;
  #cleared = false;

  constructor(callback, delay, args, repeats) {
    const context = core.getAsyncContext();
    this._onTimeout = callback;
    this._idleTimeout = checkDelay(delay);
    this._repeat = repeats ? this._idleTimeout : null;
    this.#run = () => this.#call(context, args);
    this.#start();
  }

  #start() {
    this._destroyed = false;
    this.#timer = core.createTimer(this.#run, this._idleTimeout, undefined, this._repeat !== null, this.#refed);
  }

  #call(context, args) {
    // deno_core may come to timers with ticks left over from a module that it has just gone on with. They are older.
    if (core.hasTickScheduled()) {
      core.runNextTicks();
      if (this.#cleared) return;
    }
    const previous = core.getAsyncContext();
    core.setAsyncContext(context);
    try {
      if (!this._repeat) this.#forget();
      if (args === undefined) this._onTimeout();
      else this._onTimeout(...args);
    } catch (error) {
      core.__reportException(error); // in here it is known whose code threw
    } finally {
      core.setAsyncContext(previous);
    }
  }

  #forget() {
    this._destroyed = true;
    if (byNumber.size > 0) byNumber.delete(this.#timer._timerId);
  }

  ref() {
    this.#refed = true;
    core.refTimer(this.#timer);
    return this;
  }

  unref() {
    this.#refed = false;
    core.unrefTimer(this.#timer);
    return this;
  }

  hasRef() {
    return this.#refed;
  }

  /** Starts the delay again, also after the callback ran. */
  refresh() {
    if (this.#cleared) return this;
    if (this.#timer._destroyed) this.#start();
    else core.refreshTimer(this.#timer);
    return this;
  }

  close() {
    this.#cleared = true;
    core.cancelTimer(this.#timer);
    this.#forget();
    return this;
  }

  [Symbol.toPrimitive]() {
    const id = this.#timer._timerId;
    if (!this._destroyed) byNumber.set(id, this);
    return id;
  }

  [Symbol.dispose]() {
    this.close();
  }
}

export function setTimeout(callback, delay, ...args) {
  validateFunction(callback, "callback");
  return new Timeout(callback, delay, args.length > 0 ? args : undefined, false);
}

export function setInterval(callback, delay, ...args) {
  validateFunction(callback, "callback");
  return new Timeout(callback, delay, args.length > 0 ? args : undefined, true);
}

/** Clears a timer by object or number; anything else is ignored. */
export function clearTimeout(timer) {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === "number" || typeof timer === "string") byNumber.get(+timer)?.close();
}

export function clearInterval(timer) {
  clearTimeout(timer);
}

/** What `setImmediate` returns. The underscored properties are the item of deno_core's immediate queue. */
class Immediate {
  constructor(callback, args) {
    const context = core.getAsyncContext();
    this._idleNext = null;
    this._idlePrev = null;
    this._argv = args;
    this._destroyed = false;
    this[core.kRefed] = true;
    this._onImmediate = (...values) => {
      const previous = core.getAsyncContext();
      core.setAsyncContext(context);
      try {
        callback(...values);
      } catch (error) {
        core.__reportException(error);
      } finally {
        core.setAsyncContext(previous);
      }
    };
    core.immediateRefCount(true);
    core.queueImmediate(this);
  }

  ref() {
    if (this[core.kRefed] === false) {
      this[core.kRefed] = true;
      core.immediateRefCount(true);
    }
    return this;
  }

  unref() {
    if (this[core.kRefed] === true) {
      this[core.kRefed] = false;
      core.immediateRefCount(false);
    }
    return this;
  }

  hasRef() {
    return this[core.kRefed] === true;
  }

  [Symbol.dispose]() {
    clearImmediate(this);
  }
}

export function setImmediate(callback, ...args) {
  validateFunction(callback, "callback");
  return new Immediate(callback, args.length > 0 ? args : undefined);
}

export function clearImmediate(immediate) {
  if (immediate instanceof Immediate) core.clearImmediate(immediate);
}

/** `util.promisify(setTimeout)` is the promise version. */
for (const [fn, name] of [[setTimeout, "setTimeout"], [setImmediate, "setImmediate"]]) {
  Object.defineProperty(fn, customPromisify, { enumerable: true, get: () => promises[name] });
}

const loud = (name) => loudFunction("timers", name);
export const _unrefActive = loud("_unrefActive");
export const active = loud("active");
export const enroll = loud("enroll");
export const unenroll = loud("unenroll");

export { promises };
export default {
  _unrefActive, active, clearImmediate, clearInterval, clearTimeout, enroll, promises, setImmediate, setInterval,
  setTimeout, unenroll,
};
