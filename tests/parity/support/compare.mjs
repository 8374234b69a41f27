/** Compares what two servers said, after the rewriting of `allowed.mjs`. Order of headers is free except among `set-cookie`. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { ALLOWED_ANSWERS, ALLOWED_BODIES, ALLOWED_HEADERS, ALLOWED_WHEN_ENCODED, rewriteStatusLine } from "./allowed.mjs";
import { converse } from "./client.mjs";
import { get } from "./request.mjs";

/**
 * Two servers that are asked the same. A difference in how many requests the app has counted is reported once, by the case that
 * makes it, and not again by every case after it.
 */
export class Pair {
  #drift = 0;

  /**
   * @param {{node: {port: number}, host: {port: number}}} servers
   * @param {{header: string, rewrite: Function}[]} [rules] further ones for headers, which go first
   */
  constructor(servers, rules = []) {
    this.servers = servers;
    this.rules = rules;
  }

  /**
   * Sends one case to both servers and fails when their answers differ.
   * @param {{name: string, parts: (string | Buffer)[], methods: string[], watchClose?: boolean}} one
   * @returns {Promise<{node: import("./client.mjs").Conversation, host: import("./client.mjs").Conversation}>}
   */
  async assertSame(one) {
    const { node, host } = await this.#ask(one);
    const allowed = ALLOWED_ANSWERS.find(({ request }) => request.test(one.parts[0]));
    if (allowed) return this.#assertAllowed(allowed, { node, host });
    const how = { rules: this.rules, watchClose: one.watchClose ?? false, isHttp10: / HTTP\/1\.0\r\n/.test(one.parts[0]) };
    const expected = comparable(node, { ...how, side: "node", drift: 0 });
    const actual = comparable(host, { ...how, side: "host", drift: this.#drift });
    if (!isDeepStrictEqual(actual, expected)) {
      await this.#measureDrift([...node.responses, ...host.responses]);
      assert.fail(differences(expected, actual));
    }
    return { node, host };
  }

  async #assertAllowed(allowed, { node, host }) {
    const status = ({ responses }) => responses[0]?.statusLine.split(" ")[1] ?? "none";
    assert.match(status(node), allowed.node, `node no longer answers as the table says: ${allowed.what}`);
    assert.match(status(host), allowed.host, `ssr-host does not answer as the table says: ${allowed.what}`);
    await this.#measureDrift([...node.responses, ...host.responses]);
    return { node, host };
  }

  async #ask(one) {
    const [node, host] = await Promise.all([converse(this.servers.node.port, one), converse(this.servers.host.port, one)]);
    return { node, host };
  }

  async #measureDrift(responses) {
    if (!responses.some((response) => remaining(response) !== undefined)) return;
    const { node, host } = await this.#ask(get("/health"));
    this.#drift = remaining(node.responses[0]) - remaining(host.responses[0]) || 0;
  }
}

const REMAINING = "x-ratelimit-remaining";

/** What the app's rate limiter says is left; undefined when it was not asked. */
function remaining({ headers }) {
  const found = headers.find(([name]) => name.toLowerCase() === REMAINING);
  return found && Number(found[1]);
}

/** A conversation in the form that is compared. */
function comparable({ responses, closed, rest }, how) {
  const compared = { responses: responses.map((response) => comparableResponse(response, how)), rest: rest.toString("latin1") };
  return how.watchClose ? { ...compared, closed } : compared;
}

const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync, deflate: inflateSync };

/** The body without its content coding; as it came when it is not what its head says. Two encoders need not write the same. */
function decoded(headers, body) {
  const encoding = headers.find(([name]) => name.toLowerCase() === "content-encoding")?.[1];
  if (body.length === 0 || !Object.hasOwn(DECODERS, encoding)) return body;
  try {
    return DECODERS[encoding](body);
  } catch {
    return body;
  }
}

function comparableResponse({ statusLine, headers, body, complete }, { side, drift, isHttp10, rules: first }) {
  const plain = decoded(headers, body);
  let text = plain.toString("latin1");
  for (const { rewrite } of ALLOWED_BODIES) text = rewrite(text, side);
  const added = text.length - plain.length;
  const rules = [...first, ...(plain === body ? [] : ALLOWED_WHEN_ENCODED), ...ALLOWED_HEADERS];
  const lines = headers.flatMap(([given, value]) => {
    const name = given.toLowerCase();
    const rule = rules.find(({ header }) => header === name);
    const rewritten = rule ? rule.rewrite(value, statusLine, isHttp10) : value;
    if (rewritten === undefined) return [];
    if (name === "content-length" && body.length > 0) return [`${name}: ${Number(value) + added}`];
    return [`${name}: ${name === REMAINING ? Number(value) + drift : rewritten}`];
  });
  const isCookie = (line) => line.startsWith("set-cookie:");
  const sorted = [...lines.filter((line) => !isCookie(line)).sort(), ...lines.filter(isCookie)];
  return { statusLine: rewriteStatusLine(statusLine, isHttp10), headers: sorted, body: text, complete };
}

/** What differs, line by line: `-` is Node's, `+` is ssr-host's. */
function differences(node, host) {
  const lines = ["the answers differ: - node, + ssr-host"];
  const pair = (what, expected, actual) => {
    if (expected !== actual) lines.push(`- ${what}${expected}`, `+ ${what}${actual}`);
  };
  pair("number of responses: ", node.responses.length, host.responses.length);
  for (const [index, expected] of node.responses.entries()) {
    const actual = host.responses[index];
    if (actual === undefined) break;
    pair("", expected.statusLine, actual.statusLine);
    lines.push(...expected.headers.filter((line) => !actual.headers.includes(line)).map((line) => `- ${line}`));
    lines.push(...actual.headers.filter((line) => !expected.headers.includes(line)).map((line) => `+ ${line}`));
    if (expected.headers.join() !== actual.headers.join() && lines.length === 1) lines.push(`- ${expected.headers}`, `+ ${actual.headers}`);
    pair("complete: ", expected.complete, actual.complete);
    const [theirs, ours] = aroundDifference(expected.body, actual.body);
    pair("body: ", theirs, ours);
  }
  pair("closed by the server: ", node.closed, host.closed);
  pair("after the responses: ", JSON.stringify(node.rest), JSON.stringify(host.rest));
  return lines.join("\n");
}

/** The neighbourhood of the first difference between two texts. */
function aroundDifference(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const start = Math.max(0, at - 60);
  return [one, other].map((text) => `${start > 0 ? "…" : ""}${JSON.stringify(text.slice(start, at + 200))}`);
}
