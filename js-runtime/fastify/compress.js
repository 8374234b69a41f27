/**
 * `@fastify/compress` 7.0: what is compressed, and how, is decided here by the package's rules (index.js of it); the host
 * encodes the body on its way out. Bodies of requests are decoded by the host's decoders.
 *
 * Different on purpose: a web stream is compressed like a Node stream (the package fails on it); a payload that only looks
 * encoded is not sent under another coding's name; a part of a static file is left as it is; `inject()` shows the payload before
 * it is compressed.
 */
import { core } from "ext:core/mod.js";
import { op_compression_taken, op_static_type } from "ext:core/ops";
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { nativePlugin, refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";
import { FilePayload, byteLength, runOnSend } from "ext:ssr_host/fastify/send.js";
import { kExchange } from "ext:ssr_host/fastify/symbols.js";

const negotiator = core.createLazyLoader("ext:ssr_host/vendor/accept-negotiator.js");
const types = core.createLazyLoader("ext:ssr_host/vendor/compressible-types.js");
const decompress = core.createLazyLoader("ext:ssr_host/fastify/decompress.js");

const THRESHOLD = 1024;
/** zlib.constants.BROTLI_PARAM_QUALITY */
const BROTLI_QUALITY = 1;
const DEFAULT_QUALITY = 4;
const COMPRESSIBLE =
  /^text\/(?!event-stream)|(?:\+|\/)json(?:;|$)|(?:\+|\/)text(?:;|$)|(?:\+|\/)xml(?:;|$)|octet-stream(?:;|$)/u;

/** Of the encoders' options only the level decides anything here; those that tune buffers are without effect. */
const TUNING = ["chunkSize", "flush", "finishFlush", "memLevel", "strategy", "windowBits", "maxOutputLength", "info"];

const RESPONSE_OPTIONS = [
  "threshold", "customTypes", "brotliOptions", "zlibOptions", "encodings", "onUnsupportedEncoding",
];
const REQUEST_OPTIONS = [
  "requestEncodings", "forceRequestEncoding", "onUnsupportedRequestEncoding", "onInvalidRequestPayload",
];
const REFUSED = {
  inflateIfDeflated: { unless: false, hint: "a compressed payload is sent to clients that accept it" },
  removeContentLengthHeader: { unless: true, hint: "the length of an encoded body is known only when it has been sent" },
  zlib: { unless: undefined, hint: "the host compresses" },
};

const known = ["global", ...RESPONSE_OPTIONS, ...REQUEST_OPTIONS];
const isStream = (payload) => typeof payload?.pipe === "function" || typeof payload?.getReader === "function";

function check(place, options) {
  refuseOptions(place, options, known, REFUSED);
  refuseOptions(`${place}, \`zlibOptions\``, options.zlibOptions ?? {}, ["level", ...TUNING]);
  refuseOptions(`${place}, \`brotliOptions\``, options.brotliOptions ?? {}, ["params", ...TUNING]);
  for (const key of Object.keys(options.brotliOptions?.params ?? {})) {
    // Large windows (parameter 6) are not what `br` means.
    if (Number(key) === 6) throw unsupported(`${place}: \`brotliOptions.params[BROTLI_PARAM_LARGE_WINDOW]\``);
  }
}

function typeTest(customTypes) {
  if (customTypes instanceof RegExp) return customTypes.test.bind(customTypes);
  return typeof customTypes === "function" ? customTypes : COMPRESSIBLE.test.bind(COMPRESSIBLE);
}

function compressParams(options) {
  const global = typeof options.global === "boolean" ? options.global : true;
  return {
    global,
    brotli: options.brotliOptions?.params?.[BROTLI_QUALITY] ?? (global ? DEFAULT_QUALITY : undefined),
    zlib: options.zlibOptions?.level,
    onUnsupportedEncoding: options.onUnsupportedEncoding,
    threshold: typeof options.threshold === "number" ? options.threshold : THRESHOLD,
    isCompressible: typeTest(options.customTypes),
    encodings: decompress().wantedEncodings(options.encodings),
  };
}

/** `*` and `x-gzip` mean gzip. */
function acceptedEncoding(encodings, request) {
  const header = request.headers["accept-encoding"];
  if (header == null) return undefined;
  return negotiator().negotiate(header.toLowerCase().replace(/\*|x-gzip/gu, "gzip"), encodings);
}

function shouldCompress(type, isCompressible) {
  if (isCompressible(type)) return true;
  return types().compressible.has(type.split(";", 1)[0].trim().toLowerCase());
}

function typeOf(reply, payload) {
  const given = reply.getHeader("content-type");
  if (given || !(payload instanceof FilePayload)) return given || "application/json";
  return op_static_type(payload.mount, payload.path) ?? "application/octet-stream";
}

/** `{ encoding, skip }`: the client's encoding, and whether the payload is to stay as it is. */
function decide(params, request, reply, payload) {
  if (request.headers["x-no-compression"] !== undefined) return { encoding: undefined, skip: true };
  if (!shouldCompress(typeOf(reply, payload), params.isCompressible)) return { encoding: undefined, skip: true };
  const encoding = acceptedEncoding(params.encodings, request);
  return { encoding, skip: encoding == null || encoding === "identity" };
}

function setVary(reply) {
  const given = reply.getHeader("vary");
  if (given === undefined) return void reply.header("vary", "accept-encoding");
  const list = Array.isArray(given) ? given : [given];
  if (!list.some((one) => one.includes("accept-encoding"))) reply.header("vary", [...list, "accept-encoding"].join(", "));
}

/** Is the payload gzip or zlib data already? */
function isEncodedAs(payload, encoding) {
  if (!Buffer.isBuffer(payload)) return false;
  const [a, b, c] = payload;
  if (encoding === "gzip") return a === 0x1f && b === 0x8b && c === 8;
  return encoding === "deflate" && (a & 0x8f) === 8 && ((a << 8) + b) % 31 === 0;
}

/** Has the host encode what is sent next. */
function encode(params, reply, payload, encoding) {
  const level = encoding === "br" ? params.brotli : params.zlib;
  if (!isEncodedAs(payload, encoding) && !reply[kExchange].encode(encoding, level)) return;
  // Of a static file the host knows what became of it, and says so.
  if (payload instanceof FilePayload) return;
  setVary(reply);
  reply.header("content-encoding", encoding);
  reply.removeHeader("content-length");
}

const isShort = (params, payload) => !isStream(payload) && byteLength(payload) < params.threshold;

function onSendHook(params) {
  return function compressOnSend(request, reply, payload, next) {
    if (payload == null) return next();
    const given = reply.getHeader("content-encoding");
    if (given && given !== "identity") return next();
    const { encoding, skip } = decide(params, request, reply, payload);
    if (encoding == null && params.onUnsupportedEncoding != null) {
      try {
        return next(null, params.onUnsupportedEncoding(request.headers["accept-encoding"], request, reply));
      } catch (error) {
        return next(error);
      }
    }
    if (!skip && !isShort(params, payload)) encode(params, reply, payload, encoding);
    next(null, payload);
  };
}

/** `reply.compress(payload)` */
function compressMethod(params) {
  return function compress(payload) {
    if (payload == null) return void this.send(new Error("Internal server error"));
    const { encoding, skip } = decide(params, this.request, this, payload);
    if (encoding == null && params.onUnsupportedEncoding != null) {
      let answer;
      try {
        answer = params.onUnsupportedEncoding(this.request.headers["accept-encoding"], this.request, this);
      } catch (error) {
        answer = error;
      }
      return this.send(answer);
    }
    if (skip) return this.send(payload);
    if (!isStream(payload) && !Buffer.isBuffer(payload) && typeof payload !== "string") payload = this.serialize(payload);
    if (isShort(params, payload) || this.sent) return this.send(payload);
    encode(params, this, payload, encoding);
    // As a stream is sent: without a content type of its own.
    if (isStream(payload)) this.send(payload);
    else runOnSend(this, payload);
  };
}

function append(routeOptions, name, fn) {
  const own = routeOptions[name];
  if (Array.isArray(own)) own.push(fn);
  else routeOptions[name] = typeof own === "function" ? [own, fn] : [fn];
}

function addToRoute(params, routeOptions, decorateOnly) {
  const compress = compressMethod(params);
  append(routeOptions, "onRequest", function decorate(_request, reply, next) {
    reply.compress = compress;
    next();
  });
  if (!decorateOnly) append(routeOptions, "onSend", onSendHook(params));
}

function compressRoute(params, routeOptions) {
  if (routeOptions.config?.compress !== undefined) routeOptions.compress = routeOptions.config.compress;
  const own = routeOptions.compress;
  if (own === undefined) return addToRoute(params, routeOptions, !params.global);
  if (typeof own === "object") {
    check(`@fastify/compress, route ${routeOptions.url}`, own ?? {});
    addToRoute({ ...params, ...compressParams(own) }, routeOptions, false);
  } else if (own !== false) {
    throw new Error("Unknown value for route compress configuration");
  }
}

function decompressRoute(params, routeOptions) {
  if (routeOptions.config?.decompress !== undefined) routeOptions.decompress = routeOptions.config.decompress;
  const own = routeOptions.decompress;
  let used = params;
  if (typeof own === "object") {
    check(`@fastify/compress, route ${routeOptions.url}`, own ?? {});
    used = { ...params, ...decompress().decompressParams(own) };
  } else if (own !== undefined && own !== false) {
    throw new Error("Unknown value for route decompress configuration");
  }
  if (own === false || (own === undefined && !params.global)) return;
  const hook = decompress().preParsingHook(used);
  const others = routeOptions.preParsing;
  if (Array.isArray(others)) others.unshift(hook);
  else routeOptions.preParsing = typeof others === "function" ? [hook, others] : [hook];
}

function checkEncodings(options, params, requestParams) {
  if (options.encodings && options.encodings.length < 1) {
    throw new Error("The `encodings` option array must have at least 1 item.");
  }
  if (options.requestEncodings && options.requestEncodings.length < 1) {
    throw new Error("The `requestEncodings` option array must have at least 1 item.");
  }
  if (params.encodings.length < 1) {
    throw new Error("None of the passed `encodings` were supported \u2014 compression not possible.");
  }
  if (requestParams.encodings.length < 1) {
    throw new Error("None of the passed `requestEncodings` were supported \u2014 request decompression not possible.");
  }
  const { forceEncoding } = requestParams;
  if (forceEncoding && !requestParams.encodings.includes(forceEncoding)) {
    throw new Error(`Unsupported decompression encoding ${options.forceRequestEncoding}.`);
  }
}

function fastifyCompress(fastify, options, next) {
  try {
    check("@fastify/compress", options);
    const params = compressParams(options);
    const requestParams = decompress().decompressParams(options);
    checkEncodings(options, params, requestParams);
    op_compression_taken();
    fastify.decorateReply("compress", null);
    fastify.addHook("onRoute", (routeOptions) => {
      compressRoute(params, routeOptions);
      decompressRoute(requestParams, routeOptions);
    });
    next();
  } catch (error) {
    next(error);
  }
}

export default nativePlugin(fastifyCompress, "@fastify/compress", "fastifyCompress");
export { fastifyCompress };
