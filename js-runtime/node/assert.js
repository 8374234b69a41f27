/** `node:assert`: the npm package assert, Node's own code. `CallTracker` (deprecated in Node) is absent. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import assert from "ext:ssr_host/vendor/assert.js";

/** Since Node 14 `NaN` equals itself here; the package still has the rule of before. */
for (const target of [assert, assert.strict]) {
  const { equal: packageEqual, notEqual: packageNotEqual } = target;
  const bothNaN = (a, b) => Number.isNaN(a) && Number.isNaN(b);
  if (packageEqual === target.strictEqual) continue;
  target.equal = function equal(...args) {
    if (args.length < 2 || !bothNaN(args[0], args[1])) packageEqual(...args);
  };
  target.notEqual = function notEqual(...args) {
    if (args.length > 1 && bothNaN(args[0], args[1])) target.notStrictEqual(...args);
    else packageNotEqual(...args);
  };
}

const CallTracker = loudFunction("assert", "CallTracker");
assert.CallTracker ??= CallTracker;
assert.strict.CallTracker ??= CallTracker;

export const {
  AssertionError, deepEqual, deepStrictEqual, doesNotMatch, doesNotReject, doesNotThrow, equal, fail, ifError, match,
  notDeepEqual, notDeepStrictEqual, notEqual, notStrictEqual, ok, rejects, strict, strictEqual, throws,
} = assert;
export { CallTracker };
export default assert;
