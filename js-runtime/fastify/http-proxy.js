/**
 * `@fastify/http-proxy` 9: routes below a prefix whose requests go to an upstream, in a context of their own, by `reply.from`
 * (from.js). WebSockets are connected by the host: the client's handshake is the upstream's, so the upstream chooses the
 * subprotocol and extensions, and a refusal of the upstream is what the client sees.
 */
import { core } from "ext:core/mod.js";
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { nativePlugin, refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";
import { OPTIONS, REFUSED, registerFrom } from "ext:ssr_host/fastify/from.js";
import { kExchange } from "ext:ssr_host/fastify/symbols.js";
import { querystring } from "ext:ssr_host/vendor/find-my-way.js";

const webSocket = core.createLazyLoader("ext:ssr_host/fastify/websocket-proxy.js");

const HTTP_METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "OPTIONS"];

const OWN_OPTIONS = [
  "upstream",
  "rewritePrefix",
  "preHandler",
  "beforeHandler",
  "preValidation",
  "proxyPayloads",
  "config",
  "replyOptions",
  "internalRewriteLocationHeader",
  "httpMethods",
  "websocket",
  "wsUpstream",
  "wsClientOptions",
  "rewriteHeaders",
];

const noReason = { unless: undefined, hint: undefined };
const OWN_REFUSED = {
  ...REFUSED,
  wsServerOptions: { unless: undefined, hint: "the upstream is the server of the WebSocket" },
  wsReconnect: { unless: undefined, hint: "the two ends of a WebSocket are connected with each other" },
  wsHooks: { unless: undefined, hint: "the bytes of a WebSocket do not pass through JavaScript" },
  // Of versions for Fastify 5.
  handler: noReason,
  preRewrite: noReason,
  routes: noReason,
};

function check(options) {
  const { upstream, replyOptions, constraints, ...others } = options;
  if (!upstream && !(upstream === "" && typeof replyOptions?.getUpstream === "function")) {
    throw new Error("upstream must be specified");
  }
  if (Object.keys(constraints ?? {}).length > 0) throw unsupported("@fastify/http-proxy: option `constraints`");
  refuseOptions("@fastify/http-proxy", others, [...OPTIONS, ...OWN_OPTIONS], OWN_REFUSED);
}

/** index.js, generateRewritePrefix */
function rewritePrefixOf(prefix, { rewritePrefix, upstream }) {
  const rewritten = rewritePrefix || (upstream ? new URL(upstream).pathname : "/");
  return !prefix.endsWith("/") && rewritten.endsWith("/") ? rewritten.slice(0, -1) : rewritten;
}

/** A prefix with parameters: their values are those of the request. */
function replaceVariables(path, prefix, rewritePrefix, params) {
  const segments = path.split("/");
  const requested = prefix.split("/").map((_, index) => segments[index]).join("/");
  let rewritten = rewritePrefix;
  for (const [name, value] of Object.entries(params)) rewritten = rewritten.replace(`:${name}`, () => value);
  return path.replace(requested, () => rewritten);
}

/** The path at the upstream for a URL that was asked for. */
function destination({ url, params }, prefix, rewritePrefix) {
  const [path, query] = url.split("?", 2);
  if (!prefix.includes(":")) return path.replace(prefix, () => rewritePrefix) || "/";
  const rewritten = replaceVariables(path, prefix, rewritePrefix, params);
  return (query ? `${rewritten}?${querystring.stringify(querystring.parse(query))}` : rewritten) || "/";
}

/** A payload that nobody has to parse: it goes to the upstream as it comes. */
function unparsed(_request, payload, done) {
  done(null, payload);
}

/** The package's `rewriteHeaders`: a `location` below the upstream's prefix is one below ours. */
function headersRewriter(options, prefix, rewritePrefix) {
  const isOn = options.internalRewriteLocationHeader ?? true;
  const own = options.replyOptions?.rewriteHeaders;
  return function rewriteHeaders(headers, request) {
    const { location } = headers;
    if (isOn && location && !/^https?:\/\//.test(location)) {
      headers.location = location.replace(rewritePrefix, () => prefix);
    }
    return own ? own(headers, request) : headers;
  };
}

async function fastifyHttpProxy(fastify, options) {
  check(options);
  const { prefix } = fastify;
  const rewritePrefix = rewritePrefixOf(prefix, options);
  const replyOptions = { ...options.replyOptions, rewriteHeaders: headersRewriter(options, prefix, rewritePrefix) };
  registerFrom(fastify, { ...options, base: options.upstream }, "@fastify/http-proxy");

  if (options.preValidation) {
    fastify.addHook("preValidation", options.preValidation);
  } else if (options.proxyPayloads !== false) {
    fastify.addContentTypeParser("application/json", unparsed);
    fastify.addContentTypeParser("*", unparsed);
  }

  const connect = options.websocket ? webSocket().connector(options) : undefined;
  function handler(request, reply) {
    const path = destination(request, this.prefix, rewritePrefix);
    if (connect !== undefined && request[kExchange].header("upgrade") !== undefined) connect(request, reply, path);
    else reply.from(path, replyOptions);
  }
  for (const url of ["/", "/*"]) {
    fastify.route({
      url,
      method: options.httpMethods || HTTP_METHODS,
      preHandler: options.preHandler || options.beforeHandler,
      config: options.config || {},
      handler,
    });
  }
}

export default nativePlugin(fastifyHttpProxy, "@fastify/http-proxy", "fastifyHttpProxy", { encapsulate: true });
export { fastifyHttpProxy };
