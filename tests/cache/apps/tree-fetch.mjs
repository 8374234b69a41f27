/** Random pages (`model/tree.mjs`) as a fetch handler. What a page shows has a version, which is asked of DATABASE. */
import { hash, render } from "../model/tree.mjs";

const { DATABASE } = process.env;

const inputsOf = (request, url) => ({
  header: (name) => request.headers.get(name) ?? undefined,
  cookie: (name) => cookie(request.headers.get("cookie"), name),
  query: (name) => url.searchParams.get(name) ?? undefined,
  host: () => url.host,
  // A fetch handler has no other way to ask.
  client: () => request.headers.get("x-forwarded-for") ?? undefined,
});

function cookie(header, name) {
  const pair = (header ?? "").split("; ").find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

export default {
  async fetch(request) {
    if (request.method === "POST") return new Response("changed");
    const url = new URL(request.url);
    const seed = url.pathname.split("/")[2];
    const version = await (await fetch(`${DATABASE}/${seed}`)).text();
    if (hash(`slow ${seed}`) % 3 === 0) await new Promise((wake) => setTimeout(wake, 3));
    const { body, headers } = render(seed, inputsOf(request, url), version);
    return new Response(hash(`stream ${seed}`) % 4 !== 0 ? body : streamed(body), { headers });
  },
};

function streamed(body) {
  const lines = body.split(/(?<=\n)/).map((line) => new TextEncoder().encode(line));
  return new ReadableStream({
    pull(controller) {
      if (lines.length === 0) controller.close();
      else controller.enqueue(lines.shift());
    },
  });
}
