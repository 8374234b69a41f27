/**
 * Encapsulation: what a child context shares with its parent and what is its own (fastify/lib/pluginOverride.js),
 * and the checks of a plugin's metadata (fastify/lib/pluginUtils.js). Load order is avvio's business.
 */
import { core } from "ext:core/mod.js";
import { deprecated, errorCodes } from "ext:ssr_host/fastify/errors.js";
import { buildReply } from "ext:ssr_host/fastify/reply.js";
import { buildRequest } from "ext:ssr_host/fastify/request.js";
import {
  kAvvioBoot,
  kChildren,
  kContentTypeParser,
  kFourOhFour,
  kHooks,
  kLogLevel,
  kLogSerializers,
  kPluginNameChain,
  kRegisteredPlugins,
  kReply,
  kRequest,
  kRoutePrefix,
  kSchemas,
} from "ext:ssr_host/fastify/symbols.js";

const semver = core.createLazyLoader("ext:ssr_host/vendor/semver.js");
const { FST_ERR_PLUGIN_VERSION_MISMATCH, FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE } = errorCodes;

const META = Symbol.for("plugin-meta");
const SKIP_OVERRIDE = Symbol.for("skip-override");
const DISPLAY_NAME = Symbol.for("fastify.display-name");

/** Decorator kinds of `plugin-meta`: which question to ask of the instance. */
const DECORATOR_CHECKS = {
  fastify: ["Fastify", (instance, name) => name in instance],
  reply: ["Reply", (instance, name) => instance.hasReplyDecorator(name)],
  request: ["Request", (instance, name) => instance.hasRequestDecorator(name)],
};

function assertThat(condition, message) {
  if (condition) return;
  const error = new Error(message);
  error.name = "AssertionError";
  error.code = "ERR_ASSERTION";
  throw error;
}

function nameOf(fn) {
  return fn[DISPLAY_NAME] || fn.name || null;
}

/** The first two lines of a function without a name. */
function preview(fn) {
  const lines = fn.toString().split("\n").slice(0, 2);
  return lines.map((line) => line.trim()).join(" -- ");
}

function checkVersion(instance, meta) {
  const { fastify: wanted, name } = meta;
  if (!wanted || wanted === "4.x" || wanted === "^4.0.0") return;
  if (!semver().satisfies(instance.version, wanted)) {
    throw new FST_ERR_PLUGIN_VERSION_MISMATCH(name, wanted, instance.version);
  }
}

function checkDecorators(instance, { decorators, name }) {
  for (const kind of Object.keys(DECORATOR_CHECKS)) {
    const wanted = decorators?.[kind];
    if (!wanted) continue;
    assertThat(Array.isArray(wanted), "The decorators should be an array of strings");
    const [label, has] = DECORATOR_CHECKS[kind];
    for (const decorator of wanted) {
      if (has(instance, decorator)) continue;
      const by = typeof name === "string" ? ` required by '${name}'` : "";
      throw new FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE(decorator, by, label);
    }
  }
}

function checkDependencies(instance, { dependencies, name }) {
  if (!dependencies) return;
  assertThat(Array.isArray(dependencies), "The dependencies should be an array of strings");
  for (const dependency of dependencies) {
    const found = instance[kRegisteredPlugins].indexOf(dependency) > -1;
    assertThat(found, `The dependency '${dependency}' of plugin '${name}' is not registered`);
  }
}

/** Records and checks a plugin; true when it wants no context of its own. */
function registerPlugin(instance, fn) {
  const meta = fn[META];
  if (meta?.name) instance[kRegisteredPlugins].push(meta.name);
  if (fn.constructor.name === "AsyncFunction" && fn.length === 3) {
    deprecated(
      "FSTWRN002",
      `The ${meta?.name || nameOf(fn) || "anonymous"} plugin being registered mixes async and callback styles, ` +
        "which will result in an error in `fastify@5`",
    );
  }
  if (meta) {
    checkVersion(instance, meta);
    checkDecorators(instance, meta);
    checkDependencies(instance, meta);
  }
  return Boolean(fn[SKIP_OVERRIDE]);
}

/** avvio's `override`: the instance that a plugin gets. */
export function override(old, fn, options) {
  const skip = registerPlugin(old, fn);
  const name = nameOf(fn) || preview(fn);
  if (skip) {
    old[kPluginNameChain].push(name);
    return old;
  }
  const instance = Object.create(old);
  old[kChildren].push(instance);
  instance.ready = old[kAvvioBoot].bind(instance);
  instance[kChildren] = [];
  instance[kReply] = buildReply(instance[kReply]);
  instance[kRequest] = buildRequest(instance[kRequest]);
  instance[kContentTypeParser] = instance[kContentTypeParser].inherit();
  instance[kHooks] = instance[kHooks].inherit();
  instance[kRoutePrefix] = joinPrefix(instance[kRoutePrefix], options.prefix);
  instance[kLogLevel] = options.logLevel || instance[kLogLevel];
  instance[kSchemas] = { ...old[kSchemas] };
  // Plugins of this context and of those around it.
  instance[kRegisteredPlugins] = Object.create(instance[kRegisteredPlugins]);
  instance[kPluginNameChain] = [name];
  if (instance[kLogSerializers] || options.logSerializers) {
    instance[kLogSerializers] = Object.assign(Object.create(instance[kLogSerializers]), options.logSerializers);
  }
  if (options.prefix) instance[kFourOhFour].arrange(instance);
  for (const hook of instance[kHooks].onRegister) hook.call(this, instance, options);
  return instance;
}

function joinPrefix(parent, prefix) {
  if (!prefix) return parent;
  if (parent.endsWith("/") && prefix[0] === "/") return parent + prefix.slice(1);
  return parent + (prefix[0] === "/" ? prefix : `/${prefix}`);
}
