/** A WebSocket server that sends everything back, with `permessage-deflate`: the backend of the Autobahn suite. Prints its port. */
import { WebSocketServer } from "ws";

/** The suite sends messages of 16 MiB, and some in 65,536 fragments. */
const LIMITS = { maxPayload: 32 << 20, maxFragments: 0, maxBufferedChunks: 0 };

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: { threshold: 0 }, ...LIMITS });
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
  // What the suite sends is often no WebSocket; the library closes the connection.
  socket.on("error", () => {});
});
