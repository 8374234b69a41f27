/**
 * `fastify.inject()`: requests without the host, through the same lifecycle (light-my-request 5). The result has the
 * shape and the headers that light-my-request gives, `date` and `connection` included.
 */
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { Exchange } from "ext:ssr_host/fastify/exchange.js";
import { checkHeaderName, checkHeaderValue } from "ext:ssr_host/fastify/headers.js";
import { toBytes } from "ext:ssr_host/fastify/raw.js";
import { STATUS_TEXT } from "ext:ssr_host/fastify/status.js";

const BASE_URL = "http://localhost";
const INVOKED = "The dispatch function has already been invoked";
const REFUSED = ["simulate", "server", "Request", "signal"];

const isStream = (value) => value && typeof value.resume === "function";

/** light-my-request/lib/parse-url.js */
function parseUrl(url, query) {
  if (typeof url === "string" && url.startsWith("//")) url = BASE_URL + url;
  const result = typeof url === "object" ? Object.assign(new URL(BASE_URL), url) : new URL(url, BASE_URL);
  if (typeof query === "string") {
    const params = new URLSearchParams(query);
    for (const key of new Set(params.keys())) {
      result.searchParams.delete(key);
      for (const value of params.getAll(key)) result.searchParams.append(key, value);
    }
    return result;
  }
  const merged = { ...url.query, ...query };
  for (const key in merged) {
    if (!Array.isArray(merged[key])) {
      result.searchParams.set(key, merged[key]);
      continue;
    }
    result.searchParams.delete(key);
    for (const value of merged[key]) result.searchParams.append(key, value);
  }
  return result;
}

function hostOf(url) {
  return url.port ? url.host : url.hostname + (url.protocol === "https:" ? ":443" : ":80");
}

function assertionError(message) {
  return Object.assign(new Error(message), { name: "AssertionError", code: "ERR_ASSERTION" });
}

/** The headers of the injected request, as light-my-request completes them. */
function requestHeaders(options, url) {
  const headers = {};
  for (const name in options.headers ?? {}) {
    const value = options.headers[name];
    const lower = name.toLowerCase();
    if (value === undefined) {
      if (lower === "user-agent" || lower === "content-type") headers[lower] = undefined;
      else throw assertionError(`invalid value "undefined" for header ${name}`);
    } else {
      headers[lower] = `${value}`;
    }
  }
  if (!("user-agent" in headers)) headers["user-agent"] = "lightMyRequest";
  headers.host = headers.host || options.authority || hostOf(url);
  if (options.cookies) {
    const cookies = Object.keys(options.cookies).map((name) => `${name}=${encodeURIComponent(options.cookies[name])}`);
    headers.cookie = (headers.cookie ? [headers.cookie, ...cookies] : cookies).join("; ");
  }
  return headers;
}

/** Payload as bytes, with the headers that follow from it. A stream is read to its end. */
async function preparePayload(payload, headers) {
  if (payload && Object.prototype.toString.call(payload) === "[object FormData]") {
    const response = new Response(payload);
    headers["content-type"] = response.headers.get("content-type");
    const bytes = new Uint8Array(await response.arrayBuffer());
    headers["content-length"] ??= `${bytes.length}`;
    return bytes;
  }
  if (isStream(payload)) {
    const chunks = [];
    for await (const chunk of payload) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    headers["content-length"] ||= `${bytes.length}`;
    return bytes;
  }
  return undefined;
}

function simplePayload(payload, headers) {
  if (!payload) return null;
  if (typeof payload !== "string" && !Buffer.isBuffer(payload)) {
    payload = JSON.stringify(payload);
    if (!("content-type" in headers)) headers["content-type"] = "application/json";
  }
  const bytes = toBytes(payload);
  if (!Object.hasOwn(headers, "content-length")) headers["content-length"] = `${bytes.length}`;
  return bytes;
}

/** An exchange whose response becomes the result of `inject`. */
class InjectExchange extends Exchange {
  #headers;
  #nextNumber;
  #remoteAddress;
  #body;
  #chunks = [];
  #result = null;
  #deliver;

  constructor(method, url, { headers, remoteAddress, nextNumber, body, deliver }) {
    super(method, url);
    this.isInjected = true;
    this.#headers = headers;
    this.#remoteAddress = remoteAddress;
    this.#nextNumber = nextNumber;
    this.#body = body;
    this.#deliver = deliver;
  }

  readHeader(name) {
    return Object.hasOwn(this.#headers, name) ? this.#headers[name] : undefined;
  }

  headerList() {
    return Object.entries(this.#headers).flat();
  }

  remote() {
    return [this.#remoteAddress, undefined];
  }

  get client() {
    return null;
  }

  isEncrypted() {
    return false;
  }

  encode() {
    return false;
  }

  httpVersion() {
    return "1.1";
  }

  requestNumber() {
    return this.#nextNumber();
  }

  async readAll(limit) {
    const body = this.#body ?? new Uint8Array(0);
    this.#body = null;
    if (body.length > limit) throw new RangeError("body limit");
    return body;
  }

  async read() {
    const body = this.#body;
    this.#body = null;
    return body;
  }

  watchCancel() {}

  respond(status, headers, body) {
    this.#start(status, headers);
    this.#addStandardHeaders(body === null);
    if (body !== null) this.#chunks.push(toBytes(body));
    this.end();
  }

  respondFile() {
    throw unsupported("fastify: `inject()` of a static file", "files are sent by the host");
  }

  startStream(status, headers) {
    this.#start(status, headers);
    this.#addStandardHeaders(false);
  }

  #start(status, headers) {
    this.assertHeadNotSent();
    const merged = this.mergedHeaders(headers);
    const sent = {};
    for (const name in merged) {
      checkHeaderName(name);
      for (const value of [merged[name]].flat()) checkHeaderValue(name, value);
      sent[name] = Array.isArray(merged[name]) ? merged[name].map(String) : `${merged[name]}`;
    }
    this.headSent = true;
    this.#result = { statusCode: status, headers: sent };
  }

  /** What Node's http module adds to a head. */
  #addStandardHeaders(whole) {
    const { headers, statusCode } = this.#result;
    headers.date ??= new Date().toUTCString();
    headers.connection ??= "keep-alive";
    const hasBody = this.method !== "HEAD" && statusCode !== 204 && statusCode !== 304 && statusCode >= 200;
    if (!whole && hasBody && headers["content-length"] === undefined) headers["transfer-encoding"] ??= "chunked";
  }

  async write(chunk) {
    this.#chunks.push(toBytes(chunk));
  }

  end() {
    this.ended = true;
    const response = result(this, this.#result, this.#chunks);
    process.nextTick(() => this.#deliver(null, response));
    this.finish();
  }

  fail(message) {
    this.ended = true;
    process.nextTick(() => this.#deliver(new Error(message)));
    this.settle();
  }
}

/** The object that `inject` gives. */
function result(exchange, { statusCode, headers }, chunks) {
  const rawPayload = Buffer.concat(chunks);
  const payload = rawPayload.toString();
  return {
    raw: {
      get res() {
        return exchange.response;
      },
      get req() {
        return exchange.incoming;
      },
    },
    headers,
    statusCode,
    statusMessage: STATUS_TEXT[statusCode],
    trailers: {},
    get cookies() {
      return [headers["set-cookie"] ?? []].flat().map(parseSetCookie);
    },
    rawPayload,
    payload,
    body: payload,
    json: () => JSON.parse(payload),
    stream() {
      throw unsupported("fastify: `stream()` of an injected response", "use rawPayload");
    },
  };
}

/** Attributes of set-cookie, and how their value is read (set-cookie-parser). */
const COOKIE_ATTRIBUTES = {
  expires: ["expires", (value) => new Date(value)],
  "max-age": ["maxAge", (value) => parseInt(value, 10)],
  secure: ["secure", () => true],
  httponly: ["httpOnly", () => true],
  samesite: ["sameSite", (value) => value],
  partitioned: ["partitioned", () => true],
};

function parseSetCookie(line) {
  const [pair, ...attributes] = line.split(";").filter((part) => part.trim());
  const cut = pair.indexOf("=");
  const value = pair.slice(cut + 1);
  const cookie = { name: cut === -1 ? "" : pair.slice(0, cut).trim(), value };
  try {
    cookie.value = decodeURIComponent(value);
  } catch {
    // Kept as it came.
  }
  for (const attribute of attributes) {
    const [name, ...rest] = attribute.split("=");
    const key = name.trimStart().toLowerCase();
    const [property, read] = COOKIE_ATTRIBUTES[key] ?? [key, (text) => text];
    cookie[property] = read(rest.join("="));
  }
  return cookie;
}

/** Runs one injected request; `deliver(error, response)` is called once. */
function run({ dispatch, nextNumber, ready }, options, deliver) {
  if (typeof options === "string") options = { url: options };
  for (const name of REFUSED) {
    if (options[name] !== undefined) throw unsupported(`fastify: option \`${name}\` of inject()`);
  }
  let delivered = false;
  const once = (error, response) => {
    if (delivered) return;
    delivered = true;
    deliver(error, response);
  };
  const url = parseUrl(options.url || options.path, options.query);
  const method = options.method ? options.method.toUpperCase() : "GET";
  const headers = requestHeaders(options, url);
  const payload = options.payload || options.body || null;
  const isSlow = isStream(payload) || Object.prototype.toString.call(payload) === "[object FormData]";
  const start = (body) => {
    const remoteAddress = options.remoteAddress || "127.0.0.1";
    const parts = { headers, remoteAddress, nextNumber, body, deliver: once };
    dispatch(new InjectExchange(method, url.pathname + url.search, parts));
  };
  const prepared = isSlow ? preparePayload(payload, headers) : simplePayload(payload, headers);
  if (!isSlow && ready === null) return start(prepared);
  Promise.resolve(prepared)
    .then((body) => Promise.resolve(ready?.()).then(() => body))
    .then(start)
    .catch(once);
}

/** A request that is built by chaining, and sent when awaited. */
class Chain {
  #context;
  #options;
  #invoked = false;
  #promise = null;

  constructor(context, options) {
    this.#context = context;
    this.#options = typeof options === "string" ? { url: options } : { ...options };
    if (this.#options.autoStart !== false) {
      process.nextTick(() => {
        if (!this.#invoked) this.end();
      });
    }
  }

  set(name, value) {
    if (this.#invoked) throw new Error(INVOKED);
    this.#options[name] = value;
    return this;
  }

  end(callback) {
    if (this.#invoked) throw new Error(INVOKED);
    this.#invoked = true;
    if (typeof callback === "function") return run(this.#context, this.#options, callback);
    return this.#start();
  }

  #start() {
    this.#promise = new Promise((resolve, reject) => {
      run(this.#context, this.#options, (error, response) => (error ? reject(error) : resolve(response)));
    });
    return this.#promise;
  }

  get promise() {
    if (this.#promise !== null) return this.#promise;
    if (this.#invoked) throw new Error(INVOKED);
    this.#invoked = true;
    return this.#start();
  }

  then(...args) {
    return this.promise.then(...args);
  }

  catch(...args) {
    return this.promise.catch(...args);
  }

  finally(...args) {
    return this.promise.finally(...args);
  }
}

for (const method of ["delete", "get", "head", "options", "patch", "post", "put", "trace"]) {
  Chain.prototype[method] = function (url) {
    return this.set("url", url).set("method", method.toUpperCase());
  };
}
for (const name of ["body", "cookies", "headers", "payload", "query"]) {
  Chain.prototype[name] = function (value) {
    return this.set(name, value);
  };
}

/**
 * Starts an injected request.
 * @param {{dispatch: Function, nextNumber: () => number, ready: null | (() => Promise<any>)}} context
 * @param {string | Record<string, any>} options
 * @param {Function} [callback]
 */
export function inject(context, options, callback) {
  if (callback === undefined) return new Chain(context, options);
  run(context, options, callback);
}
