/**
 * Where a request goes: the destination that `reply.from` is given, against the base of the plugin (buildURL of
 * `@fastify/reply-from`, lib/utils.js), and what must not be in it.
 */

/** More layers of percent-encoding than this are no address but an attempt. */
const MOST_LAYERS = 4;

/** Is `..` a segment of the path, as `/`, `\` and `;` divide it? */
const climbs = (path) => path.includes("..") && path.split(/[/\\]/).some((segment) => segment.split(";", 1)[0] === "..");

const decodeOnce = (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Would the path leave its prefix, for whoever decodes it, however often? Later versions of the package refuse that as well
 * (`@fastify/http-proxy` 11.6, validateDestination).
 * @param {string} path
 */
export function isTraversal(path) {
  if (climbs(path)) return true;
  for (let layer = 0; path.includes("%"); layer++) {
    const decoded = decodeOnce(path);
    if (decoded === path) return false;
    if (layer === MOST_LAYERS || climbs(decoded)) return true;
    path = decoded;
  }
  return false;
}

/** What is thrown for such a path, with the words of the package. */
export function invalidCharacters() {
  const error = new Error("source/request contain invalid characters");
  error.statusCode = 400;
  return error;
}

/**
 * The URL of `source` below `base`.
 * @param {string} source
 * @param {string | undefined} base
 */
export function buildUrl(source, base) {
  if (isTraversal(source.split("?", 1)[0])) throw invalidCharacters();
  let start = base ? new URL(base).href : undefined;
  // What begins with two slashes would name another host.
  if (start && source.startsWith("//")) source = `.${source}`;
  const url = new URL(source, base);
  if (start === undefined) return url;
  if (!start.endsWith("/") && url.href.length > start.length) start += "/";
  if (!url.href.startsWith(start)) throw new Error("source must be a relative path string");
  return url;
}

/** The last `limit` URLs that were built. */
export class UrlCache {
  #urls = new Map();
  #limit;

  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {string} source @param {string | undefined} base */
  get(source, base) {
    const key = `${base} ${source}`;
    const known = this.#urls.get(key);
    if (known !== undefined) return known;
    const url = parts(buildUrl(source, base));
    if (this.#urls.size >= this.#limit) this.#urls.delete(this.#urls.keys().next().value);
    this.#urls.set(key, url);
    return url;
  }
}

/** What is needed of a URL, read once. */
export const parts = ({ protocol, host, origin, pathname, search }) => ({ protocol, host, origin, pathname, search });
