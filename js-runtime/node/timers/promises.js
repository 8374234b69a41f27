/** `node:timers/promises`. Source: node/lib/timers/promises.js. */
import { core } from "ext:core/mod.js";
import { AbortError } from "ext:ssr_host/node/internal/errors.js";
import {
  validateAbortSignal, validateBoolean, validateNumber, validateObject,
} from "ext:ssr_host/node/internal/validators.js";

/** `node:timers` imports this file: loaded when first used. */
const timers = core.createLazyLoader("node:timers");

function checkOptions(options) {
  validateObject(options, "options");
  validateAbortSignal(options.signal, "options.signal");
  if (options.ref !== undefined) validateBoolean(options.ref, "options.ref");
}

const abortError = (signal) => new AbortError(undefined, { cause: signal.reason });

/** A promise that `start(resolve)` settles, or the signal, after which `stop` undoes the start. */
function abortable({ signal, ref }, start, stop) {
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stop(handle);
      reject(abortError(signal));
    };
    const handle = start(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (ref === false) handle.unref();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Runs an argument check so that a failure rejects, as in Node. */
function checked(check) {
  try {
    check();
  } catch (error) {
    return Promise.reject(error);
  }
  return undefined;
}

export function setTimeout(delay, value, options = {}) {
  const refused = checked(() => {
    if (delay !== undefined) validateNumber(delay, "delay");
    checkOptions(options);
  });
  if (refused) return refused;
  const { setTimeout: start, clearTimeout } = timers();
  return abortable(options, (done) => start(done, delay), clearTimeout).then(() => value);
}

export function setImmediate(value, options = {}) {
  const refused = checked(() => checkOptions(options));
  if (refused) return refused;
  const { setImmediate: start, clearImmediate } = timers();
  return abortable(options, (done) => start(done), clearImmediate).then(() => value);
}

/** Yields once per interval; intervals that pass unobserved are caught up with. */
export async function* setInterval(delay, value, options = {}) {
  checkOptions(options);
  const { signal, ref } = options;
  if (signal?.aborted) throw abortError(signal);
  let pending = 0;
  let wake;
  const interval = timers().setInterval(() => {
    pending++;
    wake?.();
  }, delay);
  if (ref === false) interval.unref();
  const onAbort = () => {
    timers().clearInterval(interval);
    wake?.();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal?.aborted) {
      if (pending === 0) await new Promise((resolve) => (wake = resolve));
      for (; pending > 0; pending--) yield value;
    }
    throw abortError(signal);
  } finally {
    timers().clearInterval(interval);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The draft scheduler API that Node exposes here. */
export const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};

export default { scheduler, setImmediate, setInterval, setTimeout };
