// The first module of an isolate. It installs the globals (each loads on first touch) and decides what happens to errors that
// nobody caught. It exports the functions that Rust calls; everything else in js-runtime/ is loaded when the app asks for it.
//
// It must not create anything that is backed by a Rust object (a console, a timer): the runtime is to be started from a
// snapshot one day, and such objects cannot be in one.

import { core, internals } from "ext:core/mod.js";
import { op_report_error } from "ext:core/ops";
import { installNodeGlobals } from "ext:ssr_host/node/globals.js";
import { installWebGlobals } from "ext:ssr_host/web/globals.js";

/**
 * Makes the next pass of the event loop drain microtasks at one place only. Called while dynamic imports of files may be
 * pending: deno_core 0.413 runs them in the middle of settling an import, with its module map borrowed, and an `import()` in
 * one of them would then abort the process (modules/map/dynamic.rs, `resolve_tla_waiters`).
 */
export function holdMicrotasks() {
  core.setHasTickScheduled(true);
}

export { adopt, close, describe, handle, settle } from "ext:ssr_host/bridge.js";

installWebGlobals(globalThis);
installNodeGlobals(globalThis);

// The engine's own handles are not the guest's: with them it could reach every op, and libraries that ask `typeof Deno` would
// take this for Deno. Runtime code imports them from ext:core.
delete globalThis.Deno;
delete globalThis.__bootstrap;

/** Runs the app's own handlers for `event`, if it has registered any with `process.on`. */
function appHandles(event, ...args) {
  const process = internals.process;
  return process !== undefined && process.listenerCount(event) > 0 && process.emit(event, ...args);
}

// Node would end the process in both cases. Here the app keeps serving: the error is logged once, with its request.
core.setReportExceptionCallback((error) => {
  if (!appHandles("uncaughtException", error, "uncaughtException")) {
    op_report_error("uncaught exception", error);
  }
});
core.setUnhandledPromiseRejectionHandler((promise, reason) => {
  if (!appHandles("unhandledRejection", reason, promise)) {
    op_report_error("unhandled rejection", reason);
  }
  return true;
});
