// `ssr-host/fly`, and `fly` of `ssr-host`: the machine of Fly.io that the app runs on, and requests that another one is to answer.
//
// A request is sent elsewhere by Fly's proxy, which is told so by a header of the answer
// (https://fly.io/docs/networking/dynamic-request-routing/). Where there is no such proxy, and where the request is where it should be,
// `fly.replay()` has nothing to return and the app answers: so it is the same code on a laptop, in the primary region and elsewhere.

import { op_fly } from "ext:core/ops";

/** The code of a region ("fra"), or what stands for several ("eu", "apac", "any"). */
const REGION = /^[a-z]{2,4}$/;
const MACHINE = /^[0-9a-z]{4,32}$/;
const APP = /^[a-z0-9][a-z0-9-]{0,62}$/;
const TIMEOUT = /^[1-9][0-9]{0,5}(ms|s)$/;
/** What `encodeURIComponent` leaves or makes, and no character that has a meaning in the header. */
const STATE = /^[A-Za-z0-9\-_.!~*'()%:/+]{1,512}$/;

/** Names of the options, and what they are called in the header. */
const FIELDS = {
  region: { field: "region", isGood: isRegions, expected: 'a region such as "fra", or several in order of preference: ["fra", "any"]' },
  machine: { field: "instance", isGood: (value) => matches(MACHINE, value), expected: "the id of a machine" },
  preferMachine: { field: "prefer_instance", isGood: (value) => matches(MACHINE, value), expected: "the id of a machine" },
  app: { field: "app", isGood: (value) => matches(APP, value), expected: "the name of an app" },
  elsewhere: { field: "elsewhere", isGood: (value) => typeof value === "boolean", expected: "`true` or `false`" },
  state: { field: "state", isGood: (value) => matches(STATE, value), expected: "a string of at most 512 characters as `encodeURIComponent` makes them" },
  timeout: { field: "timeout", isGood: (value) => matches(TIMEOUT, value), expected: 'a duration such as "10s" or "800ms"' },
  fallback: { field: "fallback", isGood: (value) => ["force_self", "prefer_self"].includes(value), expected: '"force_self" or "prefer_self"' },
};

/** Options by the names that Fly has for them, and what the proxy takes only in another form. */
const HINTS = {
  instance: "it is called `machine`",
  prefer_instance: "it is called `preferMachine`",
  transform: "answer with a body of type application/vnd.fly.replay+json",
  cache: "answer with a body of type application/vnd.fly.replay+json",
};

/** @returns {never} */
function refuse(what) {
  throw new TypeError(`ssr-host: fly.replay(): ${what}`);
}

function matches(pattern, value) {
  return typeof value === "string" && pattern.test(value);
}

function isRegions(value) {
  return Array.isArray(value) ? value.length > 0 && value.every((one) => matches(REGION, one)) : matches(REGION, value);
}

function shown(value) {
  return typeof value === "string" ? `\`${JSON.stringify(value).slice(1, -1)}\`` : `\`${String(value)}\``;
}

/** The options that are set, checked. */
function checked(options) {
  if (options === null || typeof options !== "object") refuse(`expected an object such as { region: "fra" }, not ${options === null ? "null" : typeof options}`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field === undefined) {
      const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : `expected one of ${Object.keys(FIELDS).join(", ")}`;
      refuse(`there is no option \`${name}\`: ${hint}`);
    }
    if (!field.isGood(value)) refuse(`\`${name}\` is ${shown(value)}: expected ${field.expected}`);
  }
  const target = Object.fromEntries(given);
  if (target.machine !== undefined && target.preferMachine !== undefined) refuse("`machine` and `preferMachine` exclude each other");
  if (target.machine !== undefined && target.elsewhere === true) refuse("`machine` and `elsewhere` exclude each other");
  return target;
}

/** Whether a request that is to be there is there already. */
function isHere(target, here) {
  const { app, region, machine, preferMachine, elsewhere } = target;
  const first = Array.isArray(region) ? region[0] : region;
  const wanted = [[app, here.app], [first, here.region], [machine ?? preferMachine, here.machine]];
  return elsewhere !== true && wanted.every(([there, own]) => there === undefined || there === own);
}

/** `region="fra,any";app=shop` */
function toHeader(target) {
  const value = (value) => (Array.isArray(value) && value.length > 1 ? `"${value.join(",")}"` : String(value));
  return Object.entries(target).map(([name, given]) => `${FIELDS[name].field}=${value(given)}`).join(";");
}

/** A header of a request of Fastify, of node:http, or of the web. */
function header(request, name) {
  const { headers } = request;
  const isOfWeb = Object.prototype.toString.call(request) === "[object Request]";
  return (isOfWeb ? headers.get(name) : headers[name]) ?? undefined;
}

/** The fields of `a=b;c=d`; of one that is there twice, the first. */
function fields(text) {
  const result = { __proto__: null };
  for (const pair of text.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0) result[pair.slice(0, at).trim()] ??= pair.slice(at + 1).trim();
  }
  return result;
}

let machine;

/** The machine; an object without anything elsewhere. */
function here() {
  return (machine ??= op_fly() ?? { isNone: true });
}

export const fly = Object.freeze({
  /** The name of the app; undefined elsewhere than on Fly.io, as the others. @returns {string | undefined} */
  get app() {
    return here().app ?? undefined;
  },

  /** Where this machine is, such as "fra". @returns {string | undefined} */
  get region() {
    return here().region ?? undefined;
  },

  /** The id of this machine. @returns {string | undefined} */
  get machine() {
    return here().machine ?? undefined;
  },

  /** Where the app's database is written to (PRIMARY_REGION). @returns {string | undefined} */
  get primaryRegion() {
    return here().primaryRegion ?? undefined;
  },

  /**
   * The answer with which Fly's proxy sends the request to another machine. `undefined`: it is to be answered here, because this is no
   * machine of Fly.io or the one that was asked for. Bodies of more than 1 MB, and requests that were sent elsewhere ten times, it does not send.
   * @param {{region?: string | string[], machine?: string, preferMachine?: string, app?: string, elsewhere?: boolean,
   *   state?: string, timeout?: string, fallback?: "force_self" | "prefer_self"}} target
   * @returns {Response | undefined}
   */
  replay(target) {
    const options = checked(target);
    const own = here();
    if (own.isNone) return undefined;
    const { region, machine, preferMachine, app, elsewhere } = options;
    if ((region ?? machine ?? preferMachine ?? app) === undefined && elsewhere !== true) {
      refuse("nothing says where to: expected `region`, `machine`, `preferMachine`, `app` or `elsewhere: true`");
    }
    if (isHere(options, own)) return undefined;
    // 409, as Fly's own library for Ruby: whoever sees it has come past the proxy, and must not take it for a success.
    return new Response(null, { status: 409, headers: { "fly-replay": toHeader(options) } });
  },

  /**
   * From where a request was sent here by `fly.replay()`, as the request says. It counts as a header that was read.
   * @returns {{machine?: string, region?: string, state?: string, at?: Date} | undefined}
   */
  replayedFrom(request) {
    const text = header(request, "fly-replay-src");
    if (text === undefined) return undefined;
    const { instance, region, state, t } = fields(text);
    const at = /^[0-9]{13,17}$/.test(t ?? "") ? new Date(Math.floor(Number(t) / 1000)) : undefined;
    return { machine: instance, region, state, at };
  },

  /**
   * Why a request that was sent away with a `fallback` has come back, as the request says. Such a one must be answered here.
   * @returns {{reason?: string, machine?: string, region?: string, app?: string} | undefined}
   */
  replayFailed(request) {
    const text = header(request, "fly-replay-failed");
    if (text === undefined) return undefined;
    const { reason, instance, region, app } = fields(text);
    return { reason, machine: instance, region, app };
  },
});

export default { fly };
