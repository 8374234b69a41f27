/**
 * `node:url`: the web's `URL`, the file URL conversions, and the legacy parser from the npm package url (loaded when
 * first called).
 */
import { core } from "ext:core/mod.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateObject, validateString } from "ext:ssr_host/node/internal/validators.js";

const { URL, URLSearchParams } = globalThis;
const lazyLegacy = core.createLazyLoader("ext:ssr_host/vendor/url.js");
const lazyPath = core.createLazyLoader("node:path/posix");

/**
 * The path of a `file:` URL. Source: `getPathFromURLPosix` in node/lib/internal/url.js.
 *
 * @param {string | URL} path
 */
export function fileURLToPath(path) {
  if (typeof path === "string") path = new URL(path);
  else if (!path?.href || !path.protocol || path.auth !== undefined || path.path !== undefined) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "path", ["string", "URL"], path);
  }
  if (path.protocol !== "file:") throw nodeError("ERR_INVALID_URL_SCHEME", "file");
  if (path.hostname !== "") throw nodeError("ERR_INVALID_FILE_URL_HOST", globalThis.process.platform);
  if (/%2f/i.test(path.pathname)) throw nodeError("ERR_INVALID_FILE_URL_PATH", "must not include encoded / characters");
  return decodeURIComponent(path.pathname);
}

/** What a path's character is in a URL, where the URL parser would take it for something else, and what Node escapes. */
const PATH_ESCAPES = {
  "%": "%25", "\\": "%5C", "\n": "%0A", "\r": "%0D", "\t": "%09", "?": "%3F", "#": "%23", "[": "%5B", "]": "%5D", "^": "%5E",
  "|": "%7C", "~": "%7E",
};

/** The `file:` URL of a path, made absolute. */
export function pathToFileURL(filepath) {
  validateString(filepath, "path");
  let resolved = lazyPath().resolve(filepath);
  if (filepath.endsWith("/") && !resolved.endsWith("/")) resolved += "/";
  return new URL(`file://${resolved.replace(/[%\\\n\r\t?#[\]^|~]/g, (character) => PATH_ESCAPES[character])}`);
}

/** The ASCII form of a domain; empty when it is not one. */
export function domainToASCII(domain) {
  const url = URL.parse?.(`ws://${domain}`) ?? null;
  return url?.hostname ?? "";
}

export function domainToUnicode(domain) {
  const ascii = domainToASCII(domain);
  return core.createLazyLoader("node:punycode")().toUnicode(ascii);
}

/** A URL as the options object of `http.request`. */
export function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname?.startsWith("[") ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href: url.href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

/** `url.format(URL, options)`: a `URL` without some of its parts. */
function formatURL(url, { fragment = true, unicode = false, search = true, auth = true }) {
  const copy = new URL(url.href);
  if (!fragment) copy.hash = "";
  if (!search) copy.search = "";
  if (!auth) copy.username = copy.password = "";
  return unicode ? copy.href.replace(copy.hostname, domainToUnicode(copy.hostname)) : copy.href;
}

export function format(value, options) {
  if (value instanceof URL) {
    if (options != null) validateObject(options, "options");
    return formatURL(value, options ?? {});
  }
  if (typeof value !== "string" && (value === null || typeof value !== "object")) {
    throw nodeError("ERR_INVALID_ARG_TYPE", "urlObject", ["Object", "string"], value);
  }
  return lazyLegacy().format(value);
}

/** @deprecated `new URL()` */
export function parse(value, parseQueryString, slashesDenoteHost) {
  if (value instanceof Url) return value;
  validateString(value, "url");
  return adopt(lazyLegacy().parse(value, parseQueryString, slashesDenoteHost));
}

/** @deprecated `new URL(to, from)` */
export function resolve(from, to) {
  return lazyLegacy().resolve(from, to);
}

/** @deprecated `new URL(to, from)` */
export function resolveObject(from, to) {
  return from ? adopt(lazyLegacy().resolveObject(from, to)) : to;
}

/** The legacy parser's result. Its methods are the package's. */
export function Url() {
  Object.assign(this, {
    protocol: null, slashes: null, auth: null, host: null, port: null, hostname: null, hash: null, search: null,
    query: null, pathname: null, path: null, href: null,
  });
}
Url.prototype.parse = function (...args) {
  return Object.assign(this, parse(...args));
};
Url.prototype.format = function () {
  return lazyLegacy().Url.prototype.format.call(this);
};
Url.prototype.resolve = function (relative) {
  return resolve(this, relative);
};
Url.prototype.resolveObject = function (relative) {
  return resolveObject(this, relative);
};

/** Gives a result of the package our class, so that `instanceof url.Url` holds. */
function adopt(result) {
  return Object.setPrototypeOf(result, Url.prototype);
}

export { URL, URLSearchParams };
export default {
  domainToASCII, domainToUnicode, fileURLToPath, format, parse, pathToFileURL, resolve, resolveObject, URL, Url,
  URLSearchParams, urlToHttpOptions,
};
