/**
 * The class `Buffer`, without the rest of `node:buffer`, so that using it loads nothing of the web's Blob and streams.
 * Written here rather than taken from npm's `buffer`, because that one encodes and decodes in
 * JavaScript and changes the prototype of every buffer after making it; here strings are converted natively and a
 * buffer is born as an instance of a subclass of `Uint8Array`, as in Node. Source of rules: node/lib/buffer.js.
 */
import { core } from "ext:core/mod.js";
import { defineBufferMethods } from "ext:ssr_host/node/internal/buffer_methods.js";
import { defineNumberAccessors } from "ext:ssr_host/node/internal/buffer_numbers.js";
import { codecOf, normalizeEncoding } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateArray, validateInteger, validateNumber } from "ext:ssr_host/node/internal/validators.js";

export const kMaxLength = 2 ** 32;

class FastBuffer extends Uint8Array {
  constructor(bufferOrLength, byteOffset, length) {
    super(bufferOrLength, byteOffset, length);
  }
}

/**
 * The class, callable without `new` as old code does it.
 * @deprecated `Buffer.from`, `Buffer.alloc`
 */
export function Buffer(arg, encodingOrOffset, length) {
  if (typeof arg !== "number") return Buffer.from(arg, encodingOrOffset, length);
  if (typeof encodingOrOffset === "string") throw nodeError("ERR_INVALID_ARG_TYPE", "string", "string", arg);
  return Buffer.alloc(arg);
}
Object.setPrototypeOf(Buffer, Uint8Array);
FastBuffer.prototype.constructor = Buffer;
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });
defineNumberAccessors(Buffer.prototype);
defineBufferMethods(Buffer, FastBuffer);

Buffer.poolSize = 8192;

const view = (bytes) => new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function requireCodec(encoding) {
  const codec = codecOf(encoding);
  if (codec === undefined) throw nodeError("ERR_UNKNOWN_ENCODING", encoding);
  return codec;
}

function fromString(text, encoding) {
  return view(requireCodec(typeof encoding === "string" ? encoding : undefined).encode(text));
}

/** `Buffer.from(arrayBuffer, byteOffset, length)`: shares the memory. */
function fromArrayBuffer(buffer, byteOffset, length) {
  const offset = Number.isNaN(+byteOffset) ? 0 : +byteOffset || 0;
  const longest = buffer.byteLength - offset;
  if (longest < 0) throw nodeError("ERR_BUFFER_OUT_OF_BOUNDS", "offset");
  if (length === undefined) return new FastBuffer(buffer, offset, longest);
  const wanted = +length;
  if (!(wanted > 0)) return new FastBuffer(buffer, offset, 0);
  if (wanted > longest) throw nodeError("ERR_BUFFER_OUT_OF_BOUNDS", "length");
  return new FastBuffer(buffer, offset, wanted);
}

/** A copy of the elements of an array, typed array or array-like; undefined for anything else. */
function fromArrayLike(value) {
  if (value.length !== undefined || core.isAnyArrayBuffer(value.buffer)) {
    const length = typeof value.length === "number" && value.length > 0 ? Math.trunc(value.length) : 0;
    const buffer = new FastBuffer(length);
    if (Array.isArray(value) || ArrayBuffer.isView(value)) buffer.set(value);
    else for (let i = 0; i < length; i++) buffer[i] = value[i];
    return buffer;
  }
  if (value.type === "Buffer" && Array.isArray(value.data)) return fromArrayLike(value.data);
  return undefined;
}

const FROM_TYPES = ["string", "Buffer", "ArrayBuffer", "Array", "Array-like Object"];

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === "string") return fromString(value, encodingOrOffset);
  if (typeof value === "object" && value !== null) {
    if (core.isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf?.();
    if (primitive != null && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    const buffer = fromArrayLike(value);
    if (buffer !== undefined) return buffer;
    const toPrimitive = value[Symbol.toPrimitive];
    if (typeof toPrimitive === "function") {
      const text = toPrimitive.call(value, "string");
      if (typeof text === "string") return fromString(text, encodingOrOffset);
    }
  }
  throw nodeError("ERR_INVALID_ARG_TYPE", "first argument", FROM_TYPES, value);
};

Buffer.copyBytesFrom = function copyBytesFrom(array, offset = 0, length = undefined) {
  if (!core.isTypedArray(array)) throw nodeError("ERR_INVALID_ARG_TYPE", "view", ["TypedArray"], array);
  validateInteger(offset, "offset", 0);
  if (length !== undefined) validateInteger(length, "length", 0);
  const copy = array.slice(offset, length === undefined ? undefined : offset + length);
  return view(copy);
};

const checkSize = (size) => validateNumber(size, "size", 0, kMaxLength);

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const buffer = new FastBuffer(size);
  if (fill === undefined || fill === 0 || size === 0) return buffer;
  if (typeof encoding !== "string" && encoding !== undefined) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "encoding", "string", encoding);
  }
  return buffer.fill(fill, encoding);
};

Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return new FastBuffer(size);
};
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return new FastBuffer(size);
};

Buffer.of = function of(...items) {
  return fromArrayLike(items);
};

Buffer.isBuffer = function isBuffer(value) {
  return value instanceof Buffer;
};

Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === "string" && encoding.length !== 0 && normalizeEncoding(encoding) !== undefined;
};

Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value === "string") return (codecOf(encoding) ?? codecOf("utf8")).length(value);
  if (ArrayBuffer.isView(value) || core.isAnyArrayBuffer(value)) return value.byteLength;
  throw nodeError("ERR_INVALID_ARG_TYPE", "string", ["string", "Buffer", "ArrayBuffer"], value);
};

Buffer.concat = function concat(list, length) {
  validateArray(list, "list");
  if (length === undefined) {
    length = 0;
    for (const item of list) if (item.length) length += item.length;
  } else validateInteger(length, "length", 0);
  const result = new FastBuffer(length);
  let position = 0;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (!(item instanceof Uint8Array)) {
      throw nodeError("ERR_INVALID_ARG_TYPE", `list[${i}]`, ["Buffer", "Uint8Array"], item);
    }
    if (position >= length) break;
    result.set(position + item.length > length ? item.subarray(0, length - position) : item, position);
    position += item.length;
  }
  return result;
};

/** Source: `bufferFrom` and `compare` in node/src/node_buffer.cc. */
Buffer.compare = function compare(a, b) {
  for (const [name, value] of [["buf1", a], ["buf2", b]]) {
    if (!(value instanceof Uint8Array)) {
      throw nodeError("ERR_INVALID_ARG_TYPE", name, ["Buffer", "Uint8Array"], value);
    }
  }
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return Math.sign(a.length - b.length);
};

export default { Buffer };
