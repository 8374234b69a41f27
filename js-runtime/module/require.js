// CommonJS: `require`, its cache, and the function that every CommonJS file is wrapped in. Resolution is Rust's, with Node's
// algorithm; what is not found or not supported is an error that names it.

import { core } from "ext:core/mod.js";
import { op_cjs_location, op_process_info, op_require_resolve } from "ext:core/ops";
import { validateString } from "ext:ssr_host/node/internal/validators.js";

/** Loaded CommonJS modules by path, as `require.cache`. */
const cache = Object.create(null);

class Module {
  constructor(id, parent) {
    this.id = id;
    this.path = id.slice(0, Math.max(1, id.lastIndexOf("/")));
    this.exports = {};
    this.filename = id;
    this.loaded = false;
    this.children = [];
    this.paths = [];
    this.parent = parent;
  }

  require(specifier) {
    return createRequire(this.filename, this)(specifier);
  }
}

/**
 * Node's `module.createRequire(filename)`.
 * @param {string | URL} filename  path or `file:` URL of the file on whose behalf modules are required
 */
export function createRequire(filename, parent = undefined) {
  const from = String(filename);
  const require = (specifier) => {
    validateString(specifier, "id");
    if (specifier === "") {
      const error = new TypeError("The argument 'id' must be a non-empty string. Received ''");
      throw Object.assign(error, { code: "ERR_INVALID_ARG_VALUE" });
    }
    return load(op_require_resolve(specifier, from), specifier, parent);
  };
  require.resolve = (specifier) => {
    const { kind, path } = op_require_resolve(String(specifier), from);
    return kind === "builtin" ? path.replace(/^node:/, specifier.startsWith("node:") ? "node:" : "") : path;
  };
  require.cache = cache;
  require.main = mainModule;
  require.extensions = Object.create(null);
  return require;
}

/** The bundle's entry, when that is CommonJS. */
let mainModule;

/** The exports of the CommonJS file at `path`, for an ES module that imports it. */
export function requireFile(path) {
  return load(op_require_resolve(path, path), path, undefined);
}

function load({ kind, path, source }, specifier, parent) {
  if (kind === "builtin") return builtin(path);
  const cached = cache[path];
  if (cached !== undefined) return cached.exports;
  if (kind === "esm") {
    throw Object.assign(new Error(`require() of ES Module ${path} from ${parent?.filename ?? "a CommonJS file"} not supported. Use import() instead.`), {
      code: "ERR_REQUIRE_ESM",
    });
  }
  if (kind === "addon") {
    throw Object.assign(new Error(`Native addons are not supported by ssr-host: ${path} (required as '${specifier}')`), { code: "ERR_DLOPEN_FAILED" });
  }
  const module = new Module(path, parent);
  if (parent === undefined && mainModule === undefined && path === op_process_info().argv[1]) {
    mainModule = module;
    module.id = ".";
    module.parent = null;
  }
  cache[path] = module;
  try {
    if (kind === "json") module.exports = parseJson(path, source);
    else run(module, source);
  } catch (error) {
    delete cache[path];
    throw error;
  }
  module.loaded = true;
  parent?.children.push(module);
  return module.exports;
}

function builtin(specifier) {
  const namespace = core.createLazyLoader(specifier)();
  return namespace.default ?? namespace;
}

function parseJson(path, source) {
  try {
    return JSON.parse(source.replace(/^\ufeff/, ""));
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  }
}

function run(module, source) {
  const body = source.replace(/^\ufeff/, "").replace(/^#!.*/, "");
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${body}\n})`;
  const url = new URL(`file://${encodeURI(module.filename).replace(/[?#]/g, encodeURIComponent)}`).href;
  const [compiled, failure] = core.evalContext(wrapped, url);
  if (failure) throw located(failure.thrown, wrapped, url);
  compiled.call(module.exports, module.exports, createRequire(module.filename, module), module, module.filename, module.path);
}

/** A syntax error says what is wrong but not where: V8 tells only the one who compiles. */
function located(error, wrapped, url) {
  const place = op_cjs_location(wrapped, url);
  if (place !== null && error instanceof SyntaxError) error.message += ` (${place})`;
  return error;
}
