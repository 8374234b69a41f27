/** `node:path/posix`. The host runs on POSIX systems: this is also `node:path`. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { validateObject, validateString } from "ext:ssr_host/node/internal/validators.js";
import win32 from "ext:ssr_host/node/internal/win32.js";
import vendored from "ext:ssr_host/vendor/path.js";

/** `{ dir: "/a", name: "b", ext: "c" }` → `/a/b.c`: the package keeps Node 10's rule for the dot. */
function format(pathObject) {
  validateObject(pathObject, "pathObject");
  const { dir = pathObject.root, root, name = "", ext = "" } = pathObject;
  const base = pathObject.base || `${name}${ext && ext[0] !== "." ? `.${ext}` : ext}`;
  if (!dir) return base;
  return dir === root ? `${dir}${base}` : `${dir}/${base}`;
}

/** Node checks each argument with its own error. */
const checked = (fn, ...names) => (...args) => {
  names.forEach((name, i) => validateString(args[i], name));
  return fn(...args);
};
const checkedAll = (fn, name) => (...args) => {
  args.forEach((arg, i) => validateString(arg, name ?? `paths[${i}]`));
  return fn(...args);
};

const toNamespacedPath = (path) => path;

const posix = {
  resolve: checkedAll(vendored.resolve),
  normalize: checked(vendored.normalize, "path"),
  isAbsolute: checked(vendored.isAbsolute, "path"),
  join: checkedAll(vendored.join, "path"),
  relative: checked(vendored.relative, "from", "to"),
  toNamespacedPath,
  dirname: checked(vendored.dirname, "path"),
  basename: (path, suffix) => {
    if (suffix !== undefined) validateString(suffix, "suffix");
    validateString(path, "path");
    return vendored.basename(path, suffix);
  },
  extname: checked(vendored.extname, "path"),
  format,
  parse: checked(vendored.parse, "path"),
  matchesGlob: loudFunction("path", "matchesGlob"),
  sep: "/",
  delimiter: ":",
  win32,
  posix: null,
  _makeLong: toNamespacedPath,
};
posix.posix = posix;
win32.posix = posix;

export const {
  _makeLong, basename, delimiter, dirname, extname, isAbsolute, join, matchesGlob, normalize, parse, relative, resolve,
  sep,
} = posix;
export { format, posix, toNamespacedPath, win32 };
export default posix;
