/** Pages of which a backend says what they are, and how their render goes wrong: each render asks it once. */
import { cache } from "ssr-host";
import { textOf } from "../pages/text.mjs";

const { BACKEND, INSTANCE = "one", BUILD = "one" } = process.env;

const languageOf = (request) => (request.headers.get("accept-language")?.startsWith("de") ? "de" : "en");

/** How a render ends in place of a page. */
const FAULTS = {
  throw() {
    throw new Error("the page cannot be rendered");
  },
  hang: () => new Promise((wake) => setTimeout(wake, 60_000)),
  spin() {
    for (;;);
  },
  exhaust() {
    const all = [];
    for (;;) all.push(new Array(10_000).fill(all.length));
  },
};

export default {
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (request.method === "POST" && pathname === "/purge") {
      await cache.purge(await request.json());
      return new Response("purged");
    }
    const language = languageOf(request);
    const answer = await fetch(`${BACKEND}${pathname}${search}`, { headers: { "x-instance": INSTANCE } });
    if (!answer.ok) throw new Error(`the backend says ${answer.status}`);
    const { version, headers, fault } = await answer.json();
    await FAULTS[fault]?.();
    const text = textOf({ url: pathname + search, language, build: BUILD, version });
    return new Response(text, { headers: { "content-type": "text/html; charset=utf-8", ...headers } });
  },
};
