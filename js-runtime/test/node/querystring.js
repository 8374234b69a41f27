import qs from "node:querystring";
import { show } from "./support/show.js";

show("aliases", () => [qs.encode === qs.stringify, qs.decode === qs.parse]);
for (const text of ["a=1&b=2", "a=1&a=2&a=3", "a", "a=", "=b", "&&a=1&", "a=b=c", "a+b=c+d", "%61=%E4%BD%A0", "a=%zz&b=%E4",
  "a=%", "__proto__=1&toString=2", "", "a%20b=1", "foo=%EDndex", "x;y=1"]) {
  show(`parse(${text})`, () => ({ ...qs.parse(text) }));
}
show("parse prototype", () => Object.getPrototypeOf(qs.parse("a=1")) === null);
show("parse sep", () => ({ ...qs.parse("a:1;b:2;a:3", ";", ":") }));
show("parse long sep", () => ({ ...qs.parse("a==>1, b==>2", ", ", "==>") }));
show("parse maxKeys", () => ({ ...qs.parse("a=1&b=2&c=3", null, null, { maxKeys: 2 }) }));
show("parse decoder", () => ({ ...qs.parse("a=%20x+y", null, null, { decodeURIComponent: (text) => `<${text}>` }) }));
show("parse no string", () => ({ ...qs.parse(5) }));
for (const object of [{ a: 1, b: "x y" }, { a: ["1", 2, true] }, { n: NaN, i: Infinity, u: undefined, z: null, o: {} },
  { "ключ": "значение&=" }, { big: 1n }, {}, { a: [] }, { a: "~!*()'-._" }]) {
  show(`stringify(${Object.keys(object)})`, () => qs.stringify(object));
}
show("stringify sep", () => qs.stringify({ a: 1, b: 2 }, ";", ":"));
show("stringify encoder", () => qs.stringify({ a: "b c" }, null, null, { encodeURIComponent: (text) => `[${text}]` }));
show("stringify none", () => [qs.stringify("x"), qs.stringify(null), qs.stringify()]);
show("escape", () => [qs.escape("a b&c/é"), qs.escape(5), qs.escape({})]);
show("escape surrogate", () => qs.escape("\ud800"));
show("unescape", () => [qs.unescape("a%20b%zz"), qs.unescape("%E4%BD%A0"), qs.unescape("%FF")]);
show("unescapeBuffer", () => qs.unescapeBuffer("a%20b%4"));
