/**
 * The backend of what stays open: `node backend.mjs PER_SECOND`. Prints its port. A request gets a stream of events that say when they
 * were sent; every upgrade is agreed to, and whatever is then said is answered with one short message.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const perSecond = Number(process.argv[2]);

/** RFC 6455, section 1.3. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A text frame, "ok". */
const MESSAGE = Buffer.from([0x81, 2, 0x6f, 0x6b]);

/** The opcode. */
const CLOSE = 8;

const listeners = new Set();
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
});
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + KEY_SUFFIX).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on("data", (frame) => ((frame[0] & 0x0f) === CLOSE ? socket.end() : socket.write(MESSAGE)));
  socket.on("error", () => {});
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(server.address().port));
setInterval(() => {
  for (const response of listeners) response.write(`data: ${process.hrtime.bigint()}\n\n`);
}, 1000 / perSecond);
