/**
 * Body parsers by content type, and how a body is read for them (fastify/lib/contentTypeParser.js). JSON and text
 * are built in; the whole body is asked of the host in one call unless a hook put its own stream in place.
 */
import { core } from "ext:core/mod.js";
import { errorCodes } from "ext:ssr_host/fastify/errors.js";
import { kBodyLimit, kContentTypeParser, kExchange, kReplyIsError } from "ext:ssr_host/fastify/symbols.js";
import { kRequestPayloadStream, kRouteContext, kState } from "ext:ssr_host/fastify/symbols.js";
import { unrecorded } from "ext:ssr_host/reads.js";

const contentTypes = core.createLazyLoader("ext:ssr_host/vendor/fast-content-type-parse.js");
const secureJson = core.createLazyLoader("ext:ssr_host/vendor/secure-json-parse.js");

const { FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_EMPTY_JSON_BODY, FST_ERR_CTP_EMPTY_TYPE } = errorCodes;
const { FST_ERR_CTP_ALREADY_PRESENT, FST_ERR_CTP_INVALID_CONTENT_LENGTH, FST_ERR_CTP_INVALID_HANDLER } = errorCodes;
const { FST_ERR_CTP_INSTANCE_ALREADY_STARTED, FST_ERR_CTP_INVALID_MEDIA_TYPE } = errorCodes;
const { FST_ERR_CTP_INVALID_PARSE_TYPE, FST_ERR_CTP_INVALID_TYPE } = errorCodes;

const CACHE_LIMIT = 100;
let utf8;
/** Bytes as text; a byte order mark stays, as in Node. */
const decode = (bytes) => (utf8 ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);

/** The built-in JSON parser. */
export function getDefaultJsonParser(protoAction, constructorAction) {
  return function defaultJsonParser(_request, body, done) {
    if (body === "" || body == null || (Buffer.isBuffer(body) && body.length === 0)) {
      return done(new FST_ERR_CTP_EMPTY_JSON_BODY(), undefined);
    }
    let json;
    try {
      json = secureJson().default.parse(body, { protoAction, constructorAction });
    } catch (error) {
      error.statusCode = 400;
      return done(error, undefined);
    }
    done(null, json);
  };
}

export function defaultTextParser(_request, body, done) {
  done(null, body);
}

/** A content type that a parser was added for, taken apart. */
function listItem(name) {
  const parsed = contentTypes().default.safeParse(name);
  const isEssence = name.indexOf(";") === -1;
  const type = isEssence || parsed.type !== "" ? parsed.type : name.split(";", 1)[0] || name;
  return { name, isEssence, type, parameters: parsed.parameters };
}

function matches(parsed, item) {
  if (item.isEssence) return parsed.type.indexOf(item.name) !== -1;
  if (parsed.type.indexOf(item.type) === -1) return false;
  return Object.keys(item.parameters).every((key) => parsed.parameters[key] === item.parameters[key]);
}

export class ContentTypeParser {
  constructor(bodyLimit, protoAction, constructorAction) {
    this.defaultJsonParser = getDefaultJsonParser(protoAction, constructorAction);
    const text = (fn) => ({ asString: true, asBuffer: false, bodyLimit, fn });
    this.parsers = new Map([
      ["application/json", text(this.defaultJsonParser)],
      ["text/plain", text(defaultTextParser)],
    ]);
    /** Names, latest first; their parts are parsed on first use. */
    this.names = ["application/json", "text/plain"];
    this.items = null;
    this.expressions = [];
    this.cache = new Map();
  }

  /** The parsers of a child context. */
  inherit() {
    const child = Object.create(ContentTypeParser.prototype);
    child.defaultJsonParser = this.defaultJsonParser;
    child.parsers = new Map(this.parsers);
    child.names = this.names.slice();
    child.items = null;
    child.expressions = this.expressions.slice();
    child.cache = new Map();
    return child;
  }

  add(contentType, options, fn) {
    const isString = typeof contentType === "string";
    if (!isString && !(contentType instanceof RegExp)) throw new FST_ERR_CTP_INVALID_TYPE();
    if (isString && contentType.length === 0) throw new FST_ERR_CTP_EMPTY_TYPE();
    if (typeof fn !== "function") throw new FST_ERR_CTP_INVALID_HANDLER();
    if (this.existing(contentType)) throw new FST_ERR_CTP_ALREADY_PRESENT(contentType);
    const { parseAs, bodyLimit } = options;
    if (parseAs !== undefined && parseAs !== "string" && parseAs !== "buffer") {
      throw new FST_ERR_CTP_INVALID_PARSE_TYPE(parseAs);
    }
    const parser = { asString: parseAs === "string", asBuffer: parseAs === "buffer", bodyLimit, fn };
    if (contentType === "*") {
      this.parsers.set("", parser);
      return;
    }
    if (isString) this.names.unshift(contentType);
    else this.expressions.unshift(contentType);
    this.items = null;
    this.parsers.set(contentType.toString(), parser);
  }

  has(contentType) {
    return this.parsers.has(contentType.toString());
  }

  /** Is there a parser other than the built-in one? */
  existing(contentType) {
    const builtIn = { "application/json": this.defaultJsonParser, "text/plain": defaultTextParser }[contentType];
    if (builtIn !== undefined && this.parsers.has(contentType)) return this.parsers.get(contentType).fn !== builtIn;
    return this.has(contentType);
  }

  get(contentType) {
    const found = this.parsers.get(contentType) ?? this.cache.get(contentType);
    if (found !== undefined) return found;
    const parsed = contentTypes().default.safeParse(contentType);
    if (parsed === contentTypes().default.defaultContentType) return this.parsers.get("");
    this.items ??= this.names.map(listItem);
    const item = this.items.find((one) => matches(parsed, one));
    const expression =
      item ?? this.expressions.find((one) => one.test(one.source.indexOf(";") === -1 ? parsed.type : contentType));
    if (expression === undefined) return this.parsers.get("");
    const parser = this.parsers.get(item?.name ?? expression.toString());
    if (this.cache.size >= CACHE_LIMIT) this.cache.delete(this.cache.keys().next().value);
    this.cache.set(contentType, parser);
    return parser;
  }

  remove(contentType) {
    if (typeof contentType !== "string" && !(contentType instanceof RegExp)) throw new FST_ERR_CTP_INVALID_TYPE();
    const name = contentType.toString();
    this.parsers.delete(name);
    this.names = this.names.filter((one) => one !== name);
    this.expressions = this.expressions.filter((one) => one.toString() !== name);
    this.items = null;
    this.cache.clear();
  }

  removeAll() {
    this.parsers = new Map();
    this.names = [];
    this.expressions = [];
    this.items = null;
    this.cache.clear();
  }

  /** Parses the body of `request`, then calls `next(request, reply)`. */
  run(contentType, next, request, reply) {
    const parser = this.get(contentType);
    if (parser === undefined) {
      if (request.is404) return next(request, reply);
      return void reply.send(new FST_ERR_CTP_INVALID_MEDIA_TYPE(contentType || undefined));
    }
    const done = (error, body) => {
      if (error) {
        reply[kReplyIsError] = true;
        return void reply.send(error);
      }
      request.body = body;
      next(request, reply);
    };
    if (parser.asString || parser.asBuffer) return readBody(request, reply, parser, done);
    const stream = request[kRequestPayloadStream] ?? request.raw;
    settle(parser.fn(request, stream, done), done);
  }
}

/** A parser may return a promise instead of calling `done`. */
function settle(result, done) {
  if (result && typeof result.then === "function") result.then((body) => done(null, body), done);
}

/** Reads the whole body within the limit and gives it to the parser. */
function readBody(request, reply, parser, done) {
  const { limit: routeLimit } = reply[kRouteContext]._parserOptions;
  const limit = routeLimit === null ? parser.bodyLimit : routeLimit;
  const length = () => request.headers["content-length"];
  const declared = request[kExchange].reads === null ? length() : unrecorded(length);
  const contentLength = declared === undefined ? NaN : Number(declared);
  if (contentLength > limit) {
    // The client is going to send the body anyway: the connection must go.
    reply.header("connection", "close").send(new FST_ERR_CTP_BODY_TOO_LARGE());
    return;
  }
  const stream = request[kRequestPayloadStream];
  const whole = isUntouched(request, stream) ? request[kExchange].readAll(limit) : collect(stream, limit);
  whole.then(
    (bytes) => {
      const body = parser.asString ? decode(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      // Fastify counts the decoded text: bytes that are not UTF-8 change its length (lib/contentTypeParser.js, rawBody).
      const received = parser.asString && body.includes("\ufffd") ? Buffer.byteLength(body) : bytes.length;
      if (!Number.isNaN(contentLength) && (stream?.receivedEncodedLength || received) !== contentLength) {
        reply.header("connection", "close").send(new FST_ERR_CTP_INVALID_CONTENT_LENGTH());
        return;
      }
      settle(parser.fn(request, body, done), done);
    },
    (error) => {
      if (error instanceof RangeError && error.message === "body limit") {
        return void reply.send(new FST_ERR_CTP_BODY_TOO_LARGE());
      }
      if (!(typeof error.statusCode === "number" && error.statusCode >= 400)) error.statusCode = 400;
      reply[kReplyIsError] = true;
      reply.code(error.statusCode).send(error);
    },
  );
}

/** Is the body still where it came from? A hook may have returned `request.raw` itself, or read from it. */
function isUntouched(request, stream) {
  const { incomingMessage } = request[kExchange];
  if (stream !== undefined && stream !== incomingMessage) return false;
  return incomingMessage === null || incomingMessage.readableFlowing === null;
}

/** Collects a stream that a preParsing hook gave; `receivedEncodedLength` counts what came over the wire. */
function collect(stream, limit) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let length = 0;
    stream.on("data", (chunk) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length <= limit && !((stream.receivedEncodedLength ?? 0) > limit)) return void chunks.push(bytes);
      // Nobody wants the rest, of which a small body may decode to a lot.
      stream.pause?.();
      reject(new RangeError("body limit"));
    });
    stream.on("end", () => resolve(Buffer.concat(chunks)));
    stream.on("error", reject);
    stream.resume();
  });
}

function assertNotStarted(instance, name) {
  if (instance[kState].started) throw new FST_ERR_CTP_INSTANCE_ALREADY_STARTED(name);
}

/** The methods of an instance that concern parsers; `this` is the instance. */
export const contentTypeMethods = {
  addContentTypeParser(contentType, options, parser) {
    assertNotStarted(this, "addContentTypeParser");
    if (typeof options === "function") [parser, options] = [options, {}];
    options = { ...options };
    if (!options.bodyLimit) options.bodyLimit = this[kBodyLimit];
    for (const one of [contentType].flat()) this[kContentTypeParser].add(one, options, parser);
    return this;
  },
  hasContentTypeParser(contentType) {
    return this[kContentTypeParser].has(contentType);
  },
  removeContentTypeParser(contentType) {
    assertNotStarted(this, "removeContentTypeParser");
    for (const one of [contentType].flat()) this[kContentTypeParser].remove(one);
  },
  removeAllContentTypeParsers() {
    assertNotStarted(this, "removeAllContentTypeParsers");
    this[kContentTypeParser].removeAll();
  },
  getDefaultJsonParser,
  defaultTextParser,
};
