/**
 * Between Node streams and web streams, with back-pressure and errors in both directions.
 * Source: node/lib/internal/webstreams/adapters.js.
 */
import { AbortError, nodeError } from "ext:ssr_host/node/internal/errors.js";
import Stream from "ext:ssr_host/vendor/readable-stream.js";

const { Duplex, Readable, Writable } = Stream;

function check(value, type, name) {
  if (!(value instanceof type)) throw nodeError("ERR_INVALID_ARG_TYPE", name, type.name, value);
}

/** The options of a Node stream that reads from `reader`. */
function readFrom(reader) {
  let closed = false;
  reader.closed.then(() => (closed = true), () => (closed = true));
  return {
    read() {
      reader.read().then(
        ({ done, value }) => this.push(done ? null : value),
        (error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      if (closed) callback(error);
      else reader.cancel(error ?? undefined).then(() => callback(error), (reason) => callback(error ?? reason));
    },
  };
}

/** The options of a Node stream that writes to `writer`. */
function writeTo(writer) {
  let closed = false;
  writer.closed.then(() => (closed = true), () => (closed = true));
  return {
    write(chunk, encoding, callback) {
      const value = typeof chunk === "string" && encoding !== "utf8" ? Buffer.from(chunk, encoding) : chunk;
      writer.ready.then(() => writer.write(value)).then(() => callback(), callback);
    },
    final(callback) {
      if (closed) callback();
      else writer.close().then(() => callback(), callback);
    },
    destroy(error, callback) {
      if (closed) callback(error);
      else if (error) writer.abort(error).then(() => callback(error), () => callback(error));
      else writer.close().then(() => callback(null), () => callback(null));
    },
  };
}

export function readableFromWeb(stream, options = {}) {
  check(stream, ReadableStream, "readableStream");
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  const readable = new Readable({ highWaterMark, encoding, objectMode, signal, ...readFrom(stream.getReader()) });
  return readable;
}

export function writableFromWeb(stream, options = {}) {
  check(stream, WritableStream, "writableStream");
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  return new Writable({ highWaterMark, decodeStrings, objectMode, signal, ...writeTo(stream.getWriter()) });
}

export function duplexFromWeb(pair, options = {}) {
  check(pair?.readable, ReadableStream, "pair.readable");
  check(pair?.writable, WritableStream, "pair.writable");
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  const source = readFrom(pair.readable.getReader());
  const sink = writeTo(pair.writable.getWriter());
  return new Duplex({
    allowHalfOpen, objectMode, encoding, decodeStrings, highWaterMark, signal, ...source, ...sink,
    destroy(error, callback) {
      source.destroy.call(this, error, (reason) => sink.destroy.call(this, reason, callback));
    },
  });
}

export function readableToWeb(readable, options = {}) {
  if (typeof readable?._readableState !== "object") {
    throw nodeError("ERR_INVALID_ARG_TYPE", "streamReadable", "Readable", readable);
  }
  const { readableObjectMode: objectMode, readableHighWaterMark: highWaterMark } = readable;
  const strategy = options.strategy ??
    (objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark, size: (chunk) => chunk.byteLength });
  readable.pause();
  let ended = false;
  return new ReadableStream({
    start(controller) {
      readable.on("data", (chunk) => {
        const bytes = Buffer.isBuffer(chunk) && !objectMode ? new Uint8Array(chunk) : chunk;
        controller.enqueue(typeof bytes === "string" && !objectMode ? Buffer.from(bytes) : bytes);
        if (controller.desiredSize <= 0) readable.pause();
      });
      Stream.finished(readable, { writable: false }, (error) => {
        if (ended) return;
        ended = true;
        if (error?.code === "ERR_STREAM_PREMATURE_CLOSE") error = new AbortError(undefined, { cause: error });
        if (error) controller.error(error);
        else controller.close();
        readable.on("error", () => {}); // a late error has nobody to tell
      });
      readable.pause();
    },
    pull() {
      readable.resume();
    },
    cancel(reason) {
      ended = true;
      readable.destroy(reason);
    },
  }, strategy);
}

export function writableToWeb(writable) {
  if (typeof writable?._writableState !== "object") {
    throw nodeError("ERR_INVALID_ARG_TYPE", "streamWritable", "Writable", writable);
  }
  const { writableObjectMode: objectMode, writableHighWaterMark: highWaterMark } = writable;
  const strategy = objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  return new WritableStream({
    start(controller) {
      Stream.finished(writable, { readable: false }, (error) => {
        if (error) controller.error(error);
      });
    },
    write(chunk) {
      return new Promise((resolve, reject) => {
        const room = writable.write(chunk, (error) => error && reject(error));
        if (room) resolve();
        else writable.once("drain", resolve);
      });
    },
    close() {
      return new Promise((resolve, reject) => {
        Stream.finished(writable, { readable: false }, (error) => (error ? reject(error) : resolve()));
        writable.end();
      });
    },
    abort(reason) {
      writable.destroy(reason);
    },
  }, strategy);
}

export function duplexToWeb(duplex) {
  if (typeof duplex?._readableState !== "object" || typeof duplex?._writableState !== "object") {
    throw nodeError("ERR_INVALID_ARG_TYPE", "duplex", "stream.Duplex", duplex);
  }
  return { readable: readableToWeb(duplex), writable: writableToWeb(duplex) };
}
