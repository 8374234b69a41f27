// The web platform's globals, as deno_web, deno_fetch and deno_crypto implement them. Each name loads its script on first
// touch: a page that never constructs a Request never pays for one. The table says which script has which name.

import { core } from "ext:core/mod.js";
import { fetchError } from "ext:ssr_host/web/fetch-error.js";

/** Script → names it exports as globals. */
const CLASSES = {
  "ext:deno_web/00_url.js": ["URL", "URLSearchParams"],
  "ext:deno_web/01_dom_exception.js": ["DOMException"],
  "ext:deno_web/01_urlpattern.js": ["URLPattern"],
  "ext:deno_web/02_event.js": ["CloseEvent", "CustomEvent", "ErrorEvent", "Event", "EventTarget", "MessageEvent", "ProgressEvent", "PromiseRejectionEvent"],
  "ext:deno_web/03_abort_signal.js": ["AbortController", "AbortSignal"],
  "ext:deno_web/06_streams.js": [
    "ByteLengthQueuingStrategy", "CountQueuingStrategy", "ReadableByteStreamController", "ReadableStream", "ReadableStreamBYOBReader",
    "ReadableStreamBYOBRequest", "ReadableStreamDefaultController", "ReadableStreamDefaultReader", "TransformStream",
    "TransformStreamDefaultController", "WritableStream", "WritableStreamDefaultController", "WritableStreamDefaultWriter",
  ],
  "ext:deno_web/08_text_encoding.js": ["TextDecoder", "TextDecoderStream", "TextEncoder", "TextEncoderStream"],
  "ext:deno_web/09_file.js": ["Blob", "File"],
  "ext:deno_web/10_filereader.js": ["FileReader"],
  "ext:deno_web/13_message_port.js": ["MessageChannel", "MessagePort"],
  "ext:deno_web/14_compression.js": ["CompressionStream", "DecompressionStream"],
  "ext:deno_web/15_performance.js": ["Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure", "PerformanceObserver", "PerformanceObserverEntryList"],
  "ext:deno_fetch/20_headers.js": ["Headers"],
  "ext:deno_fetch/21_formdata.js": ["FormData"],
  "ext:deno_fetch/23_request.js": ["Request"],
  "ext:deno_fetch/23_response.js": ["Response"],
  "ext:deno_fetch/27_eventsource.js": ["EventSource"],
  "ext:deno_crypto/00_crypto.js": ["Crypto", "CryptoKey", "SubtleCrypto"],
};

/** Functions and objects: enumerable and writable, as in browsers and Node. */
const VALUES = {
  "ext:deno_web/02_event.js": ["reportError"],
  "ext:deno_web/05_base64.js": ["atob", "btoa"],
  "ext:deno_web/13_message_port.js": ["structuredClone"],
  "ext:deno_web/15_performance.js": ["performance"],
  "ext:deno_fetch/26_fetch.js": ["fetch"],
  "ext:deno_crypto/00_crypto.js": ["crypto"],
};

/** DOMException names that ops of deno_web, deno_fetch and deno_crypto throw (their `#[class("DOMException…Error")]`). */
const DOM_EXCEPTIONS = [
  "Data", "IndexSize", "InvalidCharacter", "InvalidState", "NotSupported", "Operation", "QuotaExceeded", "Syntax", "TypeMismatch",
];

/** @param {typeof globalThis} target */
export function installWebGlobals(target) {
  for (const [script, names] of Object.entries(CLASSES)) {
    for (const name of names) defineLazy(target, name, false, () => load(script)[name]);
  }
  for (const [script, names] of Object.entries(VALUES)) {
    for (const name of names) defineLazy(target, name, true, () => load(script)[name]);
  }
  for (const name of DOM_EXCEPTIONS) {
    core.registerErrorBuilder(`DOMException${name}Error`, (message) => new target.DOMException(message, `${name}Error`));
  }
  core.registerErrorBuilder("FetchError", fetchError);
}

/**
 * Defines a property that computes its value on first touch and is an ordinary data property from then on (an accessor that
 * stayed would be called on every use of the global).
 */
export function defineLazy(target, name, enumerable, compute) {
  const define = (value) => {
    Object.defineProperty(target, name, { value, writable: true, enumerable, configurable: true });
    return value;
  };
  Object.defineProperty(target, name, { get: () => define(compute()), set: define, enumerable, configurable: true });
}

function load(script) {
  const exports = core.loadExtScript(script);
  if (script === "ext:deno_web/15_performance.js" && !originSet) {
    originSet = true;
    exports.setTimeOrigin();
  }
  return exports;
}

let originSet = false;
