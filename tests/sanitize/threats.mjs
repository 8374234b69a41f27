// Says what is dangerous in sanitised HTML. "Neutralised" means that this finds nothing: no element or attribute that runs code, no
// URL that does, no element that the options do not allow, and the same elements with the same attributes when it is written and parsed once more.
import { readFileSync } from "node:fs";

const lists = readFileSync(new URL("../../crates/isolate/src/sanitize/lists.rs", import.meta.url), "utf8");
const list = (name) => lists.match(new RegExp(`${name}: &str = "([^"]*)"`))[1].split(/[\s\\]+/).filter(Boolean);

const allowed = {
  defaults: new Set(["HTML_TAGS", "SVG_TAGS", "SVG_FILTER_TAGS", "MATHML_TAGS"].flatMap(list)),
  sanitizeHTML: new Set("p br strong em u s a ul ol li blockquote code pre h1 h2 h3 h4 h5 h6 img figure figcaption".split(" ")),
};

const SCRIPT_URL = /^(?:javascript|vbscript|livescript|mocha):|^data:(?:text\/html|application\/xhtml|text\/xml)/i;
const URL_ATTRS = new Set(["href", "xlink:href", "src", "action", "formaction", "data", "poster", "background", "ping", "srcset", "cite", "codebase", "manifest"]);

/** Every element of a tree, template contents included. */
function* elements(root) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.content?.querySelectorAll) yield* elements(element.content);
  }
}

/** What a second parser must make of an element again. */
const signature = ({ namespaceURI, localName, attributes }) =>
  JSON.stringify([namespaceURI, localName, ...[...attributes].map(({ name, value }) => [name, value])]);

function parse(window, html) {
  const container = new window.DOMParser().parseFromString("", "text/html").createElement("div");
  container.innerHTML = html;
  return container;
}

/**
 * The threats found in `html`.
 * @param {Window} window of jsdom
 * @param {string} html sanitised HTML
 * @param {"defaults" | "sanitizeHTML"} by the options that it was sanitised with
 * @returns {string[]}
 */
export function threats(window, html, by) {
  const found = [];
  const root = parse(window, html);
  for (const element of elements(root)) {
    const name = element.localName.toLowerCase();
    if (!allowed[by].has(name) && name !== "tbody") found.push(`element <${name}>`);
    for (const { name: attr, value } of element.attributes) {
      const compact = value.replace(/[\u0000-\u0020\u00a0]/g, "");
      if (/^on/i.test(attr)) found.push(`attribute ${attr}`);
      if (/^(?:srcdoc|patchsrc)$/i.test(attr)) found.push(`attribute ${attr}`);
      if (URL_ATTRS.has(attr.toLowerCase()) && SCRIPT_URL.test(compact)) found.push(`URL ${attr}=${value}`);
      if (attr.toLowerCase() === "attributename" && /href/i.test(value)) found.push(`attribute ${attr}=${value}`);
    }
  }
  // A second round of writing and parsing must find the elements and attributes of the first.
  const again = parse(window, root.innerHTML);
  const names = (tree) => [...elements(tree)].map(signature).sort().join();
  if (names(root) !== names(again)) found.push("other elements when parsed twice");
  return found;
}
