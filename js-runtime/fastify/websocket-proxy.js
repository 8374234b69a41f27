/**
 * WebSockets of `@fastify/http-proxy`: which upstream gets a client's handshake, and with which headers (index.js, WebSocketProxy). Once
 * the upstream has agreed, the host connects the two; nothing of it is seen here.
 */
import { op_upstream } from "ext:core/ops";
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";
import { kExchange, kReplyHeaders, kTakeBody } from "ext:ssr_host/fastify/symbols.js";
import { headersToSend, send } from "ext:ssr_host/fastify/upstream.js";
import { upstreamOptions } from "ext:ssr_host/fastify/upstream-options.js";
import { invalidCharacters, isTraversal } from "ext:ssr_host/fastify/upstream-url.js";

const PLACE = "@fastify/http-proxy, `wsClientOptions`";

/** Headers of the handshake (RFC 6455 section 4.1), which pass as they are. */
const HANDSHAKE = ["sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions"];

/** The package's default: the visitor's cookies, and nothing else of the request. */
function withCookie(headers, request) {
  const { cookie } = request.headers;
  return cookie ? { ...headers, cookie } : { ...headers };
}

/** `ws:` as what it is on the wire. */
function httpUrl(url) {
  const target = new URL(url);
  if (target.protocol === "ws:" || target.protocol === "wss:") return new URL(`http${url.slice(2)}`);
  return target;
}

/** Where a handshake goes (findUpstream of the package). */
function targetOf({ upstream, wsUpstream, replyOptions }, request, path) {
  const [pathname, query] = request.url.split("?", 2);
  let target;
  if (wsUpstream) {
    target = httpUrl(wsUpstream);
    if (target.pathname === "/") target.pathname = pathname;
  } else {
    target = new URL(path, httpUrl(upstream || replyOptions.getUpstream(request, "")));
  }
  target.search = query ? `?${query}` : "";
  return target;
}

function register(numbers, client, url) {
  if (!numbers.has(url.origin)) {
    const options = upstreamOptions("@fastify/http-proxy", client, url);
    numbers.set(url.origin, op_upstream(JSON.parse(JSON.stringify(options))));
  }
  return numbers.get(url.origin);
}

/**
 * The function that connects one request.
 * @param {any} options of the plugin
 */
export function connector(options) {
  const { headers: added = {}, rewriteRequestHeaders = withCookie, ...client } = options.wsClientOptions ?? {};
  refuseOptions(PLACE, client, ["rejectUnauthorized", "servername", "handshakeTimeout"]);
  if (options.wsUpstream !== undefined && typeof options.wsUpstream !== "string") {
    throw unsupported("@fastify/http-proxy: `wsUpstream` that is no text");
  }
  // ws believes no certificate that it cannot verify, unless told to (its client is Node's).
  const tls = { insecure: client.rejectUnauthorized === false, serverName: client.servername };
  const numbers = new Map();

  return function connect(request, reply, path) {
    if (isTraversal(path)) throw invalidCharacters();
    const exchange = request[kExchange];
    const url = targetOf(options, request, path);
    const number = register(numbers, { isHttp2: false, ...tls }, url);
    const headers = headersToSend(rewriteRequestHeaders(added, request));
    for (const name of HANDSHAKE) headers[name] ??= exchange.header(name) ?? undefined;
    for (const name of HANDSHAKE) if (headers[name] === undefined) delete headers[name];
    Object.assign(headers, { host: url.host, connection: "upgrade", upgrade: exchange.header("upgrade") });
    request.log.debug({ url: url.href }, "proxy websocket");
    const call = { number, joins: false, method: "GET", url: url.href, headers, timeout: client.handshakeTimeout ?? 0 };
    send(exchange, call, undefined).then(
      (response) => answer(exchange, reply, response),
      (error) => {
        request.log.warn({ err: error }, "websocket proxy error");
        if (!reply.sent) reply.code(502).send(Object.assign(new Error("Bad Gateway"), { statusCode: 502 }));
      },
    );
  };
}

/** A `101` connects the two ends; anything else is what the upstream says to the client. */
function answer(exchange, reply, response) {
  const { statusCode, headers } = response;
  if (reply.sent || exchange.aborted) return response.resume();
  for (const name of Object.keys(headers)) reply.header(name, headers[name]);
  exchange.statusCode = statusCode;
  if (statusCode === 101) exchange.respondUpstream(101, reply[kReplyHeaders], response[kTakeBody]());
  else reply.send(response.stream);
}
