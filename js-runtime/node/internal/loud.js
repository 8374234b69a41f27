/**
 * Modules that exist only to be imported. A bundle often imports what it never calls on the path that renders, so
 * the import succeeds; the first call, `new` or read of a constant says that ssr-host does not support it.
 */
import { notSupported } from "ext:ssr_host/node/internal/errors.js";

/**
 * A function and class that throws the "not supported" error whatever is done with it.
 *
 * @param {string} module the module's name without `node:`
 * @param {string} name the export it stands for
 * @param {string} [hint] what to do instead
 */
export function loudFunction(module, name, hint) {
  const loud = function () {
    throw notSupported(module, name, hint);
  };
  Object.defineProperty(loud, "name", { value: name, configurable: true });
  return loud;
}

/** An object whose every property throws the "not supported" error. */
export function loudObject(module, name) {
  return new Proxy({}, {
    get(_, key) {
      if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
      throw notSupported(module, `${name}.${key}`);
    },
  });
}

/** Exports of Node's modules that are objects. */
const OBJECTS = ["codes", "constants", "globalAgent", "promises", "settings", "workers"];

/**
 * The namespace of a module of which nothing is supported. Whatever name is read from it is a loud function, so a
 * module file lists its export names once:
 *
 *     const net = loudModule("net");
 *     export const { createServer, Socket } = net;
 *     export default net;
 *
 * @param {string} module the module's name without `node:`
 * @param {Record<string, unknown>} [supported] the exports that do work
 * @param {string} [hint] what to do instead
 */
export function loudModule(module, supported = {}, hint) {
  return new Proxy(supported, {
    get(target, key) {
      if (typeof key === "symbol" || key === "then" || key === "__esModule" || Object.hasOwn(target, key)) {
        return target[key];
      }
      return (target[key] = OBJECTS.includes(key) ? loudObject(module, key) : loudFunction(module, key, hint));
    },
  });
}
