/**
 * The request that hooks and handlers see (fastify/lib/request.js). It holds an id and a route; everything else is
 * asked of the exchange when it is read, header by header.
 */
import { core } from "ext:core/mod.js";
import { deprecated, unsupported } from "ext:ssr_host/fastify/errors.js";
import { createChildLogger } from "ext:ssr_host/fastify/logger.js";
import { TrackedQuery } from "ext:ssr_host/fastify/query.js";
import { requestId } from "ext:ssr_host/fastify/request-id.js";
import { CLIENT, HOST, SCHEME, UNIQUE, unrecorded } from "ext:ssr_host/reads.js";
import {
  kExchange,
  kHasBeenDecorated,
  kOptions,
  kRequestId,
  kRequestLog,
  kRequestPayloadStream,
  kRequestQuery,
  kRouteContext,
} from "ext:ssr_host/fastify/symbols.js";

const proxyAddr = core.createLazyLoader("ext:ssr_host/vendor/proxy-addr.js");

export function Request() {}
Request.props = [];

/**
 * A request class for a new context: properties of `decorateRequest` are copied to each request.
 * @param {any} R the parent's class
 */
export function buildRequest(R) {
  const props = R.props.slice();
  function _Request(exchange, params, query, context) {
    this[kExchange] = exchange;
    this[kRouteContext] = context;
    this[kRequestId] = undefined;
    this[kRequestLog] = undefined;
    /** The text of the query string; parsed by the getter. Of a tracked request, a TrackedQuery. */
    this[kRequestQuery] = query;
    this[kRequestPayloadStream] = undefined;
    this.params = params;
    this.body = undefined;
    for (let i = 0; i < props.length; i++) this[props[i].key] = props[i].value;
  }
  Object.setPrototypeOf(_Request.prototype, R.prototype);
  Object.setPrototypeOf(_Request, R);
  _Request.props = props;
  _Request.parent = R;
  return _Request;
}

/** Value of a deprecated property, with Fastify's warning. */
const old = (code, name, instead, get) => ({
  get() {
    deprecated(code, `You are accessing the deprecated "request.${name}" property. Use "${instead}" instead.`);
    return get(this);
  },
});

const schemaFunction = (name) => ({
  value() {
    throw unsupported(`fastify: \`request.${name}()\``, "schemas are not compiled");
  },
});

/** A property computed from the request until the app assigns its own value. */
const lazy = (key, compute) => ({
  get() {
    return (this[key] ??= compute(this));
  },
  set(value) {
    this[key] = value;
  },
});

/** What reading `ip`, `ips`, `hostname` and `protocol` is noted as. */
const FACTS = [CLIENT, CLIENT, HOST, SCHEME];

/** What the host says of the client; what `compute` says when the host leaves it to the app. */
const clientFact = (index, compute) => ({
  get() {
    const exchange = this[kExchange];
    exchange.reads?.add(FACTS[index]);
    const client = exchange.reads === null ? exchange.client : unrecorded(() => exchange.client);
    return client === null ? compute(this) : (client[index] ?? undefined);
  },
});

/** `read()`, which has been noted as what it is for. */
const own = (exchange, read) => (exchange.reads === null ? read() : unrecorded(read));

const requestedHost = ({ [kExchange]: exchange }) =>
  own(exchange, () => exchange.header("host") || exchange.header(":authority"));

const schemeOfConnection = ({ [kExchange]: exchange }) => (exchange.isEncrypted() ? "https" : "http");

Object.defineProperties(Request.prototype, {
  id: {
    get() {
      this[kExchange].reads?.add(UNIQUE);
      return requestId(this);
    },
    set(value) {
      this[kRequestId] = value;
    },
  },
  log: lazy(kRequestLog, (request) => {
    const options = request.server[kOptions];
    return createChildLogger(request[kRouteContext], request, options.logger, options.disableRequestLogging);
  }),
  query: {
    get() {
      const query = this[kRequestQuery];
      if (typeof query === "string") return (this[kRequestQuery] = this[kRouteContext].parseQuery(query));
      return query instanceof TrackedQuery ? query.value(this[kRouteContext].parseQuery) : query;
    },
    set(value) {
      this[kRequestQuery] = value;
    },
  },
  raw: {
    get() {
      return this[kExchange].incoming;
    },
  },
  server: {
    get() {
      return this[kRouteContext].server;
    },
  },
  url: {
    get() {
      return this[kExchange].url;
    },
  },
  originalUrl: {
    get() {
      return this[kExchange].originalUrl || this[kExchange].url;
    },
  },
  method: {
    get() {
      return this[kExchange].method;
    },
  },
  headers: {
    get() {
      const { headers } = this[kExchange];
      return this.additionalHeaders ? Object.assign({}, headers, this.additionalHeaders) : headers;
    },
    set(headers) {
      this.additionalHeaders = headers;
    },
  },
  socket: {
    get() {
      return this[kExchange].socket;
    },
  },
  connection: old("FSTDEP005", "connection", "request.socket", (request) => request.socket),
  ip: clientFact(0, (request) => request[kExchange].remote()[0]),
  ips: clientFact(1, () => undefined),
  hostname: clientFact(2, requestedHost),
  protocol: clientFact(3, schemeOfConnection),
  is404: {
    get() {
      return this[kRouteContext].config?.url === undefined;
    },
  },
  routeOptions: {
    get() {
      return routeOptions(this[kRouteContext]);
    },
  },
  context: old("FSTDEP012", "context", "request.routeOptions.config", (request) => request[kRouteContext]),
  routerPath: old("FSTDEP017", "routerPath", "request.routeOptions.url", (r) => r[kRouteContext].config?.url),
  routerMethod: old("FSTDEP018", "routerMethod", "request.routeOptions.method", (r) => r[kRouteContext].config?.method),
  routeConfig: old("FSTDEP016", "routeConfig", "request.routeOptions.config", (r) => r[kRouteContext].config),
  routeSchema: old("FSTDEP015", "routeSchema", "request.routeOptions.schema", (r) => r[kRouteContext].schema),
  getValidationFunction: schemaFunction("getValidationFunction"),
  compileValidationSchema: schemaFunction("compileValidationSchema"),
  validateInput: schemaFunction("validateInput"),
});

/** The frozen object of `request.routeOptions`. */
function routeOptions(context) {
  const options = {
    method: context.config?.method,
    url: context.config?.url,
    bodyLimit: context._parserOptions.limit || context.server.initialConfig.bodyLimit,
    attachValidation: context.attachValidation,
    logLevel: context.logLevel,
    exposeHeadRoute: context.exposeHeadRoute,
    prefixTrailingSlash: context.prefixTrailingSlash,
    handler: context.handler,
    version: undefined,
  };
  Object.defineProperties(options, {
    config: { get: () => context.config },
    schema: { get: () => context.schema },
  });
  return Object.freeze(options);
}

/** `trustProxy` as a function of (address, hop). */
function trustFunction(trustProxy) {
  if (typeof trustProxy === "function") return trustProxy;
  if (trustProxy === true) return () => true;
  if (typeof trustProxy === "number") return (_address, hop) => hop < trustProxy;
  const list = typeof trustProxy === "string" ? trustProxy.split(",").map((one) => one.trim()) : trustProxy;
  return proxyAddr().default.compile(list);
}

/** The last entry of a header that proxies append to. */
function lastEntry(value) {
  return value.slice(value.lastIndexOf(",") + 1).trim();
}

/**
 * The request class of an instance with `trustProxy`: addresses and names come from the `x-forwarded-*` headers.
 * @param {any} R
 * @param {boolean | number | string | string[] | Function} trustProxy
 */
export function buildTrustedRequest(R, trustProxy) {
  const _Request = buildRequest(R);
  const trust = trustFunction(trustProxy);
  const message = (request) => ({
    headers: { "x-forwarded-for": request[kExchange].header("x-forwarded-for") },
    socket: { remoteAddress: request[kExchange].remote()[0] },
  });
  // A function decides by the addresses.
  const fact = (index, compute) =>
    clientFact(index, (request) => {
      if (typeof trustProxy === "function") request[kExchange].reads?.add(CLIENT);
      return compute(request);
    });
  _Request[kHasBeenDecorated] = true;
  Object.defineProperties(_Request.prototype, {
    ip: fact(0, (request) => proxyAddr().default(message(request), trust)),
    ips: fact(1, (request) => proxyAddr().default.all(message(request), trust)),
    hostname: fact(2, (request) => {
      const exchange = request[kExchange];
      const hasPeer = own(exchange, () => exchange.remote()[0]) !== undefined;
      const forwarded = (hasPeer || request.ip !== undefined) && exchange.header("x-forwarded-host");
      return forwarded ? lastEntry(forwarded) : requestedHost(request);
    }),
    protocol: fact(3, (request) => {
      const forwarded = request[kExchange].header("x-forwarded-proto");
      return forwarded ? lastEntry(forwarded) : schemeOfConnection(request);
    }),
  });
  return _Request;
}
