/** `events.once`, `events.on` and `addAbortListener`. Source: node/lib/events.js. */
import { AbortError, nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateAbortSignal, validateFunction } from "ext:ssr_host/node/internal/validators.js";

const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

/**
 * Calls `listener` when the signal aborts, at once when it already has.
 *
 * @returns {Disposable} removes the listener
 */
export function addAbortListener(signal, listener) {
  if (signal === undefined) throw nodeError("ERR_INVALID_ARG_TYPE", "signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let remove;
  if (signal.aborted) queueMicrotask(() => listener());
  else {
    signal.addEventListener("abort", listener, { once: true });
    remove = () => signal.removeEventListener("abort", listener);
  }
  const dispose = () => remove?.();
  return { __proto__: null, [Symbol.dispose ?? Symbol.for("nodejs.dispose")]: dispose };
}

/**
 * Resolves with the arguments of the next event, rejects with an `error` event that comes first.
 *
 * @param {import("node:events").EventEmitter | EventTarget} emitter
 */
export async function once(emitter, name, options = {}) {
  const { signal } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return await new Promise((resolve, reject) => {
    const isTarget = typeof emitter.addEventListener === "function" && typeof emitter.on !== "function";
    if (!isTarget && typeof emitter.on !== "function") {
      throw nodeError("ERR_INVALID_ARG_TYPE", "emitter", "EventEmitter", emitter);
    }
    const add = (type, listener) =>
      isTarget ? emitter.addEventListener(type, listener, { once: true }) : emitter.once(type, listener);
    const remove = (type, listener) =>
      isTarget ? emitter.removeEventListener(type, listener) : emitter.removeListener(type, listener);
    const release = () => {
      remove(name, onEvent);
      remove("error", onError);
      signal?.removeEventListener("abort", onAbort);
    };
    const onEvent = (...args) => {
      release();
      resolve(args);
    };
    const onError = (error) => {
      release();
      reject(error);
    };
    const onAbort = () => {
      release();
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    add(name, onEvent);
    if (name !== "error" && !isTarget) add("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Events that arrived before they were asked for, and askers that came before an event. */
class Queue {
  #events = [];
  #waiting = [];
  #error = null;
  #finished = false;

  push(args) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ value: args, done: false });
    else this.#events.push(args);
  }

  fail(error) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#error = error;
  }

  finish() {
    this.#finished = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  next() {
    if (this.#events.length > 0) return Promise.resolve({ value: this.#events.shift(), done: false });
    if (this.#error) {
      const error = this.#error;
      this.#error = null;
      return Promise.reject(error);
    }
    if (this.#finished) return this.finish();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

/** Adds listeners to an emitter or target and remembers how to remove them. */
function subscribe(emitter) {
  const removals = [];
  const add = (target, type, listener) => {
    if (typeof target.on === "function") {
      target.on(type, listener);
      removals.push(() => target.removeListener(type, listener));
    } else if (typeof target.addEventListener === "function") {
      target.addEventListener(type, listener);
      removals.push(() => target.removeEventListener(type, listener));
    } else {
      throw nodeError("ERR_INVALID_ARG_TYPE", "emitter", "EventEmitter", emitter);
    }
  };
  return { add, removeAll: () => removals.splice(0).forEach((remove) => remove()) };
}

/** An async iterator over the arguments of each event. */
export function on(emitter, event, options = {}) {
  const { signal, close } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const queue = new Queue();
  const { add, removeAll } = subscribe(emitter);
  const stop = () => {
    removeAll();
    return queue.finish();
  };
  const fail = (error) => {
    removeAll();
    queue.fail(error);
    queue.finish();
  };
  add(emitter, event, (...args) => queue.push(args));
  if (event !== "error" && typeof emitter.on === "function") add(emitter, "error", fail);
  for (const type of close ?? []) add(emitter, type, stop);
  if (signal) add(signal, "abort", () => fail(new AbortError(undefined, { cause: signal.reason })));
  return Object.setPrototypeOf({
    next: () => queue.next(),
    return: stop,
    throw(error) {
      if (!(error instanceof Error)) {
        throw nodeError("ERR_INVALID_ARG_TYPE", "EventEmitter.AsyncIterator", "Error", error);
      }
      fail(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  }, AsyncIteratorPrototype);
}
