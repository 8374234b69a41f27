/**
 * A raw HTTP/1.1 client: writes the bytes it is given on a fresh socket and reads back what came, header names and their order
 * as they were on the wire. Deliberately not `fetch` or `http.request`, which refuse or repair most of what is interesting here.
 * It reads responses only as far as a test needs: no trailers, no obsolete line folding.
 */
import { connect } from "node:net";

const TIMEOUT_MS = 10_000;

/** How long a connection is watched for the server's closing it, after the last response. */
const LINGER_MS = 250;

/**
 * @typedef {object} RawResponse
 * @property {string} statusLine
 * @property {[string, string][]} headers as received
 * @property {Buffer} body without the framing of `chunked`
 * @property {boolean} complete false when the connection ended before the body did
 */

/**
 * @typedef {object} Conversation
 * @property {RawResponse[]} responses interim ones (1xx) included
 * @property {boolean} closed the server closed the connection
 * @property {Buffer} rest bytes after the last expected response
 */

/**
 * Sends `parts` and reads a response for each of `methods`.
 * @param {number} port
 * @param {{parts: (string | Buffer)[], methods: string[], watchClose?: boolean}} request a part is written when the responses
 *   to the parts before it have come, if there are as many parts as methods; else all are written at once
 * @returns {Promise<Conversation>}
 */
export function converse(port, { parts, methods, watchClose = false }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const pending = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part));
    const inTurn = parts.length === methods.length;
    let received = Buffer.alloc(0);
    let closed = false;
    let linger;

    const timer = setTimeout(() => finish(new Error(`no complete answer in ${TIMEOUT_MS} ms; so far: ${received.toString("latin1").slice(0, 500)}`)), TIMEOUT_MS);
    const finish = (error) => {
      clearTimeout(timer);
      clearTimeout(linger);
      socket.destroy();
      if (error) return reject(error);
      const { responses, rest } = read(received, methods, closed);
      resolve({ responses, closed, rest });
    };
    const writeNext = () => {
      const part = pending.shift();
      if (part !== undefined && !socket.destroyed) socket.write(part);
    };
    const advance = () => {
      const { responses, done } = read(received, methods, closed);
      const answered = responses.filter((response) => response.complete && !isInterim(response)).length;
      if (inTurn) while (pending.length > 0 && parts.length - pending.length <= answered) writeNext();
      if (closed) return finish();
      if (done && linger === undefined) linger = setTimeout(finish, watchClose ? LINGER_MS : 0);
    };
    socket.setNoDelay(true);
    socket.on("connect", () => {
      writeNext();
      if (!inTurn) while (pending.length > 0) writeNext();
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      advance();
    });
    socket.on("end", () => {
      closed = true;
      advance();
    });
    // A server that refuses a body resets the connection after its answer.
    socket.on("error", (error) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") return finish(error);
      closed = true;
      advance();
    });
  });
}

const isInterim = (response) => /^HTTP\/1\.\d 1\d\d/.test(response.statusLine);

/** Takes the responses to `methods` apart. `done`: all of them are complete. */
function read(bytes, methods, closed) {
  const responses = [];
  let at = 0;
  for (const method of methods) {
    for (;;) {
      const found = readOne(bytes, at, method, closed);
      if (found === undefined) return { responses, done: false, rest: bytes.subarray(at) };
      responses.push(found.response);
      at = found.end;
      if (!isInterim(found.response)) break;
    }
  }
  return { responses, done: responses.every((response) => response.complete), rest: bytes.subarray(at) };
}

function readOne(bytes, start, method, closed) {
  const headEnd = bytes.indexOf("\r\n\r\n", start);
  if (headEnd < 0) return undefined;
  const [statusLine, ...lines] = bytes.toString("latin1", start, headEnd).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const bodyStart = headEnd + 4;
  const { body, end, complete } = readBody(bytes, bodyStart, statusLine, headers, method, closed);
  return { response: { statusLine, headers, body, complete }, end };
}

function readBody(bytes, start, statusLine, headers, method, closed) {
  const value = (name) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const whole = (end, complete) => ({ body: bytes.subarray(start, end), end, complete });
  if (method === "HEAD" || / (1\d\d|204|304)( |$)/.test(statusLine)) return whole(start, true);
  if (value("transfer-encoding")?.toLowerCase() === "chunked") return readChunks(bytes, start);
  const length = value("content-length");
  if (length === undefined) return whole(bytes.length, closed);
  const end = start + Number(length);
  return whole(Math.min(end, bytes.length), end <= bytes.length);
}

function readChunks(bytes, start) {
  const chunks = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? NaN : parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (Number.isNaN(size) || next > bytes.length) return { body: Buffer.concat(chunks), end: bytes.length, complete: false };
    chunks.push(bytes.subarray(lineEnd + 2, next - 2));
    at = next;
    if (size === 0) return { body: Buffer.concat(chunks), end: at, complete: true };
  }
}
