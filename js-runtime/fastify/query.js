/**
 * `request.query`: the query string parsed on first use, and, when reads are tracked, parameter by parameter.
 */
import { querystring } from "ext:ssr_host/vendor/find-my-way.js";
import { PARAMETER, QUERY, recording } from "ext:ssr_host/reads.js";

/** Fastify's parser, for an app that brings none. */
export const parseQuery = (text) => (text === "" ? {} : querystring.parse(text));

/** Names of which everybody sees the same pairs: those of other characters may decode differently elsewhere. */
const PLAIN_NAME = /^[\x20-\x24\x26-\x7e]+$/;

/** The query of a tracked request. */
export class TrackedQuery {
  #text;
  #isWhole;
  #reads;
  #value;

  /**
   * @param {string} text what the router takes for the query string
   * @param {boolean} isWhole is that what follows the first `?` of the URL? (Not with `/a;b=1?c=2`, of which it begins at `;`.)
   * @param {import("../reads.js").Reads} reads
   */
  constructor(text, isWhole, reads) {
    this.#text = text;
    this.#isWhole = isWhole;
    this.#reads = reads;
  }

  /** What `request.query` is. */
  value(parse) {
    const reads = this.#reads;
    const all = () => reads.add(QUERY);
    if (parse !== parseQuery) {
      all();
      return (this.#value ??= parse(this.#text));
    }
    const one = (name) => (this.#isWhole && PLAIN_NAME.test(name) ? reads.add(PARAMETER, name) : all());
    return (this.#value ??= recording(parseQuery(this.#text), one, all));
  }
}
