/**
 * Hook lists and the functions that run them (fastify/lib/hooks.js): `done` callbacks and promises, in order, early
 * end when a hook fails. Nothing here knows what a hook is for.
 */
import { errorCodes, fromAvvio, withCause } from "ext:ssr_host/fastify/errors.js";
import { kChildren, kExchange, kHooks, kRequestPayloadStream } from "ext:ssr_host/fastify/symbols.js";

const { FST_ERR_HOOK_INVALID_TYPE, FST_ERR_HOOK_INVALID_HANDLER, FST_ERR_HOOK_NOT_SUPPORTED } = errorCodes;
const { FST_ERR_HOOK_INVALID_ASYNC_HANDLER, FST_ERR_HOOK_TIMEOUT, FST_ERR_SEND_UNDEFINED_ERR } = errorCodes;

/** Hooks of one request, in the order in which Fastify copies them. */
export const lifecycleHooks = [
  "onTimeout",
  "onRequest",
  "preParsing",
  "preValidation",
  "preSerialization",
  "preHandler",
  "onSend",
  "onResponse",
  "onError",
  "onRequestAbort",
];

const applicationHooks = ["onRoute", "onRegister", "onReady", "onListen", "preClose", "onClose"];
export const supportedHooks = [...lifecycleHooks, ...applicationHooks];

/** Lists a child context starts with: the parent's, except those that belong to one instance. */
const OWN_LISTS = ["onReady", "onListen", "preClose"];

/** How many parameters make an async hook wrong (it would be called with `done` too); 3 when absent. */
const ASYNC_ARITY = { onSend: 4, preSerialization: 4, onError: 4, preParsing: 4 };

/** The hook lists of one context. */
export class Hooks {
  onRequest = [];
  preParsing = [];
  preValidation = [];
  preSerialization = [];
  preHandler = [];
  onResponse = [];
  onSend = [];
  onError = [];
  onRoute = [];
  onRegister = [];
  onReady = [];
  onListen = [];
  onTimeout = [];
  onRequestAbort = [];
  preClose = [];

  /** Adds `fn`, or throws what Fastify throws for a wrong name or value. */
  add(name, fn) {
    if (typeof name !== "string") throw new FST_ERR_HOOK_INVALID_TYPE();
    if (!Object.hasOwn(this, name)) throw new FST_ERR_HOOK_NOT_SUPPORTED(name);
    if (typeof fn !== "function") throw new FST_ERR_HOOK_INVALID_HANDLER(name, Object.prototype.toString.call(fn));
    this[name].push(fn);
  }

  /** The lists a child context begins with. */
  inherit() {
    const child = new Hooks();
    for (const name of Object.keys(this)) {
      if (!OWN_LISTS.includes(name)) child[name] = this[name].slice();
    }
    return child;
  }
}

/** Throws when an async function takes a `done` argument. */
export function assertAsyncArity(name, fn) {
  if (fn.constructor?.name !== "AsyncFunction") return;
  const wrong =
    name === "onReady" || name === "onListen"
      ? fn.length !== 0
      : name === "onRequestAbort"
        ? fn.length !== 1
        : fn.length === (ASYNC_ARITY[name] ?? 3);
  if (wrong) throw new FST_ERR_HOOK_INVALID_ASYNC_HANDLER();
}

/** A hook may reject with nothing; the reply still needs an error. */
const rejection = (error) => error || new FST_ERR_SEND_UNDEFINED_ERR();

/**
 * Runs `(request, reply, done)` hooks: onRequest, preValidation, preHandler, onTimeout. A reply that was sent stops
 * the chain without calling `end`.
 */
export function runHooks(functions, request, reply, end) {
  let i = 0;
  function next(error) {
    if (error || i === functions.length) return end(error, request, reply);
    if (reply.sent === true) return;
    let result;
    try {
      result = functions[i++](request, reply, next);
    } catch (thrown) {
      return end(thrown, request, reply);
    }
    if (result && typeof result.then === "function") {
      result.then(() => next(), (reason) => end(rejection(reason), request, reply));
    }
  }
  next();
}

/** Runs onResponse hooks: the reply is sent by then. */
export function runResponseHooks(functions, request, reply, end) {
  let i = 0;
  function next(error) {
    if (error || i === functions.length) return end(error, request, reply);
    let result;
    try {
      result = functions[i++](request, reply, next);
    } catch (thrown) {
      return end(thrown, request, reply);
    }
    if (result && typeof result.then === "function") {
      result.then(() => next(), (reason) => end(rejection(reason), request, reply));
    }
  }
  next();
}

/** Runs `(request, reply, payload, done)` hooks, each of which may replace the payload: onSend, preSerialization, onError. */
export function runPayloadHooks(functions, request, reply, payload, end) {
  let i = 0;
  function next(error, newPayload) {
    if (error) return end(error, request, reply, payload);
    if (newPayload !== undefined) payload = newPayload;
    if (i === functions.length) return end(null, request, reply, payload);
    let result;
    try {
      result = functions[i++](request, reply, payload, next);
    } catch (thrown) {
      return end(thrown, request, reply);
    }
    if (result && typeof result.then === "function") {
      result.then((value) => next(null, value), (reason) => end(rejection(reason), request, reply, payload));
    }
  }
  next();
}

/** Runs preParsing hooks: the payload is the body's stream. */
export function runParsingHooks(functions, request, reply, end) {
  let i = 0;
  function next(error, newPayload) {
    if (reply.sent) return;
    if (newPayload !== undefined) request[kRequestPayloadStream] = newPayload;
    if (error || i === functions.length) return end(error, request, reply);
    let result;
    try {
      const payload = request[kRequestPayloadStream] ?? request[kExchange].incoming;
      result = functions[i++](request, reply, payload, next);
    } catch (thrown) {
      return end(thrown, request, reply);
    }
    if (result && typeof result.then === "function") {
      result.then((value) => next(null, value), (reason) => end(rejection(reason), request, reply));
    }
  }
  next();
}

/** Runs onRequestAbort hooks, `(request, done)`. */
export function runAbortHooks(functions, request, end) {
  let i = 0;
  function next(error) {
    if (error || i === functions.length) return end(error, request);
    let result;
    try {
      result = functions[i++](request, next);
    } catch (thrown) {
      return end(thrown, request);
    }
    if (result && typeof result.then === "function") {
      result.then(() => next(), (reason) => end(rejection(reason), request));
    }
  }
  next();
}

/** Runs onReady or preClose of an instance, then of its children, each through avvio's queue. */
export function runApplicationHooks(name, boot, server, end) {
  const hooks = server[kHooks][name];
  const children = server[kChildren];
  let i = 0;
  let c = 0;

  function exit(error) {
    if (!error) return end();
    end(error.code === "AVV_ERR_READY_TIMEOUT" ? withCause(error, new FST_ERR_HOOK_TIMEOUT(name)) : fromAvvio(error));
  }

  function next(error) {
    if (error) return exit(error);
    if (i === hooks.length && c === children.length) {
      if (i === 0 && c === 0) return exit();
      // The last function of this instance: errors go to `end`, and on to avvio so that it continues loading.
      boot((bootError, done) => {
        exit(bootError);
        done(bootError);
      });
      return;
    }
    if (i === hooks.length) return runApplicationHooks(name, boot, children[c++], next);
    boot(wrap(hooks[i++]));
    next();
  }

  function wrap(fn) {
    return function (error, done) {
      if (error) return done(error);
      try {
        if (fn.length === 1) return void fn.call(server, done);
        const result = fn.call(server);
        if (result && typeof result.then === "function") return void result.then(done, done);
      } catch (thrown) {
        return done(thrown);
      }
      done();
    };
  }

  next();
}

/** Runs onListen hooks of an instance, then of its children; an error is logged and does not stop the rest. */
export async function runListenHooks(server) {
  for (const fn of server[kHooks].onListen) {
    try {
      if (fn.length === 1) {
        await new Promise((resolve, reject) => {
          fn.call(server, (error) => (error ? reject(error) : resolve()));
        });
      } else {
        await fn.call(server);
      }
    } catch (error) {
      server.log.error(error);
    }
  }
  for (const child of server[kChildren]) runListenHooks(child);
}
