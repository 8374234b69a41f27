/**
 * One request to an upstream and its response, for `from.js`. Bodies stay in Rust in both directions: what the client sends is
 * handed over unread, and what the upstream answers goes to the client unless somebody reads it here.
 */
import {
  op_request_has_body,
  op_upstream_body,
  op_upstream_drop,
  op_upstream_end,
  op_upstream_fetch,
  op_upstream_read,
  op_upstream_write,
} from "ext:core/ops";
import { Readable } from "node:stream";
import { buildHead, joinHeaders } from "ext:ssr_host/fastify/headers.js";
import { toBytes } from "ext:ssr_host/fastify/raw.js";
import { kExchange, kTakeBody } from "ext:ssr_host/fastify/symbols.js";

/**
 * Headers that are about one connection (RFC 9110 section 7.6.1), with those that `connection` names. `expect` is answered by whoever
 * reads the body.
 */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "http2-settings", "expect"];

/** Removes from `headers` what is about the connection they came over. */
export function stripConnection(headers) {
  const { connection } = headers;
  if (connection !== undefined) {
    for (const name of String(connection).split(",")) delete headers[name.trim().toLowerCase()];
  }
  for (const name of HOP_BY_HOP) delete headers[name];
  return headers;
}

/** Headers of a request as they are sent: a copy, in which the app has no say about the connection either. */
export function headersToSend(headers) {
  const sent = {};
  for (const given of Object.keys(headers)) {
    const name = given.toLowerCase();
    if (headers[given] !== undefined && !HOP_BY_HOP.includes(name)) sent[name] = headers[given];
  }
  return sent;
}

/** The body of an upstream's response. As long as nobody reads it, it can be sent without coming here. */
class UpstreamBody extends Readable {
  #handle;
  #isTaken = false;

  constructor(handle) {
    super();
    this.#handle = handle;
  }

  /** The handle of the body, which is then no longer this stream's; undefined when it has been read from. */
  [kTakeBody]() {
    if (this.#isTaken || this.readableFlowing !== null || this.readableDidRead || this.destroyed) return undefined;
    this.#isTaken = true;
    return this.#handle;
  }

  /** Later versions of the package give `onResponse` an object with the stream in it. */
  get stream() {
    return this;
  }

  _read() {
    op_upstream_read(this.#handle).then(
      (chunk) => this.push(chunk === null ? null : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
      (error) => this.destroy(error),
    );
  }

  _destroy(error, callback) {
    if (!this.#isTaken) op_upstream_drop(this.#handle);
    callback(error);
  }

  /** All of it, as undici's body has it. */
  async arrayBuffer() {
    const bytes = await this.#all();
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }

  async text() {
    return new TextDecoder().decode(await this.#all());
  }

  async json() {
    return JSON.parse(await this.text());
  }

  async #all() {
    const chunks = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/**
 * What an upstream has answered. Can be sent itself when no hook looks at payloads; the stream is made for whoever wants to read.
 */
class UpstreamResponse {
  #handle;
  #stream = null;

  constructor(statusCode, headers, handle) {
    this.statusCode = statusCode;
    this.headers = headers;
    this.#handle = handle;
  }

  get stream() {
    return (this.#stream ??= new UpstreamBody(this.#handle));
  }

  [kTakeBody]() {
    return this.#stream === null ? this.#handle : this.#stream[kTakeBody]();
  }

  /** Makes it a stream to `reply.send`. */
  pipe(target) {
    return this.stream.pipe(target);
  }

  on() {
    return this;
  }

  /** Nobody wants the body. */
  resume() {
    op_upstream_drop(this.#handle);
  }
}

/** Headers from `[name, value, …]`. For undici what is there more than once is a list; Node's own client joins it. */
function headersOf(list, joins) {
  if (joins) return joinHeaders(list);
  const headers = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const known = headers[name];
    headers[name] = known === undefined ? list[i + 1] : [].concat(known, list[i + 1]);
  }
  return headers;
}

/** Writes a Node stream into the body of a request. */
async function pump(stream, handle) {
  let failure = "";
  try {
    for await (const chunk of stream) await op_upstream_write(handle, toBytes(chunk));
  } catch (error) {
    failure = String(error?.message || error || "the body failed");
  }
  op_upstream_end(handle, failure);
}

function failed(code, message) {
  const error = new Error(message);
  error.code = code;
  return error;
}

/**
 * Makes a request.
 * @param {any} exchange the request that is being served
 * @param {{number: number | null, joins: boolean, method: string, url: string, headers: Record<string, any>, timeout: number}} call
 * @param {string | Uint8Array | any | undefined} body text, bytes, a stream, or `exchange` for what the client sends
 */
export async function send(exchange, { number, joins, method, url, headers, timeout }, body) {
  let source = "none";
  let bytes = null;
  if (body === exchange) {
    if (exchange.isInjected) [source, bytes] = ["bytes", await exchange.readAll(Infinity)];
    else source = "client";
  } else if (typeof body?.pipe === "function") {
    source = { written: op_upstream_body() };
  } else if (body !== undefined && body !== "") {
    [source, bytes] = ["bytes", toBytes(body)];
  }
  const request = exchange.isInjected ? null : exchange.id;
  const call = { request, upstream: number, method, url, head: buildHead(headers), body: source, timeout };
  const answer = op_upstream_fetch(call, bytes);
  if (source.written !== undefined) pump(body, source.written);
  const { code, message, status, headers: list, body: handle } = await answer;
  if (code !== undefined) throw failed(code, message);
  // Of a `101` the connection is what it is about.
  const received = status === 101 ? headersOf(list, joins) : stripConnection(headersOf(list, joins));
  return new UpstreamResponse(status, received, handle);
}

/** Has the client announced a body? */
export const hasBody = (exchange) => exchange.isInjected || op_request_has_body(exchange.id);

/** Is the body of the request still where it came from? */
export function isUnread(request) {
  const { incomingMessage } = request[kExchange];
  return incomingMessage === null || (incomingMessage.readableFlowing === null && !incomingMessage.readableDidRead);
}
