/**
 * `crypto.Hash` and `crypto.Hmac`. What is hashed is collected and handed to Rust in one call; a long input is handed
 * over piece by piece. Both are streams in Node: the stream is made when one of its methods is first used.
 */
import { core } from "ext:core/mod.js";
import { op_hash, op_hash_digest, op_hash_new, op_hash_update, op_hmac_new } from "ext:core/ops";
import { codecOf } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError, notSupported } from "ext:ssr_host/node/internal/errors.js";
import { validateInteger, validateString } from "ext:ssr_host/node/internal/validators.js";

const lazyStream = core.createLazyLoader("node:stream");

/** Bytes that are collected before Rust keeps a running hash. */
const LARGE = 65536;

/** The bytes of a buffer, typed array, `DataView` or `ArrayBuffer`: a view, not a copy. */
export function bytesOf(value, name) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (core.isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw nodeError("ERR_INVALID_ARG_TYPE", name, ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
}

function joined(chunks) {
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}

/** The methods of a stream that `Hash` and `Hmac` have, each of which makes it one. */
const STREAM_METHODS = [
  "addListener", "cork", "destroy", "emit", "end", "listenerCount", "off", "on", "once", "pause", "pipe",
  "prependListener", "read", "removeAllListeners", "removeListener", "resume", "setEncoding", "uncork", "unpipe", "write",
  Symbol.asyncIterator,
];

/** What `Hash` and `Hmac` share: `start` begins a running hash in Rust, `oneShot` hashes everything, if it can. */
class Digest {
  #start;
  #oneShot;
  #chunks = [];
  #size = 0;
  #rid;
  #stream;
  #finished = false;

  constructor(start, oneShot) {
    this.#start = start;
    this.#oneShot = oneShot;
  }

  update(data, inputEncoding) {
    if (this.#finished) throw nodeError("ERR_CRYPTO_HASH_FINALIZED");
    let bytes;
    if (typeof data === "string") {
      const codec = codecOf(inputEncoding === "buffer" ? "utf8" : inputEncoding) ?? codecOf("utf8");
      bytes = codec.encode(data);
    } else if (ArrayBuffer.isView(data)) bytes = bytesOf(data).slice();
    else throw nodeError("ERR_INVALID_ARG_TYPE", "data", ["string", "Buffer", "TypedArray", "DataView"], data);
    this.#add(bytes);
    return this;
  }

  #add(bytes) {
    if (this.#rid === undefined) {
      this.#chunks.push(bytes);
      this.#size += bytes.length;
      if (this.#size > LARGE) this.#handOver();
    } else op_hash_update(this.#rid, bytes);
  }

  #handOver() {
    this.#rid = this.#start();
    for (const chunk of this.#chunks.splice(0)) op_hash_update(this.#rid, chunk);
  }

  /** The bytes of the digest; the hash cannot be used again. */
  finish() {
    if (this.#finished) throw nodeError("ERR_CRYPTO_HASH_FINALIZED");
    this.#finished = true;
    if (this.#rid === undefined && this.#oneShot) return this.#oneShot(joined(this.#chunks));
    if (this.#rid === undefined) this.#handOver();
    return op_hash_digest(this.#rid);
  }

  get finished() {
    return this.#finished;
  }

  digest(outputEncoding) {
    return encoded(this.finish(), outputEncoding);
  }

  /** Adds to `other` what has been added here so far. */
  replay(other) {
    if (this.#finished) throw nodeError("ERR_CRYPTO_HASH_FINALIZED");
    if (this.#rid !== undefined) throw notSupported("crypto", "Hash.copy", `of more than ${LARGE} bytes`);
    for (const chunk of this.#chunks) other.#add(chunk);
    return other;
  }

  /** The transform stream whose input is hashed and whose output is the digest. */
  get stream() {
    return (this.#stream ??= new (lazyStream().Transform)({
      transform: (chunk, encoding, callback) => {
        this.update(chunk, encoding);
        callback();
      },
      flush: (callback) => {
        this.#stream.push(this.digest());
        callback();
      },
    }));
  }
}
for (const method of STREAM_METHODS) {
  Object.defineProperty(Digest.prototype, method, {
    value(...args) {
      const { stream } = this;
      const result = stream[method](...args);
      return result === stream ? this : result;
    },
    configurable: true,
    writable: true,
  });
}

function encoded(bytes, encoding) {
  const buffer = globalThis.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === undefined || encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** Names of hashes known to exist. */
const checked = new Set();

export class Hash extends Digest {
  #algorithm;

  constructor(algorithm, options) {
    validateString(algorithm, "algorithm");
    if (options?.outputLength !== undefined) {
      validateInteger(options.outputLength, "options.outputLength", 0);
      throw notSupported("crypto", "createHash({ outputLength })");
    }
    super(() => op_hash_new(algorithm), (bytes) => op_hash(algorithm, bytes));
    this.#algorithm = algorithm;
    if (!checked.has(algorithm)) {
      op_hash(algorithm, new Uint8Array(0)); // throws for a hash that does not exist
      checked.add(algorithm);
    }
  }

  copy(options) {
    return this.replay(new Hash(this.#algorithm, options));
  }
}

export class Hmac extends Digest {
  constructor(algorithm, key) {
    validateString(algorithm, "hmac");
    if (typeof key !== "string" && !ArrayBuffer.isView(key) && !core.isAnyArrayBuffer(key)) {
      throw nodeError("ERR_INVALID_ARG_TYPE", "key",
        ["ArrayBuffer", "Buffer", "TypedArray", "DataView", "string", "KeyObject", "CryptoKey"], key);
    }
    const bytes = typeof key === "string" ? codecOf("utf8").encode(key) : bytesOf(key).slice();
    const rid = op_hmac_new(algorithm, bytes); // at once: the algorithm is checked, the key is not kept
    super(() => rid);
  }

  /** A second call gives nothing, unlike `Hash`: as in Node. */
  digest(outputEncoding) {
    return this.finished ? encoded(new Uint8Array(0), outputEncoding) : super.digest(outputEncoding);
  }
}
