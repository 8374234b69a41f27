// Serves an app that exports `fetch(request)`: Web Request in, Web Response out, bodies streamed both ways.
//
// Nothing is read ahead: the request body is pulled when the app reads, and the next chunk of a response is asked for when the
// client has taken the last one.

import { core } from "ext:core/mod.js";
import {
  op_body_end,
  op_body_fail,
  op_body_write,
  op_request_client,
  op_request_fail,
  op_request_has_body,
  op_request_header,
  op_request_headers,
  op_request_read,
  op_request_tls,
  op_respond_bytes,
  op_respond_empty,
  op_respond_stream,
  op_respond_string,
} from "ext:core/ops";
import { onCancel, serve } from "ext:ssr_host/bridge.js";
import { checkHeaderName, checkHeaderValue } from "ext:ssr_host/fastify/headers.js";

const tracked = core.createLazyLoader("ext:ssr_host/fetch/tracked-request.js");

/** @param {(request: Request) => Response | Promise<Response>} handler */
export function serveFetch(handler) {
  serve({
    kind: "fetch",
    handle(id, method, url, isTracked) {
      respond(id, method, handler, url, isTracked).catch((error) => op_request_fail(id, error));
    },
    describe: () => ({ routes: [{ method: "*", url: "*" }], hooks: {}, plugins: [] }),
    async close() {},
  });
}

async function respond(id, method, handler, url, isTracked) {
  const response = await handler(isTracked ? tracked().toTrackedRequest(id, method, url) : toRequest(id, method, url));
  const { toInnerResponse } = core.loadExtScript("ext:deno_fetch/23_response.js");
  if (!(response instanceof Response)) {
    throw new TypeError(`The fetch handler returned ${response === null ? "null" : typeof response}: expected a Response`);
  }
  if (response.bodyUsed) throw new TypeError("The fetch handler returned a Response whose body has already been read");
  const head = toHead(toInnerResponse(response).headerList);
  const body = toInnerResponse(response).body;
  if (body === null) return op_respond_empty(id, response.status, head);
  const { streamOrStatic } = body;
  if (streamOrStatic instanceof ReadableStream) return pipe(id, op_respond_stream(id, response.status, head), streamOrStatic);
  return typeof streamOrStatic.body === "string"
    ? op_respond_string(id, response.status, head, streamOrStatic.body)
    : op_respond_bytes(id, response.status, head, streamOrStatic.body);
}

/** The response head as the ops take it. */
function toHead(headerList) {
  let head = "";
  for (const [name, value] of headerList) {
    checkHeaderName(name);
    checkHeaderValue(name, value);
    head += `${name}\n${value}\n`;
  }
  return head;
}

/** Sends `stream` chunk by chunk; the reader is cancelled the moment the client leaves. */
async function pipe(id, _started, stream) {
  const reader = stream.getReader();
  onCancel(id, () => reader.cancel(new DOMException("The client closed the connection", "AbortError")).catch(() => {}));
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      await op_body_write(id, toBytes(value));
    }
    op_body_end(id);
  } catch (error) {
    op_body_fail(id, String(error));
    reader.cancel(error).catch(() => {});
  }
}

function toBytes(chunk) {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`A response body stream produced ${typeof chunk}: expected Uint8Array`);
}

/** The app's Request, all of which is read ahead. */
export function toRequest(id, method, url) {
  const list = op_request_headers(id);
  const headers = [];
  for (let i = 0; i < list.length; i += 2) headers.push([list[i], list[i + 1]]);
  const controller = new AbortController();
  onCancel(id, () => controller.abort(new DOMException("The client closed the connection", "AbortError")));
  const init = { method, headers, signal: controller.signal };
  if (op_request_has_body(id) && method !== "GET" && method !== "HEAD") {
    init.body = bodyStream(id);
    init.duplex = "half";
  }
  return new Request(absoluteUrl(id, url), init);
}

export function absoluteUrl(id, url) {
  if (!url.startsWith("/")) return url;
  const [, , host, scheme] = op_request_client(id) ?? [];
  const protocol = scheme ?? (op_request_tls(id) ? "https" : "http");
  return `${protocol}://${host ?? op_request_header(id, "host") ?? "localhost"}${url}`;
}

export function bodyStream(id) {
  return new ReadableStream({
    async pull(controller) {
      const chunk = await op_request_read(id);
      if (chunk === null) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}
