/**
 * A random page: a decision tree made of a seed, which reads one input of its request, and by its value decides what it reads next.
 * The same code renders in the apps (`apps/tree-*.mjs`) and in the test, which so knows what every request must be answered.
 * What a page may say of its caching comes from the seed and from what was read, as in real apps.
 */

/**
 * What a render asks of its request. Each gives a string, or undefined where there is nothing.
 * @typedef {object} Inputs
 * @property {(name: string) => string | undefined} header
 * @property {(name: string) => string | undefined} cookie
 * @property {(name: string) => string | undefined} query
 * @property {() => string} host
 * @property {() => string} client
 */

/** Names that trees read, and the few values that requests give them. Small, so that requests meet. */
export const ALPHABET = {
  header: { names: ["x-a", "x-b", "accept-language", "user-agent"], values: ["de", "en", "", undefined] },
  cookie: { names: ["theme", "lang"], values: ["dark", "light", undefined] },
  query: { names: ["p", "q", "utm_x"], values: ["1", "2", "", undefined] },
  host: ["a.test", "b.test", "a.test:81"],
  client: ["192.0.2.1", "192.0.2.2"],
};

/** 32 bits of a text: FNV-1a with a last mixing (murmur3), the same wherever it runs. */
export function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const pick = (list, text) => list[hash(text) % list.length];

/** How deep a tree reads at most. */
const DEPTH = 5;

/** Whether trees of that seed may read what makes a page private: cookies and the client's address. */
export const readsPrivate = (seed) => hash(`private ${seed}`) % 4 === 0;

/** Whether trees of that seed always allow to be stored. */
export const staysShared = (seed) => hash(`shared ${seed}`) % 2 === 0;

/**
 * @param {string} seed
 * @param {Inputs} inputs
 * @param {number | string} version of what the page shows
 * @returns {{body: string, headers: Record<string, string>, steps: string[]}}
 */
export function render(seed, inputs, version) {
  const steps = [];
  const kinds = readsPrivate(seed) ? ["header", "query", "host", "cookie", "client"] : ["header", "header", "query", "query", "host"];
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const here = `${seed} ${steps.join()}`;
    if (hash(`stop ${here}`) % 5 === 0) break;
    const kind = pick(kinds, `kind ${here}`);
    const name = kind === "host" || kind === "client" ? "" : pick(ALPHABET[kind].names, `name ${here}`);
    const value = name === "" ? inputs[kind]() : inputs[kind](name);
    steps.push(`${kind} ${name}=${value === undefined ? "(none)" : JSON.stringify(value)}`);
  }
  return { body: `<h1>${seed} ${version}</h1>\n${steps.join("\n")}\n`, headers: headersOf(seed, steps.join(), version), steps };
}

const SHARED = ["public, max-age=60", "s-maxage=60", "max-age=60, stale-while-revalidate=60", "max-age=0, stale-while-revalidate=60", "s-maxage=1, stale-if-error=5", "public"];
const ANYTHING = [...SHARED, "no-store", "private, max-age=60", "no-cache", "max-age=60, no-cache", "max-age=60, must-revalidate", undefined];
const VARIES = [undefined, undefined, "x-a", "accept-language, X-B", "x-unread", "Cookie", "*"];

function headersOf(seed, read, version) {
  const cacheControl = pick(staysShared(seed) ? SHARED : ANYTHING, `cache-control ${seed} ${read}`);
  const vary = pick(staysShared(seed) ? VARIES.slice(0, 5) : VARIES, `vary ${seed} ${read}`);
  const etag = hash(`etag ${seed}`) % 4 === 0 ? `"${hash(`${seed} ${read}`)}-${version}"` : undefined;
  return Object.fromEntries(Object.entries({ "cache-control": cacheControl, vary, etag, "content-type": "text/html" }).filter(([, value]) => value !== undefined));
}

/** What was read, by kind. */
export const readKinds = ({ steps }) => new Set(steps.map((step) => step.split(" ")[0]));
