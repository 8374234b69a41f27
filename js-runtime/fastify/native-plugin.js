/**
 * What the native facades of plug-ins have in common: how they are marked, and how they refuse an option.
 */
import { unsupported } from "ext:ssr_host/fastify/errors.js";

const META = Symbol.for("plugin-meta");
const NATIVE = Symbol("ssr-host.native");

/** Options that Fastify's register() reads. */
const REGISTER_OPTIONS = ["name", "prefix", "logLevel", "logSerializers"];

/**
 * Marks `fn` as `fastify-plugin` marks a plugin: no context of its own (unless it wants one), and a name.
 * @param {Function} fn
 * @param {string} name the package
 * @param {string} alias the name under which the package exports it too
 * @param {{encapsulate?: boolean}} [options]
 */
export function nativePlugin(fn, name, alias, { encapsulate = false } = {}) {
  fn[Symbol.for("skip-override")] = !encapsulate;
  fn[Symbol.for("fastify.display-name")] = name;
  fn[META] = { fastify: "4.x", name };
  fn[NATIVE] = true;
  fn.default = fn;
  fn[alias] = fn;
  return fn;
}

/** Is `fn` one of ours? */
export const isNative = (fn) => fn[NATIVE] === true;

/** The name a plugin gives itself. */
export const pluginName = (fn) => fn?.[META]?.name;

/**
 * Throws for options that the facade does not know, and for those that cannot be had here.
 * @param {string} plugin
 * @param {Record<string, any>} options
 * @param {string[]} known
 * @param {Record<string, {unless: any, hint: string}>} refused option → the only value it may have, and why
 */
export function refuseOptions(plugin, options, known, refused = {}) {
  for (const name of Object.keys(options)) {
    if (refused[name] !== undefined) {
      if (options[name] !== undefined && options[name] !== refused[name].unless) {
        throw unsupported(`${plugin}: option \`${name}\``, refused[name].hint);
      }
    } else if (!known.includes(name) && !REGISTER_OPTIONS.includes(name)) {
      throw unsupported(`${plugin}: option \`${name}\``);
    }
  }
}
