/** What a client can tell of an answer, without what a cache may add or is free to choose. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** Headers that differ from answer to answer, that a cache adds, or that only say how the body is framed. */
const FREE = new Set(["date", "age", "cache-status", "connection", "keep-alive", "content-length", "transfer-encoding"]);

const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync };

/**
 * @param {import("../../parity/support/client.mjs").Conversation} conversation
 * @param {Set<string>} [ignored] more headers that are free
 */
export function comparable({ responses, rest }, ignored = new Set()) {
  return { rest: rest.toString("latin1"), responses: responses.map((response) => comparableResponse(response, ignored)) };
}

function comparableResponse({ statusLine, headers, body, complete }, ignored) {
  const lines = headers.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => !FREE.has(name) && !ignored.has(name));
  const coding = headers.find(([name]) => name.toLowerCase() === "content-encoding")?.[1];
  const plain = coding in DECODERS && body.length > 0 ? DECODERS[coding](body) : body;
  return { statusLine, headers: lines.map((line) => line.join(": ")).sort(), body: plain.toString("latin1"), complete };
}

/** The value of a header of the last response. */
export function headerOf({ responses }, wanted) {
  return responses.at(-1)?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Whether the cache answered by itself: RFC 9211 section 2.1. */
export const isHit = (conversation) => /^ssr-host;\s*hit\b/.test(headerOf(conversation, "cache-status") ?? "");
