/**
 * Prints results so that Node and an isolate can be compared line by line. It does not use `util.inspect`, which is
 * itself under test.
 */

/** A value as text: JSON with the types that JSON lacks. */
export function text(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol" || value === undefined || typeof value === "number") {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (typeof value === "function") return `[function ${value.name}]`;
  if (value instanceof Error) return `${value.name}${value.code ? ` ${value.code}` : ""}: ${value.message}`;
  if (value instanceof Uint8Array) return `<${value.constructor.name} ${Array.from(value).join(" ")}>`;
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (value instanceof Map) return `Map ${text([...value])}`;
  if (value instanceof Set) return `Set ${text([...value])}`;
  if (value instanceof Date) return `Date ${value.toJSON()}`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).map((key) => `${key}: ${text(value[key])}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** Prints `label: result`, or the error that `fn` throws. */
export function show(label, fn) {
  let result;
  try {
    result = text(fn());
  } catch (error) {
    result = `throws ${text(error)}`;
  }
  console.log(`${label}: ${result}`);
}

/** `show` for an async function. */
export async function showAsync(label, fn) {
  let result;
  try {
    result = text(await fn());
  } catch (error) {
    result = `rejects ${text(error)}`;
  }
  console.log(`${label}: ${result}`);
}
