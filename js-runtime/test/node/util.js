import util, { callbackify, deprecate, format, inherits, inspect, isDeepStrictEqual, promisify, stripVTControlCharacters, styleText, types } from "node:util";
import typesModule from "node:util/types";
import { show, showAsync } from "./support/show.js";

class A {
  constructor() {
    this.x = 1;
  }
  get y() {
    return 2;
  }
}
class SubMap extends Map {}
class CodedError extends Error {
  name = "CodedError";
  code = "E_X";
}
const circular = { a: 1 };
circular.self = circular;
const manyKeys = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`key${i}`, i]));
const noStack = (error) => Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}` });

const VALUES = {
  primitives: [1, -0, 1n, "str", "it's", `a"b'c`, "line\nbreak", null, undefined, true, Symbol("s"), "\u001b[31m", "😀"],
  arrays: [[], [1, 2, 3], [1, , 3], Array(5), Array(200).fill(7), ["a", "b"].concat(Array(30).fill("item")), [[1, [2, [3, [4]]]]]],
  objects: [{}, { a: 1, b: "x", c: [1, { d: { e: { f: 1 } } }] }, circular, manyKeys, { "a-b": 1, [Symbol("k")]: 2 },
    { get g() { return 1; }, set g(v) {}, get h() { return 1; }, set i(v) {} }, Object.create(null), { __proto__: { a: 1 }, b: 2 }],
  classes: [new A(), A, class extends A {}, new SubMap([[1, 2]]), { [Symbol.toStringTag]: "Tagged", a: 1 }],
  functions: [function f() {}, () => 1, async () => {}, function* g() {}, async function* h() {}, Object.assign(() => {}, { a: 1 })],
  collections: [new Map([[1, { a: 2 }], ["k", [1]]]), new Set([1, "a"]), new WeakMap(), new WeakSet(), new Map([[{ a: 1 }, "x"]]).entries(), new Set([1, 2]).values(), [1][Symbol.iterator]()],
  builtins: [new Date(0), new Date(NaN), /re/gi, Object(1), Object("s"), Object(2n), Math, JSON, globalThis.undefined],
  binary: [new Uint8Array([1, 2, 3]), Buffer.from("hello"), Buffer.alloc(60), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), new Float64Array(3), new BigInt64Array(2)],
  promises: [Promise.resolve(4), new Promise(() => {}), Promise.resolve({ a: 1 })],
  errors: [noStack(new Error("boom")), noStack(new CodedError("coded")), Object.assign(noStack(new TypeError("extra")), { detail: 1 })],
  proxies: [new Proxy({ a: 1 }, {}), new Proxy(function named() {}, {})],
  custom: [{ [inspect.custom]: (depth, options) => `CUSTOM ${depth} ${typeof options.stylize}` }, { nested: { [inspect.custom]: () => ({ replaced: true }) } }],
  long: ["x".repeat(200), ["x".repeat(100), "y".repeat(100)], { long: "z".repeat(100), other: "w".repeat(20) }],
};
const OPTIONS = [{}, { depth: 0 }, { compact: false }, { colors: true }, { sorted: true, breakLength: 40 }, { showProxy: true },
  { getters: true }, { maxArrayLength: 2, maxStringLength: 5, numericSeparator: true }, { showHidden: true, depth: 1 }];
for (const [name, values] of Object.entries(VALUES)) {
  for (const value of values) {
    for (const options of OPTIONS) {
      if (options.showHidden && /functions|classes|builtins|proxies|binary|collections|errors/.test(name)) continue;
      console.log(name, inspect(value, options));
    }
  }
}
for (const value of [new URL("http://u:p@a.b:81/c?d=1&e#f"), { nested: new URL("file:///x") }, new URLSearchParams("a=1&b=2"), new Headers({ a: "b", c: "d" }),
  new Blob(["x"], { type: "text/plain" }), new URLSearchParams(), { deep: { deeper: { deepest: new URL("http://a") } } },
  { deep: { deeper: { deepest: new Blob([]) } } }, AbortSignal.abort("why"), new Response(null, { status: 204 })]) {
  console.log(inspect(value));
}
console.log(inspect(new Error("with stack")).split("\n")[0]);
console.log(inspect({ e: new Error("nested", { cause: new TypeError("why") }) }).split("\n").filter((line) => !/^\s+at /.test(line)).join("|"));
show("inspect legacy arguments", () => inspect({ a: { b: {} } }, false, 0, false));
show("inspect.custom", () => String(inspect.custom));
show("inspect.defaultOptions", () => inspect.defaultOptions);
show("inspect.colors", () => inspect.colors.red);

const FORMATS = [["%s %d %i %f", "a", "12.5", "12.9", "1.5"], ["%j %o %O", { a: 1 }, [1], { b: 2 }], ["%%s", 1], ["%s", 1n, 2n], ["%s", -0],
  ["%s", { toString: () => "custom" }], ["%s", [1, 2]], ["%s", null], ["%c styled", "css"], ["a", "b", { c: 1 }], [1, 2], ["%s"], ["%d", 5n], ["%s", Symbol("x")], ["%x", 1],
  ["%j", circular], ["100%", 1], ["%s", () => {}], ["%s", class Named {}], [], ["%i %f", "x", "y"], ["%s", "a\nb", "c\nd"]];
for (const args of FORMATS) show(`format(${args.length ? String(args[0]) : ""})`, () => format(...args));
show("formatWithOptions", () => util.formatWithOptions({ colors: true }, "%o", [1]));

show("stripVT", () => stripVTControlCharacters("\u001b[31mred\u001b[39m"));
show("styleText", () => [styleText("red", "x"), styleText(["bold", "underline"], "y"), styleText("red", "z", { validateStream: false })]);
show("styleText bad", () => styleText("nope", "x").slice(0, 5));
show("types", () => [types === typesModule, types.isPromise(Promise.resolve()), types.isRegExp(/x/), types.isDate(new Date()), types.isUint8Array(Buffer.alloc(1)), types.isProxy(new Proxy({}, {})), types.isAsyncFunction(async () => {}), types.isGeneratorFunction(function* () {}), types.isNativeError(new TypeError()), types.isMap(new Map()), types.isBoxedPrimitive(Object(1)), types.isArrayBufferView(new DataView(new ArrayBuffer(1))), types.isModuleNamespaceObject({}), types.isExternal({})]);
show("types names", () => Object.keys(types).sort());

const callbackStyle = (a, b, callback) => callback(a ? null : new Error("no a"), a + b);
await showAsync("promisify", () => promisify(callbackStyle)(1, 2));
await showAsync("promisify rejects", () => promisify(callbackStyle)(0, 2));
show("promisify custom", () => {
  const fn = () => {};
  fn[promisify.custom] = () => "custom";
  return promisify(fn)();
});
show("promisify bad", () => promisify(1));
await showAsync("promisify setTimeout", () => promisify(setTimeout)(1, "late"));
await showAsync("promisify setImmediate", () => promisify(setImmediate)("soon"));
await showAsync("callbackify", () => new Promise((resolve) => callbackify(async (n) => n + 1)(1, (error, value) => resolve([error, value]))));
await showAsync("callbackify falsy", () => new Promise((resolve) => callbackify(async () => { throw null; })((error) => resolve([error.code, error.reason]))));
show("callbackify bad", () => callbackify(async () => {})());
show("inherits bad", () => inherits(1, EventTarget));
show("deprecate", () => {
  const old = deprecate((a) => a * 2, "old is deprecated", "DEP_TEST");
  process.noDeprecation = true;
  return [old(2), typeof old];
});
for (const [a, b] of [[{ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }], [{ a: 1 }, { a: "1" }], [[1, 2], [1]], [NaN, NaN], [0, -0],
  [new Set([1, { a: 1 }]), new Set([1, { a: 1 }])], [/a/g, /a/i], [new Date(1), new Date(1)], [Object.create(null), {}], [Buffer.from("a"), Buffer.from("a")], [new Error("a"), new Error("b")]]) {
  show("isDeepStrictEqual", () => isDeepStrictEqual(a, b));
}
show("toUSVString", () => util.toUSVString("a\ud800"));
show("legacy checks", () => [util.isArray([]), util.isString(""), util.isFunction(show), util.isError(new Error()), util.isPrimitive(1), util.isBuffer(Buffer.alloc(0))]);
show("parseArgs", () => {
  const { values, positionals } = util.parseArgs({ args: ["-f", "--bar", "b", "x"], options: { f: { type: "boolean", short: "f" }, bar: { type: "string" } }, allowPositionals: true });
  return [{ ...values }, positionals];
});
show("parseEnv", () => util.parseEnv("A=1\nB='x y'\n#c\nexport C=\"l\\nm\" # note\nD= z \n"));
show("debuglog", () => [util.debuglog("nothing").enabled, util.debuglog("nothing")("x")]);
show("TextDecoder", () => [util.TextDecoder === TextDecoder, util.TextEncoder === TextEncoder]);
show("_extend", () => util._extend({ a: 1 }, { b: 2 }));
await showAsync("aborted", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  return (await util.aborted(controller.signal, {})).type;
});
