/** Many ask at the same time for a page that nobody has. */
import { setTimeout as sleep } from "node:timers/promises";
import { askHealth, close, open } from "../connections.mjs";
import { headersFor } from "../forms.mjs";
import { bytesMissing, getHead } from "../http1.mjs";

const LIMIT_MS = 30_000;

/** Renders, and milliseconds until half of the clients and the last one have the page. */
export async function measureMisses({ port, renders }, path, clients) {
  const sockets = await open(port, clients, askHealth);
  const head = getHead(path, { host: "localhost", ...headersFor("identity") });
  const limit = sleep(LIMIT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`not all of ${clients} clients have ${path} after ${LIMIT_MS} ms`);
  });
  const began = performance.now();
  const answers = await Promise.race([Promise.all(sockets.map((socket) => ask(socket, head))), limit]);
  close(sockets);
  if (new Set(answers.map(({ body }) => body)).size > 1) throw new Error(`${path} is not the same page for all`);
  const times = answers.map(({ at }) => at - began).sort((a, b) => a - b);
  // The lines that say so are written after the answers.
  await sleep(200);
  return { renders: renders(path), half: times[times.length >> 1], last: times.at(-1) };
}

function ask(socket, head) {
  return new Promise((resolve, reject) => {
    const received = [];
    let missing = -1;
    socket.on("close", () => reject(new Error("the server closed a connection")));
    socket.on("data", (chunk) => {
      received.push(chunk);
      try {
        missing = missing > 0 ? missing - chunk.length : bytesMissing(Buffer.concat(received));
      } catch (error) {
        return reject(error);
      }
      if (missing === 0) resolve({ at: performance.now(), body: bodyOf(Buffer.concat(received)) });
    });
    socket.write(head);
  });
}

function bodyOf(answer) {
  return answer.latin1Slice(answer.indexOf("\r\n\r\n") + 4);
}
