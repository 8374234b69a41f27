// Every way a fetch handler can misbehave, one route each, beside routes that must go on working. Every answer names the
// isolate that gave it.

const isolate = crypto.randomUUID();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let aborted = 0;

const routes = {
  "/ok": () => "ok",
  "/wait": async (url) => {
    await sleep(Number(url.searchParams.get("ms")));
    return "waited";
  },
  "/ticks": () => {
    let left = 12;
    return new Response(new ReadableStream({
      async pull(controller) {
        if (left-- === 0) return controller.close();
        await sleep(100);
        controller.enqueue(new TextEncoder().encode(`${isolate}\n`));
      },
    }));
  },

  // CPU
  "/spin": () => spin(),
  "/spin/await": async () => {
    await sleep(1);
    spin();
  },
  "/spin/timer": () => new Promise(() => setTimeout(spin, 1)),
  "/spin/microtask": async () => {
    for (;;) await null;
  },
  "/spin/regexp": () => String(/^(a+)+$/.test(`${"a".repeat(40)}b`)), // spin in a regular expression
  "/spin/array": () => {
    for (let all; ; ) all = new Array(1000).fill(all?.length); // spin around a call that is compiled into a loop
  },
  "/spin/after": () => {
    setTimeout(spin, 20);
    return "answered";
  },

  // Never
  "/never": (_, request) => {
    request.signal.addEventListener("abort", () => {
      aborted++;
      console.log("aborted:", request.signal.reason.name);
    });
    return new Promise(() => {});
  },
  "/aborted": () => String(aborted),

  // Memory
  "/bomb/array": () => {
    const all = [];
    for (;;) all.push(new Array(1000).fill(all.length));
  },
  "/bomb/object": () => {
    let list = null;
    for (;;) list = { list, more: {} };
  },
  "/bomb/map": () => {
    const map = new Map();
    for (let i = 0; ; i++) map.set(`key ${i}`, { i });
  },
  "/bomb/string": () => {
    const all = [];
    for (let i = 0; ; i++) all.push(`${i}${"x".repeat(100_000)}`.split("").join("-"));
  },
  "/bomb/json": () => {
    let value = [1];
    for (;;) value = JSON.parse(JSON.stringify([value, value]));
  },
  "/bomb/await": async () => {
    const all = [];
    for (;;) {
      all.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
      await sleep(0);
    }
  },
  "/bomb/bytes": () => {
    const all = [];
    for (;;) all.push(new Uint8Array(1 << 20).fill(1));
  },
  "/bomb/buffer": () => {
    const all = [];
    for (;;) all.push(Buffer.alloc(1 << 20, 1));
  },
  "/bytes": (url) => String(new Uint8Array(Number(url.searchParams.get("length"))).length),

  // Errors
  "/recursion": () => {
    const down = (n) => down(n + 1) + 1;
    return String(down(0));
  },
  "/recursion/async": async () => {
    const deep = async (n) => (await deep(n + 1)) + 1;
    return String(await deep(0));
  },
  "/throw": () => {
    throw new TypeError("thrown by the handler");
  },
  "/throw/async": async () => {
    await sleep(1);
    throw new TypeError("thrown after an await");
  },
  "/throw/null": () => {
    throw null;
  },
  "/throw/timer": () => {
    setTimeout(() => {
      throw new Error("thrown by a timer");
    }, 1);
    return "answered";
  },
  "/reject": () => {
    Promise.reject(new Error("nobody awaits this"));
    return "answered";
  },
  "/nothing": () => {},
  "/exit": () => process.exit(3),
  "/exit/await": async () => {
    await sleep(1);
    process.exit(4);
  },
  "/exit/after": () => {
    setTimeout(() => process.exit(5), 20);
    return "answered";
  },
};

function spin() {
  while (true);
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const route = routes[url.pathname];
    if (route === undefined) return new Response("no such route", { status: 404 });
    const answer = await route(url, request);
    return typeof answer === "string" ? new Response(answer, { headers: { "x-isolate": isolate } }) : answer;
  },
};
