/**
 * `listen()` and the `fastify.server` object (fastify/lib/server.js). The host owns the socket: listening means
 * telling it which address the app wants and taking requests from the bridge.
 */
import { core } from "ext:core/mod.js";
import { op_listen } from "ext:core/ops";
import { serve } from "ext:ssr_host/bridge.js";
import { deprecated, errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { BridgeExchange } from "ext:ssr_host/fastify/exchange.js";
import { runListenHooks } from "ext:ssr_host/fastify/hooks.js";
import { kState } from "ext:ssr_host/fastify/symbols.js";

const tracked = core.createLazyLoader("ext:ssr_host/fastify/tracked-exchange.js");

const { FST_ERR_LISTEN_OPTIONS_INVALID, FST_ERR_REOPENED_CLOSE_SERVER, FST_ERR_REOPENED_SERVER } = errorCodes;

/** Properties of http.Server that tune what the host does itself: kept, without effect. */
const TUNING = [
  "keepAliveTimeout",
  "headersTimeout",
  "requestTimeout",
  "timeout",
  "maxHeadersCount",
  "maxRequestsPerSocket",
];

/** Events that never come, because the host deals with connections; registering for them is harmless. */
const EVENTS = ["listening", "close", "error", "connection", "clientError", "timeout", "dropRequest"];

class Server {
  listening = false;
  #address = null;
  #listeners = [];

  constructor(options) {
    for (const name of TUNING) this[name] = options[name];
  }

  /** The bound address as Node gives it; null before. */
  address() {
    return this.#address;
  }

  on(event, listener) {
    if (!EVENTS.includes(event)) throw unsupported(`fastify: event \`${event}\` of \`fastify.server\``);
    this.#listeners.push([event, listener]);
    return this;
  }

  once(event, listener) {
    return this.on(event, listener);
  }

  addListener(event, listener) {
    return this.on(event, listener);
  }

  off(event, listener) {
    this.#listeners = this.#listeners.filter(([name, fn]) => name !== event || fn !== listener);
    return this;
  }

  removeListener(event, listener) {
    return this.off(event, listener);
  }

  setTimeout() {
    return this;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  /** The host has bound `origin` (`http://host:port`, or `unix:` and a path), or let go of it (null). */
  bound(origin) {
    this.listening = origin !== null;
    this.#address = origin === null ? null : addressOf(origin);
    const name = origin === null ? "close" : "listening";
    for (const [event, listener] of this.#listeners.slice()) if (event === name) listener.call(this);
  }
}

/** What `net.Server.address()` says of it: a path for a Unix socket. */
function addressOf(origin) {
  if (origin.startsWith("unix:")) return origin.slice("unix:".length);
  const { protocol, hostname, port } = new URL(origin);
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return { address, family, port: Number(port || (protocol === "https:" ? 443 : 80)) };
}

/** `fastify.server`: what is not there throws and says so. */
export function createServer(options) {
  return new Proxy(new Server(options), {
    get(server, name) {
      if (typeof name === "symbol" || name in server || name === "then" || name === "toJSON") {
        const value = server[name];
        return typeof value === "function" ? value.bind(server) : value;
      }
      throw unsupported(`fastify: \`fastify.server.${name}\``, "the host owns the HTTP server");
    },
    set(server, name, value) {
      if (!TUNING.includes(name)) throw unsupported(`fastify: setting \`fastify.server.${String(name)}\``);
      server[name] = value;
      return true;
    },
  });
}

const isObject = (value) => Object.prototype.toString.call(value) === "[object Object]";

/** `listen(port, [host], [backlog], [callback])`, deprecated in Fastify 4. */
function positional(args) {
  deprecated("FSTDEP011", 'Variadic listen method is deprecated. Please use ".listen(optionsObject)" instead.');
  const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
  const [first, host] = args;
  if (typeof first === "string" && Number.isNaN(Number(first))) return [{ path: first }, callback];
  const port = Number(first);
  return [{ port: Number.isInteger(port) && port >= 0 ? port : 0, host: host || "localhost" }, callback];
}

/** Options and callback of any form of `listen`. */
function listenArguments(args) {
  if (args.length === 0) return [{}, undefined];
  if (typeof args[0] === "function") return [{}, args[0]];
  if (!isObject(args[0])) return positional([...args]);
  return [args[0], typeof args.at(-1) === "function" ? args.at(-1) : undefined];
}

/**
 * Makes the `listen` method of one app.
 * @param {{lookup: (exchange: any) => void, routes: () => string[], describe: () => object, server: any}} app
 */
export function buildListen({ lookup, routes, describe, server }) {
  const host = {
    kind: "fastify",
    handle(id, method, url, isTracked) {
      lookup(isTracked ? new (tracked().TrackedExchange)(id, method, url) : new BridgeExchange(id, method, url));
    },
    describe,
  };

  async function start(fastify, options) {
    const state = fastify[kState];
    if (state.listening) {
      throw state.closing ? new FST_ERR_REOPENED_CLOSE_SERVER() : new FST_ERR_REOPENED_SERVER();
    }
    await fastify.ready();
    state.listening = true;
    let address;
    try {
      serve({ ...host, routes: routes(), close: () => fastify.close() });
      address = await op_listen(options.host ?? "localhost", Number(options.port ?? 0));
    } catch (error) {
      state.listening = false;
      throw error;
    }
    server.bound(address);
    // fastify/lib/server.js, `logServerAddress`: the path alone.
    address = address.replace(/^unix:/, "");
    const text = options.listenTextResolver ?? ((where) => `Server listening at ${where}`);
    fastify.log.info(text(address));
    return address;
  }

  return function listen(...args) {
    const [options, callback] = listenArguments(args);
    if (options.path !== undefined) throw unsupported("fastify: listening on a `path` (UNIX socket)");
    const { signal } = options;
    if (signal) {
      if (typeof signal.addEventListener !== "function") {
        throw new FST_ERR_LISTEN_OPTIONS_INVALID("Invalid options.signal");
      }
      if (signal.aborted) this.close();
      else signal.addEventListener("abort", () => this.close(), { once: true });
    }
    const started = start(this, options);
    if (callback === undefined) {
      return started.then((address) => {
        runListenHooks(this);
        return address;
      });
    }
    started.then(
      (address) => {
        callback(null, address);
        runListenHooks(this);
      },
      (error) => callback(error, null),
    );
  };
}
