/**
 * `request.raw`, `reply.raw` and `request.socket`: the parts of Node's http objects that apps reach for, over an
 * exchange. Made on first use. There is no socket behind them: what would need one throws.
 */
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { checkHeaderName, checkHeaderValue, lowerCase } from "ext:ssr_host/fastify/headers.js";

const encoder = new TextEncoder();

/** Bytes of a chunk given to a Node stream. */
export function toBytes(chunk, encoding) {
  if (typeof chunk === "string") {
    return encoding === undefined || /^utf-?8$/i.test(encoding) ? encoder.encode(chunk) : Buffer.from(chunk, encoding);
  }
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const error = new TypeError(
    'The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.',
  );
  error.code = "ERR_INVALID_ARG_TYPE";
  throw error;
}

/** The peer of a request: its address, and nothing that would act on a connection. */
class Socket extends EventEmitter {
  #exchange;

  constructor(exchange) {
    super();
    this.#exchange = exchange;
    exchange.onCancel(() => this.emit("close", false));
  }

  get remoteAddress() {
    return this.#exchange.remote()[0];
  }

  get remotePort() {
    return this.#exchange.remote()[1];
  }

  get remoteFamily() {
    const address = this.remoteAddress;
    return address === undefined ? undefined : address.includes(":") ? "IPv6" : "IPv4";
  }

  get destroyed() {
    return this.#exchange.aborted;
  }

  get encrypted() {
    return this.#exchange.isEncrypted() || undefined;
  }

  setTimeout() {
    throw unsupported("fastify: `socket.setTimeout()`", "request deadlines are set by the host");
  }

  destroy() {
    throw unsupported("fastify: `socket.destroy()`");
  }

  write() {
    throw unsupported("fastify: `socket.write()`");
  }
}

/** A request as Node's http module shows it; its stream is the body. */
class IncomingMessage extends Readable {
  #exchange;
  #headers;

  constructor(exchange) {
    super({ autoDestroy: false });
    this.#exchange = exchange;
    this.method = exchange.method;
    this.url = exchange.url;
    if (exchange.originalUrl !== undefined) this.originalUrl = exchange.originalUrl;
    this.complete = false;
    exchange.onCancel(() => {
      this.emit("aborted");
      this.emit("close");
    });
  }

  _read() {
    this.#exchange.read().then(
      (chunk) => {
        if (chunk === null) this.complete = true;
        this.push(chunk === null ? null : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      },
      (error) => this.destroy(error),
    );
  }

  get headers() {
    return this.#headers ?? this.#exchange.headers;
  }

  set headers(headers) {
    this.#headers = headers;
  }

  get rawHeaders() {
    return this.#exchange.headerList();
  }

  get trailers() {
    return {};
  }

  get httpVersion() {
    return this.#exchange.httpVersion();
  }

  get httpVersionMajor() {
    return Number(this.httpVersion[0]);
  }

  get httpVersionMinor() {
    return Number(this.httpVersion[2]);
  }

  get socket() {
    return this.#exchange.socket;
  }

  get connection() {
    return this.#exchange.socket;
  }

  get aborted() {
    return this.#exchange.aborted;
  }

  setTimeout() {
    throw unsupported("fastify: `request.raw.setTimeout()`", "request deadlines are set by the host");
  }
}

/** A response as Node's http module shows it: headers, `writeHead`, `write` with back-pressure, `end`. */
class ServerResponse extends EventEmitter {
  #exchange;
  #pending = Promise.resolve();
  #waiting = 0;

  constructor(exchange) {
    super();
    this.#exchange = exchange;
    exchange.onCancel(() => {});
  }

  get req() {
    return this.#exchange.incoming;
  }

  get socket() {
    return this.#exchange.socket;
  }

  get statusCode() {
    return this.#exchange.statusCode;
  }

  set statusCode(code) {
    this.#exchange.statusCode = code;
  }

  get statusMessage() {
    return undefined;
  }

  set statusMessage(text) {
    throw unsupported("fastify: `reply.raw.statusMessage`", "the host writes the standard reason phrase");
  }

  get headersSent() {
    return this.#exchange.headSent;
  }

  get writableEnded() {
    return this.#exchange.ended;
  }

  get writableFinished() {
    return this.#exchange.finished;
  }

  get finished() {
    return this.#exchange.ended;
  }

  get destroyed() {
    return this.#exchange.aborted;
  }

  get writable() {
    return !this.#exchange.ended;
  }

  setHeader(name, value) {
    this.#exchange.assertHeadNotSent();
    checkHeaderName(name);
    checkHeaderValue(name, value);
    (this.#exchange.rawHeaders ??= {})[lowerCase(name)] = value;
    return this;
  }

  appendHeader(name, value) {
    const known = this.getHeader(name);
    return this.setHeader(name, known === undefined ? value : [known, value].flat());
  }

  getHeader(name) {
    return this.#exchange.rawHeaders?.[lowerCase(name)];
  }

  hasHeader(name) {
    return this.getHeader(name) !== undefined;
  }

  getHeaders() {
    return { ...this.#exchange.rawHeaders };
  }

  getHeaderNames() {
    return Object.keys(this.#exchange.rawHeaders ?? {});
  }

  removeHeader(name) {
    this.#exchange.assertHeadNotSent();
    if (this.#exchange.rawHeaders !== null) delete this.#exchange.rawHeaders[lowerCase(name)];
  }

  writeHead(status, reason, headers) {
    if (typeof reason === "string") this.statusMessage = reason;
    const added = typeof reason === "string" ? headers : (reason ?? headers);
    this.#exchange.assertHeadNotSent();
    this.#exchange.statusCode = status;
    if (Array.isArray(added)) {
      for (let i = 0; i < added.length; i += 2) this.setHeader(added[i], added[i + 1]);
    } else if (added) {
      for (const name of Object.keys(added)) this.setHeader(name, added[name]);
    }
    this.#exchange.startStream(status, {});
    return this;
  }

  flushHeaders() {
    if (!this.headersSent) this.writeHead(this.statusCode);
  }

  write(chunk, encoding, callback) {
    if (typeof encoding === "function") [encoding, callback] = [undefined, encoding];
    const bytes = toBytes(chunk, encoding);
    this.flushHeaders();
    this.#waiting++;
    this.#pending = this.#pending
      .then(() => this.#exchange.write(bytes))
      .then(
        () => this.#written(callback),
        (error) => callback?.(error),
      );
    return false;
  }

  #written(callback) {
    callback?.();
    if (--this.#waiting === 0) this.emit("drain");
  }

  end(chunk, encoding, callback) {
    if (typeof chunk === "function") [chunk, callback] = [undefined, chunk];
    if (typeof encoding === "function") [encoding, callback] = [undefined, encoding];
    if (this.#exchange.ended) return this;
    if (callback) this.once("finish", callback);
    if (!this.headersSent) {
      const bytes = chunk == null ? null : toBytes(chunk, encoding);
      this.#exchange.respond(this.statusCode, { "content-length": String(bytes?.length ?? 0) }, bytes);
      return this;
    }
    if (chunk != null) this.write(chunk, encoding);
    this.#exchange.ended = true;
    this.#pending.then(() => this.#exchange.end());
    return this;
  }

  destroy(error) {
    if (this.#exchange.headSent && !this.#exchange.ended) this.#exchange.fail(error?.message ?? "destroyed");
    return this;
  }

  setTimeout() {
    throw unsupported("fastify: `reply.raw.setTimeout()`", "request deadlines are set by the host");
  }

  addTrailers() {
    throw unsupported("fastify: `reply.raw.addTrailers()`");
  }
}

export const createSocket = (exchange) => new Socket(exchange);
export const createIncomingMessage = (exchange) => new IncomingMessage(exchange);
export const createServerResponse = (exchange) => new ServerResponse(exchange);
