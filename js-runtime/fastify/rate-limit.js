/**
 * `@fastify/rate-limit` 9.1: options, headers and errors as there (index.js of the package); the host counts
 * (op_limiter_hit), once for all isolates. Other stores are refused: what they would share is shared already.
 */
import { core } from "ext:core/mod.js";
import { op_limiter, op_limiter_hit } from "ext:core/ops";
import { nativePlugin, refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";
import { kExchange, kRequestId, kRequestLog } from "ext:ssr_host/fastify/symbols.js";
import { aside } from "ext:ssr_host/reads.js";

const ms = core.createLazyLoader("ext:ssr_host/vendor/ms.js");

const DEFAULT_MAX = 1000;
const DEFAULT_WINDOW = 60000;
const DEFAULT_CACHE = 5000;
const DEFAULT_HOOK = "onRequest";
/** What a request makes of itself when it is read. */
const KEPT_BY_REQUEST = [kRequestId, kRequestLog];

const KNOWN = [
  "global", "max", "ban", "timeWindow", "hook", "cache", "allowList", "whitelist", "nameSpace", "continueExceeding",
  "skipOnError", "keyGenerator", "errorResponseBuilder", "enableDraftSpec", "addHeadersOnExceeding", "addHeaders",
  "onBanReach", "onExceeding", "onExceeded", "groupId",
];
const REFUSED = {
  redis: { unless: null, hint: "the host counts for all isolates of this process; for several machines set [[rate_limit]] and [limiter] redis in ssr-host.toml" },
  store: { unless: null, hint: "the host counts for all isolates" },
};

const label = (prefix) => ({
  limit: `${prefix}-limit`,
  remaining: `${prefix}-remaining`,
  reset: `${prefix}-reset`,
  retryAfter: "retry-after",
});

const isCount = (value) => typeof value === "number" && Number.isFinite(value) && value >= 0;
const functionOr = (value, otherwise) => (typeof value === "function" ? value : otherwise);

function windowOf(value) {
  if (typeof value === "string") return ms().parse(value);
  return isCount(value) ? Math.trunc(value) : DEFAULT_WINDOW;
}

function maxOf(value) {
  if (typeof value === "function") return value;
  return typeof value === "number" && Number.isFinite(value) && Math.trunc(value) >= 0 ? Math.trunc(value) : DEFAULT_MAX;
}

function defaultErrorResponse(_request, context) {
  const error = new Error(`Rate limit exceeded, retry in ${context.after}`);
  error.statusCode = context.statusCode;
  return error;
}

/** The options of a registration, complete. */
function globalParams(settings) {
  const labels = label(settings.enableDraftSpec === true ? "ratelimit" : "x-ratelimit");
  const { limit, remaining, reset, retryAfter } = labels;
  return {
    global: typeof settings.global === "boolean" ? settings.global : true,
    enableDraftSpec: settings.enableDraftSpec === true,
    labels,
    addHeaders: { [limit]: true, [remaining]: true, [reset]: true, [retryAfter]: true, ...settings.addHeaders },
    addHeadersOnExceeding: { [limit]: true, [remaining]: true, [reset]: true, ...settings.addHeadersOnExceeding },
    max: maxOf(settings.max),
    timeWindow: windowOf(settings.timeWindow),
    hook: settings.hook || DEFAULT_HOOK,
    allowList: settings.allowList || settings.whitelist || null,
    ban: isCount(settings.ban) ? Math.trunc(settings.ban) : -1,
    onBanReach: functionOr(settings.onBanReach, null),
    onExceeding: functionOr(settings.onExceeding, null),
    onExceeded: functionOr(settings.onExceeded, null),
    continueExceeding: settings.continueExceeding === true,
    keyGenerator: functionOr(settings.keyGenerator, (request) => request.ip),
    errorResponseBuilder: functionOr(settings.errorResponseBuilder, defaultErrorResponse),
    skipOnError: settings.skipOnError === true,
  };
}

/** The options of a route over those of the registration. */
function mergedParams(params, own) {
  const merged = { ...params, ...own };
  merged.timeWindow = windowOf(merged.timeWindow);
  merged.max = maxOf(merged.max);
  merged.ban = isCount(merged.ban) ? Math.trunc(merged.ban) : -1;
  return merged;
}

/** Registers a limiter with the host. `place` tells limiters of different routes apart. */
function limiterOf(place, { timeWindow, continueExceeding, cache }) {
  return op_limiter({
    name: `@fastify/rate-limit ${place}`,
    counting: continueExceeding ? "everyAndExtend" : "every",
    windowMs: timeWindow ?? 0,
    maxKeys: Math.max(1, Math.min(cache ?? DEFAULT_CACHE, 2 ** 32 - 1)),
  });
}

/** Any value as a key; those of different types stay different. */
const keyText = (key) => (typeof key === "string" ? key : `\0${typeof key} ${String(key)}`);

/** What a function of the app says of a request: to count it, not to answer it. */
const asked = (request, fn) => (request[kExchange].reads === null ? fn() : aside(request, KEPT_BY_REQUEST, fn));

async function isAllowed({ allowList }, request, key) {
  if (!allowList) return false;
  if (typeof allowList !== "function") return allowList.indexOf(key) !== -1;
  return await asked(request, () => allowList(request, key));
}

/** Sets those headers of which `wanted` says so. */
function addHeaders(reply, wanted, values) {
  for (const [name, value] of values) if (wanted[name]) reply.header(name, value);
}

/** The hook that counts against `limiter`. `ran` marks requests that have been counted. */
function handler(ran, limiter, params) {
  const { labels } = params;
  const after = ms().format(params.timeWindow, true);
  return async (request, reply) => {
    if (request[ran]) return;
    request[ran] = true;
    const key = await asked(request, () => params.keyGenerator(request));
    if (await isAllowed(params, request, key)) return;
    const max = typeof params.max === "number" ? params.max : await params.max(request, key);
    const [current, reset, now, , ban] = op_limiter_hit(limiter, keyText(key), Number(max), params.ban);
    const ttl = reset - now;
    const seconds = Math.ceil(ttl / 1000);
    if (current <= max) {
      const values = [[labels.limit, max], [labels.remaining, max - current], [labels.reset, seconds]];
      addHeaders(reply, params.addHeadersOnExceeding, values);
      params.onExceeding?.(request, key);
      return;
    }
    params.onExceeded?.(request, key);
    const values = [[labels.limit, max], [labels.remaining, 0], [labels.reset, seconds], [labels.retryAfter, seconds]];
    addHeaders(reply, params.addHeaders, values);
    if (ban) params.onBanReach?.(request, key);
    throw params.errorResponseBuilder(request, { statusCode: ban ? 403 : 429, ban, max, ttl, after });
  };
}

function addHook(routeOptions, name, fn) {
  const own = routeOptions[name];
  if (Array.isArray(own)) own.push(fn);
  else routeOptions[name] = typeof own === "function" ? [own, fn] : [fn];
}

async function fastifyRateLimit(fastify, settings) {
  refuseOptions("@fastify/rate-limit", settings, KNOWN, REFUSED);
  const params = globalParams(settings);
  const limiter = limiterOf(fastify.prefix, { ...params, cache: settings.cache });
  const ran = Symbol("fastify.request.rateLimitRan");
  fastify.decorateRequest(ran, false);

  if (!fastify.hasDecorator("rateLimit")) {
    fastify.decorate("rateLimit", (options) => {
      if (typeof options !== "object") return handler(ran, limiter, params);
      refuseOptions("fastify.rateLimit()", options, KNOWN, REFUSED);
      const own = mergedParams(params, options);
      return handler(ran, limiterOf("rateLimit()", own), own);
    });
  }

  fastify.addHook("onRoute", (routeOptions) => {
    const config = routeOptions.config?.rateLimit;
    if (config === undefined) {
      if (params.global) addHook(routeOptions, params.hook, handler(ran, limiter, params));
    } else if (typeof config === "object") {
      const place = `${[routeOptions.method].flat().join()} ${routeOptions.url}`;
      refuseOptions(`@fastify/rate-limit, route ${place}`, config ?? {}, KNOWN, REFUSED);
      const own = mergedParams(params, config);
      addHook(routeOptions, own.hook || DEFAULT_HOOK, handler(ran, limiterOf(place, own), own));
    } else if (config !== false) {
      throw new Error("Unknown value for route rate-limit configuration");
    }
  });
}

export default nativePlugin(fastifyRateLimit, "@fastify/rate-limit", "fastifyRateLimit");
export { fastifyRateLimit };
