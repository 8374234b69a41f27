/**
 * An app as users write it, for Node and for ssr-host: pages, orders that must be executed once, a page that comes over seconds. It tells on
 * stdout which orders it executes.
 */
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";

const WORK_MS = 20;
const FILLING = "<p>All of it has to arrive.</p>\n".repeat(600);

const app = fastify({ forceCloseConnections: "idle" });

app.get("/ready", async () => ({ status: "ready" }));

app.get("/page/:number", async ({ params: { number } }, reply) => {
  await sleep(WORK_MS);
  return reply.type("text/html").send(`<h1>${number}</h1>\n${FILLING}<!-- end of ${number} -->`);
});

app.post("/orders/:number", async ({ params: { number } }, reply) => {
  await sleep(WORK_MS);
  console.log(`order ${number}`);
  return reply.status(201).send({ number: Number(number) });
});

app.get("/slow/:number", (request, reply) => reply.type("text/plain").send(Readable.from(lines())));

/** Three seconds. */
async function* lines() {
  for (let number = 1; number <= 30; number += 1) {
    await sleep(100);
    yield `${number}\n`;
  }
}

// What guides say about a graceful end.
if (process.env.CLOSE_ON_SIGTERM) process.on("SIGTERM", () => app.close());

await app.listen({ port: Number(process.env.PORT), host: process.env.HOST });
