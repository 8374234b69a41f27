/**
 * `node:crypto`: randomness, hashes and HMAC (in Rust), constant-time comparison, and the web's `SubtleCrypto`.
 *
 * Deliberately absent: ciphers, signatures, keys, certificates and key derivation other than through `subtle`.
 */
import { op_hash, op_random_bytes, op_timing_safe_equal } from "ext:core/ops";
import { codecOf } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { bytesOf, Hash, Hmac } from "ext:ssr_host/node/internal/hash.js";
import { loudFunction, loudObject } from "ext:ssr_host/node/internal/loud.js";
import {
  validateBoolean, validateFunction, validateNumber, validateObject, validateString,
} from "ext:ssr_host/node/internal/validators.js";

export { Hash, Hmac };

export function createHash(algorithm, options) {
  return new Hash(algorithm, options);
}

export function createHmac(algorithm, key, options) {
  return new Hmac(algorithm, key, options);
}

/** A hash in one call. */
export function hash(algorithm, input, outputEncoding = "hex") {
  validateString(algorithm, "algorithm");
  const digest = op_hash(algorithm, typeof input === "string" ? codecOf("utf8").encode(input) : bytesOf(input, "input"));
  const buffer = globalThis.Buffer.from(digest.buffer);
  return outputEncoding === "buffer" ? buffer : buffer.toString(outputEncoding);
}

/** The hashes that Rust has; OpenSSL's longer list is not here. */
const HASHES = [
  "md5", "sha1", "sha224", "sha256", "sha3-256", "sha3-384", "sha3-512", "sha384", "sha512", "sha512-256",
];
export const getHashes = () => HASHES.slice();

const LARGEST = 2 ** 31 - 1;

/** Calls back later with what `produce` returns, or returns it when there is no callback. */
function maybeLater(callback, produce) {
  if (callback === undefined) return produce();
  validateFunction(callback, "callback");
  const value = produce();
  globalThis.setImmediate(callback, null, value);
  return undefined;
}

export function randomBytes(size, callback) {
  validateNumber(size, "size", 0, LARGEST);
  return maybeLater(callback, () => {
    const buffer = globalThis.Buffer.alloc(size);
    op_random_bytes(buffer);
    return buffer;
  });
}

/** Fills a part of an array or buffer. */
export function randomFillSync(buffer, offset = 0, size = undefined) {
  const whole = bytesOf(buffer, "buf");
  const width = buffer.BYTES_PER_ELEMENT ?? 1;
  validateNumber(offset, "offset", 0, whole.byteLength / width);
  const end = size === undefined ? whole.byteLength : (offset + size) * width;
  if (size !== undefined) validateNumber(size, "size", 0, whole.byteLength / width - offset);
  op_random_bytes(whole.subarray(offset * width, end));
  return buffer;
}

export function randomFill(buffer, offset, size, callback) {
  if (typeof offset === "function") [offset, size, callback] = [0, undefined, offset];
  else if (typeof size === "function") [size, callback] = [undefined, size];
  validateFunction(callback, "callback");
  maybeLater(callback, () => randomFillSync(buffer, offset, size));
}

/** Largest range of `randomInt`. */
const RANGE = 2 ** 48 - 1;

/** A uniform integer of `[min, max)`. Source: node/lib/internal/crypto/random.js. */
export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === "function") [min, max, callback] = [0, min, max];
  if (callback !== undefined) validateFunction(callback, "callback");
  for (const [name, value] of [["min", min], ["max", max]]) {
    if (!Number.isSafeInteger(value)) throw nodeError("ERR_INVALID_ARG_TYPE", name, "a safe integer", value);
  }
  if (max <= min) throw nodeError("ERR_OUT_OF_RANGE", "max", `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > RANGE) throw nodeError("ERR_OUT_OF_RANGE", "max - min", `<= ${RANGE}`, range);
  const limit = 2 ** 48 - (2 ** 48 % range);
  const bytes = new Uint8Array(6);
  let value;
  do {
    op_random_bytes(bytes);
    value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  } while (value >= limit);
  const result = min + (value % range);
  if (callback === undefined) return result;
  globalThis.process.nextTick(callback, undefined, result);
  return undefined;
}

/** A version 4 UUID. */
export function randomUUID(options) {
  if (options !== undefined) {
    validateObject(options, "options");
    if (options.disableEntropyCache !== undefined) {
      validateBoolean(options.disableEntropyCache, "options.disableEntropyCache");
    }
  }
  const bytes = new Uint8Array(16);
  op_random_bytes(bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export function timingSafeEqual(a, b) {
  const [first, second] = [[a, "buf1"], [b, "buf2"]].map(([value, name]) => {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return bytesOf(value, name);
    // Node's native code leaves out what was received.
    const message = `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`;
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
  });
  if (first.byteLength !== second.byteLength) throw nodeError("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH");
  return op_timing_safe_equal(first, second);
}

export const webcrypto = globalThis.crypto;
export const { subtle } = webcrypto;
export function getRandomValues(array) {
  return webcrypto.getRandomValues(array);
}

export const getFips = () => 0;
export const constants = loudObject("crypto", "constants");

const ABSENT = [
  "Certificate", "checkPrime", "checkPrimeSync", "Cipher", "Cipheriv", "createCipheriv", "createDecipheriv",
  "createDiffieHellman", "createDiffieHellmanGroup", "createECDH", "createPrivateKey", "createPublicKey",
  "createSecretKey", "createSign", "createVerify", "Decipher", "Decipheriv", "diffieHellman", "DiffieHellman",
  "DiffieHellmanGroup", "ECDH", "generateKey", "generateKeyPair", "generateKeyPairSync", "generateKeySync",
  "generatePrime", "generatePrimeSync", "getCipherInfo", "getCiphers", "getCurves", "getDiffieHellman", "hkdf",
  "hkdfSync", "KeyObject", "pbkdf2", "pbkdf2Sync", "privateDecrypt", "privateEncrypt", "publicDecrypt",
  "publicEncrypt", "scrypt", "scryptSync", "secureHeapUsed", "setEngine", "setFips", "sign", "Sign", "verify", "Verify",
  "X509Certificate",
];
const absent = Object.fromEntries(ABSENT.map((name) => [name, loudFunction("crypto", name)]));
export const {
  Certificate, checkPrime, checkPrimeSync, Cipher, Cipheriv, createCipheriv, createDecipheriv, createDiffieHellman,
  createDiffieHellmanGroup, createECDH, createPrivateKey, createPublicKey, createSecretKey, createSign, createVerify,
  Decipher, Decipheriv, diffieHellman, DiffieHellman, DiffieHellmanGroup, ECDH, generateKey, generateKeyPair,
  generateKeyPairSync, generateKeySync, generatePrime, generatePrimeSync, getCipherInfo, getCiphers, getCurves,
  getDiffieHellman, hkdf, hkdfSync, KeyObject, pbkdf2, pbkdf2Sync, privateDecrypt, privateEncrypt, publicDecrypt,
  publicEncrypt, scrypt, scryptSync, secureHeapUsed, setEngine, setFips, sign, Sign, verify, Verify, X509Certificate,
} = absent;

export default {
  ...absent, constants, createHash, createHmac, getFips, getHashes, getRandomValues, hash, Hash, Hmac, randomBytes,
  randomFill, randomFillSync, randomInt, randomUUID, subtle, timingSafeEqual, webcrypto,
};
