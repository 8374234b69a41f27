/**
 * `node:async_hooks`: `AsyncLocalStorage` and `AsyncResource` on the engine's own context propagation (V8's
 * continuation-preserved embedder data, which promises, microtasks, timers, ticks and ops carry along).
 *
 * Deliberately absent: hooks into every asynchronous operation (`createHook`) and the ids that they report.
 */
import { core } from "ext:core/mod.js";
import { nodeError, notSupported } from "ext:ssr_host/node/internal/errors.js";
import { validateFunction, validateString } from "ext:ssr_host/node/internal/validators.js";

/** Runs `fn` in an async context captured earlier with `core.getAsyncContext()`. */
function runInContext(context, fn, thisArg, args) {
  const previous = core.getAsyncContext();
  core.setAsyncContext(context);
  try {
    return Reflect.apply(fn, thisArg, args);
  } finally {
    core.setAsyncContext(previous);
  }
}

/** A value that follows the asynchronous calls made inside `run`. */
export class AsyncLocalStorage {
  /** A fresh variable after `disable()`: nothing that is still running can see the old value. */
  #variable = new core.AsyncVariable();

  static bind(fn) {
    validateFunction(fn, "fn");
    return AsyncResource.bind(fn);
  }

  static snapshot() {
    const context = core.getAsyncContext();
    return (fn, ...args) => runInContext(context, fn, undefined, args);
  }

  run(store, fn, ...args) {
    const previous = this.#variable.enter(store);
    try {
      return Reflect.apply(fn, null, args);
    } finally {
      core.setAsyncContext(previous);
    }
  }

  exit(fn, ...args) {
    return this.run(undefined, fn, ...args);
  }

  enterWith(store) {
    this.#variable.enter(store);
  }

  getStore() {
    return this.#variable.get();
  }

  disable() {
    this.#variable = new core.AsyncVariable();
  }
}

let lastAsyncId = 1;

/** Carries the async context of its creation to callbacks that are called from elsewhere. */
export class AsyncResource {
  #context = core.getAsyncContext();
  #asyncId = ++lastAsyncId;
  #triggerAsyncId;

  constructor(type, options = {}) {
    validateString(type, "type");
    if (type.length === 0) throw nodeError("ERR_ASYNC_TYPE", type);
    const trigger = typeof options === "number" ? options : options?.triggerAsyncId ?? executionAsyncId();
    if (!Number.isSafeInteger(trigger) || trigger < -1) {
      throw Object.assign(new RangeError(`Invalid triggerAsyncId value: ${String(trigger)}`), {
        code: "ERR_INVALID_ASYNC_ID",
      });
    }
    this.#triggerAsyncId = trigger;
  }

  runInAsyncScope(fn, thisArg, ...args) {
    return runInContext(this.#context, fn, thisArg, args);
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#asyncId;
  }

  triggerAsyncId() {
    return this.#triggerAsyncId;
  }

  bind(fn, thisArg) {
    validateFunction(fn, "fn");
    const context = this.#context;
    const bound = function (...args) {
      return runInContext(context, fn, thisArg === undefined ? this : thisArg, args);
    };
    Object.defineProperty(bound, "length", {
      value: fn.length, configurable: true, enumerable: false, writable: false,
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    validateFunction(fn, "fn");
    return new AsyncResource(type || fn.name || "bound-anonymous-fn").bind(fn, thisArg);
  }
}

export function createHook() {
  throw notSupported("async_hooks", "createHook", "use AsyncLocalStorage");
}

/** Operations have no ids here: everything is said to run in the root, as Node does before the first one. */
export function executionAsyncId() {
  return 1;
}

export function triggerAsyncId() {
  return 0;
}

export function executionAsyncResource() {
  throw notSupported("async_hooks", "executionAsyncResource", "use AsyncLocalStorage");
}

export default {
  AsyncLocalStorage,
  AsyncResource,
  createHook,
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
};
