/** An app that does to its isolate what apps must not do, when it is asked to. */
import { setTimeout as sleep } from "node:timers/promises";

const kept = [];

const PATHS = {
  "/page": () => new Response("page", { headers: { "content-type": "text/html", "cache-control": "max-age=60" } }),
  "/private": () => new Response("private", { headers: { "set-cookie": "a=b", "cache-control": "max-age=60" } }),
  "/slow": () => sleep(1200).then(() => new Response("slow")),
  "/loop": () => { for (;;); },
  "/leak": () => { for (;;) kept.push(new Array(1000).fill(kept.length)); },
  "/exit": () => process.exit(3),
  "/throw": () => { throw new TypeError("it went wrong"); },
  "/log": () => (console.log("said for a request"), new Response("logged")),
};

export default {
  fetch(request) {
    const answer = PATHS[new URL(request.url).pathname];
    return answer ? answer() : new Response("nothing here", { status: 404 });
  },
};
