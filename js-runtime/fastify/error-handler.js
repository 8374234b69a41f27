/**
 * What an error becomes: the route's error handler, its parents', and at the end Fastify's own JSON
 * (fastify/lib/error-handler.js).
 */
import { errorCodes } from "ext:ssr_host/fastify/errors.js";
import { wrapThenable } from "ext:ssr_host/fastify/lifecycle.js";
import { byteLength } from "ext:ssr_host/fastify/send.js";
import { STATUS_TEXT } from "ext:ssr_host/fastify/status.js";
import {
  kDisableRequestLogging,
  kExchange,
  kReplyHasStatusCode,
  kReplyHeaders,
  kReplyIsRunningOnErrorHook,
  kReplyNextErrorHandler,
  kRouteContext,
} from "ext:ssr_host/fastify/symbols.js";

/** The end of every chain: `func` answers with the default JSON. */
const rootErrorHandler = {
  func: defaultErrorHandler,
  toJSON() {
    return `${this.func.name}()`;
  },
};

/** A handler whose prototype is the one to ask when it fails. */
export function buildErrorHandler(parent = rootErrorHandler, func) {
  if (!func) return parent;
  const handler = Object.create(parent);
  handler.func = func;
  return handler;
}

/** Answers `error`. `next(reply, payload)` continues after the last handler. */
export function handleError(reply, error, next) {
  reply[kReplyIsRunningOnErrorHook] = false;
  if (reply[kReplyNextErrorHandler] === false) return fallback(error, reply, writeBare);
  const handler = reply[kReplyNextErrorHandler] || reply[kRouteContext].errorHandler;
  // When this handler fails too, its parent is asked.
  reply[kReplyNextErrorHandler] = Object.getPrototypeOf(handler);
  delete reply[kReplyHeaders]["content-type"];
  delete reply[kReplyHeaders]["content-length"];
  const { func } = handler;
  if (!func) {
    reply[kReplyNextErrorHandler] = false;
    return fallback(error, reply, next);
  }
  try {
    const result = func(error, reply.request, reply);
    if (result === undefined) return;
    if (result !== null && typeof result.then === "function") wrapThenable(result, reply);
    else reply.send(result);
  } catch (thrown) {
    reply.send(thrown);
  }
}

/** Sends the payload without hooks; without the headers too, when they are what cannot be sent. */
function writeBare(reply, payload) {
  const exchange = reply[kExchange];
  try {
    exchange.respond(exchange.statusCode, reply[kReplyHeaders], payload);
  } catch (error) {
    if (!reply.log[kDisableRequestLogging]) {
      reply.log.warn({ req: reply.request, res: reply, err: error }, error?.message);
    }
    exchange.respond(exchange.statusCode, {}, payload);
  }
}

function defaultErrorHandler(error, request, reply) {
  setErrorHeaders(error, reply);
  if (!reply[kReplyHasStatusCode] || reply.statusCode === 200) {
    const statusCode = error.statusCode || error.status;
    reply.code(statusCode >= 400 ? statusCode : 500);
  }
  if (!reply.log[kDisableRequestLogging]) {
    if (reply.statusCode < 500) reply.log.info({ res: reply, err: error }, error && error.message);
    else reply.log.error({ req: request, res: reply, err: error }, error && error.message);
  }
  reply.send(error);
}

function setErrorHeaders(error, reply) {
  const exchange = reply[kExchange];
  let statusCode = exchange.statusCode >= 400 ? exchange.statusCode : 500;
  if (error != null) {
    if (error.headers !== undefined) reply.headers(error.headers);
    if (error.status >= 400) statusCode = error.status;
    else if (error.statusCode >= 400) statusCode = error.statusCode;
  }
  // `error.statusCode` may be a string of digits.
  exchange.statusCode = Number(statusCode);
}

/** `{"statusCode":…,"code":…,"error":…,"message":…}` */
function fallback(error, reply, next) {
  const { statusCode } = reply;
  const headers = reply[kReplyHeaders];
  headers["content-type"] ??= "application/json; charset=utf-8";
  let payload;
  try {
    const { code, message } = error;
    payload = errorToJson({ statusCode, code, error: STATUS_TEXT[statusCode], message });
  } catch (thrown) {
    if (!reply.log[kDisableRequestLogging]) {
      reply.log.error({ err: thrown, statusCode }, "The serializer for the given status code failed");
    }
    reply.code(500);
    payload = errorToJson(new errorCodes.FST_ERR_FAILED_ERROR_SERIALIZATION(thrown.message, error.message));
  }
  headers["content-length"] = `${byteLength(payload)}`;
  next(reply, payload);
}

/** fastify/lib/error-serializer.js: the four properties in this order, absent ones left out. */
function errorToJson({ statusCode, code, error, message }) {
  let json = "";
  if (statusCode !== undefined) json += `,"statusCode":${toNumber(statusCode)}`;
  if (code !== undefined) json += `,"code":${toText(code)}`;
  if (error !== undefined) json += `,"error":${toText(error)}`;
  if (message !== undefined) json += `,"message":${toText(message)}`;
  return `{${json.slice(1)}}`;
}

function toNumber(value) {
  const number = Number(value);
  if (Number.isNaN(number)) throw new Error(`The value "${value}" cannot be converted to a number.`);
  return Number.isFinite(number) ? number : null;
}

function toText(value) {
  if (value === null) return '""';
  if (value instanceof Date) return `"${value.toISOString()}"`;
  return JSON.stringify(value instanceof RegExp ? value.source : value.toString());
}
