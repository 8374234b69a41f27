/**
 * Declaring routes (fastify/lib/route.js): shorthand methods, prefixes, HEAD for each GET, hooks of the route. What
 * happens when a request comes in is lifecycle.js. Schemas and constraints are refused when the route is declared.
 */
import FindMyWay from "ext:ssr_host/vendor/find-my-way.js";
import { routed } from "ext:ssr_host/bridge.js";
import { Context } from "ext:ssr_host/fastify/context.js";
import { buildErrorHandler } from "ext:ssr_host/fastify/error-handler.js";
import { deprecated, errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { assertAsyncArity, lifecycleHooks } from "ext:ssr_host/fastify/hooks.js";
import { startRequest } from "ext:ssr_host/fastify/lifecycle.js";
import { FilePayload, byteLength } from "ext:ssr_host/fastify/send.js";
import {
  kErrorHandler,
  kHasBeenDecorated,
  kHooks,
  kLogLevel,
  kLogSerializers,
  kReplySerializerDefault,
  kRouteByFastify,
  kRoutePrefix,
} from "ext:ssr_host/fastify/symbols.js";
import { unrecorded } from "ext:ssr_host/reads.js";

export const supportedMethods = [
  "DELETE",
  "GET",
  "HEAD",
  "PATCH",
  "POST",
  "PUT",
  "OPTIONS",
  "PROPFIND",
  "PROPPATCH",
  "MKCOL",
  "COPY",
  "MOVE",
  "LOCK",
  "UNLOCK",
  "TRACE",
  "SEARCH",
  "REPORT",
  "MKCALENDAR",
];

/** Keys of a route's schema that would have to be enforced. */
const ENFORCED_SCHEMA = ["body", "querystring", "query", "params", "headers", "response"];

const typeTag = (value) => Object.prototype.toString.call(value);

/** Throws for a `bodyLimit` that is not a positive integer. */
export function validateBodyLimit(bodyLimit) {
  if (bodyLimit === undefined) return;
  if (!Number.isInteger(bodyLimit) || bodyLimit <= 0) {
    throw new errorCodes.FST_ERR_ROUTE_BODY_LIMIT_OPTION_NOT_INT(bodyLimit);
  }
}

function normalizeMethod(method) {
  if (typeof method !== "string") throw new errorCodes.FST_ERR_ROUTE_METHOD_INVALID();
  const upper = method.toUpperCase();
  if (!supportedMethods.includes(upper)) throw new errorCodes.FST_ERR_ROUTE_METHOD_NOT_SUPPORTED(upper);
  return upper;
}

/** Refuses what the route asks for and would silently not get. */
function refuseUnsupported(options, method, path) {
  if ((method === "GET" || method === "HEAD") && options.schema?.body) {
    throw new errorCodes.FST_ERR_ROUTE_BODY_VALIDATION_SCHEMA_NOT_SUPPORTED(method, path);
  }
  const key = ENFORCED_SCHEMA.find((name) => options.schema?.[name] !== undefined);
  if (key !== undefined) {
    const error = unsupported(`fastify: \`schema.${key}\` of route ${method}:${path}`, "schemas are not compiled");
    error.code = "FST_ERR_SCH_NOT_SUPPORTED";
    throw error;
  }
  const constrained = options.version !== undefined || Object.keys(options.constraints ?? {}).length > 0;
  if (constrained) throw unsupported(`fastify: \`constraints\` of route ${method}:${path}`);
}

function validateRouteHooks(options) {
  for (const name of lifecycleHooks) {
    const hooks = options[name];
    if (hooks === undefined) continue;
    for (const fn of [hooks].flat()) {
      if (typeof fn !== "function") throw new errorCodes.FST_ERR_HOOK_INVALID_HANDLER(name, typeTag(fn));
      if (Array.isArray(hooks)) assertAsyncArity(name, fn);
    }
  }
}

/** The onSend hook of a HEAD route made by Fastify: the length of what GET would send, and no body. */
function headOnSend(_request, reply, payload, done) {
  // The host answers HEAD for a file itself.
  if (payload instanceof FilePayload) return done();
  if (payload === undefined || payload === null) {
    reply.header("content-length", "0");
  } else if (typeof payload.resume === "function") {
    payload.on("error", (error) => reply.log.error({ err: error }, "Error on Stream found for HEAD route"));
    payload.resume();
  } else if (typeof payload.getReader === "function") {
    payload.cancel().catch(() => {});
  } else {
    reply.header("content-length", `${byteLength(payload)}`);
  }
  done(null, null);
}

/**
 * The router of one app.
 * @param {{options: any, parseQuery: (text: string) => any, onBadUrl: Function}} config
 */
export function buildRouting({ options: serverOptions, parseQuery, onBadUrl, buildPrettyMeta }) {
  const router = FindMyWay({
    onBadUrl: (path, exchange) => onBadUrl(path, exchange),
    ignoreTrailingSlash: serverOptions.ignoreTrailingSlash,
    ignoreDuplicateSlashes: serverOptions.ignoreDuplicateSlashes,
    maxParamLength: serverOptions.maxParamLength,
    caseSensitive: serverOptions.caseSensitive,
    allowUnsafeRegex: serverOptions.allowUnsafeRegex,
    useSemicolonDelimiter: serverOptions.useSemicolonDelimiter,
    buildPrettyMeta,
    // The request parses its query when it is read.
    querystringParser: (text) => text,
  });
  const find = (exchange) => router.find(exchange.method, exchange.url);
  /** The number of each pattern, in order. Methods of one pattern share it. @type {Map<string, number>} */
  const numbers = new Map();
  let avvio;
  let fourOhFour;
  let assertNotStarted;

  /** `get(url, [options], handler)` and the like. */
  function prepareRoute(server, { method, url, options, handler, isFastify }) {
    if (typeof url !== "string") throw new errorCodes.FST_ERR_INVALID_URL(typeof url);
    if (!handler && typeof options === "function") {
      [handler, options] = [options, {}];
    } else if (handler && typeof handler === "function") {
      if (typeTag(options) !== "[object Object]") throw new errorCodes.FST_ERR_ROUTE_OPTIONS_NOT_OBJ(method, url);
      if (typeof options.handler === "function") throw new errorCodes.FST_ERR_ROUTE_DUPLICATED_HANDLER(method, url);
      if (options.handler) throw new errorCodes.FST_ERR_ROUTE_HANDLER_NOT_FN(method, url);
    }
    return route(server, { ...options, method, url, path: url, handler: handler || options?.handler }, isFastify);
  }

  /** `route(options)`. Adds one route, or two for `/` under a prefix. */
  function route(server, options, isFastify = false) {
    const declared = { ...options };
    const methods = [declared.method].flat();
    assertNotStarted("Cannot add route!");
    const path = declared.url || declared.path || "";
    const normalized = methods.map((method) => {
      const upper = normalizeMethod(method);
      refuseUnsupported(declared, upper, path);
      return upper;
    });
    declared.method = Array.isArray(declared.method) ? normalized : normalized[0];
    if (!declared.handler) throw new errorCodes.FST_ERR_ROUTE_MISSING_HANDLER(declared.method, path);
    if (declared.errorHandler !== undefined && typeof declared.errorHandler !== "function") {
      throw new errorCodes.FST_ERR_ROUTE_HANDLER_NOT_FN(declared.method, path);
    }
    validateBodyLimit(declared.bodyLimit);

    const shouldExposeHead = declared.exposeHeadRoute ?? serverOptions.exposeHeadRoutes;
    const isGet = methods.includes("GET");
    const isHead = methods.includes("HEAD");
    const head = { shouldExpose: shouldExposeHead, isGet, isHead, flag: declared.exposeHeadRoute };
    head.options = shouldExposeHead && isGet ? { ...options } : null;

    for (const { path: own, prefixing } of pathsUnderPrefix(server[kRoutePrefix], path, declared)) {
      addRoute(server, declared, head, own, prefixing, isFastify);
    }
    return server;
  }

  /** A route `/` under a prefix exists with and without the slash, unless it says otherwise. */
  function pathsUnderPrefix(prefix, path, options) {
    if (path === "/" && prefix.length > 0 && options.method !== "HEAD") {
      if (options.prefixTrailingSlash === "slash") return [{ path }];
      if (options.prefixTrailingSlash === "no-slash") return [{ path: "" }];
      const { ignoreTrailingSlash, ignoreDuplicateSlashes } = serverOptions;
      const both = ignoreTrailingSlash !== true && (ignoreDuplicateSlashes !== true || !prefix.endsWith("/"));
      return both ? [{ path: "" }, { path, prefixing: true }] : [{ path: "" }];
    }
    if (path[0] === "/" && prefix.endsWith("/")) return [{ path: path.slice(1) }];
    return [{ path }];
  }

  function addRoute(server, options, head, path, prefixing, isFastify) {
    const url = server[kRoutePrefix] + path;
    options.url = url;
    options.path = url;
    options.routePath = path;
    options.prefix = server[kRoutePrefix];
    options.logLevel = options.logLevel || server[kLogLevel];
    if (server[kLogSerializers] || options.logSerializers) {
      options.logSerializers = Object.assign(Object.create(server[kLogSerializers]), options.logSerializers);
    }
    options.attachValidation ??= false;
    if (!prefixing) for (const hook of server[kHooks].onRoute) hook.call(server, options);
    validateRouteHooks(options);

    const context = new Context({
      ...options,
      handler: options.handler.bind(server),
      config: { ...options.config, url, method: options.method },
      replySerializer: server[kReplySerializerDefault],
      exposeHeadRoute: head.shouldExpose,
      prefixTrailingSlash: options.prefixTrailingSlash || "both",
      server,
      isFastify,
    });
    context.parseQuery = parseQuery;
    if (!numbers.has(url)) numbers.set(url, numbers.size + 1);
    context.routeNumber = numbers.get(url);
    const hasHead = insert(options, head, context);
    server.after((error, done) => {
      completeContext(server, options, context);
      done(error);
    });

    // HEAD is declared after GET, and answers with GET's length.
    if (head.shouldExpose && head.isGet && !head.isHead && !hasHead) {
      const onSend = [head.options.onSend ?? []].flat().concat(headOnSend);
      const own = { ...head.options, onSend };
      prepareRoute(server, { method: "HEAD", url: path, options: own, isFastify: true });
    } else if (hasHead && head.flag) {
      deprecated("FSTDEP007", 'You are trying to set a HEAD route using "exposeHeadRoute" when a sibling route is already set.');
    }
  }

  /** Puts the route in the router; returns whether a HEAD route was there before. */
  function insert(options, head, context) {
    const existing = router.findRoute("HEAD", options.url, {});
    const replaces = head.isHead && existing !== null && !context[kRouteByFastify] && existing.store[kRouteByFastify];
    if (replaces) router.off("HEAD", options.url, {});
    try {
      router.on(options.method, options.url, { constraints: {} }, startRequest, context);
    } catch (error) {
      // A HEAD route made by Fastify gives way to one that is there.
      if (!context[kRouteByFastify]) {
        const isDuplicate = error.message.includes(`Method '${options.method}' already declared for route`);
        throw isDuplicate ? new errorCodes.FST_ERR_DUPLICATED_ROUTE(options.method, options.url) : error;
      }
    }
    return existing !== null;
  }

  /** What is only known when the plugins around the route are loaded. */
  function completeContext(server, options, context) {
    context.errorHandler = options.errorHandler
      ? buildErrorHandler(server[kErrorHandler], options.errorHandler)
      : server[kErrorHandler];
    context._parserOptions.limit = options.bodyLimit || null;
    context.logLevel = options.logLevel;
    context.logSerializers = options.logSerializers;
    context[kReplySerializerDefault] = server[kReplySerializerDefault];
    avvio.once("preReady", () => {
      for (const name of lifecycleHooks) {
        const hooks = server[kHooks][name].concat(options[name] || []).map((fn) => fn.bind(server));
        context[name] = hooks.length ? hooks : null;
      }
      // A class that nothing was added to is its parent: all routes then share one shape.
      while (!context.Request[kHasBeenDecorated] && context.Request.parent.parent) {
        context.Request = context.Request.parent;
      }
      while (!context.Reply[kHasBeenDecorated] && context.Reply.parent.parent) context.Reply = context.Reply.parent;
      fourOhFour.setContext(server, context);
    });
  }

  function findRoute({ method, url, constraints }) {
    const found = router.find(method, url || "", constraints);
    if (!found) return null;
    return { handler: found.handler, params: found.params, searchParams: parseQuery(found.searchParams) };
  }

  return {
    setup(parts) {
      ({ avvio, fourOhFour, assertNotStarted } = parts);
    },
    /** Finds the route of a request and starts it. */
    lookup(exchange) {
      const found = exchange.reads === null ? find(exchange) : unrecorded(() => find(exchange));
      if (found === null) fourOhFour.lookup(exchange);
      else if (found.store === null) found.handler(exchange);
      else {
        if (!exchange.isInjected) routed(found.store.routeNumber);
        startRequest(exchange, found.params, found.store, found.searchParams);
      }
    },
    route,
    prepareRoute,
    findRoute,
    hasRoute: (options) => findRoute({ ...options, method: options.method?.toUpperCase() ?? "" }) !== null,
    printRoutes: (options) => router.prettyPrint(options),
    hasConstraintStrategy: (name) => router.hasConstraintStrategy(name),
    /** Where a route's number points, from 1: its URL as it was declared, with its prefix. */
    patterns: () => [...numbers.keys()],
    /** [method, url] of every route, for `ssr-host check`. */
    list: () => router.routes.map(({ method, path }) => ({ method, url: path })),
  };
}
