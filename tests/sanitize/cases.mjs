// Runs every input through the sanitiser that `isomorphic-dompurify` is here: the real one on Node, the facade in an isolate.
import DOMPurify from "isomorphic-dompurify";
// By its file, because the package's entry brings in much that has nothing to do with sanitising.
import { sanitizeHTML } from "./node_modules/@composable-svelte/core/dist/ssr/middleware/html-sanitization.js";

/** What `sanitize` returns, or what it throws, as a string. */
function attempt(sanitize) {
  try {
    return sanitize();
  } catch (error) {
    return `THREW ${error.message}`;
  }
}

const both = (html) => ({
  defaults: attempt(() => DOMPurify.sanitize(html)),
  sanitizeHTML: attempt(() => sanitizeHTML(html)),
});

/** The results for all groups of inputs, in their order. */
export function collect({ benign, attack, options, refused }) {
  return {
    benign: benign.map(both),
    attack: attack.map(both),
    options: options.map(([html, config]) => attempt(() => DOMPurify.sanitize(html, config))),
    refused: refused.map(([config]) => attempt(() => DOMPurify.sanitize("<b>x</b>", config))),
  };
}
