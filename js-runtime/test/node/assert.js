import assert, { AssertionError, deepEqual, deepStrictEqual, equal, ok, strict, strictEqual, throws } from "node:assert";
import strictModule from "node:assert/strict";
import { show, showAsync } from "./support/show.js";

/** Name and code of the error: the drawings in messages follow Node's minor version. */
const failed = (fn) => {
  try {
    fn();
    return "passed";
  } catch (error) {
    return [error.name, error.code, error instanceof AssertionError, error.operator];
  }
};
show("shape", () => [typeof assert, assert.strict === strict, strict === strictModule, strict.equal === strict.strictEqual, assert.AssertionError === AssertionError]);
const CASES = {
  ok: [[true], [0], [""], [{}]],
  equal: [[1, "1"], [1, 2], [NaN, NaN]],
  notEqual: [[1, 2], [1, "1"]],
  strictEqual: [[1, 1], [1, "1"], [NaN, NaN], [0, -0]],
  notStrictEqual: [[1, "1"], [1, 1]],
  deepEqual: [[{ a: 1 }, { a: "1" }], [[1, 2], [1, 3]], [new Map([[1, 2]]), new Map([[1, 2]])]],
  deepStrictEqual: [[{ a: [1] }, { a: [1] }], [{ a: 1 }, { a: "1" }], [new Set([1]), new Set([1])], [[1], { 0: 1, length: 1 }], [new Date(1), new Date(1)]],
  notDeepStrictEqual: [[{ a: 1 }, { a: 1 }], [{ a: 1 }, { a: "1" }]],
  match: [["abc", /b/], ["abc", /x/]],
  doesNotMatch: [["abc", /x/], ["abc", /b/]],
  ifError: [[null], [undefined]],
};
for (const [name, calls] of Object.entries(CASES)) for (const args of calls) show(name, () => failed(() => assert[name](...args)));
show("message", () => {
  try {
    equal(1, 2, "custom message");
  } catch (error) {
    return [error.message, error.actual, error.expected, error.generatedMessage];
  }
});
show("error as message", () => ok(false, new RangeError("mine")));
show("throws", () => failed(() => throws(() => { throw new TypeError("bad"); }, TypeError)));
show("throws pattern", () => failed(() => throws(() => { throw new Error("wrong value"); }, /value/)));
show("throws object", () => failed(() => throws(() => { throw Object.assign(new Error("m"), { code: 1 }); }, { message: "m", code: 1 })));
show("throws nothing", () => failed(() => throws(() => {})));
show("doesNotThrow", () => failed(() => assert.doesNotThrow(() => { throw new Error("x"); })));
await showAsync("rejects", () => assert.rejects(Promise.reject(new Error("r")), /r/));
await showAsync("rejects nothing", async () => { try { await assert.rejects(Promise.resolve()); } catch (error) { return error.code; } });
await showAsync("doesNotReject", () => assert.doesNotReject(async () => {}));
show("fail", () => failed(() => assert.fail("why")));
show("strict deepEqual", () => failed(() => strict.deepEqual({ a: 1 }, { a: "1" })));
show("AssertionError", () => {
  const error = new AssertionError({ actual: 1, expected: 2, operator: "strictEqual", message: "m" });
  return [error.actual, error.expected, error.name, error.code];
});
show("named", () => [deepEqual === assert.deepEqual, deepStrictEqual === assert.deepStrictEqual, strictEqual === assert.strictEqual]);
