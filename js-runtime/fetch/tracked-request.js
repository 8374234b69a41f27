// The Request of which it is noted what the app reads. The web's classes read everything from the inner request: that is where
// it is noted, whoever asks. `headers.get` and `headers.has` ask it for one header; all else needs the list.

import { core } from "ext:core/mod.js";
import { op_request_has_body, op_request_headers } from "ext:core/ops";
import { onCancel } from "ext:ssr_host/bridge.js";
import { absoluteUrl, bodyStream, toRequest } from "ext:ssr_host/fetch/serve.js";
import { HEADER, HEADERS, HOST, QUERY, Reads, SCHEME } from "ext:ssr_host/reads.js";

/** Methods that the Request constructor leaves as they are. */
const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** The app's Request, lazy. */
export function toTrackedRequest(id, method, url) {
  const reads = new Reads(id);
  if (!METHODS.includes(method)) {
    reads.addAll();
    return toRequest(id, method, url);
  }
  const { fromInnerRequest } = core.loadExtScript("ext:deno_fetch/23_request.js");
  return fromInnerRequest(innerRequest(id, method, url, reads), "request");
}

function innerRequest(id, method, url, reads) {
  const { newInnerRequest } = core.loadExtScript("ext:deno_fetch/23_request.js");
  // A URL that is none fails here, as in the constructor.
  const { href } = new URL(absoluteUrl(id, url));
  const getUrl = () => {
    for (const kind of [QUERY, HOST, SCHEME]) reads.add(kind);
    return href;
  };
  const headerList = () => {
    reads.add(HEADERS);
    return pairs(op_request_headers(id));
  };
  const inner = newInnerRequest(method, getUrl, headerList, requestBody(id, method), false);
  inner.header = (name) => {
    reads.add(HEADER, name);
    return joined(op_request_headers(id), name.toLowerCase());
  };
  inner.onCancel = (abort) => onCancel(id, abort);
  return inner;
}

function requestBody(id, method) {
  if (!op_request_has_body(id) || method === "GET" || method === "HEAD") return null;
  const { extractBody } = core.loadExtScript("ext:deno_fetch/22_body.js");
  return extractBody(bodyStream(id)).body;
}

/** `[[name, value], …]` of a flat list. */
function pairs(list) {
  const result = [];
  for (let i = 0; i < list.length; i += 2) result.push([list[i], list[i + 1]]);
  return result;
}

/** The value of a header as `Headers.get` gives it, of all that have its name. */
function joined(list, name) {
  let value = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) value = value === null ? list[i + 1] : `${value}, ${list[i + 1]}`;
  }
  return value;
}
