/**
 * `reply.from(source, options)` of `@fastify/reply-from` 9, for both plugins that have it. Which request is made and what becomes of its response is decided here, with
 * the package's rules and in its order; connections, deadlines and bodies are the host's (upstream.js).
 *
 * Different on purpose: headers about one connection stay there in both directions, and a path that climbs out of its prefix is refused.
 */
import { core } from "ext:core/mod.js";
import { op_upstream } from "ext:core/ops";
import { createError } from "ext:ssr_host/fastify/errors.js";
import { kExchange, kRouteContext } from "ext:ssr_host/fastify/symbols.js";
import { clientOptions, upstreamOptions } from "ext:ssr_host/fastify/upstream-options.js";
import { UrlCache, buildUrl, parts } from "ext:ssr_host/fastify/upstream-url.js";
import { querystring } from "ext:ssr_host/vendor/find-my-way.js";

const contentTypes = core.createLazyLoader("ext:ssr_host/vendor/fast-content-type-parse.js");
const upstream = core.createLazyLoader("ext:ssr_host/fastify/upstream.js");

/** Options of `@fastify/reply-from`; `@fastify/http-proxy` has them too. */
export const OPTIONS = [
  "base",
  "undici",
  "http",
  "http2",
  "cacheURLs",
  "disableCache",
  "contentTypesToEncode",
  "retryMethods",
  "maxRetriesOn503",
  "retryDelay",
  "disableRequestLogging",
  "destroyAgent",
  "sessionTimeout",
];

export const REFUSED = {
  globalAgent: { unless: false, hint: "connections are the host's; leave it out" },
};

/** lib/errors.js */
const ServiceUnavailable = createError("FST_REPLY_FROM_SERVICE_UNAVAILABLE", "Service Unavailable", 503);
const GatewayTimeout = createError("FST_REPLY_FROM_GATEWAY_TIMEOUT", "Gateway Timeout", 504);
const ConnectionReset = createError("ECONNRESET", "Connection Reset", 500);
const ConnectTimeout = createError("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error", 500);
const SocketError = createError("UND_ERR_SOCKET", "Undici Socket Error", 500);
const InternalServerError = createError("FST_REPLY_FROM_INTERNAL_SERVER_ERROR", "%s", 500);
const BadGateway = createError("FST_REPLY_FROM_BAD_GATEWAY", "Bad Gateway", 502);

/** The error that the package answers with. `url` is where the request went. */
function errorFor({ code, message }, url) {
  if (code === "ENOTFOUND") return ServiceUnavailable();
  if (code === "UND_ERR_HEADERS_TIMEOUT") return new GatewayTimeout();
  if (code === "ECONNRESET") return new ConnectionReset();
  if (code === "UND_ERR_SOCKET") return new SocketError();
  if (code === "UND_ERR_CONNECT_TIMEOUT") return new ConnectTimeout();
  // As Node words it; the host's own sentence may name addresses, and is in the log.
  if (code === "ECONNREFUSED") return new InternalServerError(`connect ECONNREFUSED ${url.host}`);
  return new InternalServerError(message);
}

/** The upstreams of one registration, by origin. */
class Upstreams {
  #place;
  #client;
  #numbers = new Map();

  constructor(place, client) {
    this.#place = place;
    this.#client = client;
  }

  /** The number of the one at `url`. */
  number(url) {
    const key = `${url.protocol}//${url.host}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = op_upstream(JSON.parse(JSON.stringify(upstreamOptions(this.#place, this.#client, url))));
    this.#numbers.set(key, number);
    return number;
  }
}

/** index.js, getQueryString */
function queryOf(search, requestUrl, { queryString }, request) {
  if (typeof queryString === "function") return `?${queryString(search, requestUrl, request)}`;
  if (queryString) return `?${querystring.stringify(queryString)}`;
  if (search.length > 0) return search;
  const index = requestUrl.indexOf("?");
  return index > 0 ? requestUrl.slice(index) : "";
}

/** The body that options put in the place of the client's. */
function ownBody(options, headers) {
  if (options.body === null) {
    headers["content-length"] = 0;
    delete headers["content-type"];
    return undefined;
  }
  if (typeof options.body.pipe === "function") throw new Error("sending a new body as a stream is not supported yet");
  const body = options.contentType ? options.body : JSON.stringify(options.body);
  headers["content-length"] = Buffer.byteLength(body);
  headers["content-type"] = options.contentType || "application/json";
  return body;
}

/** What was parsed of the client's body, written again. */
function parsedBody(request, headers, contentTypesToEncode) {
  const given = request.headers["content-type"];
  // RFC 9110 section 8.3: without the header it may be taken for these.
  const contentType = given ? contentTypes().default.parse(given).type : "application/octet-stream";
  const isEncoded = contentTypesToEncode.has(contentType);
  if (request.body === null && !isEncoded) return undefined;
  const body = isEncoded ? JSON.stringify(request.body) : request.body;
  headers["content-length"] = Buffer.byteLength(body);
  headers["content-type"] = contentType;
  return body;
}

/** The body of the request to the upstream. What nobody has parsed is what the client sends. */
function bodyOf(request, method, options, headers, contentTypesToEncode) {
  const exchange = request[kExchange];
  if (options.body !== undefined) return ownBody(options, headers);
  const { body } = request;
  const isOwnStream = body !== undefined && body !== null && body === exchange.incomingMessage;
  if (isOwnStream || (body === undefined && method !== "GET" && method !== "HEAD")) {
    if (!upstream().hasBody(exchange)) return undefined;
    if (upstream().isUnread(request)) return exchange;
    if (isOwnStream) return body;
  } else if (typeof body?.pipe === "function") {
    // Another length than the client has announced.
    delete headers["content-length"];
    return body;
  } else if (body !== undefined) {
    return parsedBody(request, headers, contentTypesToEncode);
  }
  return undefined;
}

/** How long to wait before the request is made again; null: not at all. */
function defaultDelay({ method, hasLength, retryMethods, retriesCount, maxRetriesOn503, endedCode }, response, error, retries) {
  if (!retryMethods.has(method) || hasLength) return null;
  const after = response?.headers["retry-after"] ?? 42 * Math.random() * (retries + 1);
  if (response?.statusCode === 503 && method === "GET") {
    return retriesCount === 0 && retries < maxRetriesOn503 ? after : null;
  }
  return retriesCount > retries && error?.code === endedCode ? after : null;
}

/** Makes the request, and makes it again as long as `delay` gives a time. Resolves to `[error, response]`. */
async function sendWithRetries(reply, call, body, delay) {
  for (let retries = 0; ; retries++) {
    const outcome = await upstream()
      .send(reply[kExchange], call, body)
      .then((response) => [null, response], (error) => [error, undefined]);
    // A stream can be sent once.
    if (typeof body === "object" && !ArrayBuffer.isView(body)) return outcome;
    const [error, response] = outcome;
    const after = delay(response, error, retries);
    if (reply.sent || !after) return outcome;
    response?.resume();
    await new Promise((resolve) => setTimeout(resolve, after));
  }
}

/** Puts the response of the upstream into the reply. */
function answer(reply, response, { rewriteHeaders, onResponse, onError }) {
  const { request } = reply;
  const headers = rewriteHeaders ? rewriteHeaders(response.headers, request) : response.headers;
  for (const name of Object.keys(headers)) if (headers[name] !== undefined) reply.header(name, headers[name]);
  const { statusCode } = response;
  if (statusCode < 200 || statusCode > 599) {
    response.resume();
    return onError(reply, { error: new BadGateway() });
  }
  reply.code(statusCode);
  // Nobody else looks at it.
  const canPass = reply[kRouteContext].onSend === null && !reply[kExchange].isInjected;
  if (!onResponse) return reply.send(canPass ? response : response.stream);
  onResponse(request, reply, Object.assign(response.stream, { statusCode, headers: response.headers }));
}

/** The `from` method of replies. */
function fromMethod(place, options) {
  const { base } = options;
  const { client, endedCode, joins } = clientOptions(place, options);
  const upstreams = new Upstreams(place, client);
  if (base) upstreams.number(new URL(base));
  const urls = options.disableCache ? { get: (source, from) => parts(buildUrl(source, from)) } : new UrlCache(options.cacheURLs || 100);
  const contentTypesToEncode = new Set(["application/json", ...(options.contentTypesToEncode || [])]);
  const retryMethods = new Set(options.retryMethods || ["GET", "HEAD", "OPTIONS", "TRACE"]);
  const log = options.disableRequestLogging ? () => {} : (request, ...args) => request.log.info(...args);

  return function from(source, own = {}) {
    const { request } = this;
    const exchange = request[kExchange];
    const method = own.method || exchange.method;
    const onError = own.onError || ((reply, { error }) => reply.send(error));
    const destination = own.getUpstream ? own.getUpstream(request, base) : base;
    const url = urls.get(source || exchange.url, destination);
    const given = { ...(exchange.incomingMessage ?? exchange).headers };
    const acceptsTrailers = client.isHttp2 && /\btrailers\b/.test(given.te);
    const headers = upstream().stripConnection(given);
    headers.host = url.protocol.startsWith("unix+") ? "localhost" : url.host;
    const query = queryOf(url.search, exchange.url, own, request);
    const body = bodyOf(request, method, own, headers, contentTypesToEncode);
    if ((method === "GET" || method === "HEAD") && body) {
      throw new Error(`Rewriting the body when doing a ${method} is not allowed`);
    }
    log(request, { source: source || exchange.url }, "fetching from remote server");
    const sent = upstream().headersToSend(own.rewriteRequestHeaders ? own.rewriteRequestHeaders(request, headers) : headers);
    if (acceptsTrailers) sent.te = "trailers";

    const origin = url.protocol.startsWith("unix+") ? "http://localhost" : url.origin;
    const call = { number: null, joins, method, url: `${origin}${url.pathname}${query}`, headers: sent, timeout: own.timeout ?? 0 };
    // A destination that is in no configuration obeys the rules of `fetch`.
    if (destination) call.number = upstreams.number(url);
    const retrying = {
      method,
      hasLength: Boolean(sent["content-length"]),
      retryMethods,
      retriesCount: own.retriesCount || 0,
      maxRetriesOn503: own.maxRetriesOn503 || options.maxRetriesOn503 || 10,
      endedCode,
    };
    const delay = delayOf(retrying, own.retryDelay || options.retryDelay, { method, url, qs: query, headers: sent, body });
    sendWithRetries(this, call, body, delay)
      .then(([error, response]) => {
        if (exchange.aborted) return response?.resume();
        if (error === null) {
          log(request, "response received");
          return answer(this, response, { ...own, onError });
        }
        if (error.code === "UND_ERR_SOCKET") error.code = endedCode;
        request.log.warn(error, "response errored");
        if (!this.sent) onError(this, { error: errorFor(error, url) });
      })
      // A function of the app's has thrown.
      .catch((error) => (this.sent ? request.log.error({ err: error }, "the reply had been sent") : this.send(error)));
    return this;
  };
}

/** The function that decides about another try: the app's, or the package's. */
function delayOf(retrying, retryDelay, sent) {
  const byDefault = (response, error, retries) => defaultDelay(retrying, response, error, retries);
  if (!retryDelay) return byDefault;
  const { retriesCount } = retrying;
  return (res, err, attempt) =>
    retryDelay({ err, req: sent, res, attempt, getDefaultDelay: () => byDefault(res, err, attempt), retriesCount });
}

/** Registers `reply.from`. `place` is for messages. */
export function registerFrom(fastify, options, place) {
  fastify.decorateReply("from", fromMethod(place, options));
  fastify.addHook("onReady", (done) => {
    const hasParser = ["multipart", "multipart/form-data"].some((type) => fastify.hasContentTypeParser(type));
    if (hasParser && fastify.hasRequestDecorator("multipart")) {
      fastify.log.warn("@fastify/reply-from might not behave as expected when used with @fastify/multipart");
    }
    done();
  });
}
