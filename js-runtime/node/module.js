/**
 * `node:module`: `createRequire`, and which modules are built in. Resolution and loading are the host's
 * (js-runtime/module/require.js); the internals of Node's loader are absent.
 */
import { createRequire as create } from "ext:ssr_host/module/require.js";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { IMPORT_ONLY, SUPPORTED, UNSUPPORTED, UNSUPPORTED_PREFIX_ONLY } from "ext:ssr_host/node/unsupported.js";

/** All names that Node 20 has: a package that asks wants to know what is no npm package. */
export const builtinModules = Object.freeze([...SUPPORTED, ...IMPORT_ONLY, ...UNSUPPORTED].sort());

/** A `require` for ES modules. */
export function createRequire(filename) {
  const isUrl = filename instanceof URL || (typeof filename === "string" && filename.startsWith("file:"));
  if (!isUrl && (typeof filename !== "string" || !filename.startsWith("/"))) {
    throw nodeError("ERR_INVALID_ARG_VALUE", "filename", filename,
      "must be a file URL object, file URL string, or absolute path string");
  }
  return create(`${filename}`);
}

export function isBuiltin(name) {
  if (typeof name !== "string") return false;
  if (!name.startsWith("node:")) return builtinModules.includes(name);
  return builtinModules.includes(name.slice(5)) || UNSUPPORTED_PREFIX_ONLY.includes(name.slice(5));
}

const loud = (name) => loudFunction("module", name);

/** Node's loader class: only its static functions above work. */
export const Module = loud("Module");
export const findSourceMap = loud("findSourceMap");
export const register = loud("register");
export const runMain = loud("runMain");
export const SourceMap = loud("SourceMap");
export const syncBuiltinESMExports = loud("syncBuiltinESMExports");
Object.assign(Module, {
  builtinModules, createRequire, findSourceMap, isBuiltin, Module, register, runMain, SourceMap, syncBuiltinESMExports,
});
for (const name of ["_findPath", "_initPaths", "_load", "_nodeModulePaths", "_resolveFilename", "_resolveLookupPaths"]) {
  Module[name] = loud(name);
}

export default Module;
