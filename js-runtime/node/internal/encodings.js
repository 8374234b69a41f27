/**
 * The encodings of `Buffer`: string ↔ bytes, on the engine's and deno's native routines. Rules where Node is lenient
 * (base64 that is not quite base64, odd hex digits) are from node/src/string_bytes.cc and node/src/base64-inl.h.
 */
import { core } from "ext:core/mod.js";
import { op_encoding_decode_utf8 } from "ext:core/ops";

/** Longest argument list that is safe for `String.fromCharCode`. */
const CHUNK = 4096;

/** The bytes of a string of code units below 256; higher ones lose their upper byte, as in Node. */
function encodeLatin1(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function decodeAscii(bytes) {
  return core.encodeBinaryString(bytes.map((byte) => byte & 0x7f));
}

function encodeUtf16(text) {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

/** Not `TextDecoder`: that would replace lone surrogates. */
function decodeUtf16(bytes) {
  const units = [];
  let text = "";
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    units.push(bytes[i] | (bytes[i + 1] << 8));
    if (units.length === CHUNK) text += String.fromCharCode(...units.splice(0));
  }
  return text + String.fromCharCode(...units);
}

/** Decoding stops at the first pair that is not hexadecimal. */
function encodeHex(text) {
  const valid = /^(?:[0-9a-f]{2})*/i.exec(text)[0];
  return Uint8Array.fromHex(valid);
}

/** What Node ignores in base64, either alphabet: everything that is not a digit. Padding ends the text. */
function encodeBase64(text) {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    const digits = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=[^]*$/, "").replace(/[^A-Za-z0-9+/]/g, "");
    const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
    return Uint8Array.fromBase64(whole);
  }
}

const base64Length = (text) => {
  let length = text.length;
  if (text[length - 1] === "=") length--;
  if (length > 1 && text[length - 1] === "=") length--;
  return (length * 3) >>> 2;
};

/**
 * name → how to encode a string to bytes, decode bytes to a string, and the byte length of a string.
 * @type {Record<string, { encode(text: string): Uint8Array, decode(bytes: Uint8Array): string, length(text: string): number }>}
 */
const CODECS = {
  __proto__: null,
  utf8: {
    encode: core.encode,
    decode: (bytes) => op_encoding_decode_utf8(bytes, true),
    length: core.byteLength,
  },
  latin1: { encode: encodeLatin1, decode: core.encodeBinaryString, length: (text) => text.length },
  ascii: { encode: encodeLatin1, decode: decodeAscii, length: (text) => text.length },
  utf16le: { encode: encodeUtf16, decode: decodeUtf16, length: (text) => text.length * 2 },
  hex: { encode: encodeHex, decode: (bytes) => bytes.toHex(), length: (text) => text.length >>> 1 },
  base64: { encode: encodeBase64, decode: (bytes) => bytes.toBase64(), length: base64Length },
  base64url: {
    encode: encodeBase64,
    decode: (bytes) => bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
    length: base64Length,
  },
};

const ALIASES = {
  __proto__: null,
  utf8: "utf8",
  "utf-8": "utf8",
  ucs2: "utf16le",
  "ucs-2": "utf16le",
  utf16le: "utf16le",
  "utf-16le": "utf16le",
  latin1: "latin1",
  binary: "latin1",
  ascii: "ascii",
  hex: "hex",
  base64: "base64",
  base64url: "base64url",
};

/**
 * The name of an encoding without its spelling variants; undefined when there is no such encoding.
 *
 * @param {unknown} encoding
 */
export function normalizeEncoding(encoding) {
  if (encoding === undefined || encoding === null || encoding === "") return "utf8";
  return ALIASES[encoding] ?? ALIASES[String(encoding).toLowerCase()];
}

/** The codec of an encoding, undefined when there is no such encoding. */
export function codecOf(encoding) {
  if (encoding === undefined || encoding === "utf8") return CODECS.utf8;
  const name = normalizeEncoding(encoding);
  return name === undefined ? undefined : CODECS[name];
}
