/** Many connections to one server. */
import { once } from "node:events";
import { connect } from "node:net";

/** Connections opened at once: less than the queue of any listening socket. */
export const BATCH = 200;

/** Opens connections in batches; `greet` is done with each before the next batch. */
export async function open(port, count, greet) {
  const sockets = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () => connect(port, "127.0.0.1"));
    await Promise.all(
      batch.map(async (socket) => {
        await once(socket, "connect");
        socket.on("error", () => {});
        await greet(socket);
      }),
    );
    sockets.push(...batch);
  }
  return sockets;
}

/** One answer on a connection that is kept. */
export async function askHealth(socket) {
  socket.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  const [chunk] = await once(socket, "data");
  if (!chunk.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(`/health answered ${chunk}`);
}

export function close(sockets) {
  for (const socket of sockets) socket.destroy();
}
