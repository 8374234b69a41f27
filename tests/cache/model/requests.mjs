/** Random requests for the pages of `tree.mjs`, with the inputs that an app must see of each. */
import { ALPHABET } from "./tree.mjs";

/** A generator of random numbers that can be repeated (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, pick: (list) => list[Math.floor(next() * list.length)], chance: (probability) => next() < probability };
}

/** Ways to write one parameter. All mean the same. */
const SPELLINGS = [(name, value) => `${name}=${value}`, (name, value) => `%${name.charCodeAt(0).toString(16)}${name.slice(1)}=${value}`, (name, value) => (value === "" ? name : `${name}=${value}&${name}=other`)];

/**
 * @param {ReturnType<typeof randomOf>} random
 * @param {string} prefix `/app`, or `/ruled` where the rules of RULES hold
 * @param {string} seed
 * @param {number} density how probable it is that an input is there
 */
export function randomRequest(random, prefix, seed, density) {
  const some = (kind) => Object.fromEntries(ALPHABET[kind].names.map((name) => [name, random.chance(1 - density) ? undefined : random.pick(ALPHABET[kind].values)]));
  const [header, cookie, query] = [some("header"), some("cookie"), some("query")];
  const host = random.pick(ALPHABET.host);
  const client = random.pick(ALPHABET.client);
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined).map(([name, value]) => random.pick(SPELLINGS)(name, value));
  if (random.chance(density / 3)) parameters.push(`extra=${random.pick(["1", "2"])}`);
  shuffle(random, parameters);
  const pairs = Object.entries({ ...cookie, session: random.chance(density / 3) ? "s" : undefined }).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
  shuffle(random, pairs);
  const headers = { host, "x-forwarded-for": client, ...defined(header), ...(pairs.length > 0 ? { cookie: pairs.join("; ") } : {}) };
  const seen = prefix === "/ruled" ? ruled({ header, cookie, query }) : { header, cookie, query };
  return {
    method: random.chance(0.05) ? "HEAD" : "GET",
    url: `/${prefix.slice(1)}/${seed}${parameters.length > 0 || random.chance(density / 5) ? `?${parameters.join("&")}` : ""}`,
    headers,
    seed,
    /** @type {import("./tree.mjs").Inputs} */
    inputs: { header: (name) => seen.header[name], cookie: (name) => seen.cookie[name], query: (name) => seen.query[name], host: () => host, client: () => client },
  };
}

/** The rules of the cache for `/ruled/*`, and (below) what they make of a request's inputs. */
export const RULES = `
[[cache.rules]]
path = "/ruled/*"
ttl = "60s"
ignore_query = ["utm_*"]
cookies = ["theme"]
headers = { accept-language = ["de", "en"] }
`;

function ruled({ header, cookie, query }) {
  const language = header["accept-language"] === "en" ? "en" : "de";
  return { header: { ...header, "accept-language": language }, cookie: { theme: cookie.theme }, query: { ...query, utm_x: undefined } };
}

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function shuffle(random, list) {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.next() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
}
