import path, { basename, join, posix, sep } from "node:path";
import posixModule from "node:path/posix";
import bare from "path";
import { show } from "./support/show.js";

show("same instance", () => [path === posix, path === posixModule, path === bare, path.posix === path]);
show("sep", () => [sep, path.delimiter, path.win32.sep, path.win32.delimiter]);
const CASES = {
  join: [["a", "..", "b"], ["/a", "/b"], [""], [], ["a//b", "./c", "../d/"], ["..", "..", "x"]],
  resolve: [["/a", "b", "../c"], ["/"], ["/a/b", "/c"], ["/a", "", "b"], ["/a/./b/../c/"]],
  normalize: [["/a//b/../c/."], [""], ["./a/"], ["../../x"], ["/.."], ["a/../.."]],
  relative: [["/a/b/c", "/a/d"], ["/a", "/a"], ["/", "/x/y"], ["/foo/bar", "/foo/barbaz"]],
  dirname: [["/a/b"], ["/a"], ["a"], [""], ["/"], ["/a/b/"]],
  basename: [["/a/b.html", ".html"], ["/a/b/"], ["b", "b"], ["", "x"], ["file.tar.gz", ".gz"], ["aaa", "a"]],
  extname: [["index.html"], ["index.coffee.md"], ["index."], ["index"], [".index"], [".a.md"], ["a/.b"], [".."]],
  parse: [["/home/user/file.txt"], ["./a.b.c"], [""], ["/"], [".profile"], ["/a/b/"]],
  format: [[{ dir: "/a", base: "b.c" }], [{ root: "/", name: "f", ext: ".t" }], [{ name: "f", ext: "t" }],
    [{ root: "/", dir: "/", base: "x" }], [{}]],
  isAbsolute: [["/a"], ["a"], [""], ["./a"]],
  toNamespacedPath: [["/a/b"]],
};
for (const [name, calls] of Object.entries(CASES)) {
  for (const args of calls) show(`${name}(${JSON.stringify(args)})`, () => path[name](...args));
}
show("resolve()", () => path.resolve() === process.cwd());
show("join error", () => join("a", 1));
show("resolve error", () => path.resolve("a", null));
show("basename error", () => basename(undefined));
show("dirname error", () => path.dirname({}));
show("format error", () => path.format("x"));
