// Writes crates/isolate/src/sanitize/lists.rs: the names that the sanitiser allows or refuses, taken from the pinned
// npm packages (DOMPurify's own lists, jsdom's property names, parse5's SVG spellings).
//
//   node lists.mjs           write the file
//   node lists.mjs --check   fail when the file differs from what the packages say
//
// It does not decide anything: to follow a newer DOMPurify, raise the version in package.json and run it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { JSDOM } from "jsdom";

const require = createRequire(import.meta.url);
const target = join(import.meta.dirname, "../../crates/isolate/src/sanitize/lists.rs");
const purifyRoot = join(dirname(require.resolve("dompurify")), "..");
const source = (file) => readFileSync(join(purifyRoot, "src", file), "utf8");
const { version } = JSON.parse(readFileSync(join(purifyRoot, "package.json"), "utf8"));

/** The names of one frozen array in a source file of DOMPurify, in lower case. */
function names(file, marker) {
  const text = source(file);
  const start = text.indexOf(marker);
  if (start < 0) throw new Error(`${file} has no "${marker}"`);
  const body = text.slice(text.indexOf("[", start), text.indexOf("]", start));
  return [...body.matchAll(/'([^']+)'/g)].map(([, name]) => name.toLowerCase());
}

/** Every name for which `name in document || name in form` holds in jsdom: what SANITIZE_DOM refuses as an id or name. */
function domProperties() {
  const { document } = new JSDOM("<!DOCTYPE html>").window;
  const inert = document.createElement("template").content.ownerDocument;
  const found = new Set();
  for (let object of [inert, inert.createElement("form")]) {
    for (; object; object = Object.getPrototypeOf(object)) Object.getOwnPropertyNames(object).forEach((name) => found.add(name));
  }
  return [...found];
}

/** The mixed-case spellings that the HTML parser gives SVG tags and attributes. */
async function svgSpellings() {
  const file = join(dirname(require.resolve("parse5")), "common/foreign-content.js");
  const { SVG_TAG_NAMES_ADJUSTMENT_MAP, adjustTokenSVGAttrs } = await import(pathToFileURL(file));
  const attrs = names("attrs.ts", "const svg").map((name) => ({ name }));
  const lower = attrs.map(({ name }) => name);
  adjustTokenSVGAttrs({ attrs });
  return { tags: [...SVG_TAG_NAMES_ADJUSTMENT_MAP.values()], attrs: attrs.map(({ name }) => name).filter((name, i) => name !== lower[i]) };
}

const svg = await svgSpellings();
const lists = [
  ["HTML_TAGS", "Allowed HTML elements.", names("tags.ts", "const html")],
  ["SVG_TAGS", "Allowed SVG elements.", names("tags.ts", "const svg ")],
  ["SVG_FILTER_TAGS", "Allowed SVG filter elements.", names("tags.ts", "const svgFilters")],
  ["SVG_REFUSED_TAGS", "Elements that exist in SVG and are not allowed.", names("tags.ts", "const svgDisallowed")],
  ["MATHML_TAGS", "Allowed MathML elements.", names("tags.ts", "const mathMl ")],
  ["MATHML_REFUSED_TAGS", "Elements that exist in MathML and are not allowed.", names("tags.ts", "const mathMlDisallowed")],
  ["HTML_ATTRS", "Allowed HTML attributes.", names("attrs.ts", "const html")],
  ["SVG_ATTRS", "Allowed SVG attributes.", names("attrs.ts", "const svg")],
  ["MATHML_ATTRS", "Allowed MathML attributes.", names("attrs.ts", "const mathMl")],
  ["XML_ATTRS", "Allowed attributes with a namespace.", names("attrs.ts", "const xml")],
  ["FORBID_CONTENTS", "Elements that go with all they contain.", names("purify.ts", "const DEFAULT_FORBID_CONTENTS")],
  ["DATA_URI_TAGS", "Elements whose source may be a `data:` URL.", names("purify.ts", "const DEFAULT_DATA_URI_TAGS")],
  ["URI_SAFE_ATTRS", "Attributes whose value is never read as a URL.", names("purify.ts", "const DEFAULT_URI_SAFE_ATTRIBUTES")],
  ["SVG_TAG_SPELLINGS", "SVG elements as the HTML parser spells them.", svg.tags],
  ["SVG_ATTR_SPELLINGS", "Allowed SVG attributes as the HTML parser spells them.", svg.attrs],
  ["DOM_PROPERTIES", "Properties of `document` and of a form in jsdom; an id or a name must not hide one (`SANITIZE_DOM`).", domProperties()],
];

/** One Rust constant: the names sorted, one string, wrapped. */
function constant([name, doc, entries]) {
  const lines = [""];
  for (const entry of [...new Set(entries)].sort()) {
    if (lines.at(-1).length + entry.length > 108) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) && " ") + entry;
  }
  return `/// ${doc}\npub(super) const ${name}: &str = "\\\n${lines.map((line) => `    ${line}`).join(" \\\n")}";\n`;
}

const text = `//! Names that the sanitiser knows, separated by spaces. Written by tests/sanitize/lists.mjs: do not edit.
//!
//! From DOMPurify ${version}, (c) Cure53 and other contributors, Apache-2.0 or MPL-2.0 (src/tags.ts, src/attrs.ts, src/purify.ts).

${lists.map(constant).join("\n")}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("crates/isolate/src/sanitize/lists.rs differs from the pinned packages: run node lists.mjs");
  process.exit(1);
}
