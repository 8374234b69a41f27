/**
 * `node:stream`: the npm package readable-stream, which is Node's own streams. Added here: the bridges to web streams,
 * which the package leaves out, and the names that Node gained since.
 */
import promises from "node:stream/promises";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import {
  duplexFromWeb, duplexToWeb, readableFromWeb, readableToWeb, writableFromWeb, writableToWeb,
} from "ext:ssr_host/node/internal/webstreams.js";
import Stream from "ext:ssr_host/vendor/readable-stream.js";

const { Duplex, Readable, Writable } = Stream;

Readable.fromWeb = readableFromWeb;
Readable.toWeb = readableToWeb;
Writable.fromWeb = writableFromWeb;
Writable.toWeb = writableToWeb;
Duplex.fromWeb = duplexFromWeb;
Duplex.toWeb = duplexToWeb;

/** Node 20's defaults, which are also the package's. */
const HIGH_WATER_MARK = { bytes: 16384, objects: 16 };

export function getDefaultHighWaterMark(objectMode) {
  return objectMode ? HIGH_WATER_MARK.objects : HIGH_WATER_MARK.bytes;
}
export const setDefaultHighWaterMark = loudFunction("stream", "setDefaultHighWaterMark");
export const duplexPair = loudFunction("stream", "duplexPair");

export function isWritable(stream) {
  if (stream?.writable == null) return null;
  return stream.writable && !stream.destroyed && !stream.writableEnded;
}

Object.assign(Stream, {
  duplexPair, getDefaultHighWaterMark, isWritable, setDefaultHighWaterMark,
});

export const {
  _isUint8Array, _uint8ArrayToBuffer, addAbortSignal, compose, destroy, finished, isDestroyed, isDisturbed, isErrored,
  isReadable, PassThrough, pipeline, Transform,
} = Stream;
export const _isArrayBufferView = ArrayBuffer.isView;
export { Duplex, promises, Readable, Stream, Writable };
export default Stream;
