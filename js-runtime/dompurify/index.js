// The npm package `isomorphic-dompurify`, whose work is done in Rust (crates/isolate/src/sanitize.rs) instead of in jsdom.
//
// Gives the same bytes as DOMPurify on Node for the options listed below. It has no DOM: options and hooks that hand out or
// take nodes or functions are refused by name, never ignored, and an error is thrown rather than anything unsanitised returned.
// The options and what they mean: dompurify/src/config.ts, dompurify/src/purify.ts `_parseConfig`.
import { op_sanitize_html } from "ext:core/ops";

/** The DOMPurify whose behaviour is followed. */
export const version = "3.4.18";
export const isSupported = true;

const unsupported = (what) => new Error(`isomorphic-dompurify: ${what} is not supported by ssr-host`);

const isObject = (value) => typeof value === "object" && value !== null;

/** A list of names. As in DOMPurify, anything but an array counts as absent; a function would have to run on every node. */
function names(name, value) {
  if (typeof value === "function") throw unsupported(`${name} as a function`);
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** An option that is on unless it is `false`. */
const onByDefault = (_name, value) => (value === false ? false : undefined);

/** An option that is off unless it is truthy. */
const offByDefault = (_name, value) => (value ? true : undefined);

/** An option of which only DOMPurify's default, or what amounts to it, can be kept to. */
const only = (isDefault) => (name, value) => {
  if (!isDefault(value)) throw unsupported(`the option ${name}`);
};

function uriRegExp(_name, value) {
  return value instanceof RegExp ? { source: value.source, flags: value.flags } : undefined;
}

function profiles(_name, value) {
  if (!value) return undefined;
  const { html, svg, svgFilters, mathMl } = value;
  return { html: html === true, svg: svg === true, svgFilters: svgFilters === true, mathMl: mathMl === true };
}

/** What each option becomes in the JSON for Rust; `undefined` leaves DOMPurify's default. */
const OPTIONS = {
  __proto__: null,
  ADD_ATTR: names,
  ADD_DATA_URI_TAGS: names,
  ADD_FORBID_CONTENTS: names,
  ADD_TAGS: names,
  ADD_URI_SAFE_ATTR: names,
  ALLOWED_ATTR: names,
  ALLOWED_TAGS: names,
  ALLOWED_URI_REGEXP: uriRegExp,
  ALLOW_ARIA_ATTR: onByDefault,
  ALLOW_DATA_ATTR: onByDefault,
  ALLOW_SELF_CLOSE_IN_ATTR: onByDefault,
  ALLOW_UNKNOWN_PROTOCOLS: offByDefault,
  FORBID_ATTR: names,
  FORBID_CONTENTS: names,
  FORBID_TAGS: names,
  FORCE_BODY: offByDefault,
  KEEP_CONTENT: onByDefault,
  SANITIZE_DOM: onByDefault,
  SANITIZE_NAMED_PROPS: offByDefault,
  USE_PROFILES: profiles,

  CUSTOM_ELEMENT_HANDLING: only((value) => !isObject(value) || Object.values(value).every((check) => !check)),
  IN_PLACE: only((value) => !value),
  NAMESPACE: only((value) => typeof value !== "string" || value === "http://www.w3.org/1999/xhtml"),
  PARSER_MEDIA_TYPE: only((value) => value !== "application/xhtml+xml"),
  RETURN_DOM: only((value) => !value),
  RETURN_DOM_FRAGMENT: only((value) => !value),
  // Node has no Trusted Types: DOMPurify returns a string there whatever is asked for.
  RETURN_TRUSTED_TYPE: only(() => true),
  SAFE_FOR_TEMPLATES: only((value) => !value),
  SAFE_FOR_XML: only((value) => value !== false),
  TRUSTED_TYPES_POLICY: only((value) => !value),
  WHOLE_DOCUMENT: only((value) => !value),
};

/** The options as JSON, its keys always in the same order, because Rust keeps what it made of them by that text. */
function serialize(config) {
  if (!isObject(config)) return "{}";
  const options = {};
  for (const name of Object.keys(config).sort()) {
    const value = config[name];
    if (value === undefined) continue;
    const convert = OPTIONS[name];
    if (convert === undefined) throw unsupported(`the option ${name}`);
    options[name] = convert(name, value);
  }
  if (options.USE_PROFILES && (options.ALLOWED_TAGS || options.ALLOWED_ATTR)) {
    console.warn("DOMPurify: USE_PROFILES overrides ALLOWED_TAGS and ALLOWED_ATTR. Do not use these options together.");
  }
  return JSON.stringify(options);
}

/** What `setConfig` has set: it holds, alone, for every call until `clearConfig`. */
let configured;

/** dompurify/src/utils.ts, `stringifyValue` */
function stringify(dirty) {
  if (typeof dirty === "string") return dirty;
  if (!isObject(dirty) && typeof dirty !== "function") return String(dirty);
  if (typeof dirty.nodeType === "number") throw unsupported("sanitizing a DOM node");
  const text = typeof dirty.toString === "function" ? dirty.toString() : undefined;
  return typeof text === "string" ? text : Object.prototype.toString.call(dirty);
}

/**
 * Returns `dirty` without the elements and attributes that the options do not allow.
 * @param {unknown} dirty HTML; what is not a string is made one, what is falsy gives the empty string
 * @param {object} [config] DOMPurify's options
 * @returns {string}
 */
export function sanitize(dirty, config) {
  const options = configured ?? serialize(config);
  return dirty ? op_sanitize_html(stringify(dirty), options) : "";
}

/** Sets the options of all later calls, whose own ones are then ignored. */
export function setConfig(config) {
  configured = serialize(config);
}

/** Lets every call have its own options again. */
export function clearConfig() {
  configured = undefined;
}

const HOOKS = new Set([
  "afterSanitizeAttributes",
  "afterSanitizeElements",
  "afterSanitizeShadowDOM",
  "beforeSanitizeAttributes",
  "beforeSanitizeElements",
  "beforeSanitizeShadowDOM",
  "uponSanitizeAttribute",
  "uponSanitizeElement",
  "uponSanitizeShadowNode",
]);

/** Refuses every hook: it would be given a DOM node. As in DOMPurify, an unknown name or no function is ignored. */
export function addHook(entryPoint, hook) {
  if (typeof hook === "function" && HOOKS.has(entryPoint)) throw unsupported(`addHook("${entryPoint}")`);
}

// There never is a hook to remove.
export function removeHook() {}
export function removeHooks() {}
export function removeAllHooks() {}

/** Refused: which attributes DOMPurify keeps is decided in Rust, for whole documents. */
export function isValidAttribute() {
  throw unsupported("isValidAttribute()");
}

/** isomorphic-dompurify 3 and later: gives jsdom's memory back. There is none here. */
export function clearWindow() {}

/** Refused: DOMPurify makes itself anew for the window it is given. */
function DOMPurify() {
  throw unsupported("DOMPurify(window)");
}

Object.assign(DOMPurify, {
  version,
  isSupported,
  sanitize,
  setConfig,
  clearConfig,
  isValidAttribute,
  addHook,
  removeHook,
  removeHooks,
  removeAllHooks,
  clearWindow,
});

Object.defineProperty(DOMPurify, "removed", {
  configurable: true,
  get() {
    throw unsupported("DOMPurify.removed");
  },
});

export default DOMPurify;
