/** `process.emitWarning`. Source: node/lib/internal/process/warning.js. */
import { op_stderr } from "ext:core/ops";
import { nodeError } from "ext:ssr_host/node/internal/errors.js";
import { validateString } from "ext:ssr_host/node/internal/validators.js";

/** The line that a warning leaves on standard error. */
function print(warning, process) {
  const code = warning.code ? `[${warning.code}] ` : "";
  const text = typeof warning.toString === "function" ? warning.toString() : String(warning);
  op_stderr(`(ssr-host:${process.pid}) ${code}${text}${warning.detail ? `\n${warning.detail}` : ""}\n`);
}

/** Deprecation code or one-off: Node prints the warning of a deprecation once per code, by its callers' care. */
function createWarning(message, type, code, detail, ctor) {
  const warning = new Error(message);
  warning.name = String(type || "Warning");
  if (code !== undefined) warning.code = code;
  if (detail !== undefined) warning.detail = detail;
  Error.captureStackTrace(warning, ctor);
  return warning;
}

/** `emitWarning(warning[, type[, code[, ctor]]])` and `emitWarning(warning, { type, code, detail, ctor })`. */
export function createEmitWarning(process) {
  return function emitWarning(warning, type, code, ctor) {
    let detail;
    if (type !== null && typeof type === "object" && !Array.isArray(type)) {
      ({ code, ctor, detail, type } = { type: "Warning", ...type });
      if (typeof detail !== "string") detail = undefined;
    } else if (typeof type === "function") [ctor, code, type] = [type, undefined, "Warning"];
    if (typeof code === "function") [ctor, code] = [code, undefined];
    if (type !== undefined) validateString(type, "type");
    if (code !== undefined) validateString(code, "code");
    if (typeof warning === "string") warning = createWarning(warning, type, code, detail, ctor ?? emitWarning);
    else if (!(warning instanceof Error)) {
      throw nodeError("ERR_INVALID_ARG_TYPE", "warning", ["Error", "string"], warning);
    }
    if (warning.name === "DeprecationWarning" && process.noDeprecation) return;
    process.nextTick(() => {
      if (!process.noProcessWarnings && process.env.NODE_NO_WARNINGS !== "1") print(warning, process);
      process.emit("warning", warning);
    });
  };
}
