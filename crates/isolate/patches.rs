//! Changes to scripts of deno crates. Each stands where it is needed, and fails the build when what it changes is no longer there.

/// Script, what stands there once, what takes its place.
pub(crate) const PATCHES: [(&str, &str, &str); 13] = [
    // `has` asks the target of lazy headers for one name, as `get` does.
    (
        "ext:deno_fetch/20_headers.js",
        "      throw new TypeError(`Invalid header name: \"${name}\"`);
    }

    const lowerNames = ensureLowerNames(this);
    const lowercaseName = byteLowerCase(name);
    for (let i = 0; i < lowerNames.length; i++) {
      if (lowerNames[i] === lowercaseName) {
        return true;",
        "      throw new TypeError(`Invalid header name: \"${name}\"`);
    }

    if (this[_headerTarget] !== null) return this[_headerTarget].header(name) !== null;
    const lowerNames = ensureLowerNames(this);
    const lowercaseName = byteLowerCase(name);
    for (let i = 0; i < lowerNames.length; i++) {
      if (lowerNames[i] === lowercaseName) {
        return true;",
    ),
    // A signal that is made when it is read says what one of `fetch/serve.js` says.
    ("ext:deno_fetch/23_request.js", "\"The request has been cancelled.\"", "\"The client closed the connection\""),
    // `fetch` of http and https is the host's (src/ops/fetch.rs); deno_fetch's own ops serve `data:` and `blob:`.
    (FETCH, "  op_fetch_promise_is_settled,\n", "  op_fetch_promise_is_settled,\n  op_host_fetch,\n  op_host_fetch_send,\n"),
    (
        FETCH,
        "  const { requestRid, cancelHandleRid } = op_fetch(\n",
        "  const isHttp = url.protocol === \"http:\" || url.protocol === \"https:\";
  const { requestRid, cancelHandleRid } = isHttp
    ? op_host_fetch(
      req.method,
      req.currentUrl(),
      req.headerList,
      reqBody,
      reqRid,
      core.getAsyncContext()?.request ?? -1,
      req.cacheMode ?? \"\",
    )
    : op_fetch(\n",
    ),
    (FETCH, "resp = await opFetchSend(requestRid);", "resp = await (isHttp ? op_host_fetch_send : opFetchSend)(requestRid);"),
    // A failing request body is the cause of the failure, as in Node: the very error, not its text.
    (FETCH, "  let reqRid = null;\n", "  let reqRid = null;\n  let bodyError = null;\n"),
    (
        FETCH,
        "resourceForReadableStream(stream, req.body.length);",
        "resourceForReadableStream(stream, req.body.length, (error) => bodyError = { error });",
    ),
    (
        FETCH,
        "    if (terminator.aborted) return abortedNetworkError();\n    throw err;\n",
        "    if (terminator.aborted) return abortedNetworkError();
    if (bodyError !== null) throw new TypeError(\"fetch failed\", { cause: bodyError.error });
    throw err;\n",
    ),
    // Failures have the shape and the words that they have in Node (undici's lib/web/fetch/index.js).
    (
        FETCH,
        "\"Fetch failed: \" + (response.error ?? \"unknown error\"),",
        "\"fetch failed\", { cause: new Error(response.error ?? \"\") },",
    ),
    (FETCH, "networkError(`Requests to port ${url.port} are blocked`)", "networkError(\"bad port\")"),
    (
        FETCH,
        "return networkError(\n          \"Encountered redirect while redirect mode is set to 'error'\",",
        "return networkError(\n          \"unexpected redirect\",",
    ),
    (FETCH, "\"Can not redirect to a non HTTP(s) url\"", "\"URL scheme must be a HTTP(S) scheme\""),
    (FETCH, "\"Maximum number of redirects (20) reached\"", "\"redirect count exceeded\""),
];

const FETCH: &str = "ext:deno_fetch/26_fetch.js";
