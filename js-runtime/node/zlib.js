/** `node:zlib`: can be imported, and throws when used, but for its constants. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";
import { constants as values } from "ext:ssr_host/node/internal/zlib_constants.js";

const zlib = loudModule("zlib", { constants: values }, "use CompressionStream");
export const {
  BrotliCompress, brotliCompress, brotliCompressSync, BrotliDecompress, brotliDecompress, brotliDecompressSync, codes,
  constants, crc32, createBrotliCompress, createBrotliDecompress, createDeflate, createDeflateRaw, createGunzip,
  createGzip, createInflate, createInflateRaw, createUnzip, Deflate, deflate, DeflateRaw, deflateRaw, deflateRawSync,
  deflateSync, Gunzip, gunzip, gunzipSync, Gzip, gzip, gzipSync, Inflate, inflate, InflateRaw, inflateRaw,
  inflateRawSync, inflateSync, Unzip, unzip, unzipSync,
} = zlib;
export default zlib;
