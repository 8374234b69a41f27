/** `node:path/win32`: see internal/win32.js. */
import posix from "node:path/posix";
import win32 from "ext:ssr_host/node/internal/win32.js";

export const {
  _makeLong, basename, delimiter, dirname, extname, format, isAbsolute, join, matchesGlob, normalize, parse, relative,
  resolve, sep, toNamespacedPath,
} = win32;
export { posix, win32 };
export default win32;
