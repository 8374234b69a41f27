// The errors of `fetch`, as Node's undici makes them: a TypeError whose cause has a code. Rust names the class `FetchError` and gives three
// lines: what happened to the fetch, the code, the reason (crates/isolate/src/ops/fetch.rs).

/** The names that undici gives to causes, by code. */
const NAMES = {
  __proto__: null,
  UND_ERR_BODY_TIMEOUT: "BodyTimeoutError",
  UND_ERR_CONNECT_TIMEOUT: "ConnectTimeoutError",
  UND_ERR_HEADERS_TIMEOUT: "HeadersTimeoutError",
  UND_ERR_INVALID_ARG: "InvalidArgumentError",
  UND_ERR_NOT_SUPPORTED: "NotSupportedError",
  UND_ERR_SOCKET: "SocketError",
};

/** @param {string} text @returns {TypeError} */
export function fetchError(text) {
  const [what, code, ...reason] = text.split("\n");
  const cause = new Error(reason.join("\n"));
  cause.code = code;
  if (code in NAMES) Object.defineProperty(cause, "name", { value: NAMES[code], writable: true, enumerable: false, configurable: true });
  return new TypeError(what, { cause });
}
