/**
 * `node:buffer`: `Buffer` (internal/buffer.js) and the module's other exports.
 *
 * Deliberately absent: `transcode`, `resolveObjectURL`.
 */
import { core } from "ext:core/mod.js";
import { Buffer, kMaxLength } from "ext:ssr_host/node/internal/buffer.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

export const kStringMaxLength = 2 ** 29 - 24;
export const constants = Object.defineProperties({}, {
  MAX_LENGTH: { value: kMaxLength, enumerable: true },
  MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
});
export const INSPECT_MAX_BYTES = 50;

/** @deprecated `Buffer.allocUnsafeSlow` */
export function SlowBuffer(length) {
  return Buffer.allocUnsafeSlow(length);
}
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

const bytesOf = (input) => {
  if (core.isAnyArrayBuffer(input)) return new Uint8Array(input);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  throw nodeError("ERR_INVALID_ARG_TYPE", "input", ["ArrayBuffer", "Buffer", "TypedArray"], input);
};

export function isUtf8(input) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(input));
    return true;
  } catch (error) {
    if (error.code === "ERR_INVALID_ARG_TYPE") throw error;
    return false;
  }
}

export function isAscii(input) {
  return bytesOf(input).every((byte) => byte < 128);
}

export const transcode = loudFunction("buffer", "transcode");
export const resolveObjectURL = loudFunction("buffer", "resolveObjectURL");
const { atob, Blob, btoa, File } = globalThis;
export { atob, Blob, btoa, Buffer, File, kMaxLength };

export default {
  atob,
  Blob,
  btoa,
  Buffer,
  constants,
  File,
  INSPECT_MAX_BYTES,
  isAscii,
  isUtf8,
  kMaxLength,
  kStringMaxLength,
  resolveObjectURL,
  SlowBuffer,
  transcode,
};
