// Requests that keep an isolate busy or waiting, and ones that must be kept apart.
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const isolate = crypto.randomUUID();
const storage = new AsyncLocalStorage();

console.log("starting");
console.error("starting too");
process.stdout.write("starting in parts\n");

function busy(ms) {
  for (const end = Date.now() + ms; Date.now() < end; );
  return "done";
}

/** Crosses everything that may lose the store and says where it was lost, if it was. */
async function crossing(id, port) {
  const lost = [];
  const check = (where) => {
    if (storage.getStore() !== id) lost.push(`${where}: ${storage.getStore()}`);
  };
  check("start");
  await null;
  check("await");
  await sleep(Math.random() * 10);
  check("timers/promises");
  await new Promise((resolve) => setTimeout(() => resolve(check("timer")), Math.random() * 10));
  check("after timer");
  await new Promise((resolve) => setImmediate(() => resolve(check("immediate"))));
  await new Promise((resolve) => process.nextTick(() => resolve(check("tick"))));
  await new Promise((resolve) => queueMicrotask(() => resolve(check("microtask"))));
  const response = await fetch(`http://127.0.0.1:${port}/echo?${id}`);
  check("fetch");
  const text = await response.text();
  check("text");
  if (text !== `?${id}`) lost.push(`fetched ${text}`);
  for await (const _ of new Blob(["x"]).stream()) check("stream");
  check("end");
  return lost.join("\n") || "kept";
}

const routes = {
  "/ok": () => "ok",
  "/echo": ({ search }) => search,
  "/busy": ({ searchParams }) => busy(Number(searchParams.get("ms"))),
  "/wait": async ({ searchParams }) => {
    await sleep(Number(searchParams.get("ms")));
    return "waited";
  },
  "/fetch": async ({ searchParams }) => (await fetch(`http://127.0.0.1:${searchParams.get("port")}/`)).text(),
  "/print": () => {
    console.log("printed by a handler");
    console.error("warned by a handler");
    return "printed";
  },
  "/crossing": ({ searchParams }) => {
    const id = searchParams.get("id");
    return storage.run(id, () => crossing(id, searchParams.get("port")));
  },
};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    return new Response(await routes[url.pathname](url), { headers: { "x-isolate": isolate } });
  },
};
