// What Rust tells an entry that runs as a script (`ssr-host run`): signals, and that it ends. A server is told by bridge.js.

import { internals } from "ext:core/mod.js";
import { op_report_error } from "ext:core/ops";

/** Numbers of signals, as listeners get them. */
const SIGNALS = { __proto__: null, SIGTERM: 15, SIGINT: 2 };

/** A listener that throws ends the script, as under Node. */
function emit(...event) {
  try {
    internals.process.emit(...event);
  } catch (error) {
    op_report_error("uncaught exception", error);
  }
}

/** Whether anybody listens to this signal. Both mean the same: whoever listens to the other one only is told of that. */
export function signal(name) {
  const isHeard = (event) => internals.process?.listenerCount(event) > 0;
  const heard = [name, ...Object.keys(SIGNALS)].find(isHeard);
  if (heard === undefined) return false;
  emit(heard, heard, SIGNALS[heard]);
  return true;
}

/** Nothing is left to do; a listener may begin something. */
export function beforeExit() {
  if (internals.process !== undefined) emit("beforeExit", +(internals.process.exitCode ?? 0));
}

/** It ends; the exit code. */
export function exit() {
  const { process } = internals;
  if (process === undefined) return 0;
  emit("exit", +(process.exitCode ?? 0));
  return +(process.exitCode ?? 0);
}
