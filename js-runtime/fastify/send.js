/**
 * From `reply.send(payload)` to bytes: preSerialization, serialisation, onSend, the rules for content-length, and the
 * three kinds of body (text or bytes, Node stream, web stream). Second half of fastify/lib/reply.js.
 */
import { core } from "ext:core/mod.js";
import { errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { handleError } from "ext:ssr_host/fastify/error-handler.js";
import { runHooks, runPayloadHooks } from "ext:ssr_host/fastify/hooks.js";
import { runHandler } from "ext:ssr_host/fastify/lifecycle.js";
import {
  kDisableRequestLogging,
  kExchange,
  kFourOhFourContext,
  kReplyHeaders,
  kReplyIsRunningOnErrorHook,
  kReplyNextErrorHandler,
  kReplySerializer,
  kReplySerializerDefault,
  kRouteContext,
  kTakeBody,
} from "ext:ssr_host/fastify/symbols.js";

const streams = core.createLazyLoader("ext:ssr_host/fastify/send-stream.js");
const { FST_ERR_REP_INVALID_PAYLOAD_TYPE, FST_ERR_REP_RESPONSE_BODY_CONSUMED } = errorCodes;

/** A file that the host sends itself (static.js): hooks may look at it or put another payload in its place. */
export class FilePayload {
  constructor(mount, path) {
    this.mount = mount;
    this.path = path;
  }

  /** Makes it a stream to whoever asks; only the host can read it. */
  pipe() {
    throw unsupported("@fastify/static: reading a static file in an onSend hook");
  }
}

/** Length of a string or buffer in UTF-8. */
export function byteLength(payload) {
  return typeof payload === "string" ? core.byteLength(payload) : payload.byteLength;
}

/** Runs preSerialization hooks, then serialises and goes on to onSend. */
export function runPreSerialization(reply, payload) {
  const hooks = reply[kRouteContext].preSerialization;
  if (hooks !== null) runPayloadHooks(hooks, reply.request, reply, payload, serializeAndSend);
  else serializeAndSend(null, reply.request, reply, payload);
}

function serializeAndSend(error, _request, reply, payload) {
  if (error != null) return runOnError(reply, error);
  try {
    payload = serialize(reply, payload);
  } catch (thrown) {
    thrown.serialization = reply[kRouteContext].config;
    return runOnError(reply, thrown);
  }
  runOnSend(reply, payload);
}

/** The text of an object: the reply's serializer, the instance's, or JSON. */
export function serialize(reply, payload) {
  if (reply[kReplySerializer] !== null) return reply[kReplySerializer](payload);
  const custom = reply[kRouteContext][kReplySerializerDefault];
  return custom ? custom(payload, reply.statusCode) : JSON.stringify(payload);
}

/** Runs onSend hooks, then writes. */
export function runOnSend(reply, payload) {
  const hooks = reply[kRouteContext].onSend;
  if (hooks !== null) runPayloadHooks(hooks, reply.request, reply, payload, afterOnSend);
  else writeResponse(reply, payload);
}

function afterOnSend(error, _request, reply, payload) {
  if (error != null) runOnError(reply, error);
  else writeResponse(reply, payload);
}

/** Runs onError hooks, then the error handler. `next` is where the fallback handler sends its payload. */
export function runOnError(reply, error, next) {
  const hooks = reply[kRouteContext].onError;
  if (hooks === null || reply[kReplyNextErrorHandler]) return handleError(reply, error, next);
  reply[kReplyIsRunningOnErrorHook] = true;
  runPayloadHooks(hooks, reply.request, reply, error, () => handleError(reply, error, next));
}

/** Answers with the not-found handler of the route's context. */
export function callNotFound(reply) {
  const context = reply[kRouteContext][kFourOhFourContext];
  if (context === null) {
    reply.log.warn("Trying to send a NotFound error inside a 404 handler. Sending basic 404 response.");
    reply.code(404).send("404 Not Found");
    return;
  }
  reply.request[kRouteContext] = context;
  if (context.preHandler !== null) runHooks(context.preHandler, reply.request, reply, runHandler);
  else runHandler(null, reply.request, reply);
}

function respond(reply, body) {
  const exchange = reply[kExchange];
  try {
    exchange.respond(exchange.statusCode, reply[kReplyHeaders], body);
  } catch (error) {
    if (error.code === "ERR_HTTP_HEADERS_SENT") {
      const { url, method } = exchange;
      reply.log.warn(`Reply was already sent, did you forget to "return reply" in the "${url}" (${method}) route?`);
    }
    throw error;
  }
}

/** fastify/lib/reply.js, onSendEnd */
function writeResponse(reply, payload) {
  if (typeof payload === "string") return writeText(reply, payload);
  if (Object.prototype.toString.call(payload) === "[object Response]") payload = openResponse(reply, payload);
  const { statusCode } = reply[kExchange];
  const headers = reply[kReplyHeaders];
  if (payload === undefined || payload === null) {
    const mayHaveLength = statusCode >= 200 && statusCode !== 204 && statusCode !== 304;
    if (mayHaveLength && reply.request.method !== "HEAD") headers["content-length"] = "0";
    return respond(reply, null);
  }
  if (payload instanceof FilePayload) {
    return reply[kExchange].respondFile(statusCode, headers, payload.mount, payload.path);
  }
  if (hasNoBody(statusCode)) {
    writeWithoutBody(reply);
    if (typeof payload.resume === "function") payload.on("error", () => {}).resume();
    return;
  }
  const passed = reply[kExchange].isInjected ? undefined : payload[kTakeBody]?.();
  if (passed !== undefined) return reply[kExchange].respondUpstream(statusCode, headers, passed);
  if (typeof payload.pipe === "function") return streams().sendNodeStream(reply, payload);
  if (typeof payload.getReader === "function") return streams().sendWebStream(reply, payload);
  if (!Buffer.isBuffer(payload)) throw new FST_ERR_REP_INVALID_PAYLOAD_TYPE(typeof payload);
  setLength(reply, payload);
  respond(reply, payload);
}

function writeText(reply, payload) {
  if (hasNoBody(reply[kExchange].statusCode)) return writeWithoutBody(reply);
  setLength(reply, payload);
  respond(reply, payload);
}

const hasNoBody = (statusCode) => (statusCode >= 100 && statusCode < 200) || statusCode === 204;

/** RFC 9110 8.6: such a response has neither content-type nor content-length. */
function writeWithoutBody(reply) {
  reply.removeHeader("content-type");
  reply.removeHeader("content-length");
  respond(reply, null);
}

function setLength(reply, payload) {
  const headers = reply[kReplyHeaders];
  const given = headers["content-length"];
  if (given && reply.request.method === "HEAD") return;
  const length = byteLength(payload);
  if (!given || Number(given) !== length) headers["content-length"] = `${length}`;
}

/** Takes status and headers from a web Response; returns its body. */
function openResponse(reply, response) {
  if (typeof response.status === "number") reply.code(response.status);
  if (typeof response.headers === "object" && typeof response.headers.forEach === "function") {
    for (const [name, value] of response.headers) reply.header(name, value);
  }
  if (response.body !== null && response.bodyUsed) throw new FST_ERR_REP_RESPONSE_BODY_CONSUMED();
  return response.body;
}

/** Logs how a streamed response ended early. */
export function logStreamError(reply, error) {
  if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") {
    reply.log.warn({ err: error }, "response terminated with an error with headers already sent");
  } else if (!reply.log[kDisableRequestLogging]) {
    reply.log.info({ res: reply }, "stream closed prematurely");
  }
}
