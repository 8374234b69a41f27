/**
 * The reply (fastify/lib/reply.js): status, headers and `send`, with Fastify's rules for content types. What happens
 * after `send` (serialisation, onSend, writing) is in send.js.
 */
import { deprecated, errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { lowerCase } from "ext:ssr_host/fastify/headers.js";
import { logCompleted } from "ext:ssr_host/fastify/logger.js";
import { runResponseHooks } from "ext:ssr_host/fastify/hooks.js";
import { callNotFound, runOnError, runOnSend, runPreSerialization, serialize } from "ext:ssr_host/fastify/send.js";
import {
  kDisableRequestLogging,
  kExchange,
  kOptions,
  kReplyEndTime,
  kReplyHasStatusCode,
  kReplyHeaders,
  kReplyIsError,
  kReplyIsRunningOnErrorHook,
  kReplyNextErrorHandler,
  kReplyResponded,
  kReplySerializer,
  kReplyStartTime,
  kRouteContext,
} from "ext:ssr_host/fastify/symbols.js";

const { FST_ERR_BAD_STATUS_CODE, FST_ERR_REP_ALREADY_SENT, FST_ERR_SEND_INSIDE_ONERR } = errorCodes;

const JSON_TYPE = "application/json; charset=utf-8";
const PLAIN_TYPE = "text/plain; charset=utf-8";
const BINARY_TYPE = "application/octet-stream";

const now = () => performance.now();

export function Reply() {}
Reply.props = [];

/**
 * A reply class for a new context: properties of `decorateReply` are copied to each reply.
 * @param {any} R the parent's class
 */
export function buildReply(R) {
  const props = R.props.slice();
  function _Reply(exchange, request) {
    this[kExchange] = exchange;
    this.request = request;
    this[kReplyHeaders] = {};
    this[kReplyHasStatusCode] = false;
    this[kReplyIsError] = false;
    this[kReplyIsRunningOnErrorHook] = false;
    this[kReplyNextErrorHandler] = undefined;
    this[kReplySerializer] = null;
    this[kReplyStartTime] = undefined;
    this[kReplyEndTime] = undefined;
    for (let i = 0; i < props.length; i++) this[props[i].key] = props[i].value;
  }
  Object.setPrototypeOf(_Reply.prototype, R.prototype);
  Object.setPrototypeOf(_Reply, R);
  _Reply.parent = R;
  _Reply.props = props;
  return _Reply;
}

Object.defineProperties(Reply.prototype, {
  [kRouteContext]: {
    get() {
      return this.request[kRouteContext];
    },
  },
  context: {
    get() {
      deprecated("FSTDEP019", "reply.context property access is deprecated.");
      return this.request[kRouteContext];
    },
  },
  raw: {
    get() {
      return this[kExchange].response;
    },
  },
  log: {
    get() {
      return this.request.log;
    },
    set(logger) {
      this.request.log = logger;
    },
  },
  server: {
    get() {
      return this.request[kRouteContext].server;
    },
  },
  elapsedTime: {
    get() {
      if (this[kReplyStartTime] === undefined) return 0;
      return (this[kReplyEndTime] ?? now()) - this[kReplyStartTime];
    },
  },
  sent: {
    enumerable: true,
    get() {
      return this[kExchange].ended;
    },
    set() {
      throw unsupported("fastify: `reply.sent = true`", "the response cannot be taken over");
    },
  },
  statusCode: {
    get() {
      return this[kExchange].statusCode;
    },
    set(code) {
      this.code(code);
    },
  },
});

const methods = {
  hijack() {
    throw unsupported("fastify: `reply.hijack()`", "answer with reply.send(); streams are supported");
  },

  send(payload) {
    if (this[kReplyIsRunningOnErrorHook] === true) throw new FST_ERR_SEND_INSIDE_ONERR();
    if (this.sent) {
      this.log.warn({ err: new FST_ERR_REP_ALREADY_SENT(this.request.url, this.request.method) });
      return this;
    }
    if (this[kReplyIsError] === true || payload instanceof Error) {
      this[kReplyIsError] = false;
      runOnError(this, payload, runOnSend);
      return this;
    }
    if (payload === undefined) {
      runOnSend(this, payload);
      return this;
    }
    const contentType = this.getHeader("content-type");
    if (typeof payload === "string") sendText(this, payload, contentType);
    else if (isStream(payload)) runOnSend(this, payload);
    else if (payload?.buffer instanceof ArrayBuffer) sendBytes(this, payload, contentType);
    else sendObject(this, payload, contentType);
    return this;
  },

  getHeader(name) {
    const key = lowerCase(name);
    const value = this[kReplyHeaders][key];
    if (value !== undefined) return value;
    const { rawHeaders } = this[kExchange];
    return rawHeaders === null ? undefined : rawHeaders[key];
  },

  getHeaders() {
    return { ...this[kExchange].rawHeaders, ...this[kReplyHeaders] };
  },

  hasHeader(name) {
    return this.getHeader(name) !== undefined;
  },

  removeHeader(name) {
    delete this[kReplyHeaders][lowerCase(name)];
    return this;
  },

  header(name, value = "") {
    const key = lowerCase(name);
    const headers = this[kReplyHeaders];
    if (key !== "set-cookie" || !headers[key]) headers[key] = value;
    else headers[key] = [].concat(headers[key], value);
    return this;
  },

  headers(headers) {
    const keys = Object.keys(headers);
    for (let i = 0; i !== keys.length; ++i) this.header(keys[i], headers[keys[i]]);
    return this;
  },

  trailer() {
    throw unsupported("fastify: `reply.trailer()`");
  },

  hasTrailer() {
    return false;
  },

  removeTrailer() {
    return this;
  },

  code(code) {
    const value = Number(code);
    if (Number.isNaN(value) || value < 100 || value > 599) throw new FST_ERR_BAD_STATUS_CODE(code || String(code));
    this[kExchange].statusCode = value;
    this[kReplyHasStatusCode] = true;
    return this;
  },

  getSerializationFunction() {
    throw unsupported("fastify: `reply.getSerializationFunction()`", "schemas are not compiled");
  },

  compileSerializationSchema() {
    throw unsupported("fastify: `reply.compileSerializationSchema()`", "schemas are not compiled");
  },

  serializeInput() {
    throw unsupported("fastify: `reply.serializeInput()`", "schemas are not compiled");
  },

  serialize(payload) {
    return serialize(this, payload);
  },

  serializer(fn) {
    this[kReplySerializer] = fn;
    return this;
  },

  type(type) {
    this[kReplyHeaders]["content-type"] = type;
    return this;
  },

  redirect(url, code) {
    if (typeof url === "number") {
      deprecated("FSTDEP021", "The `reply.redirect()` method has a new signature: `reply.redirect(url: string, code?: number)`.");
      [url, code] = [code, url];
    }
    if (!code) code = this[kReplyHasStatusCode] ? this.statusCode : 302;
    return this.header("location", url).code(code).send();
  },

  callNotFound() {
    callNotFound(this);
    return this;
  },

  getResponseTime() {
    deprecated("FSTDEP020", 'You are using the deprecated "reply.getResponseTime()" method. Use "reply.elapsedTime".');
    return this.elapsedTime;
  },

  /** A reply is thenable, so that an async handler may `return reply` or await it. */
  then(fulfilled) {
    if (this.sent) fulfilled();
    else this[kExchange].onSettled(fulfilled);
  },

};
methods.status = methods.code;

for (const name of Object.keys(methods)) {
  Object.defineProperty(Reply.prototype, name, {
    value: methods[name],
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Starts the clock, and has the exchange tell when the response is out: for log lines and onResponse hooks. */
export function observe(reply) {
  reply[kReplyStartTime] = now();
  reply[kExchange].reply = reply;
}

/** The response is out. */
Reply.prototype[kReplyResponded] = function responded() {
  this[kReplyEndTime] = now();
  const context = this[kRouteContext];
  if (context.onResponse !== null) runResponseHooks(context.onResponse, this.request, this, logResponse);
  else logResponse(undefined, this.request, this);
};

/** Node stream, web stream or Response */
function isStream(payload) {
  return (
    payload !== null &&
    (typeof payload.pipe === "function" ||
      typeof payload.getReader === "function" ||
      Object.prototype.toString.call(payload) === "[object Response]")
  );
}

function sendBytes(reply, payload, contentType) {
  if (contentType === undefined) reply[kReplyHeaders]["content-type"] = BINARY_TYPE;
  const isBuffer = Buffer.isBuffer(payload);
  runOnSend(reply, isBuffer ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
}

function sendText(reply, payload, contentType) {
  if (contentType === undefined) reply[kReplyHeaders]["content-type"] = PLAIN_TYPE;
  else if (reply[kReplySerializer] !== null) payload = reply[kReplySerializer](payload);
  else if (contentType.indexOf("json") > -1) setJsonType(reply, contentType);
  runOnSend(reply, payload);
}

function sendObject(reply, payload, contentType) {
  const isJson = contentType === undefined || contentType.indexOf("json") > -1;
  if (reply[kReplySerializer] === null) {
    if (!isJson) return runOnSend(reply, payload);
    setJsonType(reply, contentType);
  }
  runPreSerialization(reply, payload);
}

/** JSON types (`application/hal+json` too) are always sent with a charset. */
function setJsonType(reply, contentType) {
  if (contentType === undefined) {
    reply[kReplyHeaders]["content-type"] = JSON_TYPE;
  } else if (contentType.indexOf("charset") === -1) {
    const type = contentType.trim();
    reply[kReplyHeaders]["content-type"] = `${type}${type.endsWith(";") ? "" : ";"} charset=utf-8`;
  }
}

function logResponse(error, request, reply) {
  const options = reply.server[kOptions];
  if (options.disableRequestLogging || !options.hasLogger) return;
  if (error != null) {
    reply.log.error({ res: reply, err: error, responseTime: reply.elapsedTime }, "request errored");
  } else {
    logCompleted(options.logger, request[kRouteContext], request, reply);
  }
}
