/**
 * An exchange that notes what is read of its request. Every way to the request notes: the facade's own reads are made inside of
 * `unrecorded` where they are made.
 */
import { op_request_client, op_request_http_version, op_request_remote } from "ext:core/ops";
import { BridgeExchange } from "ext:ssr_host/fastify/exchange.js";
import { TrackedQuery } from "ext:ssr_host/fastify/query.js";
import {
  CLIENT,
  HEADER,
  HEADERS,
  HOST,
  QUERY,
  Reads,
  SCHEME,
  UNIQUE,
  VERSION,
  onInspect,
  unrecorded,
} from "ext:ssr_host/reads.js";

/** Makes `object[name]` note each read; what is assigned to it is the app's own and is not noted. */
export function noteProperty(object, name, value, note) {
  const own = (changed) =>
    Object.defineProperty(object, name, { value: changed, writable: true, enumerable: true, configurable: true });
  const get = () => {
    note();
    return value;
  };
  Object.defineProperty(object, name, { get, set: own, enumerable: true, configurable: true });
  return () => {
    note();
    if (Object.getOwnPropertyDescriptor(object, name).get === get) own(value);
  };
}

export class TrackedExchange extends BridgeExchange {
  #url;
  #client;
  #remote;

  constructor(id, method, url) {
    super(id, method, url);
    this.#url = url;
    this.reads = new Reads(id);
    noteProperty(this, "url", url, () => this.reads.add(QUERY));
    onInspect(this, () => this.reads.addAll());
  }

  /** The query of its request, which the router has found to be `text`. */
  query(text) {
    const start = this.#url.indexOf("?");
    const isUnchanged = this.originalUrl === undefined;
    const isWhole = isUnchanged && text === (start === -1 ? "" : this.#url.slice(start + 1));
    return new TrackedQuery(text, isWhole, this.reads);
  }

  get incoming() {
    if (this.incomingMessage !== null) return this.incomingMessage;
    const message = unrecorded(() => super.incoming);
    const { url } = message;
    onInspect(message, noteProperty(message, "url", url, () => this.reads.add(QUERY)));
    return message;
  }

  get client() {
    this.reads.add(CLIENT);
    this.reads.add(HOST);
    this.reads.add(SCHEME);
    return this.#client === undefined ? (this.#client = op_request_client(this.id) ?? null) : this.#client;
  }

  isEncrypted() {
    this.reads.add(SCHEME);
    return super.isEncrypted();
  }

  readHeader(name) {
    this.reads.add(HEADER, name);
    return super.readHeader(name);
  }

  headerList() {
    this.reads.add(HEADERS);
    return super.headerList();
  }

  remote() {
    this.reads.add(CLIENT);
    return (this.#remote ??= op_request_remote(this.id) ?? [undefined, undefined]);
  }

  httpVersion() {
    this.reads.add(VERSION);
    return op_request_http_version(this.id);
  }

  requestNumber() {
    this.reads.add(UNIQUE);
    return super.requestNumber();
  }
}
