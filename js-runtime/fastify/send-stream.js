/**
 * Streamed bodies. The head waits for the first chunk, because a stream that fails before it has sent anything is an
 * ordinary error (404 for a missing file, say). One chunk at a time: the next is taken when the host has room.
 */
import { toBytes } from "ext:ssr_host/fastify/raw.js";
import { logStreamError, runOnError } from "ext:ssr_host/fastify/send.js";
import { kExchange, kReplyHeaders } from "ext:ssr_host/fastify/symbols.js";

function prematureClose() {
  const error = new Error("Premature close");
  error.code = "ERR_STREAM_PREMATURE_CLOSE";
  return error;
}

/** Writes what `next` gives until it gives null. `abandon` is called when nobody wants the rest. */
async function pump(reply, next, abandon) {
  const exchange = reply[kExchange];
  let clientLeft = false;
  exchange.onCancel(() => {
    clientLeft = true;
    abandon(prematureClose());
  });
  try {
    let chunk = await next();
    if (clientLeft) throw prematureClose();
    if (chunk === null) return exchange.respond(exchange.statusCode, reply[kReplyHeaders], null);
    exchange.startStream(exchange.statusCode, reply[kReplyHeaders]);
    if (exchange.method === "HEAD") {
      abandon(undefined);
      return exchange.end();
    }
    while (chunk !== null) {
      await exchange.write(toBytes(chunk)).catch((error) => {
        clientLeft = true;
        throw error;
      });
      chunk = await next();
    }
    if (clientLeft) throw prematureClose();
    exchange.end();
  } catch (error) {
    if (clientLeft) {
      abandon(prematureClose());
      logStreamError(reply, prematureClose());
    } else if (exchange.headSent) {
      logStreamError(reply, error);
      exchange.fail(String(error?.message ?? error));
    } else {
      runOnError(reply, error);
    }
  }
}

/** Sends a web ReadableStream. */
export function sendWebStream(reply, stream) {
  const reader = stream.getReader();
  const next = async () => {
    const { done, value } = await reader.read();
    return done ? null : value;
  };
  pump(reply, next, (reason) => reader.cancel(reason).catch(() => {}));
}

/** Sends a Node stream: anything with `pipe`, `on` and data, end, error and close events. */
export function sendNodeStream(reply, stream) {
  const chunks = [];
  let ended = false;
  let failure;
  let wake = null;
  const woken = () => {
    wake?.();
    wake = null;
  };
  stream.on("data", (chunk) => {
    chunks.push(chunk);
    stream.pause?.();
    woken();
  });
  stream.on("end", () => {
    ended = true;
    woken();
  });
  stream.on("error", (error) => {
    failure ??= error;
    woken();
  });
  stream.on("close", () => {
    if (!ended) failure ??= prematureClose();
    woken();
  });
  if (stream.destroyed) failure = stream.errored ?? prematureClose();

  const next = async () => {
    for (;;) {
      if (chunks.length > 0) return chunks.shift();
      if (failure !== undefined) throw failure;
      if (ended || stream.readableEnded) return null;
      const waiting = new Promise((resolve) => (wake = resolve));
      stream.resume?.();
      await waiting;
    }
  };
  const abandon = () => {
    if (typeof stream.destroy === "function") stream.destroy();
    else if (typeof stream.close === "function") stream.close(() => {});
    else if (typeof stream.abort === "function") stream.abort();
    else reply.log.warn("stream payload does not end properly");
  };
  pump(reply, next, abandon);
}
