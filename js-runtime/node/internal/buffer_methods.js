/**
 * The methods of `Buffer.prototype` other than the number accessors. Source of rules: node/lib/buffer.js.
 */
import { core } from "ext:core/mod.js";
import { codecOf, normalizeEncoding } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateInteger, validateNumber } from "ext:ssr_host/node/internal/validators.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");
const customInspect = Symbol.for("nodejs.util.inspect.custom");

/** Shown bytes of an inspected buffer. */
const INSPECT_MAX_BYTES = 50;

/** An index argument of `toString` and `slice`: coerced, clamped to the buffer. */
function clamp(value, length, fallback) {
  if (value === undefined) return fallback;
  const number = Math.trunc(+value) || 0;
  return number < 0 ? Math.max(0, length + number) : Math.min(number, length);
}

function requireCodec(encoding) {
  const codec = codecOf(encoding);
  if (codec === undefined) throw nodeError("ERR_UNKNOWN_ENCODING", encoding);
  return codec;
}

/** `buffer.toString(encoding, start, end)`. */
function toString(encoding, start, end) {
  if (arguments.length === 0 || (start === undefined && end === undefined)) {
    return requireCodec(encoding).decode(this);
  }
  const from = start <= 0 ? 0 : Math.min(Math.trunc(start) || 0, this.length);
  const to = end === undefined || end > this.length ? this.length : Math.trunc(end) || 0;
  return to <= from ? "" : requireCodec(encoding).decode(this.subarray(from, to));
}

/** The part of encoded text that fits, without cutting a character in two. */
function fitting(bytes, room, encoding) {
  if (bytes.length <= room) return bytes;
  let end = room;
  const name = normalizeEncoding(encoding);
  if (name === "utf16le") end -= end % 2;
  else if (name === "utf8") while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** `write(text)`, `write(text, encoding)`, `write(text, offset[, length][, encoding])`. */
function write(text, offset, length, encoding) {
  if (typeof offset === "string") [offset, length, encoding] = [0, undefined, offset];
  else if (typeof length === "string") [length, encoding] = [undefined, length];
  if (typeof text !== "string") {
    throw Object.assign(new TypeError("argument must be a string"), { code: "ERR_INVALID_ARG_TYPE" });
  }
  offset ??= 0;
  validateInteger(offset, "offset", 0, this.length);
  const rest = this.length - offset;
  if (length !== undefined) validateInteger(length, "length", 0, this.length);
  const bytes = fitting(requireCodec(encoding).encode(text), Math.min(length ?? rest, rest), encoding);
  this.set(bytes, offset);
  return bytes.length;
}

/** Fills with a number, text or bytes. */
function fill(value, offset, end, encoding) {
  if (typeof offset === "string") [offset, end, encoding] = [undefined, undefined, offset];
  else if (typeof end === "string") [end, encoding] = [undefined, end];
  if (encoding !== undefined && typeof encoding !== "string") {
    throw nodeError("ERR_INVALID_ARG_TYPE", "encoding", "string", encoding);
  }
  if (offset !== undefined) validateNumber(offset, "offset", 0);
  if (end !== undefined) validateNumber(end, "end", 0, this.length);
  offset ??= 0;
  end ??= this.length;
  if (offset >= end) return this;
  if (typeof value === "number" || typeof value === "boolean" || value == null) {
    return Uint8Array.prototype.fill.call(this, +value || 0, offset, end);
  }
  const pattern = typeof value === "string" ? requireCodec(encoding).encode(value) : value;
  if (pattern.length === 0) {
    if (typeof value === "string" && value.length === 0) {
      return Uint8Array.prototype.fill.call(this, 0, offset, end);
    }
    throw nodeError("ERR_INVALID_ARG_VALUE", "value", value);
  }
  for (let i = offset; i < end; i++) this[i] = pattern[(i - offset) % pattern.length];
  return this;
}

/** Copies into another array; source and target may overlap. */
function copy(target, targetStart = 0, sourceStart = 0, sourceEnd = this.length) {
  if (!(target instanceof Uint8Array)) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "target", ["Buffer", "Uint8Array"], target);
  }
  targetStart = Math.trunc(+targetStart) || 0;
  sourceStart = Math.trunc(+sourceStart) || 0;
  sourceEnd = Math.trunc(+sourceEnd) || 0;
  if (targetStart < 0) throw nodeError("ERR_OUT_OF_RANGE", "targetStart", ">= 0", targetStart);
  if (sourceStart < 0 || sourceStart > this.length) {
    throw nodeError("ERR_OUT_OF_RANGE", "sourceStart", `>= 0 && <= ${this.length}`, sourceStart);
  }
  if (sourceEnd < 0) throw nodeError("ERR_OUT_OF_RANGE", "sourceEnd", ">= 0", sourceEnd);
  if (targetStart >= target.length || sourceStart >= sourceEnd) return 0;
  const count = Math.min(sourceEnd - sourceStart, target.length - targetStart, this.length - sourceStart);
  target.set(this.subarray(sourceStart, sourceStart + count), targetStart);
  return count;
}

/** Where `needle` begins in `bytes` at or after (before, when searching backwards) `from`; -1 when nowhere. */
function search(bytes, needle, from, forward, step) {
  const last = bytes.length - needle.length;
  const matches = (at) => {
    for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
    return true;
  };
  if (forward) {
    for (let at = from; at <= last; at += step) if (matches(at)) return at;
  } else {
    for (let at = Math.min(from, last); at >= 0; at -= step) if (matches(at)) return at;
  }
  return -1;
}

/** `indexOf` and `lastIndexOf`. Source: `bidirectionalIndexOf`. */
function indexIn(buffer, value, byteOffset, encoding, forward) {
  if (typeof byteOffset === "string") [byteOffset, encoding] = [undefined, byteOffset];
  let from = +byteOffset;
  if (Number.isNaN(from)) from = forward ? 0 : buffer.length;
  from = Math.trunc(Math.max(-0x80000000, Math.min(0x7fffffff, from)));
  if (from < 0) from += buffer.length;
  if (from < 0) {
    if (!forward) return -1;
    from = 0;
  }
  if (typeof value === "number") {
    const byte = value & 255;
    return forward
      ? Uint8Array.prototype.indexOf.call(buffer, byte, from)
      : Uint8Array.prototype.lastIndexOf.call(buffer, byte, from);
  }
  let needle = value;
  let step = 1;
  if (typeof value === "string") {
    needle = requireCodec(encoding).encode(value);
    if (normalizeEncoding(encoding) === "utf16le") step = 2;
  } else if (!(value instanceof Uint8Array)) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "value", ["number", "string", "Buffer", "Uint8Array"], value);
  }
  if (needle.length === 0) return Math.min(from, buffer.length);
  return search(buffer, needle, from, forward, step);
}

function checkOtherBuffer(value, name) {
  if (!(value instanceof Uint8Array)) throw nodeError("ERR_INVALID_ARG_TYPE", name, ["Buffer", "Uint8Array"], value);
}

/** Compares parts of two buffers. */
function compareTo(Buffer) {
  return function compare(target, targetStart = 0, targetEnd = target?.length, start = 0, end = this.length) {
    checkOtherBuffer(target, "target");
    validateInteger(targetStart, "targetStart", 0);
    validateInteger(targetEnd, "targetEnd", 0, target.length);
    validateInteger(start, "sourceStart", 0);
    validateInteger(end, "sourceEnd", 0, this.length);
    if (start >= end) return targetStart >= targetEnd ? 0 : -1;
    if (targetStart >= targetEnd) return 1;
    return Buffer.compare(this.subarray(start, end), target.subarray(targetStart, targetEnd));
  };
}

/** `<Buffer 68 65 6c>`, with further properties if the buffer has any. */
function inspectBuffer(depth, options) {
  const shown = this.subarray(0, INSPECT_MAX_BYTES).hexSlice().replace(/(.{2})/g, "$1 ").trim();
  const rest = this.length - INSPECT_MAX_BYTES;
  let text = rest > 0 ? `${shown} ... ${rest} more byte${rest > 1 ? "s" : ""}` : shown;
  const extra = Object.keys(this).filter((key) => !/^\d+$/.test(key));
  if (options && extra.length > 0) {
    const object = { __proto__: null };
    for (const key of extra) object[key] = this[key];
    const inspected = lazyInspect().default.inspect(object, { ...options, breakLength: Infinity, compact: true });
    text += `${this.length !== 0 ? ", " : ""}${inspected.slice(27, -2)}`;
  }
  return `<${this.constructor.name} ${text}>`;
}

const METHODS = {
  toString,
  toLocaleString: toString,
  write,
  fill,
  copy,
  indexOf(value, byteOffset, encoding) {
    return indexIn(this, value, byteOffset, encoding, true);
  },
  lastIndexOf(value, byteOffset, encoding) {
    return indexIn(this, value, byteOffset, encoding, false);
  },
  includes(value, byteOffset, encoding) {
    return this.indexOf(value, byteOffset, encoding) !== -1;
  },
  toJSON() {
    return { type: "Buffer", data: Array.from(this) };
  },
  inspect: inspectBuffer,
  [customInspect]: inspectBuffer,
};

/** Encodings that have a pair of methods: `hexSlice`, `hexWrite`. */
const SLICES = { asciiSlice: "ascii", base64Slice: "base64", base64urlSlice: "base64url", latin1Slice: "latin1",
  hexSlice: "hex", ucs2Slice: "utf16le", utf8Slice: "utf8" };

/** Puts every method on `Buffer.prototype`. */
export function defineBufferMethods(Buffer, FastBuffer) {
  const { prototype } = Buffer;
  Object.assign(prototype, METHODS);
  prototype.compare = compareTo(Buffer);
  prototype.equals = function equals(other) {
    checkOtherBuffer(other, "otherBuffer");
    return this === other || (this.byteLength === other.byteLength && Buffer.compare(this, other) === 0);
  };
  prototype.subarray = function subarray(start, end) {
    const from = clamp(start, this.length, 0);
    const to = clamp(end, this.length, this.length);
    return new FastBuffer(this.buffer, this.byteOffset + from, Math.max(0, to - from));
  };
  prototype.slice = function slice(start, end) {
    return this.subarray(start, end);
  };
  for (const [method, encoding] of Object.entries(SLICES)) {
    const { decode } = codecOf(encoding);
    prototype[method] = function (start = 0, end = this.length) {
      return decode(this.subarray(start, end));
    };
    prototype[method.replace("Slice", "Write")] = function (text, offset, length) {
      return write.call(this, text, offset, length, encoding);
    };
  }
  Object.defineProperty(prototype, "parent", {
    enumerable: true,
    get() {
      return this instanceof Buffer ? this.buffer : undefined;
    },
  });
  Object.defineProperty(prototype, "offset", {
    enumerable: true,
    get() {
      return this instanceof Buffer ? this.byteOffset : undefined;
    },
  });
}
