// Options of `tls.connect` as Rust wants them.

const PLAIN = ["host", "port", "path", "family"];
const SUPPORTED = ["ca", "cert", "key", "servername", "rejectUnauthorized"];

/** PEM in any of Node's forms: text, bytes, or several of them. */
function pem(name, value) {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((one) => pem(name, one)).join("\n");
  if (typeof value === "string") return value;
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
  throw new TypeError(`ioredis: the option tls.${name} must be PEM text or bytes`);
}

/** @param {object} options  of the connection and of TLS together */
export function tlsTarget(options) {
  for (const name of Object.keys(options)) {
    if (options[name] !== undefined && !PLAIN.includes(name) && !SUPPORTED.includes(name)) {
      throw new Error(`ioredis: the option tls.${name} is not supported by ssr-host`);
    }
  }
  if (options.path) throw new Error("ioredis: TLS over a Unix socket is not supported by ssr-host");
  return {
    ca: pem("ca", options.ca),
    cert: pem("cert", options.cert),
    key: pem("key", options.key),
    servername: options.servername,
    rejectUnauthorized: options.rejectUnauthorized !== false,
  };
}
