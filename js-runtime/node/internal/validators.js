/** Argument checks with Node's errors. Source: node/lib/internal/validators.js. */
import { nodeError } from "ext:ssr_host/node/internal/errors.js";

/** Throws unless `typeof value` is `type`. */
const typeCheck = (type) => (value, name) => {
  if (typeof value !== type) throw nodeError("ERR_INVALID_ARG_TYPE", name, type, value);
};

export const validateString = typeCheck("string");
export const validateBoolean = typeCheck("boolean");

export function validateFunction(value, name) {
  if (typeof value !== "function") throw nodeError("ERR_INVALID_ARG_TYPE", name, "Function", value);
}

export function validateObject(value, name) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw nodeError("ERR_INVALID_ARG_TYPE", name, "Object", value);
  }
}

export function validateArray(value, name) {
  if (!Array.isArray(value)) throw nodeError("ERR_INVALID_ARG_TYPE", name, "Array", value);
}

/** A number within bounds; `NaN` is refused when there are any. */
export function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== "number") throw nodeError("ERR_INVALID_ARG_TYPE", name, "number", value);
  const bounded = min != null || max != null;
  if ((min != null && value < min) || (max != null && value > max) || (bounded && Number.isNaN(value))) {
    const range = [min != null ? `>= ${min}` : "", max != null ? `<= ${max}` : ""].filter(Boolean).join(" && ");
    throw nodeError("ERR_OUT_OF_RANGE", name, range, value);
  }
}

export function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== "number") throw nodeError("ERR_INVALID_ARG_TYPE", name, "number", value);
  if (!Number.isInteger(value)) throw nodeError("ERR_OUT_OF_RANGE", name, "an integer", value);
  if (value < min || value > max) throw nodeError("ERR_OUT_OF_RANGE", name, `>= ${min} && <= ${max}`, value);
}

export function validateOneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  const list = allowed.map((item) => (typeof item === "string" ? `'${item}'` : String(item))).join(", ");
  throw nodeError("ERR_INVALID_ARG_VALUE", name, value, `must be one of: ${list}`);
}

export function validateAbortSignal(signal, name) {
  if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal))) {
    throw nodeError("ERR_INVALID_ARG_TYPE", name, "AbortSignal", signal);
  }
}
