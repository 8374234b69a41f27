/** The mistakes of `shop.mjs` in a fetch handler, and every way to read a `Request`. An answer is a function of the request. */

const HEADERS = { "cache-control": "public, max-age=60", "content-type": "text/html; charset=utf-8" };

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Routes by the end of their paths. Each gives what its page says. */
const ROUTES = {
  "/plain": () => "<h1>the same for everybody</h1>",
  "/get": ({ headers }) => headers.get("x-any"),
  "/has": ({ headers }) => headers.has("x-any"),
  "/entries": ({ headers }) => JSON.stringify([...headers]),
  "/for-each": ({ headers }) => {
    const seen = [];
    headers.forEach((value, name) => seen.push(name, value));
    return seen.join();
  },
  "/keys": ({ headers }) => [...headers.keys()].join(),
  "/values": ({ headers }) => [...headers.values()].join(),
  "/copied": ({ headers }) => new Headers(headers).get("x-any"),
  "/from-entries": ({ headers }) => Object.fromEntries(headers)["x-any"],
  "/cloned": (request) => request.clone().headers.get("x-any"),
  "/wrapped": (request) => new Request(request, { headers: { "x-own": "1", ...Object.fromEntries(request.headers) } }).headers.get("x-any"),
  "/rewrapped": (request) => new Request(request).headers.get("x-any"),
  "/elsewhere": (request) => new Request("https://other.test/", request).headers.get("x-any"),
  "/late": async ({ headers }) => {
    await sleep(5);
    return headers.get("x-any");
  },
  "/adaptive": ({ headers }) => `${headers.get("x-first")} ${headers.get("x-first") === "a" ? headers.get("x-any") : headers.get("x-second")}`,
  "/cookie": ({ headers }) => headers.get("cookie"),
  "/host-header": ({ headers }) => headers.get("host"),
  "/forwarded-host": ({ headers }) => headers.get("x-forwarded-host") ?? headers.get("host"),
  "/url": ({ url }) => url,
  "/host": ({ url }) => new URL(url).host,
  "/origin": ({ url }) => new URL(url).origin,
  "/search": ({ url }) => new URL(url).search,
  "/parameter": ({ url }) => new URL(url).searchParams.get("callback"),
  "/parameters": ({ url }) => new URL(url).searchParams.getAll("callback").join(),
  "/all-parameters": ({ url }) => JSON.stringify([...new URL(url).searchParams]),
  "/method": ({ method }) => method,
};

/** A page that reads on while it is sent. */
function streamed({ headers }) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode("<h1>a page</h1>"));
      await sleep(20);
      if (headers.get("x-fail") !== null) return controller.error(new Error("broke off"));
      controller.enqueue(encoder.encode(`says ${headers.get("x-any")}`));
      controller.close();
    },
  });
}

export default {
  async fetch(request) {
    const [path] = request.url.replace(/^https?:\/\/[^/]*/, "").split("?");
    const route = path.slice(path.indexOf("/", 1));
    if (route === "/stream") return new Response(streamed(request), { headers: HEADERS });
    if (!Object.hasOwn(ROUTES, route)) return new Response(`there is no ${path}`, { status: 404, headers: HEADERS });
    return new Response(`says ${await ROUTES[route](request)}`, { headers: HEADERS });
  },
};
