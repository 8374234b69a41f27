import nodeConsole, { Console, log } from "node:console";
import { Writable } from "node:stream";
import { show } from "./support/show.js";

show("same", () => [nodeConsole === console, nodeConsole.Console === Console, typeof log, Object.keys(console).filter((key) => !/^_|context|createTask/.test(key))]);
console.log("plain");
console.log("several", "strings", "%s");
console.log("%s is %d and %j", "a", 5, { x: 1 });
console.log({ a: 1, nested: { b: [1, 2, { c: 3 }] } }, [1, "two"], new Map([["k", 1]]));
console.log();
console.log(undefined, null, true, 1n, Symbol("s"));
console.info("info");
console.debug("debug", 1);
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.dirxml([1]);
console.group("group");
console.log("inside\nsecond line");
console.group();
console.info("deeper");
console.groupEnd();
console.groupEnd();
console.log("outside");
console.count();
console.count();
console.count("x");
console.countReset();
console.count();
console.assert(true, "not shown");
console.table([{ a: 1, b: "x" }, { a: 2, c: true }]);
console.table([[1, 2], [3, 4]]);
console.table([1, "two", { three: 3 }]);
console.table(new Map([["k", 1]]));
console.table(new Set([1]));
console.table([{ a: 1, b: 2 }], ["b"]);
console.table({ row: { col: "日本" } });
console.table("no table");
const { log: detached } = console;
detached("detached");

const lines = [];
const sink = new Writable({
  decodeStrings: false,
  write(chunk, encoding, callback) {
    lines.push(chunk);
    callback();
  },
});
const custom = new Console(sink, sink);
custom.log("a %s", "b");
custom.error("err");
custom.warn("w", 1);
custom.assert(false, "failed %s", "x");
custom.assert(false);
custom.trace("traced");
custom.time("t");
custom.timeEnd("t");
custom.timeLog("t2");
console.log(lines.map((line) => line.replace(/\n\s+at [^]*/, "").replace(/[\d.]+m?s/, "TIME")));
show("bad Console", () => new Console({}));
