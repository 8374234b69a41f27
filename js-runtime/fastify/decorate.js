/**
 * `decorate`, `decorateRequest`, `decorateReply` and their `has…` questions (fastify/lib/decorate.js).
 */
import { deprecated, errorCodes } from "ext:ssr_host/fastify/errors.js";
import { kHasBeenDecorated, kReply, kRequest, kState } from "ext:ssr_host/fastify/symbols.js";

const { FST_ERR_DEC_ALREADY_PRESENT, FST_ERR_DEC_AFTER_START } = errorCodes;
const { FST_ERR_DEC_DEPENDENCY_INVALID_TYPE, FST_ERR_DEC_MISSING_DEPENDENCY } = errorCodes;

const isAccessor = (value) => value && (typeof value.getter === "function" || typeof value.setter === "function");
const hasProp = (constructor, name) => constructor.props?.some(({ key }) => key === name) ?? false;

/** Is `name` on the instance (or the class), inherited included? */
function exists(target, name) {
  return name in target || (target.prototype !== undefined && name in target.prototype) || hasProp(target, name);
}

function checkDependencies(target, name, dependencies) {
  if (dependencies === undefined || dependencies === null) return;
  if (!Array.isArray(dependencies)) throw new FST_ERR_DEC_DEPENDENCY_INVALID_TYPE(name);
  for (const dependency of dependencies) {
    if (!exists(target, dependency)) throw new FST_ERR_DEC_MISSING_DEPENDENCY(dependency);
  }
}

function assertNotStarted(instance, name) {
  if (instance[kState].started) throw new FST_ERR_DEC_AFTER_START(name);
}

function define(target, name, value) {
  Object.defineProperty(target, name, { get: value.getter, set: value.setter });
}

function decorateClass(constructor, name, value, dependencies) {
  const { prototype } = constructor;
  if (Object.hasOwn(prototype, name) || hasProp(constructor, name)) throw new FST_ERR_DEC_ALREADY_PRESENT(name);
  constructor[kHasBeenDecorated] = true;
  checkDependencies(constructor, name, dependencies);
  if (isAccessor(value)) define(prototype, name, value);
  else if (typeof value === "function") prototype[name] = value;
  else constructor.props.push({ key: name, value });
}

function warnReference(name, value) {
  if (typeof value !== "object" || !value || isAccessor(value)) return;
  deprecated(
    "FSTDEP006",
    "You are decorating Request/Reply with a reference type. This reference is shared amongst all requests. " +
      `Use onRequest hook instead. Property: ${name}`,
  );
}

/** The methods of an instance; `this` is the instance. */
export const decorateMethods = {
  decorate(name, value, dependencies) {
    assertNotStarted(this, name);
    if (Object.hasOwn(this, name)) throw new FST_ERR_DEC_ALREADY_PRESENT(name);
    checkDependencies(this, name, dependencies);
    if (isAccessor(value)) define(this, name, value);
    else this[name] = value;
    return this;
  },
  hasDecorator(name) {
    return name in this;
  },
  decorateReply(name, value, dependencies) {
    assertNotStarted(this, name);
    warnReference(name, value);
    decorateClass(this[kReply], name, value, dependencies);
    return this;
  },
  decorateRequest(name, value, dependencies) {
    assertNotStarted(this, name);
    warnReference(name, value);
    decorateClass(this[kRequest], name, value, dependencies);
    return this;
  },
  hasRequestDecorator(name) {
    return exists(this[kRequest], name);
  },
  hasReplyDecorator(name) {
    return exists(this[kReply], name);
  },
};
