/**
 * The options by which `@fastify/reply-from` 9 chooses and tunes its client (lib/request.js: undici, `http` or `http2`), in the words of
 * the host (crates/host/src/backends/app.rs). What is not said is as the host has it; what the host cannot do is refused by name.
 */
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";

/** Taken, and without effect: how connections are used is the host's business. */
const UNDICI_TUNING = [
  "pipelining",
  "keepAliveMaxTimeout",
  "keepAliveTimeoutThreshold",
  "maxHeaderSize",
  "maxCachedSessions",
  "maxRequestsPerClient",
  "strictContentLength",
  "autoSelectFamily",
  "autoSelectFamilyAttemptTimeout",
];
const UNDICI = ["connections", "keepAliveTimeout", "connectTimeout", "headersTimeout", "bodyTimeout", "tls", "connect"];
const TLS = ["rejectUnauthorized", "servername", "timeout", "keepAlive", "keepAliveInitialDelay"];

const AGENT_TUNING = ["keepAliveMsecs", "maxTotalSockets", "scheduling", "noDelay"];
const AGENT = ["keepAlive", "maxSockets", "maxFreeSockets", "timeout"];
const REQUEST = ["timeout", "rejectUnauthorized", "servername"];

const HTTP2 = ["sessionTimeout", "requestTimeout", "sessionOptions", "requestOptions"];

/** lib/request.js, getHttpOpts and getHttp2Opts */
const DEFAULT_TIMEOUT = 10_000;

/** An agent, dispatcher or pool of the app's would open sockets of its own. */
function refuseInstance(place, value) {
  if (typeof value?.request === "function" || typeof value?.dispatch === "function") {
    throw unsupported(`${place} as an instance of a client`, "the host makes the requests; give its options instead");
  }
}

/** undici gives a single number to `connectTimeout`, or `timeout` of `connect`. */
function fromUndici(place, undici) {
  if (undici === undefined || typeof undici === "boolean") return { insecure: true };
  refuseInstance(`${place}: option \`undici\``, undici);
  refuseOptions(`${place}, \`undici\``, undici, [...UNDICI, ...UNDICI_TUNING]);
  if (typeof undici.connect === "function") throw unsupported(`${place}: \`undici.connect\` as a function`);
  const tls = { ...undici.tls, ...undici.connect };
  refuseOptions(`${place}, \`undici.${undici.connect ? "connect" : "tls"}\``, tls, TLS);
  return {
    maxConnections: undici.connections ?? undefined,
    idleTimeout: undici.keepAliveTimeout,
    connectTimeout: undici.connectTimeout ?? tls.timeout,
    headersTimeout: undici.headersTimeout,
    bodyTimeout: undici.bodyTimeout,
    insecure: !tls.rejectUnauthorized,
    serverName: tls.servername,
  };
}

function fromHttp(place, http) {
  const { requestOptions = {}, agentOptions = {} } = typeof http === "object" ? http : {};
  if (typeof http === "object") {
    const hint = { unless: undefined, hint: "the host makes the requests; use `agentOptions`" };
    refuseOptions(`${place}, \`http\``, http, ["requestOptions", "agentOptions"], { agents: hint });
  }
  refuseOptions(`${place}, \`http.requestOptions\``, requestOptions, REQUEST);
  refuseOptions(`${place}, \`http.agentOptions\``, agentOptions, [...AGENT, ...AGENT_TUNING]);
  // As a socket's timeout: it is about silence, before the head and within the body.
  const timeout = requestOptions.timeout || DEFAULT_TIMEOUT;
  return {
    maxConnections: finite(agentOptions.maxSockets),
    maxIdle: agentOptions.keepAlive === false ? 0 : finite(agentOptions.maxFreeSockets),
    idleTimeout: agentOptions.timeout,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    insecure: !requestOptions.rejectUnauthorized,
    serverName: requestOptions.servername,
  };
}

function fromHttp2(place, http2) {
  const { sessionTimeout, requestTimeout, sessionOptions = {}, requestOptions = {} } = typeof http2 === "object" ? http2 : {};
  if (typeof http2 === "object") refuseOptions(`${place}, \`http2\``, http2, HTTP2);
  refuseOptions(`${place}, \`http2.sessionOptions\``, sessionOptions, ["rejectUnauthorized", "servername"]);
  refuseOptions(`${place}, \`http2.requestOptions\``, requestOptions, []);
  const timeout = requestTimeout || DEFAULT_TIMEOUT;
  return {
    idleTimeout: sessionTimeout,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    insecure: !sessionOptions.rejectUnauthorized,
    serverName: sessionOptions.servername,
  };
}

/** `Infinity` is what the host calls "not said". */
const finite = (value) => (Number.isFinite(value) ? value : undefined);

/** `unix+http://%2Frun%2Fa.sock/` as the host writes it. */
function unixTarget(place, url, speaks) {
  if (url.protocol === "unix+https:") throw unsupported(`${place}: an upstream with \`${url.protocol}\``, "TLS over a Unix socket");
  return `${speaks}:${decodeURIComponent(url.host)}`;
}

/**
 * What the host is told of the upstream at `url`.
 * @param {string} place for messages
 * @param {any} client what `clientOptions` gave
 * @param {URL} url
 */
export function upstreamOptions(place, { isHttp2, ...client }, url) {
  let target;
  if (url.protocol.startsWith("unix+")) target = unixTarget(place, url, "unix");
  else if (url.protocol === "http:") target = `${isHttp2 ? "h2c" : "http"}://${url.host}`;
  else if (url.protocol === "https:") target = `https://${url.host}`;
  else throw unsupported(`${place}: an upstream with \`${url.protocol}\``);
  return { target, ...client };
}

/** Node's own clients have another code for a connection that ended, and make one header of those that are there more than once. */
const NODE_CLIENT = { endedCode: "ECONNRESET", joins: true };

/**
 * The client that the plugin's options ask for: what `upstreamOptions` needs, and how responses and failures look.
 * @param {string} place for messages
 * @param {any} options of the plugin
 */
export function clientOptions(place, options) {
  if (options.http2) {
    if (!options.base) throw new Error("Option base is required when http2 is true");
    if (options.base.startsWith("unix+")) {
      throw new Error("Unix socket destination is not supported when http2 is true");
    }
    return { client: { isHttp2: true, ...fromHttp2(place, options.http2) }, ...NODE_CLIENT };
  }
  if (options.undici === false || options.http) {
    return { client: { isHttp2: false, ...fromHttp(place, options.http) }, ...NODE_CLIENT };
  }
  return { client: { isHttp2: false, ...fromUndici(place, options.undici) }, endedCode: "UND_ERR_SOCKET", joins: false };
}
