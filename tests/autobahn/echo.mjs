/** A WebSocket server that sends everything back, with `permessage-deflate`: the backend of the Autobahn suite. Prints its port. */
import { WebSocketServer } from "ws";

/** The suite sends messages of 16 MiB. */
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 32 << 20, perMessageDeflate: { threshold: 0 } });
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
  // What the suite sends is often no WebSocket; the library closes the connection.
  socket.on("error", () => {});
});
