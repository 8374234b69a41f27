/**
 * Headers on both sides: the lazy view of a request's headers, and the checks that Node makes before it writes a
 * response's. Values are never collected before somebody asks: reading one header is one op.
 */
import { HEADER, HEADERS } from "ext:ssr_host/reads.js";

/** Request headers of which only the first counts (node/lib/_http_incoming.js, matchKnownFields). */
const FIRST_WINS = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

/**
 * Node's `headers` object from a flat `[name, value, …]` list.
 * @param {string[]} list names in lower case
 * @param {Record<string, any>} [headers] object to fill
 */
export function joinHeaders(list, headers = {}) {
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const value = list[i + 1];
    const known = headers[name];
    if (name === "set-cookie") {
      if (known === undefined) headers[name] = [value];
      else known.push(value);
    } else if (!Object.hasOwn(headers, name)) {
      headers[name] = value;
    } else if (!FIRST_WINS.has(name)) {
      headers[name] = `${known}${name === "cookie" ? "; " : ", "}${value}`;
    }
  }
  return headers;
}

/** Reads one header at a time until something needs all of them (enumeration, assignment, deletion). */
class HeadersHandler {
  /** @param {{readHeader(name: string): string | undefined, headerList(): string[]}} exchange */
  constructor(exchange) {
    this.exchange = exchange;
    this.loaded = false;
  }

  load(target) {
    if (this.loaded) return;
    this.loaded = true;
    joinHeaders(this.exchange.headerList(), target);
  }

  get(target, name) {
    if (this.loaded || typeof name === "symbol" || name in target) return target[name];
    return this.exchange.readHeader(name);
  }

  has(target, name) {
    if (this.loaded || typeof name === "symbol" || name in target) return name in target;
    return this.exchange.readHeader(name) !== undefined;
  }

  set(target, name, value) {
    this.load(target);
    target[name] = value;
    return true;
  }

  deleteProperty(target, name) {
    this.load(target);
    return delete target[name];
  }

  defineProperty(target, name, descriptor) {
    this.load(target);
    return Reflect.defineProperty(target, name, descriptor);
  }

  ownKeys(target) {
    this.load(target);
    return Reflect.ownKeys(target);
  }

  getOwnPropertyDescriptor(target, name) {
    this.load(target);
    return Reflect.getOwnPropertyDescriptor(target, name);
  }

  getPrototypeOf() {
    return Object.prototype;
  }
}

/** Prototype of the targets: `console.log(request.headers)` looks past the proxy, so the target must answer. */
const inspectable = Object.create(Object.prototype, {
  [Symbol.for("nodejs.util.inspect.custom")]: {
    value() {
      return { ...this };
    },
  },
});

/** As above for a tracked request: once all are loaded, each read is noted all the same. */
class TrackedHeadersHandler extends HeadersHandler {
  load(target) {
    this.exchange.reads.add(HEADERS);
    super.load(target);
  }

  get(target, name) {
    this.#note(name);
    return super.get(target, name);
  }

  has(target, name) {
    this.#note(name);
    return super.has(target, name);
  }

  /** As long as they are not loaded, the exchange does. */
  #note(name) {
    if (this.loaded && typeof name === "string") this.exchange.reads.add(HEADER, name);
  }
}

/**
 * The `headers` object of a request. Each property read is one lookup of that header.
 * @returns {{view: Record<string, any>, handler: {loaded: boolean}}}
 */
export function headersView(exchange) {
  const handler = exchange.reads === null ? new HeadersHandler(exchange) : new TrackedHeadersHandler(exchange);
  return { view: new Proxy(Object.create(inspectable), handler), handler };
}

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const KNOWN_NAMES_LIMIT = 500;

/** Lower-case form of header names seen before, and the names known to be valid tokens: apps use few. */
const lowerCaseNames = new Map();
const validNames = new Set();

/** `name` in lower case, through a small cache. */
export function lowerCase(name) {
  const known = lowerCaseNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowerCaseNames.size < KNOWN_NAMES_LIMIT) lowerCaseNames.set(name, lower);
  return lower;
}

function nodeError(code, message) {
  const error = new TypeError(message);
  error.code = code;
  // Node's own errors carry the code in the first line of their stack (lib/internal/errors.js).
  error.stack = error.stack.replace(/^TypeError/, `TypeError [${code}]`);
  return error;
}

/** Throws what Node throws for a header name that is not a token. */
export function checkHeaderName(name) {
  if (validNames.has(name)) return;
  if (typeof name !== "string" || !TOKEN.test(name)) {
    throw nodeError("ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`);
  }
  if (validNames.size < KNOWN_NAMES_LIMIT) validNames.add(name);
}

/** Throws what Node throws for a header value it cannot write. */
export function checkHeaderValue(name, value) {
  if (value === undefined) {
    throw nodeError("ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "${value}" for header "${name}"`);
  }
  if (INVALID_VALUE.test(value)) {
    throw nodeError("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
  }
}

/**
 * The head of a response as the bridge takes it: `name\nvalue\n` for each line.
 * @param {Record<string, any>} headers names in lower case
 */
export function buildHead(headers) {
  let head = "";
  for (const name in headers) {
    const value = headers[name];
    checkHeaderName(name);
    if (Array.isArray(value)) {
      for (const one of value) {
        checkHeaderValue(name, one);
        head += `${name}\n${one}\n`;
      }
    } else {
      checkHeaderValue(name, value);
      head += `${name}\n${value}\n`;
    }
  }
  return head;
}
