/**
 * The number accessors of `Buffer.prototype` (`readUInt16LE`, `writeDoubleBE`, …), made from tables.
 * Source of ranges and messages: node/lib/internal/buffer.js.
 */
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateNumber } from "ext:ssr_host/node/internal/validators.js";

/** Throws what Node throws for an offset at which `size` bytes do not fit. */
function checkOffset(buffer, offset, size) {
  validateNumber(offset, "offset");
  const last = buffer.length - size;
  if (Number.isInteger(offset) && offset >= 0 && offset <= last) return;
  if (Math.floor(offset) !== offset) throw nodeError("ERR_OUT_OF_RANGE", "offset", "an integer", offset);
  if (last < 0) throw nodeError("ERR_BUFFER_OUT_OF_BOUNDS");
  throw nodeError("ERR_OUT_OF_RANGE", "offset", `>= 0 and <= ${last}`, offset);
}

/** Throws unless `value` is within `min` and `max`, which an integer of `size` bytes holds. */
function checkValue(value, min, max, size) {
  if (value <= max && value >= min) return;
  const n = typeof min === "bigint" ? "n" : "";
  const bits = size * 8;
  let range;
  if (size > 4 || n) {
    if (min === 0 || min === 0n) range = `>= 0${n} and < 2${n} ** ${bits}${n}`;
    else range = `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
    if (n && min !== 0n) range = `>= -(2n ** ${bits - 1}n) and < 2n ** ${bits - 1}n`;
  } else range = `>= ${min}${n} and <= ${max}${n}`;
  throw nodeError("ERR_OUT_OF_RANGE", "value", range, value);
}

/** An unsigned integer of `size` ≤ 6 bytes. Arithmetic, not bit operations: those stop at 32 bits. */
function readUnsigned(buffer, offset, size, little) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + buffer[little ? offset + size - 1 - i : offset + i];
  return value;
}

function writeBytes(buffer, value, offset, size, little) {
  let rest = value;
  for (let i = 0; i < size; i++) {
    buffer[little ? offset + i : offset + size - 1 - i] = rest; // stored modulo 256
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

const signed = (value, size) => (value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value);

function readInteger(buffer, offset, size, little, isSigned) {
  checkOffset(buffer, offset, size);
  const value = readUnsigned(buffer, offset, size, little);
  return isSigned ? signed(value, size) : value;
}

function writeInteger(buffer, value, offset, size, little, isSigned) {
  const number = +value;
  const max = 2 ** (8 * size - (isSigned ? 1 : 0)) - 1;
  checkValue(number, isSigned ? -max - 1 : 0, max, size);
  checkOffset(buffer, offset, size);
  return writeBytes(buffer, Math.trunc(number), offset, size, little);
}

/** The `byteLength` argument of `readIntLE` and its kin. */
function checkByteLength(byteLength) {
  if (byteLength === undefined) throw nodeError("ERR_INVALID_ARG_TYPE", "byteLength", "number", byteLength);
  validateNumber(byteLength, "byteLength");
  if (!Number.isInteger(byteLength)) throw nodeError("ERR_OUT_OF_RANGE", "byteLength", "an integer", byteLength);
  if (byteLength < 1 || byteLength > 6) {
    throw nodeError("ERR_OUT_OF_RANGE", "byteLength", ">= 1 and <= 6", byteLength);
  }
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Types that go through a `DataView`: name → [bytes, DataView method, smallest, largest]. */
const VIEW_TYPES = {
  Float: [4, "Float32"],
  Double: [8, "Float64"],
  BigInt64: [8, "BigInt64", -(2n ** 63n), 2n ** 63n - 1n],
  BigUInt64: [8, "BigUint64", 0n, 2n ** 64n - 1n],
};

function defineViewType(prototype, name, [size, method, min, max]) {
  for (const end of ["LE", "BE"]) {
    const little = end === "LE";
    prototype[`read${name}${end}`] = function (offset = 0) {
      checkOffset(this, offset, size);
      for (let i = 0; i < size; i++) scratchBytes[i] = this[offset + i];
      return scratch[`get${method}`](0, little);
    };
    prototype[`write${name}${end}`] = function (value, offset = 0) {
      if (min !== undefined) {
        if (typeof value !== "bigint") throw nodeError("ERR_INVALID_ARG_TYPE", "value", "bigint", value);
        checkValue(value, min, max, size);
      }
      checkOffset(this, offset, size);
      scratch[`set${method}`](0, value, little);
      for (let i = 0; i < size; i++) this[offset + i] = scratchBytes[i];
      return offset + size;
    };
  }
}

function defineIntegerType(prototype, isSigned, bits) {
  const size = bits / 8;
  for (const end of bits === 8 ? [""] : ["LE", "BE"]) {
    const name = `${isSigned ? "Int" : "UInt"}${bits}${end}`;
    const little = end === "LE";
    prototype[`read${name}`] = function (offset = 0) {
      return readInteger(this, offset, size, little, isSigned);
    };
    prototype[`write${name}`] = function (value, offset = 0) {
      return writeInteger(this, value, offset, size, little, isSigned);
    };
  }
}

function defineVariableType(prototype, isSigned) {
  for (const end of ["LE", "BE"]) {
    const name = `${isSigned ? "Int" : "UInt"}${end}`;
    const little = end === "LE";
    prototype[`read${name}`] = function (offset, byteLength) {
      if (offset === undefined) throw nodeError("ERR_INVALID_ARG_TYPE", "offset", "number", offset);
      checkByteLength(byteLength);
      return readInteger(this, offset, byteLength, little, isSigned);
    };
    prototype[`write${name}`] = function (value, offset, byteLength) {
      checkByteLength(byteLength);
      return writeInteger(this, value, offset, byteLength, little, isSigned);
    };
  }
}

function swap(size) {
  return function () {
    if (this.length % size !== 0) throw nodeError("ERR_INVALID_BUFFER_SIZE", `${size * 8}-bits`);
    for (let i = 0; i < this.length; i += size) this.subarray(i, i + size).reverse();
    return this;
  };
}

/** Puts every accessor on `Buffer.prototype`. */
export function defineNumberAccessors(prototype) {
  for (const isSigned of [false, true]) {
    for (const bits of [8, 16, 32]) defineIntegerType(prototype, isSigned, bits);
    defineVariableType(prototype, isSigned);
  }
  for (const [name, type] of Object.entries(VIEW_TYPES)) defineViewType(prototype, name, type);
  for (const key of Object.keys(prototype)) {
    if (key.includes("UInt")) prototype[key.replace("UInt", "Uint")] = prototype[key];
    if (/^(read|write)/.test(key)) Object.defineProperty(prototype[key], "name", { value: key });
  }
  for (const bits of [16, 32, 64]) prototype[`swap${bits}`] = swap(bits / 8);
}
