/**
 * `@fastify/static` 7: declares the routes, so that the app's hooks run, and hands each file to the host, which
 * knows about conditional requests, ranges, types and compressed neighbours. Options that would have to see the
 * bytes (`list`) are refused. Roots and options of the files themselves are checked by the host (op_static_mount).
 */
import { core } from "ext:core/mod.js";
import { op_static_lookup, op_static_mount } from "ext:core/ops";
import { unsupported } from "ext:ssr_host/fastify/errors.js";
import { nativePlugin } from "ext:ssr_host/fastify/native-plugin.js";
import { FilePayload } from "ext:ssr_host/fastify/send.js";

const fs = core.createLazyLoader("node:fs");
const path = core.createLazyLoader("node:path");
const url = core.createLazyLoader("node:url");
const contentDisposition = core.createLazyLoader("ext:ssr_host/vendor/content-disposition.js");

/** Options of `@fastify/send`, which the host executes. */
const SEND_OPTIONS = [
  "acceptRanges",
  "cacheControl",
  "dotfiles",
  "etag",
  "extensions",
  "immutable",
  "index",
  "lastModified",
  "maxAge",
  "maxage",
];

/** Options that concern routes. */
const ROUTE_OPTIONS = [
  "root",
  "prefix",
  "prefixAvoidTrailingSlash",
  "wildcard",
  "serve",
  "serveDotFiles",
  "decorateReply",
  "schemaHide",
  "setHeaders",
  "redirect",
  "allowedPath",
  "preCompressed",
  "list",
  "constraints",
  // Read by Fastify's register().
  "logLevel",
  "logSerializers",
];

/** Answers of op_static_lookup. */
const NOT_FOUND = 0;
const REDIRECT = 2;
const FORBIDDEN = 3;

/** A plugin may be named through `options.name` (avvio); everything else must be known. */
function refuseUnknown(options) {
  for (const name of Object.keys(options)) {
    if (name === "name" || SEND_OPTIONS.includes(name) || ROUTE_OPTIONS.includes(name)) continue;
    throw unsupported(`@fastify/static: option \`${name}\``);
  }
  if (options.list) throw unsupported("@fastify/static: option `list`", "directory listings");
  if (options.constraints) throw unsupported("@fastify/static: option `constraints`");
}

function toPath(root) {
  return root instanceof URL && root.protocol === "file:" ? url().fileURLToPath(root) : root;
}

/** Throws upstream's errors for a wrong root; a root that is not there is a warning. */
function existingRoots(fastify, root) {
  if (root === undefined) throw new Error('"root" option is required');
  if (!Array.isArray(root) && typeof root !== "string") {
    throw new Error('"root" option must be a string or array of strings');
  }
  const roots = [root].flat();
  if (roots.length === 0) throw new Error('"root" option array requires one or more paths');
  if (new Set(roots).size !== roots.length) {
    throw new Error('"root" option array contains one or more duplicate paths');
  }
  return roots.filter((one) => checkRoot(fastify, one));
}

function checkRoot(fastify, root) {
  if (typeof root !== "string") throw new Error('"root" option must be a string');
  if (!path().isAbsolute(root)) throw new Error('"root" option must be an absolute path');
  let stats;
  try {
    stats = fs().statSync(root);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    fastify.log.warn(`"root" path "${root}" must exist`);
    return false;
  }
  if (!stats.isDirectory()) throw new Error('"root" option must point to a directory');
  return true;
}

function httpError(status, message) {
  const error = new Error(message);
  error.status = status;
  error.statusCode = status;
  return error;
}

/** `/dir` → `/dir/` with its query, for a redirect that stays on this host. */
function redirectUrl(from) {
  const parsed = new URL(`/${from.replace(/^[/\\]+/, "")}`, "http://localhost.com/");
  return parsed.pathname + (parsed.pathname.endsWith("/") ? "" : "/") + (parsed.search || "");
}

/** Directories with their options, as the host knows them; equal ones are mounted once. */
class Mounts {
  #mounts = new Map();
  #defaults;

  constructor(options) {
    this.#defaults = { redirect: options.redirect, preCompressed: options.preCompressed };
    for (const name of SEND_OPTIONS) this.#defaults[name] = options[name];
    // The host cannot call it; that it is there says that caching is the app's business.
    if (options.setHeaders !== undefined) this.#defaults.setHeaders = true;
  }

  /** The number of a mount; undefined when none of the roots is there. */
  of(roots, extra) {
    if (roots.length === 0) return undefined;
    const options = { ...this.#defaults, ...extra, root: roots.length === 1 ? roots[0] : roots };
    const key = JSON.stringify(options);
    if (!this.#mounts.has(key)) this.#mounts.set(key, op_static_mount(JSON.parse(key)));
    return this.#mounts.get(key);
  }
}

/** The response object that `setHeaders` gets: headers of the reply, before the host adds its own. */
function headerTarget(reply, filename) {
  return {
    filename,
    getHeader: (name) => reply.getHeader(name),
    setHeader: (name, value) => reply.header(name, value),
    removeHeader: () => {},
    get statusCode() {
      return reply.statusCode;
    },
    set statusCode(code) {
      reply.code(code);
    },
  };
}

/**
 * The file that the host will find, for `setHeaders`. One of an earlier build (`static.previous`) is where only the host can look: it
 * is shown as if it were still in the first root, without size and times.
 */
function resolveFile(roots, pathname, options) {
  const gone = () => new (fs().Stats)(new Proxy({}, { get: (_, name) => (name === "mode" ? 0o100644 : 0) }));
  return fileIn(roots, pathname, options) ?? [path().join(roots[0], pathname), gone()];
}

function fileIn(roots, pathname, { index = ["index.html"], extensions = [] }) {
  for (const root of roots) {
    const base = path().join(root, pathname);
    const names = pathname.endsWith("/") ? [index || []].flat() : ["", ...[extensions || []].flat().map((e) => `.${e}`)];
    for (const name of names) {
      const file = pathname.endsWith("/") ? path().join(base, name) : base + name;
      try {
        const stats = fs().statSync(file);
        if (stats.isFile()) return [file, stats];
      } catch {
        // The next candidate.
      }
    }
  }
  return undefined;
}

async function fastifyStatic(fastify, options) {
  refuseUnknown(options);
  options.root = Array.isArray(options.root) ? options.root.map(toPath) : toPath(options.root);
  const roots = existingRoots(fastify, options.root);
  const { setHeaders, allowedPath } = options;
  if (setHeaders !== undefined && typeof setHeaders !== "function") {
    throw new TypeError("The `setHeaders` option must be a function");
  }
  options.dotfiles ??= "allow";
  options.prefix ??= "/";
  const endsOpen = options.prefixAvoidTrailingSlash || options.prefix.endsWith("/");
  const prefix = endsOpen ? options.prefix : `${options.prefix}/`;
  const mounts = new Mounts(options);
  const defaultMount = mounts.of(roots);

  /** Answers with a file, or leaves the request to the not-found handler. */
  function send(request, reply, file, ownRoots, extra) {
    const pathname = file.startsWith("/") ? file : `/${file}`;
    const searched = ownRoots ?? roots;
    if (allowedPath && !allowedPath(pathname, searched[0], request)) return reply.callNotFound();
    const mount = ownRoots === undefined && extra === undefined ? defaultMount : mounts.of(searched, extra);
    if (pathname.includes("\0")) return reply.send(httpError(400, "Bad Request"));
    const found = mount === undefined ? NOT_FOUND : op_static_lookup(mount, pathname);
    if (found === NOT_FOUND) return reply.callNotFound();
    if (found === FORBIDDEN) return reply.send(httpError(403, "Forbidden"));
    if (found === REDIRECT) return reply.redirect(redirectUrl(request.url), 301);
    if (setHeaders !== undefined) {
      const file = resolveFile(searched, pathname, { ...options, ...extra });
      setHeaders(headerTarget(reply, file[0]), ...file);
    }
    reply.send(new FilePayload(mount, pathname));
  }

  if (options.decorateReply !== false) {
    fastify.decorateReply("sendFile", function (filePath, rootPath, extra) {
      const own = typeof rootPath === "object" ? rootPath : extra;
      const root = typeof rootPath === "string" ? rootPath : own?.root;
      send(this.request, this, filePath, root === undefined ? undefined : [root].flat(), sendOptions(own));
      return this;
    });
    fastify.decorateReply("download", function (filePath, fileName, extra = {}) {
      const { root, ...own } = typeof fileName === "object" ? fileName : extra;
      const name = typeof fileName === "string" ? fileName : filePath;
      this.header("content-disposition", contentDisposition().default(name));
      send(this.request, this, filePath, root === undefined ? undefined : [root].flat(), sendOptions(own));
      return this;
    });
  }
  if (options.serve === false) return;
  if (options.wildcard !== undefined && typeof options.wildcard !== "boolean") {
    throw new Error('"wildcard" option must be a boolean');
  }
  if (options.wildcard === false) {
    declareFiles({ fastify, options, prefix, roots, send });
    return;
  }
  fastify.route({
    method: ["HEAD", "GET"],
    path: `${prefix}*`,
    handler(request, reply) {
      send(request, reply, `/${request.params["*"]}`);
    },
  });
  if (options.redirect === true && prefix !== options.prefix) {
    fastify.get(options.prefix, (request, reply) => {
      reply.redirect(redirectUrl(request.url), 301);
    });
  }
}

/** Options of one `sendFile` call; undefined when there are none. */
function sendOptions(own) {
  if (!own) return undefined;
  const extra = {};
  for (const name of SEND_OPTIONS) if (own[name] !== undefined) extra[name] = own[name];
  return Object.keys(extra).length > 0 ? extra : undefined;
}

/** `wildcard: false`: a route for each file that is there at start. */
function declareFiles({ fastify, options, prefix, roots, send }) {
  const indexes = options.index === undefined ? ["index.html"] : [options.index].flat();
  const indexDirs = new Map();
  const routes = new Set();
  const declare = (route, file, root) => {
    fastify.route({
      method: ["HEAD", "GET"],
      url: route,
      config: { file, rootPath: root },
      handler(request, reply) {
        send(request, reply, file, [root]);
      },
    });
  };
  for (const root of roots) {
    for (const file of filesUnder(root, options.serveDotFiles === true)) {
      const route = prefix + file;
      if (routes.has(route)) continue;
      routes.add(route);
      declare(route, `/${file}`, root);
      const name = path().posix.basename(route);
      if (indexes.includes(name) && !indexDirs.has(name)) indexDirs.set(path().posix.dirname(route), root);
    }
  }
  for (const [directory, root] of indexDirs) {
    const route = directory + (directory.endsWith("/") ? "" : "/");
    const file = `/${route.replace(prefix, "")}`;
    declare(route, file, root);
    if (options.redirect === true) declare(route.replace(/\/$/u, ""), file.replace(/\/$/u, ""), root);
  }
}

/** Paths of all files, relative to `root`, sorted. */
function filesUnder(root, withDotFiles, relative = "") {
  const files = [];
  for (const name of fs().readdirSync(path().join(root, relative)).sort()) {
    if (name.startsWith(".") && !withDotFiles) continue;
    const own = relative + name;
    if (fs().statSync(path().join(root, own)).isDirectory()) files.push(...filesUnder(root, withDotFiles, `${own}/`));
    else files.push(own);
  }
  return files;
}

export default nativePlugin(fastifyStatic, "@fastify/static", "fastifyStatic");
export { fastifyStatic };
