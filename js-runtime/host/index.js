// `ssr-host`: what an app can ask of the program that it runs in. Importing it asks for the render cache; who wants only `fly` imports
// `ssr-host/fly`.
//
// Under Node there is no such module: an app that also runs there imports it dynamically and goes without.

import { op_cache_asked, op_cache_purge } from "ext:core/ops";
import { fly } from "node:ssr-host/fly";

const SELECTORS = ["tag", "url", "prefix", "all"];
const EXPECTED = 'exactly one of { tag: "…" }, { url: "…" }, { prefix: "…" } and { all: true }';

/** Throws a TypeError that says what was given and what is expected. */
function refuse(what) {
  throw new TypeError(`ssr-host: cache.purge(): ${what}`);
}

/** `[selector, value]` */
function selected(options) {
  if (options === null || typeof options !== "object") refuse(`expected an object with ${EXPECTED}, not ${options === null ? "null" : typeof options}`);
  const unknown = Object.keys(options).find((name) => name !== "soft" && !SELECTORS.includes(name));
  if (unknown !== undefined) refuse(`there is no option \`${unknown}\`: expected ${EXPECTED}, and \`soft\``);
  const given = SELECTORS.filter((name) => options[name] !== undefined);
  if (given.length !== 1) refuse(`expected ${EXPECTED}, not ${given.length === 0 ? "none" : given.map((name) => `\`${name}\``).join(" and ")}`);
  const [selector] = given;
  const value = options[selector];
  if (selector === "all") return value === true ? [selector, ""] : refuse("`all` can only be `true`");
  if (typeof value !== "string" || value === "") refuse(`\`${selector}\` must be a string that is not empty`);
  return [selector, value];
}

export const cache = Object.freeze({
  /**
   * Has the cache forget pages; resolves when none of them is served any more.
   * @param {{tag: string} | {url: string} | {prefix: string} | {all: true}} options with `soft: true`, they become stale instead
   * @returns {Promise<void>}
   */
  async purge(options) {
    const [selector, value] = selected(options);
    const { soft = false } = options;
    if (typeof soft !== "boolean") refuse("`soft` must be `true` or `false`");
    await op_cache_purge(selector, value, soft);
  },
});

export { fly };

export default { cache, fly };

op_cache_asked();
