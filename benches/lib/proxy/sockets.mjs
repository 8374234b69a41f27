/** What a WebSocket takes that is open and silent. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { BATCH, close, open } from "../connections.mjs";
import { getHead } from "../http1.mjs";
import { rssMiB } from "../proc.mjs";
import { SOCKET_PATH } from "./cases.mjs";

const SETTLE_MS = 1500;
const ANSWER_LIMIT_MS = 20_000;

const UPGRADE = getHead(SOCKET_PATH, {
  ...{ host: "localhost", connection: "Upgrade", upgrade: "websocket" },
  ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
});

/** A text frame, "hi", masked with zeros. */
const MESSAGE = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);

/** KiB of resident memory for each of so many. */
export async function measureSockets(server, count) {
  // The pages that a first burst of connections touches are not what an idle one costs.
  close(await open(server.streams, BATCH, upgrade));
  await sleep(SETTLE_MS);
  const before = memoryOf(server);
  const sockets = await open(server.streams, count, upgrade);
  await sleep(SETTLE_MS);
  const after = memoryOf(server);
  const alive = sockets.filter((socket) => !socket.destroyed).length;
  if (alive !== count) throw new Error(`only ${alive} of ${count} WebSockets are still open`);
  await Promise.all(sockets.slice(-BATCH).map(talk));
  close(sockets);
  return { before, after, kiB: ((after - before) * 1024) / count };
}

export function memoryOf(server) {
  return server.pids().reduce((sum, pid) => sum + rssMiB(pid), 0);
}

async function upgrade(socket) {
  socket.write(UPGRADE);
  const [chunk] = await once(socket, "data", { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  if (!chunk.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(`no WebSocket: ${chunk.toString("latin1")}`);
}

/** It is one, and passes messages. */
async function talk(socket) {
  socket.write(MESSAGE);
  const [frame] = await once(socket, "data", { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  if (frame.toString("latin1") !== "\x81\x02ok") throw new Error(`not the answer of the backend: ${frame.toString("hex")}`);
}
