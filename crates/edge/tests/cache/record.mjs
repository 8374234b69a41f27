// Records how the real parsers read queries and `Cookie` headers into recorded.json, with which `edge::cache` compares its keys.
// Run `npm install && npm run record` here after changing it; the recording is committed.
import { writeFileSync } from "node:fs";
import cookie from "cookie";
import querystring from "fast-querystring";

const QUERIES = [
  "", "a", "a=", "=a", "=", "a=1", "a=1&a=2", "a=1&b=2&a=", "a&a", "a=1&&b=2", "&a=1&", "a=b=c", "a==", "a=b%3Dc=d", "%61=1", "a%5B%5D=1",
  "a+b=1", "a%20b=1", "a=x+y", "a=x%2By", "a=%C3%A9", "a=%c3%a9&a=1", "a=%F0%9F%98%80", "a=%00", "a=%26&b=%3D", "A=1", "a%00=1", "__proto__=1",
  "a=%", "a=%4", "a=%zz", "a=%C3", "a=%C3x", "a=%C3&a=%A9", "a=%ED%A0%80", "a=%C0%AF", "%zz=1", "%C3=1&a=2", "a+%zz=1", "a=+%zz",
  "a=1;b=2", "a;b=1", "a=1?b=2",
];
const COOKIES = [
  "", "a", "a=", "=a", "a=1", "a=1; b=2", "a=1;b=2", "b=2;a=1", " a = 1 ", "a=1; a=2", "a=2; a=1", "a=b=c", "a=%20", "a=%zz", "a=%C3%A9", "x; a=1",
  "a=1; x", ";a=1", "a=1;", "a=1;;b=2", "a=\"1\"", "a=\"1; b=2\"", "a=\"", "a=1, b=2", "A=1", "aa=1", "a =1", "a\t=1", "a=\t1\t; b=2", "a=1 2", "=1; a=2",
  "a; b; a=1", "a=1; b", "b=a=1", "__proto__=1; a=2", "a=\u00e9",
];

/** A sequence of chances that is the same every time. */
let state = 1;
const below = (end) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0), (state >>> 8) % end);
const pick = (list) => list[below(list.length)];
const mixed = (parts) => Array.from({ length: 1 + below(9) }, () => pick(parts)).join("");

const queryParts = ["a", "b", "ab", "=", "=", "&", "&", "+", "%20", "%61", "%3D", "%26", "%2B", "%C3%A9", "%", "%C3", "1", ";"];
const cookieParts = ["a", "b", "ab", "=", "=", "; ", ";", " ", "\t", "\"", ",", "%61", "%zz", "1", "2"];
for (let n = 0; n < 250; n++) QUERIES.push(mixed(queryParts));
for (let n = 0; n < 250; n++) COOKIES.push(mixed(cookieParts));

/** Pairs and not an object, which `__proto__` would not be a key of. */
const pairs = (object) => Object.entries(object).map(([name, value]) => [name, [value].flat()]);
const queries = [...new Set(QUERIES)].map((text) => [text, pairs(querystring.parse(text))]);
// A header's value has no spaces around it.
const cookies = [...new Set(COOKIES.map((text) => text.trim()))].map((text) => [text, pairs(cookie.parse(text))]);

const lines = (list) => list.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
writeFileSync(
  new URL("recorded.json", import.meta.url),
  `{\n  "queries": [\n${lines(queries)}\n  ],\n  "cookies": [\n${lines(cookies)}\n  ]\n}\n`,
);
