/** Caches with the usual mistakes, in memory, that the test must find out; and none at all. */
import { render } from "./tree.mjs";

const wait = () => new Promise((wake) => setImmediate(wake));

/** A render as an app does it: the version is read first, the page comes later. */
async function rendered({ versions }, request) {
  const version = versions.get(request.seed) ?? 0;
  await wait();
  const { body, headers } = render(request.seed, request.inputs, version);
  return { status: 200, headers, body };
}

const isStored = ({ headers }) => /max-?age=60/.test(headers["cache-control"] ?? "") && !/private|no-store|no-cache/.test(headers["cache-control"]) && headers.vary !== "*";

/** A cache by key; `keyOf(request, answer)` is given the answer when it is stored. */
function cacheBy(keyOf, { invalidates = true, checksBirth = true } = {}) {
  return (database) => {
    const stored = new Map();
    const changed = new Map();
    let time = 0;
    return async (request) => {
      const url = request.headers.host + request.url;
      if (request.method === "POST") {
        await wait();
        if (invalidates) changed.set(url, (time += 1));
        return { status: 200, headers: {}, body: "changed" };
      }
      const found = stored.get(keyOf(request));
      if (found !== undefined && !(found.since < changed.get(url))) return request.method === "HEAD" ? { ...found.answer, body: "" } : found.answer;
      const since = (time += 1);
      const answer = await rendered(database, request);
      if (isStored(answer)) stored.set(keyOf(request), { since: checksBirth ? since : (time += 1), answer: { ...answer, headers: { ...answer.headers, "cache-status": "ssr-host; hit" } } });
      return request.method === "HEAD" ? { ...answer, body: "" } : answer;
    };
  };
}

const every = (request) => JSON.stringify([request.url, request.headers]);
const without = (...names) => (request) => JSON.stringify([request.url, Object.entries(request.headers).filter(([name]) => !names.includes(name))]);

export const NAIVE = {
  "has only the URL for a key": cacheBy((request) => request.url),
  "forgets the host": cacheBy(without("host")),
  "forgets a header": cacheBy(without("x-a")),
  "forgets cookies": cacheBy(without("cookie")),
  "shares between clients": cacheBy(without("x-forwarded-for")),
  "leaves the query out": cacheBy((request) => JSON.stringify([request.seed, request.headers])),
  "stores what others may not see": cacheBy(every),
  "does not hear of changes": cacheBy((request) => JSON.stringify([request.url, request.headers, "x"]), { invalidates: false }),
  "stores what was rendered before a change": cacheBy(every, { checksBirth: false }),
};

/** No cache. */
export const rendersAlways = (database) => async (request) => {
  if (request.method === "POST") return { status: 200, headers: {}, body: "changed" };
  const answer = await rendered(database, request);
  return request.method === "HEAD" ? { ...answer, body: "" } : answer;
};
