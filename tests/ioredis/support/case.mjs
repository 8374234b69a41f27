// What every case uses. A case prints what it sees; Node with the real ioredis and an isolate with the facade must print the same.
import { inspect } from "node:util";

export const port = Number(process.env.REDIS_PORT);
export const socket = process.env.REDIS_SOCKET;

/** A value with errors cut down to what does not depend on where the code lies. */
function plain(value) {
  if (value instanceof AggregateError) return { error: value.name, message: value.message, code: value.code, errors: value.errors.map(plain) };
  if (value instanceof Error) {
    const { code, errno, syscall, address, port, command, previousErrors } = value;
    const more = { code, errno, syscall, address, port, command, previousErrors: previousErrors?.map(({ message }) => message) };
    return { error: value.name, of: value.constructor.name, message: value.message, ...Object.fromEntries(Object.entries(more).filter(([, v]) => v !== undefined)) };
  }
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

export const show = (label, ...values) =>
  console.log(label, ...values.map((value) => inspect(plain(value), { depth: 8, maxStringLength: 200, maxArrayLength: 50, breakLength: 140 })));

/** Prints what `promise` comes to. */
export const settled = async (label, promise) => {
  try {
    show(label, await promise);
  } catch (error) {
    show(`${label} throws`, error);
  }
};

/** Prints what each of `[name, ...args]` gives. */
export async function run(redis, commands) {
  for (const [name, ...args] of commands) {
    let reply;
    try {
      reply = redis[name](...args);
    } catch (error) {
      show(`${name} throws at once`, error);
      continue;
    }
    await settled(name, reply);
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const event = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));

/** Prints the events of a connection as they come. */
export function watch(redis, label = "event") {
  for (const name of ["wait", "connecting", "connect", "ready", "error", "close", "reconnecting", "end"]) {
    redis.on(name, (...args) => show(`${label} ${name}`, ...args));
  }
  return redis;
}

const server = (path, args) => fetch(`${process.env.REDIS_CONTROL}/${path}?${args.map((arg) => `arg=${encodeURIComponent(arg)}`).join("&")}`).then((response) => response.text());
export const stopServer = () => server("stop", []);
export const startServer = (...args) => server("start", args);
export const restartServer = (...args) => server("restart", args);
