/**
 * What `build.mjs` bundles from npm: one entry per file of this folder. Add a line to add a package
 * (and its pinned version to ../package.json).
 *
 *   file      name of the output in this folder, registered as `ext:ssr_host/vendor/<file>`
 *   source    the ES module that is bundled: what it exports is what the file exports
 *   aliases   optional: import name → inline ES module source that stands in for it
 *   patches   optional: exact replacements in the package's text, each of which must match once
 *   keepNames optional: classes and functions keep the names they have in the package, for programs that look at them
 *
 * Node's built-in modules are never bundled: every import of one (also of its npm stand-in, see `NODE_STAND_INS`
 * in build.mjs) becomes an import of `node:<name>`, so that all code shares one instance.
 */

import { createRequire } from "node:module";

/** Where the inspector asks the engine: on the web it answers "unknown", here deno_core and the web classes know. */
const INSPECT_PATCHES = [
  ["getPromiseDetails:function(){return[c,void 0]}", "getPromiseDetails:(promise)=>__engine.getPromiseDetails(promise,c,l)"],
  ["previewEntries:function(t){return[[],!1]}", "previewEntries:__engine.previewEntries"],
  ["getProxyDetails:a.getProxyDetails", "getProxyDetails:__engine.getProxyDetails"],
  ["var y=e[fe];", "var y=__engine.customInspect(e,fe);"],
];

/** `instanceof Blob` without loading the web's Blob, and with it all of web streams, when the package loads. */
const LAZY_BLOB = [
  [
    "const Blob = globalThis.Blob || bufferModule.Blob",
    "const Blob = { [Symbol.hasInstance]: (value) => value instanceof globalThis.Blob }",
  ],
];

/** What find-my-way and avvio take of node:assert, node:events and node:util: loading the whole modules at start-up would cost more. */
const SMALL_NODE = {
  "node:assert": `module.exports = (value, message) => { if (!value) throw Object.assign(new Error(message), { name: "AssertionError", code: "ERR_ASSERTION" }); };`,
  "node:events": `class EventEmitter {
  setMaxListeners() { return this; }
  on(name, fn) { ((this._listeners ??= {})[name] ??= []).push(fn); return this; }
  once(name, fn) { return this.on(name, Object.assign((...args) => { this.off(name, fn); fn.apply(this, args); }, { listener: fn })); }
  off(name, fn) { const list = this._listeners?.[name]; if (list) this._listeners[name] = list.filter((one) => one !== fn && one.listener !== fn); return this; }
  emit(name, ...args) { const list = this._listeners?.[name]; if (!list || list.length === 0) return false; for (const fn of list) fn.apply(this, args); return true; }
}
module.exports = { EventEmitter };`,
  "node:util": `module.exports = {
  inherits(constructor, parent) { Object.setPrototypeOf(constructor.prototype, parent.prototype); },
  debuglog: () => () => {},
  format: (text, ...args) => text.replace(/%s/g, () => String(args.shift())),
};`,
};

/** Types that mime-db calls compressible: of the whole table, `@fastify/compress` asks nothing else. */
function compressibleTypes() {
  const table = createRequire(import.meta.url)("mime-db");
  const names = Object.keys(table).filter((name) => table[name].compressible);
  return `export const compressible = new Set(${JSON.stringify(names.join(" "))}.split(" "));`;
}

/** What ioredis takes of Node's sockets: those of Rust, for Redis only. The parts that need more throw an error that names them. */
const REDIS_ALIASES = {
  net: "export const createConnection = __socket.connect;",
  tls: "export const connect = __socket.connectTls;",
  "ssr-host/cluster": "export default __refused.Cluster;",
  "ssr-host/sentinel": "export default __refused.SentinelConnector; export const { SentinelIterator } = __refused;",
  assert: SMALL_NODE["node:assert"],
  buffer: `export const Buffer = __Buffer;
export const constants = { MAX_STRING_LENGTH: 2 ** 29 - 24 };`,
  // Its output needs a terminal's functions; ioredis asks `enabled` before it says anything.
  debug: "export default () => Object.assign(() => {}, { enabled: false });",
};

const REDIS_PATCHES = {
  "ioredis/built/index.js": [
    ['var cluster_1 = require("./cluster");', 'var cluster_1 = require("ssr-host/cluster");'],
    ['var SentinelConnector_1 = require("./connectors/SentinelConnector");', 'var SentinelConnector_1 = require("ssr-host/sentinel");'],
  ],
  "ioredis/built/Redis.js": [
    ['const cluster_1 = require("./cluster");', 'const cluster_1 = require("ssr-host/cluster");'],
    ['const SentinelConnector_1 = require("./connectors/SentinelConnector");', 'const SentinelConnector_1 = require("ssr-host/sentinel");'],
  ],
  "ioredis/built/connectors/index.js": [
    ['const SentinelConnector_1 = require("./SentinelConnector");', 'const SentinelConnector_1 = require("ssr-host/sentinel");'],
  ],
  // The frames that `showFriendlyErrorStack` leaves out: ours.
  "ioredis/built/Command.js": [["__dirname", '"ext:ssr_host/vendor/ioredis.js"']],
  // What a listener throws ends the process in Node. Here it must not keep the replies behind it from those who wait for them.
  "ioredis/built/DataHandler.js": [["                this.returnReply(reply);\n            },", "                try { this.returnReply(reply); } catch (error) { __socket.throwLater(error); }\n            },"]],
  "ioredis/built/utils/index.js": [
    ['const fs_1 = require("fs");\nconst path_1 = require("path");\n', 'const package_json = require("../../package.json");\n'],
    ['const filePath = (0, path_1.resolve)(__dirname, "..", "..", "package.json");\n', ""],
    ['const data = await fs_1.promises.readFile(filePath, "utf8");\n', ""],
    ["const parsed = JSON.parse(data);", "const parsed = package_json;"],
  ],
};

export const entries = [
  {
    file: "readable-stream.js",
    source: 'export { default } from "readable-stream/lib/stream.js";',
    aliases: { "abort-controller": "export const { AbortController, AbortSignal } = globalThis;" },
    patches: {
      "readable-stream/lib/ours/util.js": LAZY_BLOB,
      "readable-stream/lib/internal/streams/duplexify.js": LAZY_BLOB,
    },
  },
  { file: "string_decoder.js", source: 'export { StringDecoder } from "string_decoder/";' },
  {
    file: "assert.js",
    source: `export { default } from "assert/";
export { isDeepEqual, isDeepStrictEqual } from "assert/build/internal/util/comparisons.js";`,
    aliases: {
      // Stand-ins for what the language has had for years.
      "call-bind/callBound": `module.exports = (name) => {
  const method = name.split(".").reduce((value, key) => value[key], globalThis);
  return (receiver, ...args) => Reflect.apply(method, receiver, args);
};`,
      "is-nan": "module.exports = Number.isNaN;",
      "object-is": "module.exports = Object.is;",
      "object-is/polyfill": "module.exports = () => Object.is;",
      "object.assign/polyfill": "module.exports = () => Object.assign;",
    },
  },
  { file: "path.js", source: 'export { default } from "path-browserify";' },
  {
    file: "url.js",
    source: 'export { parse, resolve, resolveObject, format, Url } from "url/";',
    aliases: {
      // Node's legacy parser uses node:querystring; the package uses `qs` for old browsers.
      qs: `import querystring from "node:querystring";
export const parse = (text) => querystring.parse(text);
export const stringify = (object) => querystring.stringify(object);`,
    },
  },
  { file: "punycode.js", source: 'export { default } from "punycode/";' },
  { file: "parseargs.js", source: 'export { parseArgs } from "@pkgjs/parseargs";' },
  {
    file: "inspect.js",
    source: `export { default } from "node-inspect-extracted";`,
    prelude: 'import * as __engine from "ext:ssr_host/node/internal/engine.js";',
    patches: { "node-inspect-extracted/dist/inspect.js": INSPECT_PATCHES },
  },
  // The router of the Fastify facade, and the query parser that it brings along.
  {
    file: "find-my-way.js",
    source: 'export { default } from "find-my-way";\nexport { default as querystring } from "fast-querystring";',
    aliases: { "node:assert": SMALL_NODE["node:assert"] },
  },
  { file: "avvio.js", source: 'export { default } from "avvio";', aliases: SMALL_NODE },
  { file: "secure-json-parse.js", source: 'export { default } from "secure-json-parse";' },
  { file: "fast-content-type-parse.js", source: 'export { default, defaultContentType } from "fast-content-type-parse";' },
  { file: "proxy-addr.js", source: 'export { default } from "proxy-addr";' },
  { file: "content-disposition.js", source: 'export { default } from "content-disposition";' },
  // @fastify/rate-limit and @fastify/compress
  { file: "ms.js", source: 'export { format, parse } from "@lukeed/ms";' },
  { file: "accept-negotiator.js", source: 'export { negotiate } from "@fastify/accept-negotiator";' },
  { file: "compressible-types.js", source: compressibleTypes() },
  {
    file: "fastify-cookie.js",
    source: 'export { default } from "@fastify/cookie";',
    // Cookies that are read one by one, when reads are tracked.
    prelude: 'import { requestCookies as __requestCookies } from "ext:ssr_host/fastify/cookies.js";',
    patches: {
      "@fastify/cookie/plugin.js": [
        ["  const cookieHeader = request.raw.headers.cookie\n\n", ""],
        [
          "request.cookies = cookieHeader ? fastify.parseCookie(cookieHeader) : {}",
          "request.cookies = __requestCookies(request, (text) => fastify.parseCookie(text))",
        ],
      ],
    },
  },
  {
    file: "ioredis.js",
    source: 'export { default } from "ioredis";',
    keepNames: true,
    prelude: `import { Buffer as __Buffer } from "ext:ssr_host/node/internal/buffer.js";
import * as __socket from "ext:ssr_host/ioredis/socket.js";
import * as __refused from "ext:ssr_host/ioredis/refused.js";`,
    aliases: REDIS_ALIASES,
    patches: REDIS_PATCHES,
  },
  { file: "semver.js", source: 'export { default as satisfies } from "semver/functions/satisfies.js";' },
];
