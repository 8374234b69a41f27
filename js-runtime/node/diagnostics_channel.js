/** `node:diagnostics_channel`. Source: node/lib/diagnostics_channel.js. */
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateFunction } from "ext:ssr_host/node/internal/validators.js";

/** A subscriber that throws must not disturb the publisher: the error is uncaught, later. */
function guarded(fn) {
  try {
    fn();
  } catch (error) {
    globalThis.process.nextTick(() => {
      throw error;
    });
  }
}

/** A named channel; `Channel` objects come from `channel(name)`. */
export class Channel {
  #subscribers = [];
  #stores = new Map();

  constructor(name) {
    this.name = name;
  }

  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscription) {
    validateFunction(subscription, "subscription");
    this.#subscribers = [...this.#subscribers, subscription];
  }

  unsubscribe(subscription) {
    const index = this.#subscribers.indexOf(subscription);
    if (index < 0) return false;
    this.#subscribers = this.#subscribers.toSpliced(index, 1);
    return true;
  }

  bindStore(store, transform) {
    this.#stores.set(store, transform);
  }

  unbindStore(store) {
    return this.#stores.delete(store);
  }

  publish(data) {
    for (const subscriber of this.#subscribers) guarded(() => subscriber(data, this.name));
  }

  /** Publishes and runs `fn` with the bound stores set from the data. */
  runStores(data, fn, thisArg, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => {
        let value = data;
        if (transform) {
          try {
            value = transform(data);
          } catch (error) {
            globalThis.process.nextTick(() => {
              throw error;
            });
            return inner();
          }
        }
        return store.run(value, inner);
      };
    }
    return run();
  }
}

/** name → channel. Kept for good: publishers and subscribers of a name must meet. */
const channels = new Map();

export function channel(name) {
  if (typeof name !== "string" && typeof name !== "symbol") {
    throw nodeError("ERR_INVALID_ARG_TYPE", "channel", ["string", "symbol"], name);
  }
  let found = channels.get(name);
  if (found === undefined) channels.set(name, (found = new Channel(name)));
  return found;
}

export function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

export function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

export function hasSubscribers(name) {
  return channels.get(name)?.hasSubscribers ?? false;
}

const TRACE_EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"];

/** The five channels that describe one traced operation. */
class TracingChannel {
  constructor(nameOrChannels) {
    for (const event of TRACE_EVENTS) {
      this[event] = typeof nameOrChannels === "string"
        ? channel(`tracing:${nameOrChannels}:${event}`)
        : nameOrChannels[event];
      if (!(this[event] instanceof Channel)) {
        throw nodeError("ERR_INVALID_ARG_TYPE", `nameOrChannels.${event}`, "Channel", this[event]);
      }
    }
  }

  get hasSubscribers() {
    return TRACE_EVENTS.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of TRACE_EVENTS) if (handlers[event]) this[event].subscribe(handlers[event]);
  }

  unsubscribe(handlers) {
    return TRACE_EVENTS.filter((event) => handlers[event])
      .map((event) => this[event].unsubscribe(handlers[event])).every(Boolean);
  }

  traceSync(fn, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    return this.start.runStores(context, () => {
      try {
        return (context.result = Reflect.apply(fn, thisArg, args));
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(fn, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const settle = (key, value) => {
      context[key] = value;
      if (key === "error") this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, thisArg, args)).then(
          (result) => {
            settle("result", result);
            return result;
          },
          (error) => {
            settle("error", error);
            throw error;
          },
        );
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const callback = args.at(position);
    validateFunction(callback, "callback");
    const channels = this;
    args.splice(position, 1, function (error, result) {
      context[error ? "error" : "result"] = error || result;
      if (error) channels.error.publish(context);
      return channels.asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          channels.asyncEnd.publish(context);
        }
      });
    });
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, thisArg, args);
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

export function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

export default { channel, Channel, hasSubscribers, subscribe, tracingChannel, unsubscribe };
