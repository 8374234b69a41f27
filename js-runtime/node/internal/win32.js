/**
 * The object `path.win32`: only its separators. No maintained package has Node's Windows paths, and an app that runs
 * here has POSIX ones.
 */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const win32 = loudModule("path/win32", { sep: "\\", delimiter: ";" });
win32.win32 = win32;

export default win32;
