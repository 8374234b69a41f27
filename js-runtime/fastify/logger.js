/**
 * The logger: lines of pino's shape and key order, written to standard output, and the two lines per request built
 * by concatenation because they are on the hot path. Options of pino that need a file, a worker or a rewrite of
 * every line (transport, file, redact, …) are refused by name.
 */
import { core } from "ext:core/mod.js";
import { op_stdout } from "ext:core/ops";
import { errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { kDisableRequestLogging, kExchange } from "ext:ssr_host/fastify/symbols.js";
import { requestId } from "ext:ssr_host/fastify/request-id.js";
import { format, quote, serializeError, stringify } from "ext:ssr_host/fastify/log-format.js";
import { UNIQUE, hasBegun, onInspect, unrecorded } from "ext:ssr_host/reads.js";

const nodeOs = core.createLazyLoader("node:os");

const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };
const LABELS = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal", Infinity: "silent" };

const OPTIONS = new Set([
  "level",
  "name",
  "base",
  "timestamp",
  "messageKey",
  "errorKey",
  "nestedKey",
  "serializers",
  "formatters",
  "mixin",
  "msgPrefix",
  "crlf",
  "enabled",
  "stream",
  "genReqId",
  "depthLimit",
  "edgeLimit",
]);

/** What is read for a log line reaches nothing but the log. */
const unlogged = (fn) => (hasBegun ? unrecorded(fn) : fn());

/** Fastify's serializers (fastify/lib/logger.js). */
export const serializers = {
  req: (request) =>
    unlogged(() => ({
      method: request.method,
      url: request.url,
      version: request.headers && request.headers["accept-version"],
      hostname: request.hostname,
      remoteAddress: request.ip,
      remotePort: request.socket ? request.socket.remotePort : undefined,
    })),
  err: serializeError,
  res(reply) {
    return { statusCode: reply.statusCode };
  },
};

function levelValue(level) {
  if (typeof level === "number" && LABELS[level] !== undefined) return level;
  if (level === "silent") return Infinity;
  const value = LEVELS[level];
  if (value === undefined) throw new Error(`unknown level ${level}`);
  return value;
}

const write = (line) => op_stdout(line);
const epochTime = () => `,"time":${Date.now()}`;

/** What all children of one logger share. */
function settings(options) {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name) && options[name] != null) throw unsupported(`fastify: logger option \`${name}\``);
  }
  const { stream, timestamp = true } = options;
  return {
    write: stream === undefined ? write : (line) => stream.write(line),
    time: typeof timestamp === "function" ? timestamp : timestamp ? epochTime : () => "",
    messageKey: options.messageKey ?? "msg",
    errorKey: options.errorKey ?? "err",
    nestedKey: options.nestedKey ?? null,
    end: options.crlf ? "}\r\n" : "}\n",
    mixin: options.mixin,
    formatLevel: options.formatters?.level,
    formatBindings: options.formatters?.bindings,
    formatLog: options.formatters?.log,
  };
}

class Logger {
  constructor(shared, levelVal, bindings, logSerializers, prefix) {
    this.shared = shared;
    this.levelVal = levelVal;
    /** The bindings as text: `,"pid":1,"hostname":"h"` */
    this.bindingsText = bindings;
    this.serializers = logSerializers;
    this.prefix = prefix;
    /** Of the logger of a tracked request, whose id is among the bindings. */
    this.reads = null;
    this[kDisableRequestLogging] = false;
  }

  get level() {
    return LABELS[this.levelVal];
  }

  set level(level) {
    this.levelVal = levelValue(level);
  }

  get msgPrefix() {
    return this.prefix;
  }

  isLevelEnabled(level) {
    return levelValue(level) >= this.levelVal;
  }

  trace(...args) {
    if (this.levelVal <= 10) this.log(10, args);
  }

  debug(...args) {
    if (this.levelVal <= 20) this.log(20, args);
  }

  info(...args) {
    if (this.levelVal <= 30) this.log(30, args);
  }

  warn(...args) {
    if (this.levelVal <= 40) this.log(40, args);
  }

  error(...args) {
    if (this.levelVal <= 50) this.log(50, args);
  }

  fatal(...args) {
    if (this.levelVal <= 60) this.log(60, args);
  }

  silent() {}

  flush(callback) {
    callback?.();
  }

  /** A logger that adds `bindings` to each line. */
  child(bindings, options) {
    if (!bindings) throw new Error("missing bindings for child Pino");
    for (const name of Object.keys(options ?? {})) {
      if (name === "level" || name === "serializers" || name === "msgPrefix" || options[name] === undefined) continue;
      throw unsupported(`fastify: logger option \`${name}\` of child()`);
    }
    const own = options?.serializers ? { ...this.serializers, ...options.serializers } : this.serializers;
    const level = options?.level ? levelValue(options.level) : this.levelVal;
    const prefix = options?.msgPrefix === undefined ? this.prefix : (this.prefix ?? "") + options.msgPrefix;
    const added = unlogged(() => bindingsToText(bindings, own, ["level", "serializers", "formatters"]));
    const child = new Logger(this.shared, level, this.bindingsText + added, own, prefix);
    child.reads = this.reads;
    child[kDisableRequestLogging] = this[kDisableRequestLogging];
    return child;
  }

  bindings() {
    this.reads?.add(UNIQUE);
    const bindings = JSON.parse(`{${this.bindingsText.slice(1)}}`);
    delete bindings.pid;
    delete bindings.hostname;
    return bindings;
  }

  setBindings(bindings) {
    this.bindingsText += unlogged(() => bindingsToText(bindings, this.serializers, []));
  }

  /** pino/lib/tools.js, genLog */
  log(level, args) {
    let [object, ...rest] = args;
    let message;
    if (typeof object === "object") {
      message = object === null && rest.length === 0 ? null : rest.shift();
      if (object === null && args.length === 1) rest = [null];
    } else {
      message = object === undefined ? rest.shift() : object;
      object = null;
    }
    if (this.prefix !== undefined && message != null) message = this.prefix + message;
    unlogged(() => this.write(object, format(message, rest), level));
  }

  /** pino/lib/proto.js, write */
  write(object, message, level) {
    const { errorKey, messageKey, mixin } = this.shared;
    let fields = object;
    if (object === null || object === undefined) {
      fields = {};
    } else if (object instanceof Error) {
      fields = { [errorKey]: object };
      if (message === undefined) message = object.message;
    } else if (message === undefined && object[messageKey] === undefined && object[errorKey]) {
      message = object[errorKey].message;
    }
    if (mixin) fields = Object.assign(mixin(fields, level, this), fields);
    this.shared.write(this.line(fields, message, level));
  }

  /** pino/lib/tools.js, asJson */
  line(fields, message, level) {
    const { shared } = this;
    const start = shared.formatLevel
      ? JSON.stringify(shared.formatLevel(LABELS[level], level)).slice(0, -1)
      : `{"level":${level}`;
    if (shared.formatLog) fields = shared.formatLog(fields);
    let text = "";
    for (const key in fields) {
      if (!Object.hasOwn(fields, key) || fields[key] === undefined) continue;
      let value = fields[key];
      if (this.serializers[key]) value = this.serializers[key](value);
      else if (key === shared.errorKey && this.serializers.err) value = this.serializers.err(value);
      const json = stringify(value);
      if (json !== undefined) text += `,${quote(key)}:${json}`;
    }
    let messageText = "";
    if (message !== undefined) {
      const own = this.serializers[shared.messageKey];
      const json = stringify(own ? own(message) : message);
      if (json !== undefined) messageText = `,"${shared.messageKey}":${json}`;
    }
    const head = start + shared.time() + this.bindingsText;
    if (shared.nestedKey && text) return `${head},${quote(shared.nestedKey)}:{${text.slice(1)}}${messageText}${shared.end}`;
    return head + text + messageText + shared.end;
  }
}

function bindingsToText(bindings, own, skipped) {
  let text = "";
  for (const key in bindings) {
    if (!Object.hasOwn(bindings, key) || bindings[key] === undefined || skipped.includes(key)) continue;
    const json = stringify(own[key] ? own[key](bindings[key]) : bindings[key]);
    if (json !== undefined) text += `,${quote(key)}:${json}`;
  }
  return text;
}

function createLogger(options) {
  const level = options.enabled === false ? "silent" : options.level;
  const own = { ...serializers, ...options.serializers };
  const { base = { pid: process.pid, hostname: nodeOs().hostname() } } = options;
  let bindings = base === null ? {} : options.name === undefined ? base : { ...base, name: options.name };
  const shared = settings(options);
  if (shared.formatBindings) bindings = shared.formatBindings(bindings);
  return new Logger(shared, levelValue(level), bindingsToText(bindings, own, []), own, options.msgPrefix);
}

/** The logger of `logger: false`: every method does nothing, a child is the logger itself. */
function noop() {}
export const nullLogger = {
  fatal: noop,
  error: noop,
  warn: noop,
  info: noop,
  debug: noop,
  trace: noop,
  child: () => nullLogger,
};

const REQUIRED = ["info", "error", "debug", "fatal", "warn", "trace", "child"];

/**
 * Is `logger` an instance rather than options? Throws FST_ERR_LOG_INVALID_LOGGER when it is half of one.
 * @param {boolean} [strict] options are an error too
 */
export function validateLogger(logger, strict) {
  const missing = REQUIRED.filter((name) => typeof logger?.[name] !== "function");
  if (missing.length === 0) return true;
  if (missing.length === REQUIRED.length && !strict) return false;
  throw errorCodes.FST_ERR_LOG_INVALID_LOGGER(missing.join(","));
}

/** A serializer for a logger that is not ours. */
const silenced = (serializer) => (typeof serializer === "function" ? (value) => unlogged(() => serializer(value)) : serializer);

/**
 * The logger of an instance from Fastify's `logger` option.
 * @returns {{logger: any, hasLogger: boolean}}
 */
export function buildLogger(option) {
  if (!option) return { logger: nullLogger, hasLogger: false };
  if (validateLogger(option)) {
    const own = { ...serializers, ...option.serializers };
    for (const name of Object.keys(own)) own[name] = silenced(own[name]);
    return { logger: option.child({}, { serializers: own }), hasLogger: true };
  }
  const options = Object.prototype.toString.call(option) === "[object Object]" ? option : {};
  if (options.stream && options.file) throw new errorCodes.FST_ERR_LOG_INVALID_DESTINATION();
  return { logger: createLogger({ ...options, level: options.level || "info" }), hasLogger: true };
}

export function defaultChildLoggerFactory(logger, bindings, options) {
  return logger.child(bindings, options);
}

/** The logger of one request: the instance's, with the request's id. */
export function createChildLogger(context, request, logger, disableRequestLogging) {
  const factory = context.childLoggerFactory;
  const isDefault = factory === defaultChildLoggerFactory;
  if (isDefault && logger === nullLogger) return logger;
  const options = { level: context.logLevel };
  if (context.logSerializers) options.serializers = context.logSerializers;
  const bindings = { [context.requestIdLogLabel]: requestId(request) };
  const child = isDefault
    ? logger.child(bindings, options)
    : factory.call(context.server, logger, bindings, options, request.raw);
  if (!isDefault) validateLogger(child, true);
  const { reads } = request[kExchange];
  if (reads !== null && child instanceof Logger) {
    child.reads = reads;
    onInspect(child, () => reads.add(UNIQUE));
  }
  if (child !== nullLogger) child[kDisableRequestLogging] = disableRequestLogging;
  return child;
}

/** Are the lines of this request the standard ones, which need neither a child logger nor serializers? */
function isPlain(logger, context) {
  const { shared } = logger;
  return (
    logger instanceof Logger &&
    logger.serializers.req === serializers.req &&
    logger.serializers.res === serializers.res &&
    logger.serializers[context.requestIdLogLabel] === undefined &&
    !context.logLevel &&
    !context.logSerializers &&
    context.childLoggerFactory === defaultChildLoggerFactory &&
    shared.messageKey === "msg" &&
    !(shared.mixin || shared.formatLevel || shared.formatLog || shared.nestedKey || logger.prefix)
  );
}

/** Line start shared by the two plain lines. */
function plainStart(logger, context, request) {
  return `{"level":30${logger.shared.time()}${logger.bindingsText},${quote(context.requestIdLogLabel)}:${stringify(requestId(request))}`;
}

/** Logs `incoming request`. */
export function logIncoming(logger, context, request) {
  if (!isPlain(logger, context)) return request.log.info({ req: request }, "incoming request");
  if (logger.levelVal > 30) return;
  unlogged(() => writeIncoming(logger, context, request));
}

function writeIncoming(logger, context, request) {
  const { url, hostname } = request;
  const exchange = request[kExchange];
  const version = exchange.header("accept-version");
  const remotePort = exchange.remote()[1];
  logger.shared.write(
    `${plainStart(logger, context, request)},"req":{"method":"${request.method}","url":${quote(url)}` +
      (version === undefined ? "" : `,"version":${quote(version)}`) +
      (hostname === undefined ? "" : `,"hostname":${quote(hostname)}`) +
      (request.ip === undefined ? "" : `,"remoteAddress":${stringify(request.ip)}`) +
      (remotePort === undefined ? "" : `,"remotePort":${remotePort}`) +
      `},"msg":"incoming request"${logger.shared.end}`,
  );
}

/** Logs `request completed`. */
export function logCompleted(logger, context, request, reply) {
  const responseTime = reply.elapsedTime;
  if (!isPlain(logger, context)) return reply.log.info({ res: reply, responseTime }, "request completed");
  if (logger.levelVal > 30) return;
  logger.shared.write(
    `${plainStart(logger, context, request)},"res":{"statusCode":${reply.statusCode}},"responseTime":${responseTime}` +
      `,"msg":"request completed"${logger.shared.end}`,
  );
}
