/** Short ways to write raw requests in the tables of `cases/`. What they make is bytes; nothing is checked or repaired. */

/** The same Host for both servers, since their ports differ. */
export const HOST = "parity.test";

/**
 * One request as text.
 * @param {string} method
 * @param {string} target as it goes into the request line
 * @param {Record<string, string | string[]>} [headers] an array is one line for each; a `Host: undefined` leaves Host out
 * @param {string} [body]
 * @param {string} [version]
 */
export function message(method, target, headers = {}, body = "", version = "1.1") {
  const all = { Host: HOST, ...(body === "" ? {} : { "Content-Length": String(Buffer.byteLength(body, "latin1")) }), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`)));
  return `${method} ${target} HTTP/${version}\r\n${lines.join("")}\r\n${body}`;
}

/** A case: one request, one response. */
export function ask(method, target, headers, body, version) {
  return { name: `${method} ${shorten(target, 100)}${describe(headers)}`, parts: [message(method, target, headers, body, version)], methods: [method] };
}

/** A case for a GET. */
export const get = (target, headers) => ask("GET", target, headers);

/** Cases for GET and HEAD. */
export const read = (target, headers) => [ask("GET", target, headers), ask("HEAD", target, headers)];

/** The case with more to say, such as another name. */
export const with_ = (one, more) => ({ ...one, ...more });

function describe(headers = {}) {
  const text = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`).join(",");
  return text === "" ? "" : ` (${shorten(text.trim(), 80)})`;
}

const shorten = (text, length) => (text.length > length ? `${text.slice(0, length)}… (${text.length})` : text);
