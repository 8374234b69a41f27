/** As much of HTTP/1.1 as a client needs that measures: one request on a connection, and where the answer to it ends. */

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** A GET, complete. */
export function getHead(path, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Bytes of the answer that are still to come; -1 while that cannot be told. Throws for anything but a 200. */
export function bytesMissing(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return -1;
  const text = bytes.latin1Slice(0, headEnd);
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`not an answer that can be measured:\n${text}`);
  const length = text.match(/\r\ncontent-length: *(\d+)/i)?.[1];
  if (length !== undefined) return headEnd + HEAD_END.length + Number(length) - bytes.length;
  // Chunks are not counted: the bytes that end the last one hardly ever end a packet by chance.
  if (/\r\ntransfer-encoding: *chunked/i.test(text)) return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? 0 : -1;
  throw new Error(`the answer does not say where it ends:\n${text}`);
}
