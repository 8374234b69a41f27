/** `node:path`: the npm package path-browserify (Node's own POSIX code), with the separators of Windows' paths. */
import posix from "node:path/posix";
import win32 from "ext:ssr_host/node/internal/win32.js";

export const {
  _makeLong, basename, delimiter, dirname, extname, format, isAbsolute, join, matchesGlob, normalize, parse, relative,
  resolve, sep, toNamespacedPath,
} = posix;
export { posix, win32 };
export default posix;
