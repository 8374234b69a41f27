// What a render has read of its request, noted read by read, for the host's render cache (crates/isolate/src/reads.rs).
//
// Objects of a tracked request note whatever is read through them, by whomever. What the runtime itself reads for a purpose
// that leaves no trace in the response is read inside of `unrecorded` or `aside`: what is forgotten there is noted, not lost.

import { core } from "ext:core/mod.js";
import { op_request_note } from "ext:core/ops";

const { getAsyncContext, setAsyncContext } = core;

/** Kinds of reads, as crates/isolate/src/reads.rs numbers them. */
export const HEADERS = 0;
export const HEADER = 1;
export const COOKIES = 2;
export const COOKIE = 3;
export const QUERY = 4;
export const PARAMETER = 5;
export const CLIENT = 6;
export const HOST = 7;
export const SCHEME = 8;
export const VERSION = 9;
export const UNIQUE = 10;

/** Notes that are remembered here, so that they are not made twice. */
const KNOWN_LIMIT = 256;

/** Depth of the stretches of code of which nothing is noted. */
let silent = 0;

/** Whether any request has been tracked: until then nothing needs to be silenced. */
export let hasBegun = false;

/** The reads of one request. */
export class Reads {
  #id;
  #known = new Set();

  /** @param {number} id */
  constructor(id) {
    this.#id = id;
    hasBegun = true;
  }

  /**
   * Notes that a part of the request is being read.
   * @param {number} kind
   * @param {string} [name] of a header, a cookie or a parameter
   */
  add(kind, name = "") {
    if (silent > 0) return;
    const outer = getAsyncContext()?.aside;
    if (outer?.isOpen === true) return void outer.held.push([this, kind, name]);
    const key = `${kind} ${name}`;
    if (this.#known.has(key)) return;
    if (this.#known.size < KNOWN_LIMIT) this.#known.add(key);
    op_request_note(this.#id, kind, name);
  }

  /** Notes that everything is being read. */
  addAll() {
    for (const kind of [HEADERS, QUERY, CLIENT, HOST, SCHEME, VERSION, UNIQUE]) this.add(kind);
  }
}

/**
 * Calls `fn`, and notes nothing of what it reads before it returns.
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function unrecorded(fn) {
  silent++;
  try {
    return fn();
  } finally {
    silent--;
  }
}

/**
 * Calls an app's function whose result does not reach the response (the key of a rate limit, an id for the log). Nothing of what
 * it reads is noted, also after an `await`; unless it leaves something on `target`, where a handler may find it.
 * @template T
 * @param {object} target the request that the function is given
 * @param {(symbol | string)[]} ignored own properties of the target that come and go without the app
 * @param {() => T} fn
 * @returns {T}
 */
export function aside(target, ignored, fn) {
  const state = { isOpen: true, held: [] };
  const before = ownValues(target);
  const close = () => {
    state.isOpen = false;
    if (isSame(before, ownValues(target), ignored)) return;
    for (const [reads, kind, name] of state.held) reads.add(kind, name);
  };
  const context = getAsyncContext();
  const depth = silent;
  silent = 0;
  let result;
  setAsyncContext({ __proto__: null, ...context, aside: state });
  try {
    result = fn();
  } finally {
    setAsyncContext(context);
    if (typeof result?.then !== "function") close();
    silent = depth;
  }
  return state.isOpen ? Promise.resolve(result).finally(close) : result;
}

function ownValues(target) {
  const values = new Map();
  for (const key of Reflect.ownKeys(target)) values.set(key, Reflect.getOwnPropertyDescriptor(target, key).value);
  return values;
}

function isSame(before, after, ignored) {
  const keys = new Set([...before.keys(), ...after.keys()]);
  for (const key of ignored) keys.delete(key);
  return [...keys].every((key) => before.has(key) && after.has(key) && Object.is(before.get(key), after.get(key)));
}

/** Objects of which an inspector shows what nobody has read yet → what notes it. */
const inspectable = new WeakMap();

/** Has `note` called whenever `util.inspect`, which looks through proxies and at private state, is about to show `object`. */
export function onInspect(object, note) {
  inspectable.set(object, note);
}

/** `object` is about to be shown. Returns whether it is a `recording`, which is to be shown as what it stands for. */
export function inspected(object) {
  if (!hasBegun) return false;
  inspectable.get(object)?.();
  return recordings.has(object);
}

const recordings = new WeakSet();

/** Handler of a proxy that notes what is read of its target. */
class Recorder {
  #one;
  #all;

  constructor(one, all) {
    this.#one = one;
    this.#all = all;
  }

  #note(name) {
    if (typeof name === "symbol") return;
    // Whether an inherited property is there depends on what the object was made from.
    if (name in Object.prototype) this.#all();
    else this.#one(name);
  }

  get(target, name) {
    this.#note(name);
    return target[name];
  }

  has(target, name) {
    this.#note(name);
    return name in target;
  }

  set(target, name, value, receiver) {
    return Reflect.set(target, name, value, receiver === this.proxy ? target : receiver);
  }

  ownKeys(target) {
    this.#all();
    return Reflect.ownKeys(target);
  }

  getOwnPropertyDescriptor(target, name) {
    this.#all();
    return Reflect.getOwnPropertyDescriptor(target, name);
  }

  getPrototypeOf(target) {
    this.#all();
    return Reflect.getPrototypeOf(target);
  }

  /** After it, whether an assignment fails shows what is there. */
  preventExtensions(target) {
    this.#all();
    return Reflect.preventExtensions(target);
  }
}

/**
 * `target` as it is, each read of which is noted: `one(name)` for a property, there or not, `all()` for whatever shows more.
 * @template {object} T
 * @param {T} target an object whose own properties are data
 * @param {(name: string) => void} one
 * @param {() => void} all
 * @returns {T}
 */
export function recording(target, one, all) {
  const recorder = new Recorder(one, all);
  recorder.proxy = new Proxy(target, recorder);
  recordings.add(recorder.proxy);
  onInspect(recorder.proxy, all);
  return recorder.proxy;
}
