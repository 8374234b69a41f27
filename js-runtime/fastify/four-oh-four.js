/**
 * Not-found handlers, one per prefix, in a router of their own (fastify/lib/fourOhFour.js).
 */
import FindMyWay from "ext:ssr_host/vendor/find-my-way.js";
import { Context } from "ext:ssr_host/fastify/context.js";
import { buildErrorHandler } from "ext:ssr_host/fastify/error-handler.js";
import { errorCodes } from "ext:ssr_host/fastify/errors.js";
import { lifecycleHooks } from "ext:ssr_host/fastify/hooks.js";
import { startRequest } from "ext:ssr_host/fastify/lifecycle.js";
import { Reply, buildReply } from "ext:ssr_host/fastify/reply.js";
import { Request, buildRequest } from "ext:ssr_host/fastify/request.js";
import {
  kCanSetNotFoundHandler,
  kErrorHandler,
  kFourOhFourContext,
  kFourOhFourLevelInstance,
  kHooks,
  kRoutePrefix,
} from "ext:ssr_host/fastify/symbols.js";
import { unrecorded } from "ext:ssr_host/reads.js";

/** Fastify's own answer for a route that does not exist. */
function basic404(disableRequestLogging) {
  return function basic404(request, reply) {
    const { url, method } = request;
    const message = `Route ${method}:${url} not found`;
    if (!disableRequestLogging) request.log.info(message);
    reply.code(404).send({ message, error: "Not Found", statusCode: 404 });
  };
}

const bindHooks = (hooks, server) => (Array.isArray(hooks) ? hooks.map((fn) => fn.bind(server)) : hooks.bind(server));

/**
 * The not-found side of one app.
 * @param {{disableRequestLogging: boolean, parseQuery: (text: string) => any}} options
 */
export function buildFourOhFour({ disableRequestLogging, parseQuery }) {
  const defaultHandler = basic404(disableRequestLogging);
  const BareRequest = buildRequest(Request);
  const BareReply = buildReply(Reply);
  const onBadUrl = (_path, exchange) => answerBare(exchange, badUrlHandler);
  const router = FindMyWay({ onBadUrl, querystringParser: (text) => text });
  const find = (exchange) => router.find(exchange.method, exchange.url);
  let badUrlHandler = defaultHandler;
  let root;

  /** Answers outside the lifecycle, without hooks, with the root's context. */
  function answerBare(exchange, handler) {
    const context = root[kFourOhFourLevelInstance][kFourOhFourContext];
    const request = new BareRequest(exchange, null, null, context);
    handler(request, new BareReply(exchange, request));
  }

  /** Finds the not-found handler of a URL and runs it with its hooks. */
  function lookup(exchange) {
    const route = exchange.reads === null ? find(exchange) : unrecorded(() => find(exchange));
    if (route === null) {
      return answerBare(exchange, (_request, reply) => reply.code(404).send(new errorCodes.FST_ERR_NOT_FOUND()));
    }
    if (route.store === null) return route.handler(exchange);
    startRequest(exchange, route.params, route.store, route.searchParams);
  }

  /** Makes `instance` a level of its own: it may set a handler for its prefix. */
  function arrange(instance) {
    root ??= instance;
    instance[kFourOhFourLevelInstance] = instance;
    instance[kCanSetNotFoundHandler] = true;
  }

  /** Copies the handler of `instance` into a route's context, for `reply.callNotFound()`. */
  function setContext(instance, context) {
    const own = Object.assign(Object.create(Context.prototype), instance[kFourOhFourContext]);
    own.onSend = context.onSend;
    context[kFourOhFourContext] = own;
  }

  /** `setNotFoundHandler([options], [handler])` of `instance`. */
  function setHandler(instance, options, handler, avvio) {
    instance[kCanSetNotFoundHandler] ??= true;
    if (instance[kFourOhFourContext] === undefined) instance[kFourOhFourContext] = null;
    const prefix = instance[kRoutePrefix] || "/";
    if (instance[kCanSetNotFoundHandler] === false) {
      throw new Error(`Not found handler already set for Fastify instance with prefix: '${prefix}'`);
    }
    if (typeof options === "function") [handler, options] = [options, undefined];
    options = { ...options };
    for (const name of ["preHandler", "preValidation"]) {
      if (options[name]) options[name] = bindHooks(options[name], instance);
    }
    if (handler) {
      instance[kFourOhFourLevelInstance][kCanSetNotFoundHandler] = false;
      handler = handler.bind(instance);
    }
    badUrlHandler = handler ?? defaultHandler;
    instance.after((error, done) => {
      install(instance, prefix, options, handler ?? defaultHandler, avvio);
      done(error);
    });
  }

  function install(instance, prefix, options, handler, avvio) {
    const context = new Context({ schema: options.schema, handler, config: options.config || {}, server: instance });
    context.parseQuery = parseQuery;
    avvio.once("preReady", () => {
      const installed = instance[kFourOhFourContext];
      for (const name of lifecycleHooks) {
        const hooks = instance[kHooks][name].concat(options[name] || []).map((fn) => fn.bind(instance));
        installed[name] = hooks.length ? hooks : null;
      }
      installed.errorHandler = options.errorHandler
        ? buildErrorHandler(instance[kErrorHandler], options.errorHandler)
        : instance[kErrorHandler];
    });
    if (instance[kFourOhFourContext] !== null && prefix === "/") {
      // The root's default handler is replaced in place: contexts of children refer to it.
      Object.assign(instance[kFourOhFourContext], context);
      return;
    }
    instance[kFourOhFourLevelInstance][kFourOhFourContext] = context;
    router.all(prefix + (prefix.endsWith("/") ? "*" : "/*"), startRequest, context);
    router.all(prefix, startRequest, context);
  }

  return { lookup, arrange, setContext, setHandler };
}
