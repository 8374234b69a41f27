/** The request side of `@fastify/compress` 7.0: a `preParsing` hook that decodes the body. */
import { Readable } from "node:stream";
import { kExchange } from "ext:ssr_host/fastify/symbols.js";
import { HEADER, unrecorded } from "ext:ssr_host/reads.js";

/** Content codings as DecompressionStream names them. */
const FORMATS = { br: "brotli", gzip: "gzip", deflate: "deflate" };

/** What the package knows, in its order of preference. */
const ENCODINGS = ["br", "gzip", "deflate", "identity"];

/** Those of the supported encodings that are asked for, in the order in which they are. */
export function wantedEncodings(wanted) {
  if (!Array.isArray(wanted)) return ENCODINGS;
  return ENCODINGS.filter((one) => wanted.includes(one)).sort((a, b) => wanted.indexOf(a) - wanted.indexOf(b));
}

/** An error with the properties that the package's errors have, all of which can be copied to another error. */
function compressError(code, message, statusCode) {
  const error = Object.create(Error.prototype);
  Error.captureStackTrace(error, compressError);
  return Object.assign(error, { name: "FastifyCompressError", code, message, statusCode });
}

const unsupportedEncoding = (encoding) =>
  compressError("FST_CP_ERR_INVALID_CONTENT_ENCODING", `Unsupported Content-Encoding: ${encoding}`, 415);
const invalidPayload = () =>
  compressError(
    "FST_CP_ERR_INVALID_CONTENT",
    "Could not decompress the request payload using the provided encoding",
    400,
  );

/** The options that concern requests, complete. */
export function decompressParams(options) {
  const params = {
    global: typeof options.global === "boolean" ? options.global : true,
    onUnsupportedRequestEncoding: options.onUnsupportedRequestEncoding,
    onInvalidRequestPayload: options.onInvalidRequestPayload,
    encodings: wantedEncodings(options.requestEncodings),
    forceEncoding: null,
  };
  const forced = options.forceRequestEncoding;
  if (forced) {
    params.forceEncoding = forced;
    if (params.encodings.includes(forced)) params.encodings = [forced];
  }
  return params;
}

/** What the app's function makes of it; nothing when it has none or throws. */
function ask(fn, ...args) {
  try {
    return fn?.(...args);
  } catch {
    return undefined;
  }
}

/** The hook for one route. */
export function preParsingHook(params) {
  return function decompressBody(request, _reply, raw, next) {
    const encoding = params.forceEncoding || unrecorded(() => request.headers["content-encoding"]);
    if (!encoding) return next(null, raw);
    // What happens now depends on it, without a body too.
    request[kExchange].reads?.add(HEADER, "content-encoding");
    if (!params.encodings.includes(encoding)) {
      return next(ask(params.onUnsupportedRequestEncoding, encoding, request) || unsupportedEncoding(encoding));
    }
    if (encoding === "identity") return next(null, raw);
    next(null, decoded(raw, encoding, (error) => {
      this.log.debug(`compress: invalid request payload - ${error}`);
      error.decompressError = error;
      const answer = ask(params.onInvalidRequestPayload, encoding, request, error) || invalidPayload();
      return Object.assign(error, answer);
    }));
  };
}

/** `raw` decoded, as a Node stream that counts what came over the wire; pulled, so that nothing is decoded ahead. */
function decoded(raw, encoding, onError) {
  const { readable, writable } = new DecompressionStream(FORMATS[encoding]);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const stream = new Readable({
    read() {
      reader.read().then(
        ({ done, value }) => stream.push(done ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
        (error) => stream.destroy(onError(error instanceof Error ? error : new Error(String(error)))),
      );
    },
    destroy(error, done) {
      reader.cancel(error).catch(() => {});
      done(error);
    },
  });
  stream.receivedEncodedLength = 0;
  feed(raw, writer, (length) => (stream.receivedEncodedLength += length)).catch(() => {});
  return stream;
}

/** Errors reach the reader by way of the writable's being aborted. */
async function feed(raw, writer, count) {
  try {
    for await (const chunk of raw) {
      count(chunk.length);
      await writer.write(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}
