/**
 * The way of one request through its route (fastify/lib/route.js routeHandler and handleRequest.js): onRequest,
 * preParsing, body, preValidation, preHandler, handler. Callbacks rather than promises, so that a request whose
 * hooks and handler are synchronous is answered without one turn of the event loop.
 */
import { runAbortHooks, runHooks, runParsingHooks } from "ext:ssr_host/fastify/hooks.js";
import { logIncoming } from "ext:ssr_host/fastify/logger.js";
import { observe } from "ext:ssr_host/fastify/reply.js";
import { requestId } from "ext:ssr_host/fastify/request-id.js";
import { kExchange, kGenReqId, kOptions, kReplyIsError, kRouteContext } from "ext:ssr_host/fastify/symbols.js";
import { unrecorded } from "ext:ssr_host/reads.js";

/** Methods whose body is parsed when there is one, with or without a content type. */
const BODY_METHODS = new Set([
  "POST",
  "PUT",
  "PATCH",
  "TRACE",
  "SEARCH",
  "PROPFIND",
  "PROPPATCH",
  "LOCK",
  "COPY",
  "MOVE",
  "MKCOL",
  "REPORT",
  "MKCALENDAR",
]);

/**
 * Starts a request whose route is known.
 * @param {import("./exchange.js").Exchange} exchange
 * @param {Record<string, string>} params
 * @param {any} context
 * @param {string} query text of the query string
 */
export function startRequest(exchange, params, context, query) {
  const options = context.server[kOptions];
  const request = new context.Request(exchange, params, exchange.reads === null ? query : exchange.query(query), context);
  const reply = new context.Reply(exchange, request);
  // A custom genReqId may count: it is called once for each request, in order.
  if (exchange.isInjected || context.server[kGenReqId].isCustom) requestId(request);
  if (options.disableRequestLogging === false && options.hasLogger) logIncoming(options.logger, context, request);
  if (options.hasLogger || context.onResponse !== null) observe(reply);

  if (context.onRequest !== null) runHooks(context.onRequest, request, reply, runPreParsing);
  else runPreParsing(null, request, reply);

  if (context.onRequestAbort !== null) {
    exchange.onCancel(() => {
      runAbortHooks(context.onRequestAbort, request, (error) => {
        if (error) reply.log.error({ err: error }, "onRequestAborted hook failed");
      });
    });
  }
}

/** Sends `error` through the error handlers, whatever its type is. */
function fail(reply, error) {
  reply[kReplyIsError] = true;
  reply.send(error);
}

function runPreParsing(error, request, reply) {
  if (reply.sent === true) return;
  if (error != null) return fail(reply, error);
  const { preParsing } = request[kRouteContext];
  if (preParsing !== null) runParsingHooks(preParsing, request, reply, parseBody);
  else parseBody(null, request, reply);
}

/** Parses the body when method and headers say that there is one to parse. */
function parseBody(error, request, reply) {
  if (reply.sent === true) return;
  if (error != null) return fail(reply, error);
  const { method } = request[kExchange];
  if (method === "GET" || method === "HEAD") return runPreValidation(request, reply);
  const contentType = request[kExchange].reads === null ? typeOfBody(request) : unrecorded(() => typeOfBody(request));
  if (contentType === undefined) runPreValidation(request, reply);
  else request[kRouteContext].contentTypeParser.run(contentType, runPreValidation, request, reply);
}

/** The content type by which a body is parsed; undefined when there is none to parse. */
function typeOfBody({ headers, [kExchange]: { method } }) {
  const contentType = headers["content-type"];
  const hasLength = () => headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined;
  if (BODY_METHODS.has(method)) {
    const length = headers["content-length"];
    const isEmpty = headers["transfer-encoding"] === undefined && (length === "0" || length === undefined);
    if (contentType !== undefined || !isEmpty) return contentType ?? "";
  } else if ((method === "OPTIONS" || method === "DELETE") && contentType !== undefined && hasLength()) {
    return contentType;
  }
  return undefined;
}

function runPreValidation(request, reply) {
  const { preValidation } = request[kRouteContext];
  if (preValidation === null) return runPreHandler(null, request, reply);
  try {
    runHooks(preValidation, request, reply, runPreHandler);
  } catch (error) {
    runPreHandler(error, request, reply);
  }
}

function runPreHandler(error, request, reply) {
  if (reply.sent === true) return;
  if (error != null) return fail(reply, error);
  const { preHandler } = request[kRouteContext];
  if (preHandler !== null) runHooks(preHandler, request, reply, runHandler);
  else runHandler(null, request, reply);
}

/** Calls the route's handler and sends what it returns. */
export function runHandler(error, request, reply) {
  if (reply.sent) return;
  if (error != null) return fail(reply, error);
  let result;
  try {
    result = request[kRouteContext].handler(request, reply);
  } catch (thrown) {
    return fail(reply, thrown);
  }
  if (result === undefined) return;
  if (result !== null && typeof result.then === "function") wrapThenable(result, reply);
  else reply.send(result);
}

/** Sends what an async handler resolves to (fastify/lib/wrapThenable.js). */
export function wrapThenable(thenable, reply) {
  thenable.then(
    (payload) => {
      const { ended, headSent, aborted } = reply[kExchange];
      if (payload === undefined && (ended || headSent || aborted)) return;
      try {
        reply.send(payload);
      } catch (error) {
        fail(reply, error);
      }
    },
    (error) => {
      if (reply.sent === true) {
        reply.log.error({ err: error }, "Promise errored, but reply.sent = true was set");
        return;
      }
      try {
        fail(reply, error);
      } catch (thrown) {
        reply.send(thrown);
      }
    },
  );
}
