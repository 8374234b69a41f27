// Large, endless and slow bodies in both directions, as a fetch handler sends and reads them.

const isolate = crypto.randomUUID();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const SIZE = 50 << 20;
const PIECE = new Uint8Array(64 << 10).fill(0x61);
const count = { produced: 0, read: 0, cancelled: 0, aborted: 0, broken: 0 };

/** Pieces as fast as they are asked for, `size` bytes in all. */
function stream(size, pause = 0) {
  let left = size;
  return new ReadableStream({
    async pull(controller) {
      if (pause > 0) await sleep(pause);
      if (left <= 0) return controller.close();
      left -= PIECE.length;
      count.produced += PIECE.length;
      controller.enqueue(PIECE.slice());
    },
    cancel(reason) {
      count.cancelled++;
      console.log("cancelled:", reason?.name);
    },
  }, { highWaterMark: 0 });
}

async function* generated() {
  try {
    for (;;) {
      await sleep(5);
      count.produced += PIECE.length;
      yield PIECE;
    }
  } finally {
    count.cancelled++;
  }
}

const routes = {
  "/ok": () => "ok",
  "/count": () => JSON.stringify(count),
  "/string": () => `${"a".repeat(SIZE - 2)}é`,
  "/bytes": () => new Uint8Array(SIZE).fill(0x61),
  "/stream": () => stream(SIZE),
  "/endless": () => stream(Infinity, 5),
  "/generator": () => ReadableStream.from(generated()),
  "/broken": () => new ReadableStream({
    async pull(controller) {
      controller.enqueue(PIECE);
      await sleep(200);
      controller.error(new Error("the source of the stream broke"));
    },
  }),
  "/never": (request) => {
    request.signal.addEventListener("abort", () => count.aborted++);
    return new Promise(() => {});
  },
  "/echo": (request) => request.body,
  "/length": async (request) => String((await request.arrayBuffer()).byteLength),
  "/read": async (request) => {
    let length = 0;
    try {
      for await (const chunk of request.body) {
        length += chunk.length;
        count.read += chunk.length;
        await sleep(200);
      }
    } catch (error) {
      count.broken++;
      throw error;
    }
    return String(length);
  },
  "/unread": () => "not interested",
};

export default {
  async fetch(request) {
    const route = routes[new URL(request.url).pathname];
    if (route === undefined) return new Response("no such route", { status: 404 });
    return new Response(await route(request), { headers: { "x-isolate": isolate } });
  },
};
