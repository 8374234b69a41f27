/**
 * The built-in modules of Node, by how far they exist here. The module loader turns an import of one in `UNSUPPORTED`
 * into an error that names it.
 */

/** Modules that work, or of which a part does. */
export const SUPPORTED = [
  "assert", "assert/strict", "async_hooks", "buffer", "console", "constants", "crypto", "diagnostics_channel", "events",
  "fs", "fs/promises", "http", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
  "punycode", "querystring", "stream", "stream/consumers", "stream/promises", "stream/web", "string_decoder", "timers",
  "timers/promises", "tty", "url", "util", "util/types", "worker_threads",
];

/** Modules that can be imported, and whose every function throws. */
export const IMPORT_ONLY = [
  "child_process", "cluster", "dgram", "dns", "dns/promises", "http2", "https", "inspector", "readline",
  "readline/promises", "tls", "v8", "vm", "zlib",
];

/** Modules that do not exist. */
export const UNSUPPORTED = [
  "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing", "_http_server", "_stream_duplex",
  "_stream_passthrough", "_stream_readable", "_stream_transform", "_stream_wrap", "_stream_writable", "_tls_common",
  "_tls_wrap", "domain", "inspector/promises", "repl", "sys", "trace_events", "wasi",
];

/** Modules that Node only has under `node:`. None of them exists. */
export const UNSUPPORTED_PREFIX_ONLY = ["sea", "sqlite", "test", "test/reporters"];
