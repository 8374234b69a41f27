/**
 * `node:events`. The npm package of that name stops at Node 10 (no `errorMonitor`, `captureRejections`,
 * `getEventListeners`, abortable `on`/`once`), so the class is written here, from node/lib/events.js.
 *
 * Deliberately absent: listeners of an `EventTarget` cannot be listed (`getEventListeners`), and domains.
 */
import { AsyncResource } from "node:async_hooks";
import { core } from "ext:core/mod.js";
import { nodeError, notSupported } from "ext:ssr_host/node/internal/errors.js";
import { addAbortListener, on, once } from "ext:ssr_host/node/internal/event_promises.js";
import { validateBoolean, validateFunction, validateNumber } from "ext:ssr_host/node/internal/validators.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");

const kCapture = Symbol("kCapture");
const kRejection = Symbol.for("nodejs.rejection");
const kErrorMonitor = Symbol("events.errorMonitor");

let defaultMaxListeners = 10;

/** A function, not a class: old code calls `EventEmitter.call(this)`. */
function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true, enumerable: false });

EventEmitter.init = function (options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners ??= undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, "options.captureRejections");
    this[kCapture] = true;
  } else {
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
  validateNumber(n, "setMaxListeners", 0);
  this._maxListeners = n;
  return this;
};

const maxListenersOf = (emitter) => emitter._maxListeners ?? defaultMaxListeners;

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
  return maxListenersOf(this);
};

/** An `error` event that nobody listens to: thrown. */
function unhandledError(error) {
  if (error instanceof Error) throw error;
  let shown;
  try {
    shown = lazyInspect().default.inspect(error);
  } catch {
    shown = error;
  }
  const wrapped = nodeError("ERR_UNHANDLED_ERROR", shown);
  wrapped.context = error;
  throw wrapped;
}

/** A listener returned a promise on an emitter that captures rejections. */
function captureRejection(emitter, result, type, args) {
  const then = result.then;
  if (typeof then !== "function") return;
  then.call(result, undefined, (error) => {
    globalThis.process.nextTick(() => {
      if (typeof emitter[kRejection] === "function") {
        emitter[kRejection](error, type, ...args);
        return;
      }
      const previous = emitter[kCapture];
      try {
        emitter[kCapture] = false;
        emitter.emit("error", error);
      } finally {
        emitter[kCapture] = previous;
      }
    });
  });
}

/** The general path of `emit`: an array of listeners, or rejections are captured. */
function callListeners(emitter, listeners, type, args) {
  for (let i = 0; i < listeners.length; i++) {
    const result = Reflect.apply(listeners[i], emitter, args);
    if (emitter[kCapture] && result !== undefined && result !== null) captureRejection(emitter, result, type, args);
  }
}

EventEmitter.prototype.emit = function emit(type, ...args) {
  const events = this._events;
  if (type === "error") {
    if (events?.[kErrorMonitor] !== undefined) this.emit(kErrorMonitor, ...args);
    if (events?.error === undefined) unhandledError(args[0]);
  }
  const handler = events?.[type];
  if (handler === undefined) return false;
  if (typeof handler === "function") {
    const result = Reflect.apply(handler, this, args);
    if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, type, args);
  } else {
    callListeners(this, handler.slice(), type, args);
  }
  return true;
};

/** Warns once when an event has more listeners than is likely to be wanted. */
function warnAboutLeak(emitter, type, listeners) {
  const limit = maxListenersOf(emitter);
  if (limit <= 0 || listeners.length <= limit || listeners.warned) return;
  listeners.warned = true;
  const name = emitter.constructor?.name ?? "EventEmitter";
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${listeners.length} ${String(type)} listeners added to [${name}]. ` +
      `MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`,
  );
  Object.assign(warning, { name: "MaxListenersExceededWarning", emitter, type, count: listeners.length });
  globalThis.process.emitWarning(warning);
}

function addListener(emitter, type, listener, prepend) {
  validateFunction(listener, "listener");
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit("newListener", type, listener.listener ?? listener);
    events = emitter._events; // the listener may have replaced it
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  let listeners = existing;
  if (typeof existing === "function") {
    listeners = events[type] = prepend ? [listener, existing] : [existing, listener];
  } else if (prepend) existing.unshift(listener);
  else existing.push(listener);
  warnAboutLeak(emitter, type, listeners);
  return emitter;
}

EventEmitter.prototype.addListener = function addListener_(type, listener) {
  return addListener(this, type, listener, false);
};
Object.defineProperty(EventEmitter.prototype.addListener, "name", { value: "addListener" });
EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
  return addListener(this, type, listener, true);
};

/** Wraps a listener so that it removes itself before its only call. */
function onceWrapper(emitter, type, listener) {
  let fired = false;
  const wrapped = function (...args) {
    if (fired) return undefined;
    emitter.removeListener(type, wrapped);
    fired = true;
    return Reflect.apply(listener, emitter, args);
  };
  wrapped.listener = listener;
  return wrapped;
}

EventEmitter.prototype.once = function once(type, listener) {
  validateFunction(listener, "listener");
  return this.on(type, onceWrapper(this, type, listener));
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
  validateFunction(listener, "listener");
  return this.prependListener(type, onceWrapper(this, type, listener));
};

/** Forgets the last listener of an event. */
function dropEvent(emitter, type) {
  if (--emitter._eventsCount === 0) emitter._events = { __proto__: null };
  else delete emitter._events[type];
}

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
  validateFunction(listener, "listener");
  const events = this._events;
  const list = events?.[type];
  if (list === undefined) return this;
  if (list === listener || list.listener === listener) {
    dropEvent(this, type);
    if (events.removeListener) this.emit("removeListener", type, list.listener ?? listener);
  } else if (typeof list !== "function") {
    const position = list.findLastIndex((item) => item === listener || item.listener === listener);
    if (position < 0) return this;
    list.splice(position, 1);
    if (list.length === 1) events[type] = list[0];
    if (events.removeListener !== undefined) this.emit("removeListener", type, listener);
  }
  return this;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

/** Removes all listeners of all events, telling `removeListener` listeners of each, their own event last. */
function removeEverything(emitter) {
  for (const key of Reflect.ownKeys(emitter._events)) {
    if (key !== "removeListener") emitter.removeAllListeners(key);
  }
  emitter.removeAllListeners("removeListener");
  emitter._events = { __proto__: null };
  emitter._eventsCount = 0;
}

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = { __proto__: null };
      this._eventsCount = 0;
    } else if (events[type] !== undefined) dropEvent(this, type);
    return this;
  }
  if (arguments.length === 0) {
    removeEverything(this);
    return this;
  }
  const listeners = events[type];
  if (typeof listeners === "function") this.removeListener(type, listeners);
  else if (listeners !== undefined) {
    for (let i = listeners.length - 1; i >= 0; i--) this.removeListener(type, listeners[i]);
  }
  return this;
};

/** The listeners of an event; `unwrap` shows what was given to `once`. */
function listenersOf(emitter, type, unwrap) {
  const listeners = emitter._events?.[type];
  if (listeners === undefined) return [];
  const list = typeof listeners === "function" ? [listeners] : listeners.slice();
  return unwrap ? list.map((listener) => listener.listener ?? listener) : list;
}

EventEmitter.prototype.listeners = function listeners(type) {
  return listenersOf(this, type, true);
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
  return listenersOf(this, type, false);
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const listeners = this._events?.[type];
  if (listeners === undefined) return 0;
  if (typeof listeners !== "function" && listener == null) return listeners.length;
  if (listener == null) return 1;
  return listenersOf(this, type, false).filter((item) => item === listener || item.listener === listener).length;
};

EventEmitter.prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

export function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === "function") return emitterOrTarget.listeners(type);
  if (emitterOrTarget instanceof EventTarget) throw notSupported("events", "getEventListeners(EventTarget)");
  throw nodeError("ERR_INVALID_ARG_TYPE", "emitter", ["EventEmitter", "EventTarget"], emitterOrTarget);
}

export function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === "function") return maxListenersOf(emitterOrTarget);
  if (emitterOrTarget instanceof EventTarget) return 0; // no warning is ever given for these
  throw nodeError("ERR_INVALID_ARG_TYPE", "emitter", ["EventEmitter", "EventTarget"], emitterOrTarget);
}

export function setMaxListeners(n = defaultMaxListeners, ...targets) {
  validateNumber(n, "setMaxListeners", 0);
  if (targets.length === 0) defaultMaxListeners = n;
  for (const target of targets) {
    if (typeof target?.setMaxListeners === "function") target.setMaxListeners(n);
    else if (!(target instanceof EventTarget)) {
      throw nodeError("ERR_INVALID_ARG_TYPE", "eventTargets", ["EventEmitter", "EventTarget"], target);
    }
  }
}

/** @deprecated `emitter.listenerCount(type)` */
export function listenerCount(emitter, type) {
  return emitter.listenerCount(type);
}

/** An emitter whose listeners run in the async context in which the emitter was made. */
export class EventEmitterAsyncResource extends EventEmitter {
  #resource;

  constructor(options = {}) {
    const name = typeof options === "string" ? options : options.name ?? new.target.name;
    super(typeof options === "string" ? undefined : options);
    this.#resource = new AsyncResource(name, options);
  }

  emit(event, ...args) {
    return this.#resource.runInAsyncScope(super.emit, this, event, ...args);
  }

  emitDestroy() {
    this.#resource.emitDestroy();
  }

  get asyncId() {
    return this.#resource.asyncId();
  }

  get triggerAsyncId() {
    return this.#resource.triggerAsyncId();
  }

  get asyncResource() {
    return this.#resource;
  }
}

Object.defineProperties(EventEmitter, {
  captureRejections: {
    get: () => EventEmitter.prototype[kCapture],
    set(value) {
      validateBoolean(value, "EventEmitter.captureRejections");
      EventEmitter.prototype[kCapture] = value;
    },
    enumerable: true,
    configurable: true,
  },
  defaultMaxListeners: {
    get: () => defaultMaxListeners,
    set(value) {
      validateNumber(value, "defaultMaxListeners", 0);
      defaultMaxListeners = value;
    },
    enumerable: true,
    configurable: true,
  },
});
Object.assign(EventEmitter, {
  addAbortListener,
  captureRejectionSymbol: kRejection,
  errorMonitor: kErrorMonitor,
  EventEmitter,
  EventEmitterAsyncResource,
  getEventListeners,
  getMaxListeners,
  listenerCount,
  on,
  once,
  setMaxListeners,
  usingDomains: false,
});

const captureRejections = false;
const init = EventEmitter.init;
const usingDomains = false;
export {
  addAbortListener, captureRejections, defaultMaxListeners, EventEmitter, init, kErrorMonitor as errorMonitor,
  kRejection as captureRejectionSymbol, on, once, usingDomains,
};
export default EventEmitter;
