/**
 * `fs.createReadStream`. The file is read when the first chunk is asked for and handed out in pieces of
 * `highWaterMark`; there is no descriptor behind it.
 */
import { Readable } from "node:stream";
import { notSupported } from "ext:ssr_host/node/internal/errors.js";
import { pathOf, readFile } from "ext:ssr_host/node/internal/fs_read.js";
import { validateInteger } from "ext:ssr_host/node/internal/validators.js";

export class ReadStream extends Readable {
  #bytes;
  #position;
  #end;

  constructor(path, options) {
    if (typeof options === "string") options = { encoding: options };
    const { start = 0, end = Infinity, encoding, highWaterMark = 65536, autoClose, emitClose, signal, fd, fs } =
      options ?? {};
    if (fd != null) throw notSupported("fs", "createReadStream({ fd })");
    if (fs != null) throw notSupported("fs", "createReadStream({ fs })");
    validateInteger(start, "start", 0);
    if (end !== Infinity) validateInteger(end, "end", start);
    const file = pathOf(path);
    super({ encoding, highWaterMark, autoDestroy: autoClose ?? true, emitClose: emitClose ?? true, signal });
    this.path = file;
    this.flags = "r";
    this.fd = null;
    this.bytesRead = 0;
    this.pending = true;
    this.start = options?.start;
    this.end = end;
    this.#position = start;
    this.#end = end;
  }

  _construct(callback) {
    queueMicrotask(() => {
      try {
        this.#bytes = readFile(this.path);
      } catch (error) {
        callback(error);
        return;
      }
      this.pending = false;
      callback();
      this.emit("open", this.fd);
      this.emit("ready");
    });
  }

  /** Later, as if a disk had been asked: chunks then arrive one by one. */
  _read(size) {
    process.nextTick(() => this.#pushChunk(size));
  }

  #pushChunk(size) {
    if (this.destroyed) return;
    const end = Math.min(this.#position + size, this.#end + 1, this.#bytes.length);
    if (this.#position >= end) {
      this.push(null);
      return;
    }
    const chunk = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    this.bytesRead += chunk.length;
    this.push(chunk);
  }

  close(callback) {
    if (callback) this.once("close", callback);
    this.destroy();
  }
}
