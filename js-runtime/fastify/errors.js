/**
 * Fastify's error classes (`FST_ERR_*`) as a table, with the texts, statuses and base classes of fastify/lib/errors.js
 * and the property layout of @fastify/error. Codes that belong to what the host does not support (schemas,
 * trailers, HTTP/2) stay in the table, because `fastify.errorCodes` is public; they are simply never thrown.
 */
import { core } from "ext:core/mod.js";

const nodeUtil = core.createLazyLoader("node:util");

/** Fills the `%s` places of `text`; objects are inspected as `util.format` does. */
function format(text, args) {
  if (args.length === 0) return text;
  if (args.some((arg) => typeof arg === "object" && arg !== null)) return nodeUtil().format(text, ...args);
  let i = 0;
  const filled = text.replace(/%s/g, (place) => (i < args.length ? String(args[i++]) : place));
  return i < args.length ? `${filled} ${args.slice(i).map(String).join(" ")}` : filled;
}

/**
 * Makes an error class with a fixed code, message and status. Callable without `new`.
 * @param {string} code
 * @param {string} message may contain `%s`
 * @param {number} [statusCode]
 * @param {ErrorConstructor} [Base]
 */
export function createError(code, message, statusCode = 500, Base = Error) {
  function FastifyError(...args) {
    if (!new.target) return new FastifyError(...args);
    this.code = code;
    this.name = "FastifyError";
    this.statusCode = statusCode;
    const last = args[args.length - 1];
    if (last && typeof last === "object" && "cause" in last) this.cause = args.pop().cause;
    this.message = format(message, args);
    if (Error.stackTraceLimit !== 0) Error.captureStackTrace(this, FastifyError);
  }
  FastifyError.prototype = Object.create(Base.prototype, {
    constructor: { value: FastifyError, enumerable: false, writable: true, configurable: true },
  });
  FastifyError.prototype[Symbol.toStringTag] = "Error";
  FastifyError.prototype.toString = function toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  };
  return FastifyError;
}

/**
 * The error for API of Fastify that the host does not have.
 * @param {string} what e.g. "fastify: `reply.hijack()`"
 * @param {string} [hint]
 */
export function unsupported(what, hint) {
  const error = new Error(`${what} is not supported by ssr-host${hint ? `: ${hint}` : ""}`);
  error.code = "ERR_NOT_IMPLEMENTED";
  return error;
}

/** [code without `FST_ERR_`, message, status (500 when absent), base class (Error when absent)] */
const TABLE = [
  ["NOT_FOUND", "Not Found", 404],
  ["OPTIONS_NOT_OBJ", "Options must be an object", 500, TypeError],
  ["QSP_NOT_FN", "querystringParser option should be a function, instead got '%s'", 500, TypeError],
  ["SCHEMA_CONTROLLER_BUCKET_OPT_NOT_FN", "schemaController.bucket option should be a function, instead got '%s'", 500, TypeError],
  ["SCHEMA_ERROR_FORMATTER_NOT_FN", "schemaErrorFormatter option should be a non async function. Instead got '%s'.", 500, TypeError],
  ["AJV_CUSTOM_OPTIONS_OPT_NOT_OBJ", "ajv.customOptions option should be an object, instead got '%s'", 500, TypeError],
  ["AJV_CUSTOM_OPTIONS_OPT_NOT_ARR", "ajv.plugins option should be an array, instead got '%s'", 500, TypeError],
  ["VERSION_CONSTRAINT_NOT_STR", "Version constraint should be a string.", 500, TypeError],
  ["VALIDATION", "%s", 400],
  ["LISTEN_OPTIONS_INVALID", "Invalid listen options: '%s'", 500, TypeError],
  ["ERROR_HANDLER_NOT_FN", "Error Handler must be a function", 500, TypeError],
  ["CTP_ALREADY_PRESENT", "Content type parser '%s' already present."],
  ["CTP_INVALID_TYPE", "The content type should be a string or a RegExp", 500, TypeError],
  ["CTP_EMPTY_TYPE", "The content type cannot be an empty string", 500, TypeError],
  ["CTP_INVALID_HANDLER", "The content type handler should be a function", 500, TypeError],
  ["CTP_INVALID_PARSE_TYPE", "The body parser can only parse your data as 'string' or 'buffer', you asked '%s' which is not supported.", 500, TypeError],
  ["CTP_BODY_TOO_LARGE", "Request body is too large", 413, RangeError],
  ["CTP_INVALID_MEDIA_TYPE", "Unsupported Media Type: %s", 415],
  ["CTP_INVALID_CONTENT_LENGTH", "Request body size did not match Content-Length", 400, RangeError],
  ["CTP_EMPTY_JSON_BODY", "Body cannot be empty when content-type is set to 'application/json'", 400],
  ["CTP_INSTANCE_ALREADY_STARTED", 'Cannot call "%s" when fastify instance is already started!', 400],
  ["DEC_ALREADY_PRESENT", "The decorator '%s' has already been added!"],
  ["DEC_DEPENDENCY_INVALID_TYPE", "The dependencies of decorator '%s' must be of type Array.", 500, TypeError],
  ["DEC_MISSING_DEPENDENCY", "The decorator is missing dependency '%s'."],
  ["DEC_AFTER_START", "The decorator '%s' has been added after start!"],
  ["HOOK_INVALID_TYPE", "The hook name must be a string", 500, TypeError],
  ["HOOK_INVALID_HANDLER", "%s hook should be a function, instead got %s", 500, TypeError],
  ["HOOK_INVALID_ASYNC_HANDLER", "Async function has too many arguments. Async hooks should not use the 'done' argument.", 500, TypeError],
  ["HOOK_NOT_SUPPORTED", "%s hook not supported!", 500, TypeError],
  ["MISSING_MIDDLEWARE", "You must register a plugin for handling middlewares, visit fastify.dev/docs/latest/Reference/Middleware/ for more info.", 500],
  ["HOOK_TIMEOUT", "A callback for '%s' hook timed out. You may have forgotten to call 'done' function or to resolve a Promise"],
  ["LOG_INVALID_DESTINATION", "Cannot specify both logger.stream and logger.file options"],
  ["LOG_INVALID_LOGGER", "Invalid logger object provided. The logger instance should have these functions(s): '%s'.", 500, TypeError],
  ["REP_INVALID_PAYLOAD_TYPE", "Attempted to send payload of invalid type '%s'. Expected a string or Buffer.", 500, TypeError],
  ["REP_RESPONSE_BODY_CONSUMED", "Response.body is already consumed."],
  ["REP_ALREADY_SENT", 'Reply was already sent, did you forget to "return reply" in "%s" (%s)?'],
  ["REP_SENT_VALUE", "The only possible value for reply.sent is true.", 500, TypeError],
  ["SEND_INSIDE_ONERR", "You cannot use `send` inside the `onError` hook"],
  ["SEND_UNDEFINED_ERR", "Undefined error has occurred"],
  ["BAD_STATUS_CODE", "Called reply with an invalid status code: %s"],
  ["BAD_TRAILER_NAME", "Called reply.trailer with an invalid header name: %s"],
  ["BAD_TRAILER_VALUE", "Called reply.trailer('%s', fn) with an invalid type: %s. Expected a function."],
  ["FAILED_ERROR_SERIALIZATION", "Failed to serialize an error. Error: %s. Original error: %s"],
  ["MISSING_SERIALIZATION_FN", 'Missing serialization function. Key "%s"'],
  ["MISSING_CONTENTTYPE_SERIALIZATION_FN", 'Missing serialization function. Key "%s:%s"'],
  ["REQ_INVALID_VALIDATION_INVOCATION", 'Invalid validation invocation. Missing validation function for HTTP part "%s" nor schema provided.'],
  ["SCH_MISSING_ID", "Missing schema $id property"],
  ["SCH_ALREADY_PRESENT", "Schema with id '%s' already declared!"],
  ["SCH_CONTENT_MISSING_SCHEMA", "Schema is missing for the content type '%s'"],
  ["SCH_DUPLICATE", "Schema with '%s' already present!"],
  ["SCH_VALIDATION_BUILD", "Failed building the validation schema for %s: %s, due to error %s"],
  ["SCH_SERIALIZATION_BUILD", "Failed building the serialization schema for %s: %s, due to error %s"],
  ["SCH_RESPONSE_SCHEMA_NOT_NESTED_2XX", 'response schemas should be nested under a valid status code, e.g { 2xx: { type: "object" } }'],
  ["HTTP2_INVALID_VERSION", "HTTP2 is available only from node >= 8.8.1"],
  ["INIT_OPTS_INVALID", "Invalid initialization options: '%s'"],
  ["FORCE_CLOSE_CONNECTIONS_IDLE_NOT_AVAILABLE", "Cannot set forceCloseConnections to 'idle' as your HTTP server does not support closeIdleConnections method"],
  ["DUPLICATED_ROUTE", "Method '%s' already declared for route '%s'"],
  ["BAD_URL", "'%s' is not a valid url component", 400, URIError],
  ["ASYNC_CONSTRAINT", "Unexpected error from async constraint", 500],
  ["DEFAULT_ROUTE_INVALID_TYPE", "The defaultRoute type should be a function", 500, TypeError],
  ["INVALID_URL", "URL must be a string. Received '%s'", 400, TypeError],
  ["ROUTE_OPTIONS_NOT_OBJ", 'Options for "%s:%s" route must be an object', 500, TypeError],
  ["ROUTE_DUPLICATED_HANDLER", 'Duplicate handler for "%s:%s" route is not allowed!', 500],
  ["ROUTE_HANDLER_NOT_FN", "Error Handler for %s:%s route, if defined, must be a function", 500, TypeError],
  ["ROUTE_MISSING_HANDLER", 'Missing handler function for "%s:%s" route.', 500],
  ["ROUTE_METHOD_INVALID", "Provided method is invalid!", 500, TypeError],
  ["ROUTE_METHOD_NOT_SUPPORTED", "%s method is not supported.", 500],
  ["ROUTE_BODY_VALIDATION_SCHEMA_NOT_SUPPORTED", "Body validation schema for %s:%s route is not supported!", 500],
  ["ROUTE_BODY_LIMIT_OPTION_NOT_INT", "'bodyLimit' option must be an integer > 0. Got '%s'", 500, TypeError],
  ["ROUTE_REWRITE_NOT_STR", 'Rewrite url for "%s" needs to be of type "string" but received "%s"', 500, TypeError],
  ["REOPENED_CLOSE_SERVER", "Fastify has already been closed and cannot be reopened"],
  ["REOPENED_SERVER", "Fastify is already listening"],
  ["INSTANCE_ALREADY_LISTENING", "Fastify instance is already listening. %s"],
  ["PLUGIN_VERSION_MISMATCH", "fastify-plugin: %s - expected '%s' fastify version, '%s' is installed"],
  ["PLUGIN_NOT_PRESENT_IN_INSTANCE", "The decorator '%s'%s is not present in %s"],
  ["PLUGIN_CALLBACK_NOT_FN", "fastify-plugin: %s", 500, TypeError],
  ["PLUGIN_NOT_VALID", "fastify-plugin: %s"],
  ["ROOT_PLG_BOOTED", "fastify-plugin: %s"],
  ["PARENT_PLUGIN_BOOTED", "fastify-plugin: %s"],
  ["PLUGIN_TIMEOUT", "fastify-plugin: %s"],
];

/** Every class of the table, by its full code. @type {Record<string, any>} */
export const errorCodes = {};
for (const [name, message, status, Base] of TABLE) {
  errorCodes[`FST_ERR_${name}`] = createError(`FST_ERR_${name}`, message, status, Base);
}

/** avvio's code → the class Fastify reports instead. */
const AVVIO_ERRORS = {
  AVV_ERR_CALLBACK_NOT_FN: errorCodes.FST_ERR_PLUGIN_CALLBACK_NOT_FN,
  AVV_ERR_PLUGIN_NOT_VALID: errorCodes.FST_ERR_PLUGIN_NOT_VALID,
  AVV_ERR_ROOT_PLG_BOOTED: errorCodes.FST_ERR_ROOT_PLG_BOOTED,
  AVV_ERR_PARENT_PLG_LOADED: errorCodes.FST_ERR_PARENT_PLUGIN_BOOTED,
  AVV_ERR_READY_TIMEOUT: errorCodes.FST_ERR_PLUGIN_TIMEOUT,
  AVV_ERR_PLUGIN_EXEC_TIMEOUT: errorCodes.FST_ERR_PLUGIN_TIMEOUT,
};

/**
 * avvio's errors under Fastify's codes; any other error unchanged.
 * @param {any} error
 */
export function fromAvvio(error) {
  const FastifyError = error != null ? AVVIO_ERRORS[error.code] : undefined;
  return FastifyError === undefined ? error : withCause(error, new FastifyError(error.message));
}

/** `newError` with `oldError` as its cause. */
export function withCause(oldError, newError) {
  newError.cause = oldError;
  return newError;
}

const warned = new Set();

/** Emits a deprecation once per code (fastify/lib/warnings.js). */
export function deprecated(code, message) {
  if (warned.has(code)) return;
  warned.add(code);
  globalThis.process?.emitWarning?.(message, { type: "DeprecationWarning", code });
}
