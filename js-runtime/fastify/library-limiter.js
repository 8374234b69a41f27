/**
 * `fastifyRateLimit` of `@composable-svelte/core/ssr`, which is bundled into apps and counts in each isolate for itself. Its
 * hook is recognised when it is added, by what it says and then by what it does, and one that counts in the host
 * takes its place: same headers, same body, one count.
 *
 * It is asked about addresses that no client has (RFC 5737, RFC 3849). What it remembers of them it forgets by itself.
 */
import { op_limiter, op_limiter_hit } from "ext:core/ops";
import { unrecorded } from "ext:ssr_host/reads.js";

/** Strings of the hook that no minifier changes. */
const SAYS = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Too Many Requests"];

const ADDRESS = "192.0.2.1";
/** Neighbours of each other: a key that stands for more than one address puts them together. */
const OTHERS = ["192.0.2.2", "2001:db8::1", "2001:db8::2"];
/** A refusal is seen by exhausting the limit of one address: up to here. */
const MAX = 10_000;
const ATTEMPTS = 20;

class Unrecognised extends Error {}

/** It reads what the library's reads, but its refusal was not seen. */
class Unrefusing extends Unrecognised {}

/** Throws `reason` unless `condition` holds. */
function expect(condition, reason = "it does not do what the library's does") {
  if (!condition) throw new Unrecognised(reason);
}

/** Calls the hook with stand-ins for a request of `ip` and its reply; what it did with them. */
function observe(hook, ip) {
  const seen = { read: new Set(), headers: [], status: undefined, payload: undefined, unknown: false };
  const request = new Proxy({}, {
    get(_, name) {
      seen.read.add(String(name));
      return name === "ip" ? ip : undefined;
    },
    has: (_, name) => void seen.read.add(String(name)),
    ownKeys: () => (seen.read.add("(everything)"), []),
  });
  const methods = {
    header: (name, value) => (seen.headers.push([name, value]), reply),
    status: (code) => ((seen.status = code), reply),
    send: (payload) => ((seen.payload = payload), reply),
  };
  const reply = new Proxy(methods, {
    get(_, name) {
      if (!Object.hasOwn(methods, name)) seen.unknown = true;
      return methods[name];
    },
  });
  seen.before = Date.now();
  Promise.resolve(hook(request, reply)).catch(() => {});
  seen.after = Date.now();
  const others = [...seen.read].filter((name) => name !== "ip");
  expect(others.length === 0, `its key is made from \`request.${others[0]}\``);
  expect(!seen.unknown);
  return seen;
}

/** The three headers of an answer that was let through. */
function passed(hook, ip) {
  const { headers, payload, before, after } = observe(hook, ip);
  expect(payload === undefined && headers.length === 3 && headers.every(([name], i) => name === SAYS[i]));
  const [max, remaining, reset] = headers.map(([, value]) => value);
  return { max, remaining, reset, before, after };
}

/** Length of a window, from an answer that took no time. */
function windowOf(hook) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { reset, before, after } = passed(hook, `198.51.100.${attempt}`);
    if (before === after) return Date.parse(reset) - before;
  }
  throw new Unrecognised("the length of its window cannot be observed");
}

/** What it answers when it refuses. */
function refusalOf(hook, max, reset) {
  const { headers, status, payload, before, after } = observe(hook, ADDRESS);
  expect(headers.length === 4 && headers.every(([name], i) => name === SAYS[i]));
  const [limit, remaining, until, retryAfter] = headers.map(([, value]) => value);
  expect(limit === max && remaining === 0 && until === reset && Number.isInteger(status));
  const seconds = (now) => Math.ceil((Date.parse(reset) - now) / 1000);
  expect(retryAfter <= seconds(before) && retryAfter >= seconds(after));
  expect(Object.keys(payload ?? {}).join() === "error,message,retryAfter");
  expect(payload.error === SAYS[4] && typeof payload.message === "string" && payload.retryAfter === retryAfter);
  return { status, message: payload.message };
}

/** Everything that the hook is made of, or an Unrecognised. */
function examine(hook) {
  const { max, remaining, reset } = passed(hook, ADDRESS);
  expect(Number.isInteger(max) && max >= 1 && remaining === max - 1);
  for (const ip of OTHERS) {
    expect(passed(hook, ip).remaining === max - 1, "its key stands for more than one address");
  }
  const windowMs = windowOf(hook);
  expect(Number.isInteger(windowMs) && windowMs > 0);
  if (max > MAX) throw new Unrefusing(`its limit is above ${MAX}, so that no refusal can be observed`);
  for (let left = max - 2; left >= 0; left--) {
    const next = passed(hook, ADDRESS);
    expect(next.remaining === left && next.reset === reset, "its key is not the address, or its window is too short to observe");
  }
  return { max, windowMs, ...refusalOf(hook, max, reset) };
}

const duration = (ms) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);

/** The hook that takes its place. */
function counting({ max, windowMs, status, message }) {
  const limiter = op_limiter({ name: `fastifyRateLimit ${max}`, counting: "allowed", windowMs, maxKeys: null });
  return async (request, reply) => {
    const [count, reset, now, refused] = op_limiter_hit(limiter, String(unrecorded(() => request.ip)), max, -1);
    reply.header("X-RateLimit-Limit", max);
    reply.header("X-RateLimit-Remaining", refused ? 0 : max - count);
    reply.header("X-RateLimit-Reset", new Date(reset).toISOString());
    if (!refused) return;
    const retryAfter = Math.ceil((reset - now) / 1000);
    reply.header("Retry-After", retryAfter);
    reply.status(status).send({ error: SAYS[4], message, retryAfter });
  };
}

/**
 * The hook to use for `hook`: itself, unless it is the library's limiter.
 * @param {Function} hook an onRequest hook
 * @param {object} server its `this`
 * @param {{takenOver: string[], notTakenOver: string[]}} notes what `ssr-host check` says
 */
export function takeOver(hook, server, notes) {
  const text = Function.prototype.toString.call(hook);
  if (!SAYS.every((one) => text.includes(one))) return hook;
  try {
    const found = examine((request, reply) => hook.call(server, request, reply));
    const rate = `${found.max} requests per ${duration(found.windowMs)}`;
    notes.takenOver.push(`rate limit of the app: ${rate} and client address, counted across isolates`);
    return counting(found);
  } catch (error) {
    if (!(error instanceof Unrecognised)) throw error;
    notes.notTakenOver.push(`rate limit of the app (fastifyRateLimit): each isolate counts for itself, because ${error.message}`);
    if (!(error instanceof Unrefusing)) return hook;
    // What it reads of the client decides about a refusal and not about a page.
    return function (request, reply) {
      return unrecorded(() => hook.call(this, request, reply));
    };
  }
}
