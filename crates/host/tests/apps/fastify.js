// What can go wrong in a Fastify app, one route each. Every answer names the isolate that gave it.
import { Readable } from "node:stream";
import Fastify from "fastify";

const isolate = crypto.randomUUID();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const SIZE = 50 << 20;
const PIECE = Buffer.alloc(64 << 10, "a");
const count = { produced: 0, closed: 0, ended: 0 };

const app = Fastify();
app.addHook("onRequest", async (_, reply) => {
  reply.header("x-isolate", isolate);
});
app.addHook("onClose", async () => {
  console.log("closing");
  await sleep(50);
  console.log("closed");
});

app.get("/ok", async () => "ok");
app.get("/wait", async (request) => {
  await sleep(Number(request.query.ms));
  return "waited";
});
app.get("/count", async () => count);

app.get("/throw", () => {
  throw new TypeError("thrown by the handler");
});
app.get("/throw/async", async () => {
  await sleep(1);
  throw new TypeError("thrown after an await");
});
app.get("/throw/hook", { onRequest: async () => { throw new TypeError("thrown by a hook"); } }, async () => "unreachable");
app.get("/throw/timer", async () => {
  setTimeout(() => {
    throw new Error("thrown by a timer");
  }, 1);
  return "answered";
});
app.get("/spin", async () => {
  await sleep(1);
  for (;;); // spin
});

app.get("/silent", (request) => {
  request.raw.on("close", () => {
    count.closed++;
    console.log("closed without an answer");
  });
});

app.get("/string", async () => `${"a".repeat(SIZE - 2)}é`);
app.get("/buffer", async () => Buffer.alloc(SIZE, "a"));
async function* pieces(size, pause) {
  try {
    for (let left = size; left > 0; left -= PIECE.length) {
      if (pause > 0) await sleep(pause);
      count.produced += PIECE.length;
      yield PIECE;
    }
  } finally {
    count.ended++;
  }
}
app.get("/stream", async (_, reply) => reply.send(Readable.from(pieces(SIZE, 0))));
app.get("/endless", async (_, reply) => reply.send(Readable.from(pieces(Infinity, 5))));

app.post("/length", async (request) => String(request.body.length));
app.addContentTypeParser("application/octet-stream", (_, payload, done) => done(null, payload));
app.post("/read", async (request) => {
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    await sleep(200);
  }
  return String(length);
});

await app.listen({ port: 0 });
