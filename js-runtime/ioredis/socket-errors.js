// The errors of a connection as Node words them: `connect ECONNREFUSED 127.0.0.1:6379`. Sources: node/lib/internal/errors.js
// (ExceptionWithHostPort, NodeAggregateError, DNSException), node/lib/net.js.
import { errno as numbers } from "ext:ssr_host/node/internal/os_constants.js";

const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** The numbers of libuv for a failed look-up. */
const EAI_AGAIN = -3001;
const EAI_NONAME = -3008;

function lookupError({ message }, { host }) {
  const temporary = message.includes("Temporary failure");
  const code = temporary ? "EAI_AGAIN" : "ENOTFOUND";
  const error = new Error(`getaddrinfo ${code} ${host}`);
  return Object.assign(error, { errno: temporary ? EAI_AGAIN : EAI_NONAME, code, syscall: "getaddrinfo", hostname: host });
}

function addressError({ errno, message, address }, { path }) {
  const code = names.get(errno) ?? "UNKNOWN";
  const [host, port] = address ?? [path, undefined];
  const place = port === undefined ? host : `${host}:${port}`;
  const error = new Error(errno === null ? message : `connect ${code} ${place}`);
  Object.assign(error, { errno: -errno, code, syscall: "connect", address: host });
  return port === undefined ? error : Object.assign(error, { port });
}

/** Why there is no connection to `target`. */
export function connectError(failures, target) {
  const [first] = failures;
  if (first.step === "getaddrinfo") return lookupError(first, target);
  if (first.step === "tls") return first.errno === null ? new Error(first.message) : ioError("read", -first.errno);
  if (failures.length === 1) return addressError(first, target);
  const errors = failures.map((failure) => addressError(failure, target));
  return Object.assign(new AggregateError(errors), { code: errors[0].code });
}

/** What went wrong while reading or writing, by its negative number. */
export function ioError(syscall, errno) {
  const code = names.get(-errno) ?? "UNKNOWN";
  return Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall });
}
