/**
 * One request and its response as the bridge sees them. Everything about the request is an op, made when asked for;
 * the response leaves in one call, or as a head followed by chunks. `inject()` has its own exchange with the same
 * methods (inject.js), so that the lifecycle never knows which one it serves.
 */
import { core } from "ext:core/mod.js";
import {
  op_body_end,
  op_body_fail,
  op_body_write,
  op_compress,
  op_request_client,
  op_request_header,
  op_request_headers,
  op_request_http_version,
  op_request_number,
  op_request_read,
  op_request_read_all,
  op_request_remote,
  op_request_tls,
  op_respond_bytes,
  op_respond_empty,
  op_respond_file,
  op_respond_stream,
  op_respond_string,
  op_respond_upstream,
  op_upstream_drop,
} from "ext:core/ops";
import { onCancel } from "ext:ssr_host/bridge.js";
import { buildHead, headersView } from "ext:ssr_host/fastify/headers.js";
import { kReplyResponded } from "ext:ssr_host/fastify/symbols.js";

const raw = core.createLazyLoader("ext:ssr_host/fastify/raw.js");

/** State that both kinds of exchange share: what was sent, and the objects made on demand. */
export class Exchange {
  constructor(method, url) {
    this.method = method;
    this.url = url;
    /** Ids of requests without a host are counted here, in order of arrival. */
    this.isInjected = false;
    /** The URL before `rewriteUrl`, when there is one. */
    this.originalUrl = undefined;
    this.statusCode = 200;
    /** Headers set on `reply.raw`; null until then. */
    this.rawHeaders = null;
    this.headSent = false;
    /** The response was ended (Node's `writableEnded`). */
    this.ended = false;
    this.finished = false;
    this.aborted = false;
    /** The reply that wants to know when the response is out (logging, onResponse). */
    this.reply = null;
    this.waiters = null;
    this.headersState = null;
    this.incomingMessage = null;
    this.serverResponse = null;
    this.socketObject = null;
    this.cancelHandlers = null;
    /** Notes what is read of the request; null when nobody wants to know. */
    this.reads = null;
  }

  /** Node's `headers` object, lazy. */
  get headers() {
    return (this.headersState ??= headersView(this)).view;
  }

  /** One request header by its lower-case name; sees what the app assigned to `raw.headers`. */
  header(name) {
    const state = this.headersState;
    return state !== null && state.handler.loaded ? state.view[name] : this.readHeader(name);
  }

  /** `request.raw` */
  get incoming() {
    return (this.incomingMessage ??= raw().createIncomingMessage(this));
  }

  /** `reply.raw` */
  get response() {
    return (this.serverResponse ??= raw().createServerResponse(this));
  }

  /** `request.socket` */
  get socket() {
    return (this.socketObject ??= raw().createSocket(this));
  }

  /** Headers of `reply.raw` first, then those of the reply, as `writeHead` merges them. */
  mergedHeaders(headers) {
    return this.rawHeaders === null ? headers : { ...this.rawHeaders, ...headers };
  }

  assertHeadNotSent() {
    if (!this.headSent) return;
    const error = new Error("Cannot write headers after they are sent to the client");
    error.code = "ERR_HTTP_HEADERS_SENT";
    throw error;
  }

  /** Runs `fn` when the client leaves before the response is out. */
  onCancel(fn) {
    if (this.cancelHandlers === null) {
      this.cancelHandlers = [];
      this.watchCancel();
    }
    this.cancelHandlers.push(fn);
  }

  cancelled() {
    if (this.finished || this.aborted) return;
    this.aborted = true;
    for (const fn of this.cancelHandlers) fn();
    this.serverResponse?.emit("close");
    this.settle();
  }

  /** Runs `fn` once the response is out or given up (`await reply`). */
  onSettled(fn) {
    if (this.finished || this.aborted) fn();
    else (this.waiters ??= []).push(fn);
  }

  settle() {
    const waiters = this.waiters;
    this.waiters = null;
    if (waiters !== null) for (const fn of waiters) fn();
  }

  /** The response is out: tell the reply (onResponse, log line) and whoever holds `reply.raw`. */
  finish() {
    if (this.finished) return;
    this.finished = true;
    this.serverResponse?.emit("finish");
    this.reply?.[kReplyResponded]();
    this.serverResponse?.emit("close");
    this.incomingMessage?.emit("close");
    this.settle();
  }
}

/** An exchange over the bridge. */
export class BridgeExchange extends Exchange {
  constructor(id, method, url) {
    super(method, url);
    this.id = id;
    this.remoteAddress = null;
    /** [ip, ips, hostname, protocol] as the host has worked them out, null when it has not; undefined before it was asked. */
    this.hostClient = undefined;
  }

  get client() {
    return this.hostClient === undefined ? (this.hostClient = op_request_client(this.id) ?? null) : this.hostClient;
  }

  /** Is the connection encrypted? */
  isEncrypted() {
    return op_request_tls(this.id);
  }

  readHeader(name) {
    return op_request_header(this.id, name) ?? undefined;
  }

  headerList() {
    return op_request_headers(this.id);
  }

  /** [address, port] of the peer */
  remote() {
    return (this.remoteAddress ??= op_request_remote(this.id) ?? [undefined, undefined]);
  }

  httpVersion() {
    return op_request_http_version(this.id);
  }

  requestNumber() {
    return op_request_number();
  }

  /** The whole body; rejects with a RangeError when it is longer than `limit`. */
  readAll(limit) {
    return op_request_read_all(this.id, limit);
  }

  read() {
    return op_request_read(this.id);
  }

  watchCancel() {
    onCancel(this.id, () => this.cancelled());
  }

  /** Has the host encode the response that is about to be sent; false when there is no host to do it. */
  encode(coding, level = -1) {
    op_compress(this.id, coding, level);
    return true;
  }

  /** Sends a whole response. `body`: string, Uint8Array or null. */
  respond(status, headers, body) {
    this.assertHeadNotSent();
    const head = buildHead(this.mergedHeaders(headers));
    if (body === null || this.method === "HEAD" || status === 304) op_respond_empty(this.id, status, head);
    else if (typeof body === "string") op_respond_string(this.id, status, head, body);
    else op_respond_bytes(this.id, status, head, body);
    this.headSent = true; // only now: an op that refuses its arguments has sent nothing
    this.ended = true;
    this.finishSoon();
  }

  /** Hands a static file to the host: conditional requests, ranges, content type and etag are its business. */
  respondFile(status, headers, mount, path) {
    this.assertHeadNotSent();
    const head = buildHead(this.mergedHeaders(headers));
    op_respond_file(this.id, status, head, mount, path);
    this.headSent = true;
    this.ended = true;
    this.finishSoon();
  }

  /** Hands the body of an upstream's response, which the host has, to the client. */
  respondUpstream(status, headers, handle) {
    this.assertHeadNotSent();
    const head = buildHead(this.mergedHeaders(headers));
    if (this.method === "HEAD" || status === 304) {
      op_upstream_drop(handle);
      op_respond_empty(this.id, status, head);
    } else {
      op_respond_upstream(this.id, status, head, handle);
    }
    this.headSent = true;
    this.ended = true;
    this.finishSoon();
  }

  startStream(status, headers) {
    this.assertHeadNotSent();
    const head = buildHead(this.mergedHeaders(headers));
    op_respond_stream(this.id, status, head);
    this.headSent = true;
  }

  /** Resolves when there is room for more; rejects when the client left. */
  write(chunk) {
    return op_body_write(this.id, chunk);
  }

  end() {
    this.ended = true;
    op_body_end(this.id);
    this.finishSoon();
  }

  /** Breaks a response whose head is out: the client sees an incomplete body. */
  fail(message) {
    this.ended = true;
    op_body_fail(this.id, message);
    this.settle();
  }

  /** As Node, whose `finish` event comes after the code that sent the response has run. */
  finishSoon() {
    if (this.reply !== null || this.serverResponse !== null || this.waiters !== null) {
      queueMicrotask(() => this.finish());
    } else {
      this.finished = true;
    }
  }
}
