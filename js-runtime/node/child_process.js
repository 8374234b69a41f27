/** `node:child_process`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const child_process = loudModule("child_process", {}, "an isolate starts no processes");
export const {
  ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync,
} = child_process;
export default child_process;
