/**
 * `process.stdout` and `process.stderr`: an emitter that writes at once, with the part of `Writable` that loggers and
 * `pipe` use, without loading `node:stream`. Never a terminal: `isTTY` is undefined, as when Node writes to a pipe.
 *
 * The host shows what is written while an app starts once, not once per isolate: that is the ops' business.
 */
import { EventEmitter } from "node:events";
import { op_stderr, op_stdout } from "ext:core/ops";
import { codecOf } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";

class OutputStream extends EventEmitter {
  #write;

  constructor(fd, write) {
    super();
    this.#write = write;
    this.fd = fd;
    this._isStdio = true;
    this.writable = true;
    this.destroyed = false;
    this.writableLength = 0;
    this.writableNeedDrain = false;
    this.writableObjectMode = false;
    this.writableHighWaterMark = 16384;
  }

  write(chunk, encoding, callback) {
    if (typeof encoding === "function") [encoding, callback] = [undefined, encoding];
    if (typeof chunk === "string" && encoding && encoding !== "utf8") chunk = codecOf(encoding).encode(chunk);
    if (typeof chunk === "string") this.#write(chunk);
    else if (chunk === null) throw nodeError("ERR_STREAM_NULL_VALUES");
    else if (ArrayBuffer.isView(chunk)) {
      this.#write(codecOf("utf8").decode(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    } else throw nodeError("ERR_INVALID_ARG_TYPE", "chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
    if (typeof callback === "function") globalThis.process.nextTick(callback, null);
    return true;
  }

  /** Writes the last chunk; the stream itself stays open, as Node's does. */
  end(chunk, encoding, callback) {
    if (typeof chunk === "function") [chunk, callback] = [undefined, chunk];
    else if (typeof encoding === "function") [encoding, callback] = [undefined, encoding];
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    if (typeof callback === "function") globalThis.process.nextTick(callback);
    return this;
  }

  cork() {}
  uncork() {}
  destroy() {
    return this;
  }
  setDefaultEncoding() {
    return this;
  }

  getColorDepth() {
    return 1;
  }

  hasColors() {
    return false;
  }
}

/** @param {"stdout" | "stderr"} name */
export function outputStream(name) {
  if (name === "stdout") return new OutputStream(1, (text) => op_stdout(text));
  return new OutputStream(2, (text) => op_stderr(text));
}
