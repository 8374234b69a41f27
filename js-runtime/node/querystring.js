/**
 * `node:querystring`. npm's packages of this name follow Node 0.x, so it is written here.
 * Source of rules: node/lib/querystring.js.
 */

/** Characters that stay as they are in an escaped string. */
const UNESCAPED = /^[A-Za-z0-9\-_.!~*'()]*$/;

/** Percent-encodes as Node does: a lone surrogate throws a `URIError`. */
export function escape(value) {
  if (typeof value !== "string") value = typeof value === "object" ? String(value) : `${value}`;
  if (UNESCAPED.test(value)) return value;
  try {
    return encodeURIComponent(value);
  } catch {
    throw Object.assign(new URIError("URI malformed"), { code: "ERR_INVALID_URI" });
  }
}

const hexDigit = (code) => {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** The bytes of a percent-encoded string; what is no valid escape stays. */
export function unescapeBuffer(text, decodeSpaces) {
  const out = globalThis.Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const high = code === 37 ? hexDigit(text.charCodeAt(i + 1)) : -1;
    const low = high < 0 ? -1 : hexDigit(text.charCodeAt(i + 2));
    if (low >= 0) {
      out[length++] = high * 16 + low;
      i += 2;
    } else out[length++] = code === 43 && decodeSpaces ? 32 : code;
  }
  return length === text.length ? out : out.subarray(0, length);
}

/** Percent-decodes; malformed escapes are kept, malformed UTF-8 becomes U+FFFD. */
export function unescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescapeBuffer(text, decodeSpaces).toString();
  }
}

/** What a value looks like in a query string; anything but text, numbers and booleans is empty. */
function primitive(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? `${value}` : "";
  if (typeof value === "bigint" || typeof value === "boolean") return `${value}`;
  return "";
}

export function stringify(object, separator, equals, options) {
  separator ||= "&";
  equals ||= "=";
  if (object === null || typeof object !== "object") return "";
  const encode = typeof options?.encodeURIComponent === "function" ? options.encodeURIComponent : querystring.escape;
  const pairs = [];
  for (const key of Object.keys(object)) {
    const name = encode(primitive(key)) + equals;
    const value = object[key];
    if (!Array.isArray(value)) pairs.push(name + encode(primitive(value)));
    else for (const item of value) pairs.push(name + encode(primitive(item)));
  }
  return pairs.join(separator);
}

/** Decodes a part of a pair: `+` is a space. A decoder of the caller that throws is answered by the lenient one. */
function decodePart(text, decode, custom) {
  const spaced = text.replaceAll("+", custom ? "%20" : " ");
  if (!custom && !spaced.includes("%")) return spaced;
  try {
    return decode(spaced);
  } catch {
    return querystring.unescape(spaced, true);
  }
}

export function parse(text, separator, equals, options) {
  const object = { __proto__: null };
  if (typeof text !== "string" || text.length === 0) return object;
  separator = separator ? `${separator}` : "&";
  equals = equals ? `${equals}` : "=";
  const limit = typeof options?.maxKeys === "number" ? options.maxKeys : 1000;
  const custom = typeof options?.decodeURIComponent === "function";
  const decode = custom ? options.decodeURIComponent : querystring.unescape;
  let pairs = text.split(separator);
  pairs = pairs.filter((pair) => pair.length > 0);
  if (limit > 0) pairs = pairs.slice(0, limit);
  for (const pair of pairs) {
    const at = pair.indexOf(equals);
    const key = decodePart(at < 0 ? pair : pair.slice(0, at), decode, custom);
    const value = at < 0 ? "" : decodePart(pair.slice(at + equals.length), decode, custom);
    const existing = object[key];
    if (existing === undefined) object[key] = value;
    else if (Array.isArray(existing)) existing.push(value);
    else object[key] = [existing, value];
  }
  return object;
}

const querystring = {
  unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse,
};
export { parse as decode, stringify as encode };
export default querystring;
