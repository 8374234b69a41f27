import fastifyStatic from "@fastify/static";
import "isomorphic-dompurify";
import fastify from "fastify";
import { readFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
function serializeStore(store) {
  if (!store) {
    throw new TypeError("serializeStore: store is required");
  }
  try {
    return JSON.stringify(store.state);
  } catch (error) {
    throw new TypeError(`serializeStore: State is not serializable. State should only contain plain objects, arrays, and primitives. Error: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const HYDRATION_START = "[";
const HYDRATION_START_FAILED = "[?";
const HYDRATION_END = "]";
const ELEMENT_IS_NAMESPACED = 1;
const ELEMENT_PRESERVE_ATTRIBUTE_CASE = 1 << 1;
const ELEMENT_IS_INPUT = 1 << 2;
const UNINITIALIZED = /* @__PURE__ */ Symbol("uninitialized");
const ATTR_REGEX = /[&"<]/g;
const CONTENT_REGEX = /[&<]/g;
function escape_html(value, is_attr) {
  const str = String(value ?? "");
  const pattern = is_attr ? ATTR_REGEX : CONTENT_REGEX;
  pattern.lastIndex = 0;
  let escaped2 = "";
  let last = 0;
  while (pattern.test(str)) {
    const i = pattern.lastIndex - 1;
    const ch = str[i];
    escaped2 += str.substring(last, i) + (ch === "&" ? "&amp;" : ch === '"' ? "&quot;" : "&lt;");
    last = i + 1;
  }
  return escaped2 + str.substring(last);
}
function r(e) {
  var t, f, n = "";
  if ("string" == typeof e || "number" == typeof e) n += e;
  else if ("object" == typeof e) if (Array.isArray(e)) {
    var o = e.length;
    for (t = 0; t < o; t++) e[t] && (f = r(e[t])) && (n && (n += " "), n += f);
  } else for (f in e) e[f] && (n && (n += " "), n += f);
  return n;
}
function clsx$1() {
  for (var e, t, f = 0, n = "", o = arguments.length; f < o; f++) (e = arguments[f]) && (t = r(e)) && (n && (n += " "), n += t);
  return n;
}
var is_array = Array.isArray;
var has_own_property = Object.prototype.hasOwnProperty;
const noop = () => {
};
function deferred() {
  var resolve;
  var reject;
  var promise = new Promise((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
const replacements = {
  translate: /* @__PURE__ */ new Map([
    [true, "yes"],
    [false, "no"]
  ])
};
function attr(name2, value, is_boolean = false) {
  if (name2 === "hidden" && value !== "until-found") {
    is_boolean = true;
  }
  if (value == null || is_boolean && !value && value !== "") return "";
  const normalized = has_own_property.call(replacements, name2) && replacements[name2].get(value) || value;
  const assignment = is_boolean ? `=""` : `="${escape_html(normalized, true)}"`;
  return ` ${name2}${assignment}`;
}
function clsx(value) {
  if (typeof value === "object") {
    return clsx$1(value);
  } else {
    return value ?? "";
  }
}
const whitespace = [..." 	\n\r\f \v\uFEFF"];
function to_class(value, hash, directives) {
  var classname = value == null ? "" : "" + value;
  if (hash) {
    classname = classname ? classname + " " + hash : hash;
  }
  if (directives) {
    for (var key of Object.keys(directives)) {
      if (directives[key]) {
        classname = classname ? classname + " " + key : key;
      } else if (classname.length) {
        var len = key.length;
        var a = 0;
        while ((a = classname.indexOf(key, a)) >= 0) {
          var b = a + len;
          if ((a === 0 || whitespace.includes(classname[a - 1])) && (b === classname.length || whitespace.includes(classname[b]))) {
            classname = (a === 0 ? "" : classname.substring(0, a)) + classname.substring(b + 1);
          } else {
            a = b;
          }
        }
      }
    }
  }
  return classname === "" ? null : classname;
}
function append_styles(styles, important = false) {
  var separator = important ? " !important;" : ";";
  var css = "";
  for (var key of Object.keys(styles)) {
    var value = styles[key];
    if (value != null && value !== "") {
      css += " " + key + ": " + value + separator;
    }
  }
  return css;
}
function to_css_name(name2) {
  if (name2[0] !== "-" || name2[1] !== "-") {
    return name2.toLowerCase();
  }
  return name2;
}
function to_style(value, styles) {
  if (styles) {
    var new_style = "";
    var normal_styles;
    var important_styles;
    if (Array.isArray(styles)) {
      normal_styles = styles[0];
      important_styles = styles[1];
    } else {
      normal_styles = styles;
    }
    if (value) {
      value = String(value).replaceAll(/\/\*.*?\*\//g, "").trim();
      var in_str = false;
      var in_apo = 0;
      var in_comment = false;
      var reserved_names = [];
      if (normal_styles) {
        reserved_names.push(...Object.keys(normal_styles).map(to_css_name));
      }
      if (important_styles) {
        reserved_names.push(...Object.keys(important_styles).map(to_css_name));
      }
      var start_index = 0;
      var name_index = -1;
      const len = value.length;
      for (var i = 0; i < len; i++) {
        var c = value[i];
        if (in_comment) {
          if (c === "/" && value[i - 1] === "*") {
            in_comment = false;
          }
        } else if (in_str) {
          if (in_str === c) {
            in_str = false;
          }
        } else if (c === "/" && value[i + 1] === "*") {
          in_comment = true;
        } else if (c === '"' || c === "'") {
          in_str = c;
        } else if (c === "(") {
          in_apo++;
        } else if (c === ")") {
          in_apo--;
        }
        if (!in_comment && in_str === false && in_apo === 0) {
          if (c === ":" && name_index === -1) {
            name_index = i;
          } else if (c === ";" || i === len - 1) {
            if (name_index !== -1) {
              var name2 = to_css_name(value.substring(start_index, name_index).trim());
              if (!reserved_names.includes(name2)) {
                if (c !== ";") {
                  i++;
                }
                var property = value.substring(start_index, i).trim();
                new_style += " " + property + ";";
              }
            }
            start_index = i + 1;
            name_index = -1;
          }
        }
      }
    }
    if (normal_styles) {
      new_style += append_styles(normal_styles);
    }
    if (important_styles) {
      new_style += append_styles(important_styles, true);
    }
    new_style = new_style.trim();
    return new_style === "" ? null : new_style;
  }
  return value == null ? null : String(value);
}
const STALE_REACTION = new class StaleReactionError extends Error {
  name = "StaleReactionError";
  message = "The reaction that called `getAbortSignal()` was re-run or destroyed";
}();
const BLOCK_OPEN = `<!--${HYDRATION_START}-->`;
const BLOCK_CLOSE = `<!--${HYDRATION_END}-->`;
const EMPTY_COMMENT = `<!---->`;
const DOM_BOOLEAN_ATTRIBUTES = [
  "allowfullscreen",
  "async",
  "autofocus",
  "autoplay",
  "checked",
  "controls",
  "default",
  "disabled",
  "formnovalidate",
  "indeterminate",
  "inert",
  "ismap",
  "loop",
  "multiple",
  "muted",
  "nomodule",
  "novalidate",
  "open",
  "playsinline",
  "readonly",
  "required",
  "reversed",
  "seamless",
  "selected",
  "webkitdirectory",
  "defer",
  "disablepictureinpicture",
  "disableremoteplayback"
];
function is_boolean_attribute(name2) {
  return DOM_BOOLEAN_ATTRIBUTES.includes(name2);
}
function async_local_storage_unavailable() {
  const error = new Error(`async_local_storage_unavailable
The node API \`AsyncLocalStorage\` is not available, but is required to use async server rendering.
https://svelte.dev/e/async_local_storage_unavailable`);
  error.name = "Svelte error";
  throw error;
}
function await_invalid() {
  const error = new Error(`await_invalid
Encountered asynchronous work while rendering synchronously.
https://svelte.dev/e/await_invalid`);
  error.name = "Svelte error";
  throw error;
}
function invalid_csp() {
  const error = new Error(`invalid_csp
\`csp.nonce\` was set while \`csp.hash\` was \`true\`. These options cannot be used simultaneously.
https://svelte.dev/e/invalid_csp`);
  error.name = "Svelte error";
  throw error;
}
function invalid_id_prefix() {
  const error = new Error(`invalid_id_prefix
The \`idPrefix\` option cannot include \`--\`.
https://svelte.dev/e/invalid_id_prefix`);
  error.name = "Svelte error";
  throw error;
}
function server_context_required() {
  const error = new Error(`server_context_required
Could not resolve \`render\` context.
https://svelte.dev/e/server_context_required`);
  error.name = "Svelte error";
  throw error;
}
var ssr_context = null;
function set_ssr_context(v) {
  ssr_context = v;
}
function push(fn) {
  ssr_context = { p: ssr_context, c: null, r: null, i: false };
}
function pop() {
  ssr_context = /** @type {SSRContext} */
  ssr_context.p;
}
function unresolved_hydratable(key, stack) {
  {
    console.warn(`https://svelte.dev/e/unresolved_hydratable`);
  }
}
let current_render = null;
let context = null;
function get_render_context() {
  const store = context ?? als?.getStore();
  if (!store) {
    server_context_required();
  }
  return store;
}
async function with_render_context(fn) {
  context = {
    hydratable: {
      lookup: /* @__PURE__ */ new Map(),
      comparisons: [],
      unresolved_promises: /* @__PURE__ */ new Map()
    }
  };
  if (in_webcontainer()) {
    const { promise, resolve } = deferred();
    const previous_render = current_render;
    current_render = promise;
    await previous_render;
    return fn().finally(resolve);
  }
  try {
    if (als === null) {
      async_local_storage_unavailable();
    }
    return als.run(context, fn);
  } finally {
    context = null;
  }
}
let als = null;
let als_import = null;
function init_render_context() {
  als_import ??= import("node:async_hooks").then((hooks) => {
    als = new hooks.AsyncLocalStorage();
  }).then(noop, noop);
  return als_import;
}
function in_webcontainer() {
  return !!globalThis.process?.versions?.webcontainer;
}
let text_encoder;
let crypto;
const obfuscated_import = (module_name) => import(
  /* @vite-ignore */
  module_name
);
async function sha256(data) {
  text_encoder ??= new TextEncoder();
  crypto ??= globalThis.crypto?.subtle?.digest ? globalThis.crypto : (
    // @ts-ignore - we don't install node types in the prod build
    // don't use import('node:crypto') directly because static analysers will think we rely on node when we don't
    (await obfuscated_import("node:crypto")).webcrypto
  );
  const hash_buffer = await crypto.subtle.digest("SHA-256", text_encoder.encode(data));
  return base64_encode(hash_buffer);
}
function base64_encode(bytes) {
  if (globalThis.Buffer) {
    return globalThis.Buffer.from(bytes).toString("base64");
  }
  let binary = "";
  for (let i = 0; i < bytes.length; i++) {
    binary += String.fromCharCode(bytes[i]);
  }
  return btoa(binary);
}
const MAX_ARRAY_LEN = 2 ** 32 - 1;
const MAX_ARRAY_INDEX = MAX_ARRAY_LEN - 1;
const escaped = {
  "<": "\\u003C",
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "	": "\\t",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029"
};
class DevalueError extends Error {
  /**
   * @param {string} message
   * @param {string[]} keys
   * @param {any} [value] - The value that failed to be serialized
   * @param {any} [root] - The root value being serialized
   */
  constructor(message, keys, value, root) {
    super(message);
    this.name = "DevalueError";
    this.path = keys.join("");
    this.value = value;
    this.root = root;
  }
}
function is_primitive(thing) {
  return thing === null || typeof thing !== "object" && typeof thing !== "function";
}
const object_proto_names = /* @__PURE__ */ Object.getOwnPropertyNames(Object.prototype).sort().join("\0");
function is_plain_object(thing) {
  const proto = Object.getPrototypeOf(thing);
  return proto === Object.prototype || proto === null || Object.getPrototypeOf(proto) === null || Object.getOwnPropertyNames(proto).sort().join("\0") === object_proto_names;
}
function get_type(thing) {
  return Object.prototype.toString.call(thing).slice(8, -1);
}
function is_buffer(thing) {
  return typeof Buffer !== "undefined" && Buffer.isBuffer(thing);
}
function get_escaped_char(char) {
  switch (char) {
    case '"':
      return '\\"';
    case "<":
      return "\\u003C";
    case "\\":
      return "\\\\";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "	":
      return "\\t";
    case "\b":
      return "\\b";
    case "\f":
      return "\\f";
    case "\u2028":
      return "\\u2028";
    case "\u2029":
      return "\\u2029";
    default:
      return char < " " ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : "";
  }
}
function stringify_string(str) {
  let result = "";
  let last_pos = 0;
  const len = str.length;
  for (let i = 0; i < len; i += 1) {
    const char = str[i];
    const replacement = get_escaped_char(char);
    if (replacement) {
      result += str.slice(last_pos, i) + replacement;
      last_pos = i + 1;
    }
  }
  return `"${last_pos === 0 ? str : result + str.slice(last_pos)}"`;
}
function enumerable_symbols(object) {
  return Object.getOwnPropertySymbols(object).filter(
    (symbol) => Object.getOwnPropertyDescriptor(object, symbol).enumerable
  );
}
const is_identifier = /^[a-zA-Z_$][a-zA-Z_$0-9]*$/;
function stringify_key(key) {
  return is_identifier.test(key) ? "." + key : "[" + JSON.stringify(key) + "]";
}
function is_valid_array_index(n) {
  if (!Number.isInteger(n)) return false;
  if (n < 0) return false;
  if (n > MAX_ARRAY_INDEX) return false;
  return true;
}
function is_valid_array_index_string(s) {
  if (s.length === 0) return false;
  if (s.length > 1 && s.charCodeAt(0) === 48) return false;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 48 || c > 57) return false;
  }
  return is_valid_array_index(+s);
}
function array_index_cut(keys) {
  for (var i = keys.length - 1; i >= 0; i--) {
    if (is_valid_array_index_string(keys[i])) {
      break;
    }
  }
  return i + 1;
}
function valid_array_indices(array) {
  const keys = Object.keys(array);
  keys.length = array_index_cut(keys);
  return keys;
}
const chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";
const MIN_STRING_LENGTH = 128;
const unsafe_chars = /[<\b\f\n\r\t\0\u2028\u2029]/g;
const reserved = /^(?:do|if|in|for|int|let|new|try|var|byte|case|char|else|enum|goto|long|this|void|with|await|break|catch|class|const|final|float|short|super|throw|while|yield|delete|double|export|import|native|return|switch|throws|typeof|boolean|default|extends|finally|package|private|abstract|continue|debugger|function|volatile|interface|protected|transient|implements|instanceof|synchronized)$/;
function uneval(value, replacer) {
  const counts = /* @__PURE__ */ new Map();
  const keys = [];
  const custom = /* @__PURE__ */ new Map();
  let primitives;
  function stringify_cached_primitive(thing) {
    if (typeof thing === "string" && thing.length >= MIN_STRING_LENGTH || typeof thing === "bigint") {
      primitives ??= /* @__PURE__ */ new Map();
      let literal = primitives.get(thing);
      if (literal === void 0) {
        literal = stringify_primitive(thing);
        primitives.set(thing, literal);
      }
      return literal;
    }
    return stringify_primitive(thing);
  }
  function walk(thing) {
    if (!is_primitive(thing)) {
      if (counts.has(thing)) {
        counts.set(thing, counts.get(thing) + 1);
        return;
      }
      counts.set(thing, 1);
      if (typeof thing === "function") {
        throw new DevalueError(`Cannot stringify a function`, keys, thing, value);
      }
      const type = get_type(thing);
      switch (type) {
        case "BigInt":
        case "String":
          walk(thing.valueOf());
          return;
        case "Number":
        case "Boolean":
        case "Date":
        case "RegExp":
        case "URL":
        case "URLSearchParams":
          return;
        case "Array":
          for (const i of valid_array_indices(thing)) {
            keys.push(`[${i}]`);
            walk(thing[i]);
            keys.pop();
          }
          break;
        case "Set":
          Array.from(thing).forEach(walk);
          break;
        case "Map":
          for (const [key, value2] of thing) {
            keys.push(`.get(${is_primitive(key) ? stringify_cached_primitive(key) : "..."})`);
            walk(key);
            walk(value2);
            keys.pop();
          }
          break;
        case "Int8Array":
        case "Uint8Array":
        case "Uint8ClampedArray":
        case "Int16Array":
        case "Uint16Array":
        case "Float16Array":
        case "Int32Array":
        case "Uint32Array":
        case "Float32Array":
        case "Float64Array":
        case "BigInt64Array":
        case "BigUint64Array":
        case "DataView":
          if (!is_buffer(thing)) walk(thing.buffer);
          return;
        case "ArrayBuffer":
          return;
        case "Temporal.Duration":
        case "Temporal.Instant":
        case "Temporal.PlainDate":
        case "Temporal.PlainTime":
        case "Temporal.PlainDateTime":
        case "Temporal.PlainMonthDay":
        case "Temporal.PlainYearMonth":
        case "Temporal.ZonedDateTime":
          return;
        default:
          if (!is_plain_object(thing)) {
            throw new DevalueError(`Cannot stringify arbitrary non-POJOs`, keys, thing, value);
          }
          if (enumerable_symbols(thing).length > 0) {
            throw new DevalueError(`Cannot stringify POJOs with symbolic keys`, keys, thing, value);
          }
          for (const key of Object.keys(thing)) {
            if (key === "__proto__") {
              throw new DevalueError(
                `Cannot stringify objects with __proto__ keys`,
                keys,
                thing,
                value
              );
            }
            keys.push(stringify_key(key));
            walk(thing[key]);
            keys.pop();
          }
      }
    } else if (typeof thing === "symbol") {
      throw new DevalueError(`Cannot stringify a Symbol primitive`, keys, thing, value);
    } else if (typeof thing === "string" && thing.length >= MIN_STRING_LENGTH || typeof thing === "bigint") {
      counts.set(thing, (counts.get(thing) || 0) + 1);
    }
  }
  walk(value);
  const names = /* @__PURE__ */ new Map();
  const repeated = [];
  counts.forEach((count, thing) => {
    if (count > 1) repeated.push([thing, count]);
  });
  repeated.sort((a, b) => b[1] - a[1]).forEach(([thing, count]) => {
    const name2 = get_name(names.size);
    if (is_primitive(thing)) {
      const length = stringify_cached_primitive(thing).length;
      if (length * count <= length + (count + 1) * name2.length + 25) return;
    }
    names.set(thing, name2);
  });
  function stringify(thing) {
    if (names.has(thing)) {
      return names.get(thing);
    }
    if (is_primitive(thing)) {
      return stringify_primitive(thing);
    }
    if (custom.has(thing)) {
      return custom.get(thing);
    }
    const type = get_type(thing);
    switch (type) {
      case "Number":
      case "String":
      case "Boolean":
      case "BigInt":
        return `Object(${stringify(thing.valueOf())})`;
      case "RegExp":
        const { source, flags } = thing;
        return flags ? `new RegExp(${stringify_string(source)},"${flags}")` : `new RegExp(${stringify_string(source)})`;
      case "Date":
        return `new Date(${thing.getTime()})`;
      case "URL":
        return `new URL(${stringify_string(thing.toString())})`;
      case "URLSearchParams":
        return `new URLSearchParams(${stringify_string(thing.toString())})`;
      case "Array": {
        let has_holes = false;
        let result = "[";
        for (let i = 0; i < thing.length; i += 1) {
          if (i > 0) result += ",";
          if (Object.hasOwn(thing, i)) {
            result += stringify(thing[i]);
          } else if (!has_holes) {
            const populated_keys = valid_array_indices(thing);
            const population = populated_keys.length;
            const d = String(thing.length).length;
            const array = stringify_sparse_array(thing.length);
            const hole_cost = thing.length + 2;
            const sparse_cost = array.length + 18 + population * (d + 2);
            if (hole_cost > sparse_cost) {
              const entries = populated_keys.map((k) => `${k}:${stringify(thing[k])}`).join(",");
              return `Object.assign(${array},{${entries}})`;
            }
            has_holes = true;
          }
        }
        const tail = thing.length === 0 || Object.hasOwn(thing, thing.length - 1) ? "" : ",";
        return result + tail + "]";
      }
      case "Set":
      case "Map":
        return `new ${type}([${Array.from(thing).map(stringify).join(",")}])`;
      case "Int8Array":
      case "Uint8Array":
      case "Uint8ClampedArray":
      case "Int16Array":
      case "Uint16Array":
      case "Float16Array":
      case "Int32Array":
      case "Uint32Array":
      case "Float32Array":
      case "Float64Array":
      case "BigInt64Array":
      case "BigUint64Array": {
        if (is_buffer(thing)) thing = new Uint8Array(thing);
        let str2 = `new ${type}`;
        if (!names.has(thing.buffer)) {
          str2 += `([${stringify_typed_array_elements(type, thing.buffer)}])`;
        } else {
          str2 += `(${stringify(thing.buffer)})`;
        }
        if (thing.byteLength !== thing.buffer.byteLength) {
          const start = thing.byteOffset / thing.BYTES_PER_ELEMENT;
          const end = start + thing.length;
          str2 += `.subarray(${start},${end})`;
        }
        return str2;
      }
      case "DataView": {
        let str2 = `new DataView`;
        if (!names.has(thing.buffer)) {
          str2 += `(new Uint8Array([${new Uint8Array(thing.buffer)}]).buffer`;
        } else {
          str2 += `(${stringify(thing.buffer)}`;
        }
        if (thing.byteLength !== thing.buffer.byteLength) {
          str2 += `,${thing.byteOffset},${thing.byteLength}`;
        }
        return str2 + ")";
      }
      case "ArrayBuffer": {
        const ui8 = new Uint8Array(thing);
        return `new Uint8Array([${ui8.toString()}]).buffer`;
      }
      case "Temporal.Duration":
      case "Temporal.Instant":
      case "Temporal.PlainDate":
      case "Temporal.PlainTime":
      case "Temporal.PlainDateTime":
      case "Temporal.PlainMonthDay":
      case "Temporal.PlainYearMonth":
      case "Temporal.ZonedDateTime":
        return `${type}.from(${stringify_string(thing.toString())})`;
      default:
        const keys2 = Object.keys(thing);
        const obj = keys2.map((key) => `${safe_key(key)}:${stringify(thing[key])}`).join(",");
        const proto = Object.getPrototypeOf(thing);
        if (proto === null) {
          return keys2.length > 0 ? `{${obj},__proto__:null}` : `{__proto__:null}`;
        }
        return `{${obj}}`;
    }
  }
  const str = stringify(value);
  if (names.size) {
    const params = [];
    const statements = [];
    const values = [];
    const reconstructions = [];
    names.forEach((name2, thing) => {
      params.push(name2);
      if (custom.has(thing)) {
        values.push(
          /** @type {string} */
          custom.get(thing)
        );
        return;
      }
      if (is_primitive(thing)) {
        values.push(stringify_cached_primitive(thing));
        return;
      }
      const type = get_type(thing);
      switch (type) {
        case "Number":
        case "String":
        case "Boolean":
        case "BigInt": {
          const primitive = thing.valueOf();
          if (names.has(primitive)) {
            values.push("{}");
            reconstructions.push(`${name2}=Object(${stringify(primitive)})`);
          } else {
            values.push(`Object(${stringify(primitive)})`);
          }
          break;
        }
        case "RegExp":
          const { source, flags } = thing;
          const regexp = flags ? `new RegExp(${stringify_string(source)},"${flags}")` : `new RegExp(${stringify_string(source)})`;
          values.push(regexp);
          break;
        case "Date":
          values.push(`new Date(${thing.getTime()})`);
          break;
        case "URL":
          values.push(`new URL(${stringify_string(thing.toString())})`);
          break;
        case "URLSearchParams":
          values.push(`new URLSearchParams(${stringify_string(thing.toString())})`);
          break;
        case "Array": {
          const populated_keys = valid_array_indices(thing);
          values.push(
            thing.length > 32 + 2 * populated_keys.length ? stringify_sparse_array(thing.length) : `Array(${thing.length})`
          );
          for (const i of populated_keys) {
            statements.push(`${name2}[${i}]=${stringify(thing[i])}`);
          }
          break;
        }
        case "Set": {
          values.push(`new Set`);
          const adds = Array.from(thing).map((v) => `.add(${stringify(v)})`);
          if (adds.length > 0) statements.push(name2 + adds.join(""));
          break;
        }
        case "Map": {
          values.push(`new Map`);
          const sets = Array.from(thing).map(
            ([k, v]) => `.set(${stringify(k)}, ${stringify(v)})`
          );
          if (sets.length > 0) statements.push(name2 + sets.join(""));
          break;
        }
        case "Int8Array":
        case "Uint8Array":
        case "Uint8ClampedArray":
        case "Int16Array":
        case "Uint16Array":
        case "Float16Array":
        case "Int32Array":
        case "Uint32Array":
        case "Float32Array":
        case "Float64Array":
        case "BigInt64Array":
        case "BigUint64Array": {
          if (is_buffer(thing)) thing = new Uint8Array(thing);
          let str2 = `new ${type}`;
          if (!names.has(thing.buffer)) {
            str2 += `([${stringify_typed_array_elements(type, thing.buffer)}])`;
          } else {
            str2 += `(${stringify(thing.buffer)})`;
          }
          if (thing.byteLength !== thing.buffer.byteLength) {
            const start = thing.byteOffset / thing.BYTES_PER_ELEMENT;
            const end = start + thing.length;
            str2 += `.subarray(${start},${end})`;
          }
          values.push(`{}`);
          reconstructions.push(`${name2}=${str2}`);
          break;
        }
        case "DataView": {
          let str2 = `new DataView`;
          if (!names.has(thing.buffer)) {
            str2 += `(new Uint8Array([${new Uint8Array(thing.buffer)}]).buffer`;
          } else {
            str2 += `(${stringify(thing.buffer)}`;
          }
          if (thing.byteLength !== thing.buffer.byteLength) {
            str2 += `,${thing.byteOffset},${thing.byteLength}`;
          }
          str2 += ")";
          values.push(`{}`);
          reconstructions.push(`${name2}=${str2}`);
          break;
        }
        case "ArrayBuffer":
          values.push(`new Uint8Array([${new Uint8Array(thing)}]).buffer`);
          break;
        case "Temporal.Duration":
        case "Temporal.Instant":
        case "Temporal.PlainDate":
        case "Temporal.PlainTime":
        case "Temporal.PlainDateTime":
        case "Temporal.PlainMonthDay":
        case "Temporal.PlainYearMonth":
        case "Temporal.ZonedDateTime":
          values.push(`${type}.from(${stringify_string(thing.toString())})`);
          break;
        default:
          values.push(Object.getPrototypeOf(thing) === null ? "Object.create(null)" : "{}");
          Object.keys(thing).forEach((key) => {
            statements.push(`${name2}${safe_prop(key)}=${stringify(thing[key])}`);
          });
      }
    });
    statements.push(`return ${str}`);
    const body = [...reconstructions, ...statements].join(";");
    if (params.length > 65534) {
      return `(function(){var[${params.join(",")}]=arguments[0];${body}}([${values.join(",")}]))`;
    }
    return `(function(${params.join(",")}){${body}}(${values.join(",")}))`;
  } else {
    return str;
  }
}
function stringify_sparse_array(length) {
  return `(function(a){a[${MAX_ARRAY_INDEX}]=0;delete a[${MAX_ARRAY_INDEX}];a.length=${length};return a}([]))`;
}
function stringify_typed_array_elements(type, buffer) {
  const array = new /** @type {any} */
  globalThis[type](buffer);
  if (type === "BigInt64Array" || type === "BigUint64Array") {
    return Array.from(array, (element) => `${element}n`).join(",");
  }
  if (array instanceof Float32Array || array instanceof Float64Array || typeof Float16Array !== "undefined" && array instanceof Float16Array) {
    return Array.from(array, (element) => Object.is(element, -0) ? "-0" : `${element}`).join(",");
  }
  return array.toString();
}
function get_name(num) {
  let name2 = "";
  do {
    name2 = chars[num % chars.length] + name2;
    num = ~~(num / chars.length) - 1;
  } while (num >= 0);
  return reserved.test(name2) ? `${name2}0` : name2;
}
function escape_unsafe_char(c) {
  return escaped[c] || c;
}
function escape_unsafe_chars(str) {
  return str.replace(unsafe_chars, escape_unsafe_char);
}
function safe_key(key) {
  return /^[_$a-zA-Z][_$a-zA-Z0-9]*$/.test(key) ? key : escape_unsafe_chars(JSON.stringify(key));
}
function safe_prop(key) {
  return /^[_$a-zA-Z][_$a-zA-Z0-9]*$/.test(key) ? `.${key}` : `[${escape_unsafe_chars(JSON.stringify(key))}]`;
}
function stringify_primitive(thing) {
  const type = typeof thing;
  if (type === "string") return stringify_string(thing);
  if (thing === void 0) return "void 0";
  if (thing === 0 && 1 / thing < 0) return "-0";
  const str = String(thing);
  if (type === "number") return str.replace(/^(-)?0\./, "$1.");
  if (type === "bigint") return thing + "n";
  return str;
}
class RenderResult {
  /** @type {() => AccumulatedContent} */
  #render;
  /** @type {() => Promise<AccumulatedContent & { hashes: { script: Sha256Source[] } }>} */
  #render_async;
  /** @type {AccumulatedContent | undefined} */
  #sync;
  /** @type {{ script: '' }} */
  #hashes = { script: "" };
  /** @type {Promise<AccumulatedContent & { hashes: { script: Sha256Source[] } }> | undefined} */
  #promise;
  /**
   * @param {() => AccumulatedContent} render
   * @param {() => Promise<AccumulatedContent & { hashes: { script: Sha256Source[] } }>} render_async
   */
  constructor(render2, render_async) {
    this.#render = render2;
    this.#render_async = render_async;
  }
  #get() {
    return this.#sync ??= this.#render();
  }
  get html() {
    return this.#get().body;
  }
  get head() {
    return this.#get().head;
  }
  get body() {
    return this.#get().body;
  }
  get hashes() {
    return this.#hashes;
  }
  /**
   * This is not type-safe, but honestly it's the best I can do right now, and it's a straightforward function.
   *
   * @template TResult1
   * @template [TResult2=never]
   * @param {(value: SyncRenderOutput) => TResult1} onfulfilled
   * @param {(reason: unknown) => TResult2} onrejected
   */
  then(onfulfilled, onrejected) {
    {
      const result = this.#get();
      const user_result = onfulfilled({
        head: result.head,
        body: result.body,
        html: result.body,
        hashes: { script: [] }
      });
      return Promise.resolve(user_result);
    }
  }
}
class Renderer {
  /**
   * The contents of the renderer.
   * @type {RendererItem[]}
   */
  #out = [];
  /**
   * Any `onDestroy` callbacks registered during execution of this renderer.
   * @type {(() => void)[] | undefined}
   */
  #on_destroy = void 0;
  /**
   * Whether this renderer is a component body.
   * @type {boolean}
   */
  #is_component_body = false;
  /**
   * If set, this renderer is an error boundary. When async collection
   * of the children fails, the failed snippet is rendered instead.
   * @type {{
   * 	failed: (renderer: Renderer, error: unknown, reset: () => void) => void;
   * 	transformError: (error: unknown) => unknown;
   * 	context: SSRContext | null;
   * } | null}
   */
  #boundary = null;
  /**
   * The type of string content that this renderer is accumulating.
   * @type {RendererType}
   */
  type;
  /** @type {Renderer | undefined} */
  #parent;
  /**
   * Asynchronous work associated with this renderer
   * @type {Promise<void> | undefined}
   */
  promise = void 0;
  /**
   * State which is associated with the content tree as a whole.
   * It will be re-exposed, uncopied, on all children.
   * @type {SSRState}
   * @readonly
   */
  global;
  /**
   * State that is local to the branch it is declared in.
   * It will be shallow-copied to all children.
   *
   * @type {{ select_value: any, multiple: boolean }}
   */
  local;
  /**
   * @param {SSRState} global
   * @param {Renderer | undefined} [parent]
   */
  constructor(global, parent) {
    this.#parent = parent;
    this.global = global;
    this.local = parent ? { ...parent.local } : { select_value: void 0, multiple: false };
    this.type = parent ? parent.type : "body";
  }
  /**
   * @param {(renderer: Renderer) => void} fn
   */
  head(fn) {
    const head2 = new Renderer(this.global, this);
    head2.type = "head";
    this.#out.push(head2);
    head2.child(fn);
  }
  /**
   * @param {Array<Promise<void>>} blockers
   * @param {(renderer: Renderer) => void} fn
   */
  async_block(blockers, fn) {
    this.#out.push(BLOCK_OPEN);
    this.async(blockers, fn);
    this.#out.push(BLOCK_CLOSE);
  }
  /**
   * @param {Array<Promise<void>>} blockers
   * @param {(renderer: Renderer) => void} fn
   */
  async(blockers, fn) {
    let callback = fn;
    if (blockers.length > 0) {
      const context2 = ssr_context;
      callback = (renderer) => {
        return Promise.all(blockers).then(() => {
          const previous_context = ssr_context;
          try {
            set_ssr_context(context2);
            return fn(renderer);
          } finally {
            set_ssr_context(previous_context);
          }
        });
      };
    }
    this.child(callback);
  }
  /**
   * @param {Array<() => void>} thunks
   */
  run(thunks) {
    const context2 = ssr_context;
    let promise = Promise.resolve(thunks[0]());
    const promises = [promise];
    if (context2 !== null && thunks.length > 1) {
      context2.i = true;
    }
    for (const fn of thunks.slice(1)) {
      promise = promise.then(() => {
        const previous_context = ssr_context;
        set_ssr_context(context2);
        try {
          return fn();
        } finally {
          set_ssr_context(previous_context);
        }
      });
      promises.push(promise);
    }
    promise.catch(noop);
    this.promise = this.global.track(promise);
    return promises;
  }
  /**
   * @param {(renderer: Renderer) => MaybePromise<void>} fn
   */
  child_block(fn) {
    this.#out.push(BLOCK_OPEN);
    this.child(fn);
    this.#out.push(BLOCK_CLOSE);
  }
  /**
   * Create a child renderer. The child renderer inherits the state from the parent,
   * but has its own content.
   * @param {(renderer: Renderer) => MaybePromise<void>} fn
   */
  child(fn) {
    const child = new Renderer(this.global, this);
    this.#out.push(child);
    const parent = ssr_context;
    set_ssr_context({
      ...ssr_context,
      p: parent,
      c: null,
      r: child,
      i: ssr_context?.i ?? false
    });
    const result = fn(child);
    set_ssr_context(parent);
    if (result instanceof Promise) {
      result.catch(noop);
      result.finally(() => set_ssr_context(null)).catch(noop);
      if (child.global.mode === "sync") {
        await_invalid();
      }
      child.promise = child.global.track(result);
    }
    return child;
  }
  /**
   * Render children inside an error boundary. If the children throw and the API-level
   * `transformError` transform handles the error (doesn't re-throw), the `failed` snippet is
   * rendered instead. Otherwise the error propagates.
   *
   * @param {{ failed?: (renderer: Renderer, error: unknown, reset: () => void) => void }} props
   * @param {(renderer: Renderer) => MaybePromise<void>} children_fn
   */
  boundary(props, children_fn) {
    const child = new Renderer(this.global, this);
    this.#out.push(child);
    const parent_context = ssr_context;
    if (props.failed) {
      child.#boundary = {
        failed: props.failed,
        transformError: this.global.transformError,
        context: parent_context
      };
    }
    set_ssr_context({
      ...ssr_context,
      p: parent_context,
      c: null,
      r: child,
      i: ssr_context?.i ?? false
    });
    try {
      const result = children_fn(child);
      set_ssr_context(parent_context);
      if (result instanceof Promise) {
        if (child.global.mode === "sync") {
          await_invalid();
        }
        result.catch(noop);
        child.promise = child.global.track(result);
      }
    } catch (error) {
      set_ssr_context(parent_context);
      const failed_snippet = props.failed;
      if (!failed_snippet) throw error;
      const result = this.global.transformError(error);
      child.#out.length = 0;
      child.#boundary = null;
      if (result instanceof Promise) {
        if (this.global.mode === "sync") {
          await_invalid();
        }
        child.promise = child.global.track(
          /** @type {Promise<unknown>} */
          result.then((transformed) => {
            set_ssr_context(parent_context);
            child.#out.push(Renderer.#serialize_failed_boundary(transformed));
            failed_snippet(child, transformed, noop);
            child.#out.push(BLOCK_CLOSE);
          })
        );
        child.promise.catch(noop);
      } else {
        child.#out.push(Renderer.#serialize_failed_boundary(result));
        failed_snippet(child, result, noop);
        child.#out.push(BLOCK_CLOSE);
      }
    }
  }
  /**
   * Create a component renderer. The component renderer inherits the state from the parent,
   * but has its own content. It is treated as an ordering boundary for ondestroy callbacks.
   * @param {(renderer: Renderer) => MaybePromise<void>} fn
   * @param {Function} [component_fn]
   * @returns {void}
   */
  component(fn, component_fn) {
    push();
    this.child((renderer) => {
      renderer.#is_component_body = true;
      return fn(renderer);
    });
    pop();
  }
  /**
   * @param {Record<string, any>} attrs
   * @param {(renderer: Renderer) => void} fn
   * @param {string | undefined} [css_hash]
   * @param {Record<string, boolean> | undefined} [classes]
   * @param {Record<string, string> | undefined} [styles]
   * @param {number | undefined} [flags]
   * @param {boolean | undefined} [is_rich]
   * @returns {void}
   */
  select(attrs, fn, css_hash, classes, styles, flags, is_rich) {
    const { value, defaultValue, ...select_attrs } = attrs;
    if (select_attrs.multiple === "") select_attrs.multiple = true;
    this.push(`<select${attributes(select_attrs, css_hash, classes, styles, flags)}>`);
    this.child((renderer) => {
      renderer.local.select_value = value === void 0 ? defaultValue : value;
      renderer.local.multiple = !!select_attrs.multiple;
      fn(renderer);
    });
    this.push(`${is_rich ? "<!>" : ""}</select>`);
  }
  /**
   * @param {Record<string, any>} attrs
   * @param {string | number | boolean | ((renderer: Renderer) => void)} body
   * @param {string | undefined} [css_hash]
   * @param {Record<string, boolean> | undefined} [classes]
   * @param {Record<string, string> | undefined} [styles]
   * @param {number | undefined} [flags]
   * @param {boolean | undefined} [is_rich]
   */
  option(attrs, body, css_hash, classes, styles, flags, is_rich) {
    this.#out.push(`<option${attributes(attrs, css_hash, classes, styles, flags)}`);
    const close = (renderer, value, { head: head2, body: body2 }) => {
      if (has_own_property.call(attrs, "value")) {
        value = attrs.value;
      }
      var select_value = this.local.select_value;
      if (
        // Super edge-case, but theoretically someone could use arrays with non-multiple selects,
        // so we gotta check for the multiple attribute presence, too.
        this.local.multiple && is_array(select_value) ? select_value.includes(value) : value === select_value
      ) {
        renderer.#out.push(' selected=""');
      }
      renderer.#out.push(`>${body2}${is_rich ? "<!>" : ""}</option>`);
      if (head2) {
        renderer.head((child) => child.push(head2));
      }
    };
    if (typeof body === "function") {
      this.child((renderer) => {
        const r2 = new Renderer(this.global, this);
        body(r2);
        if (this.global.mode === "async") {
          return r2.#collect_content_async().then((content) => {
            close(renderer, content.body.replaceAll("<!---->", ""), content);
          });
        } else {
          const content = r2.#collect_content();
          close(renderer, content.body.replaceAll("<!---->", ""), content);
        }
      });
    } else {
      close(this, body, { body: escape_html(body) });
    }
  }
  /**
   * @param {(renderer: Renderer) => void} fn
   */
  title(fn) {
    const path = this.get_path();
    const close = (head2) => {
      this.global.set_title(head2, path);
    };
    this.child((renderer) => {
      const r2 = new Renderer(renderer.global, renderer);
      fn(r2);
      if (renderer.global.mode === "async") {
        return r2.#collect_content_async().then((content) => {
          close(content.head);
        });
      } else {
        const content = r2.#collect_content();
        close(content.head);
      }
    });
  }
  /**
   * @param {string | (() => Promise<string>)} content
   */
  push(content) {
    if (typeof content === "function") {
      this.child(async (renderer) => renderer.push(await content()));
    } else {
      this.#out.push(content);
    }
  }
  /**
   * @param {() => void} fn
   */
  on_destroy(fn) {
    (this.#on_destroy ??= []).push(fn);
  }
  /**
   * @returns {number[]}
   */
  get_path() {
    return this.#parent ? [...this.#parent.get_path(), this.#parent.#out.indexOf(this)] : [];
  }
  /**
   * @deprecated this is needed for legacy component bindings
   */
  copy() {
    const copy = new Renderer(this.global, this.#parent);
    copy.type = this.type;
    copy.#out = this.#out.map((item) => item instanceof Renderer ? item.copy() : item);
    copy.promise = this.promise;
    return copy;
  }
  /**
   * @param {Renderer} other
   * @deprecated this is needed for legacy component bindings
   */
  subsume(other) {
    if (this.global.mode !== other.global.mode) {
      throw new Error(
        "invariant: A renderer cannot switch modes. If you're seeing this, there's a compiler bug. File an issue!"
      );
    }
    this.local = other.local;
    this.#out = other.#out.map((item, i) => {
      const current = this.#out[i];
      if (current instanceof Renderer && item instanceof Renderer) {
        current.subsume(item);
        return current;
      }
      return item;
    });
    this.promise = other.promise;
    this.type = other.type;
  }
  get length() {
    return this.#out.length;
  }
  /**
   * Creates the hydration comment that marks the start of a failed boundary.
   * The error is JSON-serialized and embedded inside an HTML comment for the client
   * to parse during hydration. The JSON is escaped to prevent `-->` or `<!--` sequences
   * from breaking out of the comment (XSS). Uses unicode escapes which `JSON.parse()`
   * handles transparently.
   * @param {unknown} error
   * @returns {string}
   */
  static #serialize_failed_boundary(error) {
    var json = JSON.stringify(error);
    var escaped2 = json.replace(/>/g, "\\u003e").replace(/</g, "\\u003c");
    return `<!--${HYDRATION_START_FAILED}${escaped2}-->`;
  }
  /**
   * Only available on the server and when compiling with the `server` option.
   * Takes a component and returns an object with `body` and `head` properties on it, which you can use to populate the HTML when server-rendering your app.
   * @template {Record<string, any>} Props
   * @param {Component<Props>} component
   * @param {{ props?: Omit<Props, '$$slots' | '$$events'>; context?: Map<any, any>; idPrefix?: string; csp?: Csp }} [options]
   * @returns {RenderOutput}
   */
  static render(component, options = {}) {
    return (
      /** @type {RenderOutput} */
      /** @type {unknown} */
      new RenderResult(
        () => Renderer.#render(component, options),
        () => init_render_context().then(
          () => with_render_context(() => Renderer.#render_async(component, options))
        )
      )
    );
  }
  /**
   * Collect all of the `onDestroy` callbacks registered during rendering. In an async context, this is only safe to call
   * after awaiting `collect_async`.
   *
   * Child renderers are "porous" and don't affect execution order, but component body renderers
   * create ordering boundaries. Within a renderer, callbacks run in order until hitting a component boundary.
   * @returns {Iterable<() => void>}
   */
  *#collect_on_destroy() {
    for (const component of this.#traverse_components()) {
      yield* component.#collect_ondestroy();
    }
  }
  /**
   * Performs a depth-first search of renderers, yielding the deepest components first, then additional components as we backtrack up the tree.
   * @returns {Iterable<Renderer>}
   */
  *#traverse_components() {
    for (const child of this.#out) {
      if (typeof child !== "string") {
        yield* child.#traverse_components();
      }
    }
    if (this.#is_component_body) {
      yield this;
    }
  }
  /**
   * @returns {Iterable<() => void>}
   */
  *#collect_ondestroy() {
    if (this.#on_destroy) {
      for (const fn of this.#on_destroy) {
        yield fn;
      }
    }
    for (const child of this.#out) {
      if (child instanceof Renderer && !child.#is_component_body) {
        yield* child.#collect_ondestroy();
      }
    }
  }
  /**
   * Runs every `onDestroy` callback in this renderer tree. On a failed render,
   * cleanup errors are suppressed so they do not mask the render error.
   * @param {boolean} suppress_errors
   */
  #run_on_destroy(suppress_errors) {
    let first_error;
    let has_error = false;
    for (const cleanup of this.#collect_on_destroy()) {
      try {
        cleanup();
      } catch (error) {
        if (!suppress_errors && !has_error) {
          first_error = error;
          has_error = true;
        }
      }
    }
    if (has_error) throw first_error;
  }
  /**
   * @param {'sync' | 'async'} mode
   * @param {{ idPrefix?: string; csp?: Csp; transformError?: (error: unknown) => unknown }} options
   * @returns {Renderer}
   */
  static #create(mode, options) {
    if (options.idPrefix?.includes("--")) {
      invalid_id_prefix();
    }
    return new Renderer(
      new SSRState(
        mode,
        options.idPrefix ? options.idPrefix + "-" : "",
        options.csp,
        options.transformError
      )
    );
  }
  /**
   * Render a component. Throws if any of the children are performing asynchronous work.
   *
   * @template {Record<string, any>} Props
   * @param {Component<Props>} component
   * @param {{ props?: Omit<Props, '$$slots' | '$$events'>; context?: Map<any, any>; idPrefix?: string }} options
   * @returns {AccumulatedContent}
   */
  static #render(component, options) {
    var previous_context = ssr_context;
    const renderer = Renderer.#create("sync", options);
    let result;
    let render_error;
    let failed = false;
    try {
      try {
        Renderer.#open_render(renderer, component, options);
        result = Renderer.#close_render(renderer.#collect_content(), renderer);
      } catch (error) {
        render_error = error;
        failed = true;
      }
      renderer.#run_on_destroy(failed);
      if (failed) throw render_error;
      return (
        /** @type {AccumulatedContent} */
        result
      );
    } finally {
      renderer.global.abort();
      set_ssr_context(previous_context);
    }
  }
  /**
   * Render a component.
   *
   * @template {Record<string, any>} Props
   * @param {Component<Props>} component
   * @param {{ props?: Omit<Props, '$$slots' | '$$events'>; context?: Map<any, any>; idPrefix?: string; csp?: Csp }} options
   * @returns {Promise<AccumulatedContent & { hashes: { script: Sha256Source[] } }>}
   */
  static async #render_async(component, options) {
    const previous_context = ssr_context;
    const renderer = Renderer.#create("async", options);
    let result;
    let render_error;
    let failed = false;
    try {
      try {
        Renderer.#open_render(renderer, component, options);
        const content = await renderer.#collect_content_async();
        const hydratables = await renderer.#collect_hydratables();
        if (hydratables !== null) {
          content.head = hydratables + content.head;
        }
        result = Renderer.#close_render(content, renderer);
      } catch (error) {
        render_error = error;
        failed = true;
        renderer.global.abort();
        await renderer.global.settle();
      }
      renderer.#run_on_destroy(failed);
      if (failed) throw render_error;
      return (
        /** @type {AccumulatedContent & { hashes: { script: Sha256Source[] } }} */
        result
      );
    } finally {
      set_ssr_context(previous_context);
      renderer.global.abort();
    }
  }
  /**
   * Collect all of the code from the `out` array and return it as a string, or a promise resolving to a string.
   * @param {AccumulatedContent} content
   * @returns {AccumulatedContent}
   */
  #collect_content(content = { head: "", body: "" }) {
    for (const item of this.#out) {
      if (typeof item === "string") {
        content[this.type] += item;
      } else if (item instanceof Renderer) {
        item.#collect_content(content);
      }
    }
    return content;
  }
  /**
   * Collect all of the code from the `out` array and return it as a string.
   * @param {AccumulatedContent} content
   * @returns {Promise<AccumulatedContent>}
   */
  async #collect_content_async(content = { head: "", body: "" }) {
    await this.promise;
    for (const item of this.#out) {
      if (typeof item === "string") {
        content[this.type] += item;
      } else if (item instanceof Renderer) {
        if (item.#boundary) {
          const boundary_content = { head: "", body: "" };
          try {
            await item.#collect_content_async(boundary_content);
            content.head += boundary_content.head;
            content.body += boundary_content.body;
          } catch (error) {
            const { context: context2, failed, transformError } = item.#boundary;
            set_ssr_context(context2);
            let promise = transformError(error);
            set_ssr_context(null);
            let transformed = await promise;
            set_ssr_context(context2);
            const failed_renderer = new Renderer(item.global, item);
            failed_renderer.type = item.type;
            failed_renderer.#out.push(Renderer.#serialize_failed_boundary(transformed));
            failed(failed_renderer, transformed, noop);
            failed_renderer.#out.push(BLOCK_CLOSE);
            await failed_renderer.#collect_content_async(content);
          }
        } else {
          await item.#collect_content_async(content);
        }
      }
    }
    return content;
  }
  async #collect_hydratables() {
    const ctx = get_render_context().hydratable;
    for (const [_, key] of ctx.unresolved_promises) {
      unresolved_hydratable(key, ctx.lookup.get(key)?.stack ?? "<missing stack trace>");
    }
    for (const comparison of ctx.comparisons) {
      await comparison;
    }
    return await this.#hydratable_block(ctx);
  }
  /**
   * @template {Record<string, any>} Props
   * @param {Renderer} renderer
   * @param {import('svelte').Component<Props>} component
   * @param {{ props?: Omit<Props, '$$slots' | '$$events'>; context?: Map<any, any>; idPrefix?: string; csp?: Csp; transformError?: (error: unknown) => unknown }} options
   * @returns {void}
   */
  static #open_render(renderer, component, options) {
    var previous_context = ssr_context;
    try {
      const context2 = { p: null, c: options.context ?? null, r: renderer, i: false };
      set_ssr_context(context2);
      renderer.push(BLOCK_OPEN);
      component(renderer, options.props ?? {});
      renderer.push(BLOCK_CLOSE);
    } finally {
      set_ssr_context(previous_context);
    }
  }
  /**
   * @param {AccumulatedContent} content
   * @param {Renderer} renderer
   * @returns {AccumulatedContent & { hashes: { script: Sha256Source[] } }}
   */
  static #close_render(content, renderer) {
    let head2 = content.head + renderer.global.get_title();
    let body = content.body;
    for (const { hash, code } of renderer.global.css) {
      head2 += `<style id="${hash}">${code}</style>`;
    }
    return {
      head: head2,
      body,
      hashes: {
        script: renderer.global.csp.script_hashes
      }
    };
  }
  /**
   * @param {HydratableContext} ctx
   */
  async #hydratable_block(ctx) {
    if (ctx.lookup.size === 0) {
      return null;
    }
    let entries = [];
    let has_promises = false;
    for (const [k, v] of ctx.lookup) {
      if (v.promises) {
        has_promises = true;
        for (const p of v.promises) await p;
      }
      entries.push(`[${uneval(k)},${v.serialized}]`);
    }
    let prelude = `const h = (window.__svelte ??= {}).h ??= new Map();`;
    if (has_promises) {
      prelude = `const r = (v) => Promise.resolve(v);
				${prelude}`;
    }
    const body = `
			{
				${prelude}

				for (const [k, v] of [
					${entries.join(",\n					")}
				]) {
					h.set(k, v);
				}
			}
		`;
    let csp_attr = "";
    if (this.global.csp.nonce) {
      csp_attr = ` nonce="${this.global.csp.nonce}"`;
    } else if (this.global.csp.hash) {
      const hash = await sha256(body);
      this.global.csp.script_hashes.push(`sha256-${hash}`);
    }
    return `
		<script${csp_attr}>${body}<\/script>`;
  }
}
class SSRState {
  /** @readonly @type {Csp & { script_hashes: Sha256Source[] }} */
  csp;
  /** @readonly @type {'sync' | 'async'} */
  mode;
  /** @readonly @type {() => string} */
  uid;
  /** @readonly @type {Set<{ hash: string; code: string }>} */
  css = /* @__PURE__ */ new Set();
  /** @type {Set<Promise<unknown>>} */
  #pending = /* @__PURE__ */ new Set();
  /** @type {AbortController | null} */
  #controller = null;
  #aborted = false;
  /**
   * `transformError` passed to `render`. Called when an error boundary catches an error.
   * Throws by default if unset in `render`.
   * @type {(error: unknown) => unknown}
   */
  transformError;
  /** @type {{ path: number[], value: string }} */
  #title = { path: [], value: "" };
  /**
   * @param {'sync' | 'async'} mode
   * @param {string} id_prefix
   * @param {Csp} csp
   * @param {((error: unknown) => unknown) | undefined} [transformError]
   */
  constructor(mode, id_prefix = "", csp = { hash: false }, transformError) {
    this.mode = mode;
    this.csp = { ...csp, script_hashes: [] };
    this.transformError = transformError ?? ((error) => {
      throw error;
    });
    let uid = 1;
    this.uid = () => `${id_prefix}s${uid++}`;
  }
  /**
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>}
   */
  track(promise) {
    this.#pending.add(promise);
    promise.then(
      () => this.#pending.delete(promise),
      () => this.#pending.delete(promise)
    );
    return promise;
  }
  async settle() {
    while (this.#pending.size > 0) {
      await Promise.allSettled([...this.#pending]);
    }
  }
  abort() {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort(STALE_REACTION);
  }
  get_abort_signal() {
    const controller = this.#controller ??= new AbortController();
    if (this.#aborted) controller.abort(STALE_REACTION);
    return controller.signal;
  }
  get_title() {
    return this.#title.value;
  }
  /**
   * Performs a depth-first (lexicographic) comparison using the path. Rejects sets
   * from earlier than or equal to the current value.
   * @param {string} value
   * @param {number[]} path
   */
  set_title(value, path) {
    const current = this.#title.path;
    let i = 0;
    let l = Math.min(path.length, current.length);
    while (i < l && path[i] === current[i]) i += 1;
    if (path[i] === void 0) return;
    if (current[i] === void 0 || path[i] > current[i]) {
      this.#title.path = path;
      this.#title.value = value;
    }
  }
}
const INVALID_ATTR_NAME_CHAR_REGEX = /[\s'">/=\u{FDD0}-\u{FDEF}\u{FFFE}\u{FFFF}\u{1FFFE}\u{1FFFF}\u{2FFFE}\u{2FFFF}\u{3FFFE}\u{3FFFF}\u{4FFFE}\u{4FFFF}\u{5FFFE}\u{5FFFF}\u{6FFFE}\u{6FFFF}\u{7FFFE}\u{7FFFF}\u{8FFFE}\u{8FFFF}\u{9FFFE}\u{9FFFF}\u{AFFFE}\u{AFFFF}\u{BFFFE}\u{BFFFF}\u{CFFFE}\u{CFFFF}\u{DFFFE}\u{DFFFF}\u{EFFFE}\u{EFFFF}\u{FFFFE}\u{FFFFF}\u{10FFFE}\u{10FFFF}]/u;
function render(component, options = {}) {
  if (options.csp?.hash && options.csp.nonce) {
    invalid_csp();
  }
  return Renderer.render(
    /** @type {Component<Props>} */
    component,
    options
  );
}
function head(hash, renderer, fn) {
  renderer.head((renderer2) => {
    renderer2.push(`<!--${hash}-->`);
    renderer2.child(fn);
    renderer2.push(EMPTY_COMMENT);
  });
}
function attributes(attrs, css_hash, classes, styles, flags = 0) {
  if (styles) {
    attrs.style = to_style(attrs.style, styles);
  }
  if (attrs.class) {
    attrs.class = clsx(attrs.class);
  }
  if (css_hash || classes) {
    attrs.class = to_class(attrs.class, css_hash, classes);
  }
  let attr_str = "";
  let name2;
  const is_html = (flags & ELEMENT_IS_NAMESPACED) === 0;
  const lowercase = (flags & ELEMENT_PRESERVE_ATTRIBUTE_CASE) === 0;
  const is_input = (flags & ELEMENT_IS_INPUT) !== 0;
  const names = Object.keys(attrs);
  outer: for (let i = 0; i < names.length; i++) {
    name2 = names[i];
    if (typeof attrs[name2] === "function") continue;
    if (name2[0] === "$" && name2[1] === "$") continue;
    if (name2 === "" || INVALID_ATTR_NAME_CHAR_REGEX.test(name2)) continue;
    var value = attrs[name2];
    var lower = name2.toLowerCase();
    if (lowercase) name2 = lower;
    if (lower.length > 2 && lower.startsWith("on")) continue;
    if (is_input) {
      if (name2 === "defaultvalue" || name2 === "defaultchecked") {
        name2 = name2 === "defaultvalue" ? "value" : "checked";
        if (name2 in attrs) continue;
        for (let j = 0; j < names.length; j++) {
          if (names[j].toLowerCase() === name2) continue outer;
        }
      }
    }
    attr_str += attr(name2, value, is_html && is_boolean_attribute(name2));
  }
  return attr_str;
}
function attr_class(value, hash, directives) {
  var result = to_class(value, hash, directives);
  return result ? ` class="${escape_html(result, true)}"` : "";
}
function attr_style(value, directives) {
  var result = to_style(value, directives);
  return result ? ` style="${escape_html(result, true)}"` : "";
}
function ensure_array_like(array_like_or_iterator) {
  if (array_like_or_iterator) {
    return array_like_or_iterator.length !== void 0 ? array_like_or_iterator : Array.from(array_like_or_iterator);
  }
  return [];
}
function once(get_value) {
  let value = (
    /** @type {V} */
    UNINITIALIZED
  );
  return () => {
    if (value === UNINITIALIZED) {
      value = get_value();
    }
    return value;
  };
}
function derived(fn) {
  const get_value = ssr_context === null ? fn : once(fn);
  let updated_value;
  return function(new_value) {
    if (arguments.length === 0) {
      return updated_value ?? get_value();
    }
    updated_value = new_value;
    return updated_value;
  };
}
function isServer() {
  return typeof window === "undefined" || typeof document === "undefined";
}
function createStore(config) {
  let state = config.initialState;
  const actionHistory = [];
  const inFlightEffects = /* @__PURE__ */ new Map();
  const subscriptionCleanups = /* @__PURE__ */ new Map();
  const debounceTimers = /* @__PURE__ */ new Map();
  const throttleState = /* @__PURE__ */ new Map();
  const subscribers = /* @__PURE__ */ new Set();
  const actionSubscribers = /* @__PURE__ */ new Set();
  function dispatchCore(action) {
    if (config.maxHistorySize === void 0 || config.maxHistorySize > 0) {
      actionHistory.push(action);
      if (config.maxHistorySize !== void 0 && actionHistory.length > config.maxHistorySize) {
        actionHistory.shift();
      }
    }
    const [newState, effect] = config.reducer(state, action, config.dependencies);
    const stateChanged = !Object.is(state, newState);
    if (stateChanged) {
      state = newState;
      subscribers.forEach((listener) => {
        try {
          listener(state);
        } catch (error) {
          console.error("[Composable Svelte] Subscriber error:", error);
        }
      });
    }
    actionSubscribers.forEach((listener) => {
      try {
        listener(action, state);
      } catch (error) {
        console.error("[Composable Svelte] Action subscriber error:", error);
      }
    });
    if (effect._tag !== "None") {
      executeEffect(effect);
    }
  }
  const dispatch = dispatchCore;
  function executeEffect(effect) {
    const deferEffects = config.ssr?.deferEffects ?? true;
    if (isServer() && deferEffects) {
      return;
    }
    switch (effect._tag) {
      case "None":
        break;
      case "Run":
        Promise.resolve(effect.execute(dispatch)).catch((error) => {
          console.error("[Composable Svelte] Effect error:", error);
        });
        break;
      case "Batch":
        effect.effects.forEach(executeEffect);
        break;
      case "Cancellable": {
        const existing = inFlightEffects.get(effect.id);
        if (existing) {
          existing.abort();
        }
        const existingSubscription = subscriptionCleanups.get(effect.id);
        if (existingSubscription) {
          Promise.resolve(existingSubscription()).catch((error) => {
            console.error("[Composable Svelte] Subscription cleanup error:", error);
          });
          subscriptionCleanups.delete(effect.id);
        }
        const existingTimer = debounceTimers.get(effect.id);
        if (existingTimer) {
          clearTimeout(existingTimer);
          debounceTimers.delete(effect.id);
        }
        const existingThrottle = throttleState.get(effect.id);
        if (existingThrottle?.timeout) {
          clearTimeout(existingThrottle.timeout);
        }
        throttleState.delete(effect.id);
        const executeString = effect.execute.toString();
        if (executeString.includes("{}") || executeString.includes("{ }")) {
          break;
        }
        const controller = new AbortController();
        inFlightEffects.set(effect.id, controller);
        Promise.resolve(effect.execute(dispatch)).catch((error) => {
          if (error.name !== "AbortError") {
            console.error("[Composable Svelte] Effect error:", error);
          }
        }).finally(() => {
          inFlightEffects.delete(effect.id);
        });
        break;
      }
      case "Debounced": {
        const existingTimer = debounceTimers.get(effect.id);
        if (existingTimer !== void 0) {
          clearTimeout(existingTimer);
        }
        const timer = setTimeout(
          () => {
            debounceTimers.delete(effect.id);
            Promise.resolve(effect.execute(dispatch)).catch((error) => {
              console.error("[Composable Svelte] Effect error:", error);
            });
          },
          effect.ms
        );
        debounceTimers.set(effect.id, timer);
        break;
      }
      case "Throttled": {
        const now = Date.now();
        const throttle = throttleState.get(effect.id);
        if (!throttle || now - throttle.lastRun >= effect.ms) {
          if (throttle?.timeout) {
            clearTimeout(throttle.timeout);
          }
          throttleState.set(effect.id, { lastRun: now });
          Promise.resolve(effect.execute(dispatch)).catch((error) => {
            console.error("[Composable Svelte] Effect error:", error);
          });
        } else if (!throttle.timeout) {
          const delay = effect.ms - (now - throttle.lastRun);
          const timeout = setTimeout(
            () => {
              throttleState.set(effect.id, { lastRun: Date.now() });
              Promise.resolve(effect.execute(dispatch)).catch((error) => {
                console.error("[Composable Svelte] Effect error:", error);
              });
            },
            delay
          );
          throttleState.set(effect.id, { lastRun: throttle.lastRun, timeout });
        }
        break;
      }
      case "AfterDelay":
        setTimeout(
          () => {
            Promise.resolve(effect.execute(dispatch)).catch((error) => {
              console.error("[Composable Svelte] Effect error:", error);
            });
          },
          effect.ms
        );
        break;
      case "FireAndForget":
        Promise.resolve(effect.execute()).catch((error) => {
          console.error("[Composable Svelte] Effect error:", error);
        });
        break;
      case "Subscription": {
        const existingCleanup = subscriptionCleanups.get(effect.id);
        if (existingCleanup) {
          Promise.resolve(existingCleanup()).catch((error) => {
            console.error("[Composable Svelte] Subscription cleanup error:", error);
          });
        }
        try {
          const cleanup = effect.setup(dispatch);
          subscriptionCleanups.set(effect.id, cleanup);
        } catch (error) {
          console.error("[Composable Svelte] Subscription setup error:", error);
        }
        break;
      }
      default:
        const _exhaustive = effect;
        throw new Error(`Unhandled effect type: ${_exhaustive._tag}`);
    }
  }
  function select(selector) {
    return selector(state);
  }
  function subscribe2(listener) {
    subscribers.add(listener);
    try {
      listener(state);
    } catch (error) {
      console.error("[Composable Svelte] Subscriber error:", error);
    }
    return () => {
      subscribers.delete(listener);
    };
  }
  function subscribeToActions(listener) {
    actionSubscribers.add(listener);
    return () => {
      actionSubscribers.delete(listener);
    };
  }
  function destroy() {
    inFlightEffects.forEach((controller) => controller.abort());
    inFlightEffects.clear();
    subscriptionCleanups.forEach((cleanup, id) => {
      Promise.resolve(cleanup()).catch((error) => {
        console.error(`[Composable Svelte] Error cleaning up subscription "${id}":`, error);
      });
    });
    subscriptionCleanups.clear();
    debounceTimers.forEach((timer) => clearTimeout(timer));
    debounceTimers.clear();
    throttleState.forEach((t) => {
      if (t.timeout) clearTimeout(t.timeout);
    });
    throttleState.clear();
    subscribers.clear();
    actionSubscribers.clear();
  }
  return {
    get state() {
      return state;
    },
    dispatch,
    select,
    subscribe: subscribe2,
    subscribeToActions,
    get history() {
      return actionHistory;
    },
    destroy
  };
}
function renderToHTML(Component, props, options = {}) {
  if (!Component) {
    throw new TypeError("renderToHTML: Component is required");
  }
  const result = render(Component, { props });
  let stateJSON = "{}";
  if (props.store) {
    try {
      stateJSON = serializeStore(props.store);
    } catch (error) {
      console.error("[Composable Svelte] Failed to serialize store:", error);
    }
  }
  const title = options.title ?? "Composable Svelte App";
  const clientScript = options.clientScript ?? "/app.js";
  const additionalHead = options.head ?? "";
  const additionalBodyScripts = options.bodyScripts ?? "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <title>${escapeHtml(title)}</title>
  ${result.head}
  ${additionalHead}
</head>
<body>
  ${result.body}
  <script id="__COMPOSABLE_SVELTE_STATE__" type="application/json">
${stateJSON}
  <\/script>
  <script type="module" src="${escapeHtml(clientScript)}"><\/script>
  ${additionalBodyScripts}
</body>
</html>`;
}
function escapeHtml(str) {
  return str.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;");
}
const defaultSecurityHeaders = {
  contentSecurityPolicy: "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'",
  frameOptions: "DENY",
  referrerPolicy: "strict-origin-when-cross-origin",
  hsts: { maxAge: 31536e3, includeSubDomains: true }
};
function createSecurityHeaders(config = defaultSecurityHeaders) {
  const headers = {
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block"
  };
  if (config.frameOptions) {
    headers["X-Frame-Options"] = config.frameOptions;
  }
  if (config.referrerPolicy) {
    headers["Referrer-Policy"] = config.referrerPolicy;
  }
  if (config.contentSecurityPolicy) {
    headers["Content-Security-Policy"] = config.contentSecurityPolicy;
  }
  if (config.hsts) {
    const hstsValue = typeof config.hsts === "boolean" ? "max-age=31536000; includeSubDomains" : `max-age=${config.hsts.maxAge}${config.hsts.includeSubDomains ? "; includeSubDomains" : ""}`;
    headers["Strict-Transport-Security"] = hstsValue;
  }
  if (config.customHeaders) {
    Object.assign(headers, config.customHeaders);
  }
  return headers;
}
function fastifySecurityHeaders(fastify2, options = defaultSecurityHeaders) {
  const headers = createSecurityHeaders(options);
  fastify2.addHook("onRequest", async (request, reply) => {
    Object.entries(headers).forEach(([key, value]) => {
      reply.header(key, value);
    });
  });
}
class RateLimiter {
  constructor(config) {
    this.config = config;
    this.requests = /* @__PURE__ */ new Map();
    this.cleanupInterval = setInterval(() => this.cleanup(), 6e4);
  }
  /**
   * Check if request is within rate limit.
   * @returns { allowed: boolean, remaining: number, resetTime: number }
   */
  check(key) {
    const now = Date.now();
    const record = this.requests.get(key);
    if (!record || now > record.resetTime) {
      const resetTime = now + this.config.windowMs;
      this.requests.set(key, { count: 1, resetTime });
      return {
        allowed: true,
        remaining: this.config.max - 1,
        resetTime
      };
    }
    if (record.count < this.config.max) {
      record.count++;
      return {
        allowed: true,
        remaining: this.config.max - record.count,
        resetTime: record.resetTime
      };
    }
    return {
      allowed: false,
      remaining: 0,
      resetTime: record.resetTime,
      retryAfter: Math.ceil((record.resetTime - now) / 1e3)
    };
  }
  /**
   * Clean up expired entries.
   */
  cleanup() {
    const now = Date.now();
    for (const [key, record] of this.requests.entries()) {
      if (now > record.resetTime) {
        this.requests.delete(key);
      }
    }
  }
  /**
   * Destroy the rate limiter and clean up resources.
   * Call this when shutting down the server.
   */
  destroy() {
    if (this.cleanupInterval) {
      clearInterval(this.cleanupInterval);
      this.cleanupInterval = void 0;
    }
    this.requests.clear();
  }
}
function fastifyRateLimit(fastify2, config) {
  const limiter = new RateLimiter(config);
  const keyGen = config.keyGenerator || ((req) => req.ip);
  fastify2.addHook("onRequest", async (request, reply) => {
    const key = keyGen(request);
    const result = limiter.check(key);
    reply.header("X-RateLimit-Limit", config.max);
    reply.header("X-RateLimit-Remaining", result.remaining);
    reply.header("X-RateLimit-Reset", new Date(result.resetTime).toISOString());
    if (!result.allowed) {
      reply.header("Retry-After", result.retryAfter);
      reply.status(config.statusCode || 429).send({
        error: "Too Many Requests",
        message: config.message || "Rate limit exceeded. Please try again later.",
        retryAfter: result.retryAfter
      });
    }
  });
}
function serializeDestination(destination, config) {
  if (!destination) {
    return config.basePath ?? "/";
  }
  const serializer = config.serializers[destination.type];
  if (!serializer) {
    console.warn(`[Composable Svelte] No serializer found for destination type: "${destination.type}". Falling back to base path.`);
    return config.basePath ?? "/";
  }
  return serializer(destination.state);
}
var dist = {};
var hasRequiredDist;
function requireDist() {
  if (hasRequiredDist) return dist;
  hasRequiredDist = 1;
  Object.defineProperty(dist, "__esModule", { value: true });
  dist.PathError = dist.TokenData = void 0;
  dist.parse = parse2;
  dist.compile = compile;
  dist.match = match;
  dist.pathToRegexp = pathToRegexp;
  dist.stringify = stringify;
  const DEFAULT_DELIMITER = "/";
  const NOOP_VALUE = (value) => value;
  const ID_START = /^[$_\p{ID_Start}]$/u;
  const ID_CONTINUE = /^[$\u200c\u200d\p{ID_Continue}]$/u;
  const ID = /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u;
  function escapeText(str) {
    return str.replace(/[{}()\[\]+?!:*\\]/g, "\\$&");
  }
  function escape(str) {
    return str.replace(/[.+*?^${}()[\]|/\\]/g, "\\$&");
  }
  class TokenData {
    constructor(tokens, originalPath) {
      this.tokens = tokens;
      this.originalPath = originalPath;
    }
  }
  dist.TokenData = TokenData;
  class PathError extends TypeError {
    constructor(message, originalPath) {
      let text = message;
      if (originalPath)
        text += `: ${originalPath}`;
      text += `; visit https://git.new/pathToRegexpError for info`;
      super(text);
      this.originalPath = originalPath;
    }
  }
  dist.PathError = PathError;
  function parse2(str, options = {}) {
    const { encodePath = NOOP_VALUE } = options;
    const chars2 = [...str];
    let index = 0;
    function consumeUntil(end) {
      const output = [];
      let path = "";
      function writePath() {
        if (!path)
          return;
        output.push({
          type: "text",
          value: encodePath(path)
        });
        path = "";
      }
      while (index < chars2.length) {
        const value = chars2[index++];
        if (value === end) {
          writePath();
          return output;
        }
        if (value === "\\") {
          if (index === chars2.length) {
            throw new PathError(`Unexpected end after \\ at index ${index}`, str);
          }
          path += chars2[index++];
          continue;
        }
        if (value === ":" || value === "*") {
          const type = value === ":" ? "param" : "wildcard";
          let name2 = "";
          if (ID_START.test(chars2[index])) {
            do {
              name2 += chars2[index++];
            } while (ID_CONTINUE.test(chars2[index]));
          } else if (chars2[index] === '"') {
            let quoteStart = index;
            while (index < chars2.length) {
              if (chars2[++index] === '"') {
                index++;
                quoteStart = 0;
                break;
              }
              if (chars2[index] === "\\")
                index++;
              name2 += chars2[index];
            }
            if (quoteStart) {
              throw new PathError(`Unterminated quote at index ${quoteStart}`, str);
            }
          }
          if (!name2) {
            throw new PathError(`Missing parameter name at index ${index}`, str);
          }
          writePath();
          output.push({ type, name: name2 });
          continue;
        }
        if (value === "{") {
          writePath();
          output.push({
            type: "group",
            tokens: consumeUntil("}")
          });
          continue;
        }
        if (value === "}" || value === "(" || value === ")" || value === "[" || value === "]" || value === "+" || value === "?" || value === "!") {
          throw new PathError(`Unexpected ${value} at index ${index - 1}`, str);
        }
        path += value;
      }
      if (end) {
        throw new PathError(`Unexpected end at index ${index}, expected ${end}`, str);
      }
      writePath();
      return output;
    }
    return new TokenData(consumeUntil(""), str);
  }
  function compile(path, options = {}) {
    const { encode = encodeURIComponent, delimiter = DEFAULT_DELIMITER } = options;
    const data = typeof path === "object" ? path : parse2(path, options);
    const fn = tokensToFunction(data.tokens, delimiter, encode);
    return function path2(params = {}) {
      const missing = [];
      const path3 = fn(params, missing);
      if (missing.length) {
        throw new TypeError(`Missing parameters: ${missing.join(", ")}`);
      }
      return path3;
    };
  }
  function tokensToFunction(tokens, delimiter, encode) {
    const encoders = tokens.map((token) => tokenToFunction(token, delimiter, encode));
    return (data, missing) => {
      let result = "";
      for (const encoder of encoders) {
        result += encoder(data, missing);
      }
      return result;
    };
  }
  function tokenToFunction(token, delimiter, encode) {
    if (token.type === "text")
      return () => token.value;
    if (token.type === "group") {
      const fn = tokensToFunction(token.tokens, delimiter, encode);
      return (data, missing) => {
        const len = missing.length;
        const value = fn(data, missing);
        if (missing.length === len)
          return value;
        missing.length = len;
        return "";
      };
    }
    const encodeValue = encode || NOOP_VALUE;
    if (token.type === "wildcard" && encode !== false) {
      return (data, missing) => {
        const value = data[token.name];
        if (value == null) {
          missing.push(token.name);
          return "";
        }
        if (!Array.isArray(value) || value.length === 0) {
          throw new TypeError(`Expected "${token.name}" to be a non-empty array`);
        }
        let result = "";
        for (let i = 0; i < value.length; i++) {
          if (typeof value[i] !== "string") {
            throw new TypeError(`Expected "${token.name}/${i}" to be a string`);
          }
          if (i > 0)
            result += delimiter;
          result += encodeValue(value[i]);
        }
        return result;
      };
    }
    return (data, missing) => {
      const value = data[token.name];
      if (value == null) {
        missing.push(token.name);
        return "";
      }
      if (typeof value !== "string") {
        throw new TypeError(`Expected "${token.name}" to be a string`);
      }
      return encodeValue(value);
    };
  }
  function match(path, options = {}) {
    const { decode = decodeURIComponent, delimiter = DEFAULT_DELIMITER } = options;
    const { regexp, keys } = pathToRegexp(path, options);
    const decoders = keys.map((key) => {
      if (decode === false)
        return NOOP_VALUE;
      if (key.type === "param")
        return decode;
      return (value) => value.split(delimiter).map(decode);
    });
    return function match2(input) {
      const m = regexp.exec(input);
      if (!m)
        return false;
      const path2 = m[0];
      const params = /* @__PURE__ */ Object.create(null);
      for (let i = 1; i < m.length; i++) {
        if (m[i] === void 0)
          continue;
        const key = keys[i - 1];
        const decoder = decoders[i - 1];
        params[key.name] = decoder(m[i]);
      }
      return { path: path2, params };
    };
  }
  function pathToRegexp(path, options = {}) {
    const { delimiter = DEFAULT_DELIMITER, end = true, sensitive = false, trailing = true } = options;
    const keys = [];
    let source = "";
    let combinations = 0;
    function process2(path2) {
      if (Array.isArray(path2)) {
        for (const p of path2)
          process2(p);
        return;
      }
      const data = typeof path2 === "object" ? path2 : parse2(path2, options);
      flatten(data.tokens, 0, [], (tokens) => {
        if (combinations >= 256) {
          throw new PathError("Too many path combinations", data.originalPath);
        }
        if (combinations > 0)
          source += "|";
        source += toRegExpSource(tokens, delimiter, keys, data.originalPath);
        combinations++;
      });
    }
    process2(path);
    let pattern = `^(?:${source})`;
    if (trailing)
      pattern += "(?:" + escape(delimiter) + "$)?";
    pattern += end ? "$" : "(?=" + escape(delimiter) + "|$)";
    return { regexp: new RegExp(pattern, sensitive ? "" : "i"), keys };
  }
  function flatten(tokens, index, result, callback) {
    while (index < tokens.length) {
      const token = tokens[index++];
      if (token.type === "group") {
        const len = result.length;
        flatten(token.tokens, 0, result, (seq) => flatten(tokens, index, seq, callback));
        result.length = len;
        continue;
      }
      result.push(token);
    }
    callback(result);
  }
  function toRegExpSource(tokens, delimiter, keys, originalPath) {
    let result = "";
    let backtrack = "";
    let wildcardBacktrack = "";
    let prevCaptureType = 0;
    let hasSegmentCapture = 0;
    let index = 0;
    function hasInSegment(index2, type) {
      while (index2 < tokens.length) {
        const token = tokens[index2++];
        if (token.type === type)
          return true;
        if (token.type === "text") {
          if (token.value.includes(delimiter))
            break;
        }
      }
      return false;
    }
    function peekText(index2) {
      let result2 = "";
      while (index2 < tokens.length) {
        const token = tokens[index2++];
        if (token.type !== "text")
          break;
        result2 += token.value;
      }
      return result2;
    }
    while (index < tokens.length) {
      const token = tokens[index++];
      if (token.type === "text") {
        result += escape(token.value);
        backtrack += token.value;
        if (prevCaptureType === 2)
          wildcardBacktrack += token.value;
        if (token.value.includes(delimiter))
          hasSegmentCapture = 0;
        continue;
      }
      if (token.type === "param" || token.type === "wildcard") {
        if (prevCaptureType && !backtrack) {
          throw new PathError(`Missing text before "${token.name}" ${token.type}`, originalPath);
        }
        if (token.type === "param") {
          result += hasSegmentCapture & 2 ? `(${negate(delimiter, backtrack)}+)` : hasInSegment(index, "wildcard") ? `(${negate(delimiter, peekText(index))}+)` : hasSegmentCapture & 1 ? `(${negate(delimiter, backtrack)}+|${escape(backtrack)})` : `(${negate(delimiter, "")}+)`;
          hasSegmentCapture |= prevCaptureType = 1;
        } else {
          result += hasSegmentCapture & 2 ? `(${negate(backtrack, "")}+)` : wildcardBacktrack ? `(${negate(wildcardBacktrack, "")}+|${negate(delimiter, "")}+)` : `([^]+)`;
          wildcardBacktrack = "";
          hasSegmentCapture |= prevCaptureType = 2;
        }
        keys.push(token);
        backtrack = "";
        continue;
      }
      throw new TypeError(`Unknown token type: ${token.type}`);
    }
    return result;
  }
  function negate(a, b) {
    if (b.length > a.length)
      return negate(b, a);
    if (a === b)
      b = "";
    if (b.length > 1)
      return `(?:(?!${escape(a)}|${escape(b)})[^])`;
    if (a.length > 1)
      return `(?:(?!${escape(a)})[^${escape(b)}])`;
    return `[^${escape(a + b)}]`;
  }
  function stringifyTokens(tokens, index) {
    let value = "";
    while (index < tokens.length) {
      const token = tokens[index++];
      if (token.type === "text") {
        value += escapeText(token.value);
        continue;
      }
      if (token.type === "group") {
        value += "{" + stringifyTokens(token.tokens, 0) + "}";
        continue;
      }
      if (token.type === "param") {
        value += ":" + stringifyName(token.name, tokens[index]);
        continue;
      }
      if (token.type === "wildcard") {
        value += "*" + stringifyName(token.name, tokens[index]);
        continue;
      }
      throw new TypeError(`Unknown token type: ${token.type}`);
    }
    return value;
  }
  function stringify(data) {
    return stringifyTokens(data.tokens, 0);
  }
  function stringifyName(name2, next) {
    if (!ID.test(name2))
      return JSON.stringify(name2);
    if ((next === null || next === void 0 ? void 0 : next.type) === "text" && ID_CONTINUE.test(next.value[0])) {
      return JSON.stringify(name2);
    }
    return name2;
  }
  return dist;
}
var distExports = requireDist();
function parseDestination(path, config) {
  const basePath = config.basePath ?? "/";
  if (!path.startsWith(basePath)) {
    return null;
  }
  const relativePath = path.slice(basePath.length) || "/";
  for (const parser of config.parsers) {
    const result = parser(relativePath);
    if (result !== null) {
      return result;
    }
  }
  return null;
}
function matchPath(pattern, path) {
  const { regexp, keys } = distExports.pathToRegexp(pattern);
  const match = regexp.exec(path);
  if (!match) {
    return null;
  }
  const params = {};
  keys.forEach((key, index) => {
    const value = match[index + 1];
    if (value !== void 0) {
      params[String(key.name)] = value;
    }
  });
  return params;
}
const Effect = {
  /**
   * No side effects.
   *
   * @example
   * ```typescript
   * case 'reset':
   *   return [initialState, Effect.none()];
   * ```
   */
  none() {
    return { _tag: "None" };
  },
  /**
   * Execute async work and dispatch actions.
   *
   * Use this for API calls, timers, or any async operation that needs
   * to dispatch actions back to the store.
   *
   * @param execute - Function that performs async work and dispatches actions
   *
   * @example
   * ```typescript
   * Effect.run(async (dispatch) => {
   *   const data = await api.fetch();
   *   dispatch({ type: 'dataLoaded', data });
   * })
   * ```
   */
  run(execute) {
    return { _tag: "Run", execute };
  },
  /**
   * Execute effect without waiting for completion.
   * No actions can be dispatched.
   *
   * Use this for fire-and-forget operations like analytics tracking
   * or logging where you don't care about the result.
   *
   * @param execute - Function that performs work without dispatching
   *
   * @example
   * ```typescript
   * Effect.fireAndForget(() => {
   *   analytics.track('button_clicked');
   * })
   * ```
   */
  fireAndForget(execute) {
    return { _tag: "FireAndForget", execute };
  },
  /**
   * Execute multiple effects in parallel.
   *
   * All effects in the batch are started simultaneously.
   * Use this when you have multiple independent effects.
   *
   * Optimizations:
   * - Returns Effect.none() for empty batches
   * - Returns single effect directly if batch has only one effect
   * - Filters out Effect.none() from batch to reduce overhead
   *
   * @param effects - Effects to execute in parallel
   *
   * @example
   * ```typescript
   * Effect.batch(
   *   Effect.run(async (d) => { ... }),
   *   Effect.run(async (d) => { ... }),
   *   Effect.fireAndForget(() => { ... })
   * )
   * ```
   */
  batch(...effects) {
    const nonNoneEffects = effects.filter((e) => e._tag !== "None");
    if (nonNoneEffects.length === 0) {
      return Effect.none();
    }
    if (nonNoneEffects.length === 1) {
      return nonNoneEffects[0];
    }
    return { _tag: "Batch", effects: nonNoneEffects };
  },
  /**
   * Execute effect that can be cancelled by ID.
   * Cancels any in-flight effect with the same ID.
   *
   * Use this for operations that should be cancelled when superseded,
   * like API requests that may become stale.
   *
   * @param id - Unique identifier for cancellation
   * @param execute - Function that performs async work
   *
   * @example
   * ```typescript
   * Effect.cancellable('fetch-user', async (dispatch) => {
   *   const user = await api.fetchUser();
   *   dispatch({ type: 'userLoaded', user });
   * })
   * ```
   */
  cancellable(id, execute) {
    return { _tag: "Cancellable", id, execute };
  },
  /**
   * Execute effect after debounce delay.
   * Resets timer if called again with same ID.
   *
   * Use this for search-as-you-type, autosave, or other operations
   * where you want to wait until the user stops performing an action.
   *
   * @param id - Unique identifier for debouncing
   * @param ms - Delay in milliseconds (must be non-negative)
   * @param execute - Function that performs async work
   * @throws {TypeError} If ms is negative
   *
   * @example
   * ```typescript
   * Effect.debounced('search', 300, async (dispatch) => {
   *   const results = await api.search(query);
   *   dispatch({ type: 'resultsLoaded', results });
   * })
   * ```
   */
  debounced(id, ms, execute) {
    if (ms < 0) {
      throw new TypeError(`debounced: ms must be non-negative, got ${ms}`);
    }
    return { _tag: "Debounced", id, ms, execute };
  },
  /**
   * Execute effect at most once per time period.
   *
   * Use this for scroll handlers, resize handlers, or other high-frequency
   * events where you want to limit execution rate.
   *
   * @param id - Unique identifier for throttling
   * @param ms - Minimum interval between executions in milliseconds (must be non-negative)
   * @param execute - Function that performs async work
   * @throws {TypeError} If ms is negative
   *
   * @example
   * ```typescript
   * Effect.throttled('scroll', 100, async (dispatch) => {
   *   dispatch({ type: 'scrolled', y: window.scrollY });
   * })
   * ```
   */
  throttled(id, ms, execute) {
    if (ms < 0) {
      throw new TypeError(`throttled: ms must be non-negative, got ${ms}`);
    }
    return { _tag: "Throttled", id, ms, execute };
  },
  /**
   * Execute effect after a delay.
   * Useful for animations and timed transitions.
   *
   * @param ms - Delay in milliseconds (must be non-negative)
   * @param create - Function that creates the dispatch call after delay
   * @throws {TypeError} If ms is negative
   *
   * @example
   * ```typescript
   * Effect.afterDelay(300, (dispatch) => {
   *   dispatch({ type: 'animationCompleted' });
   * })
   * ```
   */
  afterDelay(ms, create2) {
    if (ms < 0) {
      throw new TypeError(`afterDelay: ms must be non-negative, got ${ms}`);
    }
    return { _tag: "AfterDelay", ms, execute: create2 };
  },
  /**
   * Create a long-running subscription with automatic cleanup.
   *
   * Use this for subscriptions that need to be maintained over time and properly
   * cleaned up when cancelled or when the store is destroyed. This is essential
   * for WebSocket connections, event listeners, and other persistent resources.
   *
   * The subscription is identified by ID and can be cancelled with Effect.cancel().
   * When cancelled, the cleanup function returned by setup() is called automatically.
   *
   * @param id - Unique identifier for subscription (used for cancellation)
   * @param setup - Function that sets up the subscription and returns cleanup
   *
   * @example
   * ```typescript
   * // WebSocket subscription
   * Effect.subscription('websocket-connection', (dispatch) => {
   *   const socket = new WebSocket('wss://example.com');
   *
   *   socket.onmessage = (event) => {
   *     dispatch({ type: 'messageReceived', data: event.data });
   *   };
   *
   *   socket.onerror = (error) => {
   *     dispatch({ type: 'connectionError', error });
   *   };
   *
   *   // Return cleanup function
   *   return () => {
   *     socket.close();
   *   };
   * })
   * ```
   *
   * @example
   * ```typescript
   * // Event listener subscription
   * Effect.subscription('window-resize', (dispatch) => {
   *   const handler = () => {
   *     dispatch({ type: 'windowResized', width: window.innerWidth });
   *   };
   *
   *   window.addEventListener('resize', handler);
   *
   *   return () => {
   *     window.removeEventListener('resize', handler);
   *   };
   * })
   * ```
   *
   * @example
   * ```typescript
   * // Cancelling a subscription
   * case 'disconnect':
   *   return [
   *     state,
   *     Effect.cancel('websocket-connection')
   *   ];
   * ```
   */
  subscription(id, setup) {
    return { _tag: "Subscription", id, setup };
  },
  /**
   * Cancel all in-flight effects with the given ID.
   *
   * This cancels effects created with:
   * - Effect.cancellable()
   * - Effect.subscription()
   * - Effect.debounced()
   * - Effect.throttled()
   *
   * For subscriptions, this triggers the cleanup function returned by setup().
   *
   * @param id - The ID of the effect(s) to cancel
   *
   * @example
   * ```typescript
   * case 'disconnect':
   *   return [
   *     state,
   *     Effect.batch(
   *       Effect.cancel('websocket-connection'),
   *       Effect.cancel('websocket-messages')
   *     )
   *   ];
   * ```
   */
  cancel(id) {
    return { _tag: "Cancellable", id, execute: () => {
    } };
  },
  /**
   * Create an effect that coordinates with animation lifecycle.
   * Automatically dispatches completion events after the specified duration.
   *
   * This is a convenience wrapper around `Effect.afterDelay()` specifically
   * for animation use cases. It provides a cleaner API for common patterns
   * where you need to dispatch an action after an animation completes.
   *
   * **Use this when:**
   * - You have a fixed-duration animation (e.g., CSS transition, Svelte transition)
   * - You need to transition presentation state after animation completes
   * - You want a concise, declarative way to express "do X after Y milliseconds"
   *
   * **Don't use this when:**
   * - Animation duration is variable (use callback from animation library)
   * - You need to cancel the animation mid-flight (use cancellable effects)
   *
   * @param config - Animation configuration
   * @param config.duration - Animation duration in milliseconds (must be non-negative)
   * @param config.onComplete - Action to dispatch when animation completes
   * @throws {TypeError} If duration is negative
   *
   * @example
   * ```typescript
   * // Simple presentation completion
   * case 'addButtonTapped': {
   *   return [
   *     {
   *       ...state,
   *       presentation: { status: 'presenting', content: destination }
   *     },
   *     Effect.animated({
   *       duration: 300,
   *       onComplete: {
   *         type: 'presentation',
   *         event: { type: 'presentationCompleted' }
   *       }
   *     })
   *   ];
   * }
   * ```
   *
   * @example
   * ```typescript
   * // With timeout fallback
   * case 'addButtonTapped': {
   *   return [
   *     {
   *       ...state,
   *       presentation: { status: 'presenting', content: destination }
   *     },
   *     Effect.batch(
   *       Effect.animated({
   *         duration: 300,
   *         onComplete: {
   *           type: 'presentation',
   *           event: { type: 'presentationCompleted' }
   *         }
   *       }),
   *       Effect.animated({
   *         duration: 600,  // 2x expected duration
   *         onComplete: {
   *           type: 'presentation',
   *           event: { type: 'presentationTimeout' }
   *         }
   *       })
   *     )
   *   ];
   * }
   * ```
   */
  animated(config) {
    if (config.duration < 0) {
      throw new TypeError(`animated: duration must be non-negative, got ${config.duration}`);
    }
    return Effect.afterDelay(config.duration, (dispatch) => {
      dispatch(config.onComplete);
    });
  },
  /**
   * Create a presentation effect with automatic lifecycle management.
   *
   * This helper generates both `present` and `dismiss` effects for a complete
   * animation lifecycle. It's designed for the common pattern where you have:
   * - A presentation animation (animate IN)
   * - A dismissal animation (animate OUT)
   * - Both dispatch events to transition presentation state
   *
   * **Benefits:**
   * - DRY: Define animation durations once, reuse for present/dismiss
   * - Type-safe: Action creator ensures correct event structure
   * - Consistent: Both animations use same pattern
   *
   * **Use this when:**
   * - You have symmetric present/dismiss animations (e.g., modal, sheet, drawer)
   * - Both animations dispatch to the same action type
   * - You want to avoid repeating duration/event configuration
   *
   * **Don't use this when:**
   * - Animations are asymmetric (different action types, complex coordination)
   * - You need fine-grained control over timing
   * - You're not using the presentation lifecycle pattern
   *
   * @param config - Transition configuration
   * @param config.presentDuration - Duration for presentation animation (default: 300ms)
   * @param config.dismissDuration - Duration for dismissal animation (default: 200ms)
   * @param config.createPresentationEvent - Function to create action from event
   * @throws {TypeError} If duration is negative
   *
   * @example
   * ```typescript
   * // Define transition once
   * const transition = Effect.transition({
   *   presentDuration: 300,
   *   dismissDuration: 200,
   *   createPresentationEvent: (event) => ({
   *     type: 'presentation',
   *     event
   *   })
   * });
   *
   * // Use in reducer
   * case 'addButtonTapped':
   *   return [
   *     { ...state, presentation: { status: 'presenting', content: destination } },
   *     transition.present
   *   ];
   *
   * case 'closeButtonTapped':
   *   return [
   *     { ...state, presentation: { status: 'dismissing', content: state.presentation.content } },
   *     transition.dismiss
   *   ];
   * ```
   *
   * @example
   * ```typescript
   * // Nested presentation (child within parent)
   * const parentTransition = Effect.transition({
   *   createPresentationEvent: (event) => ({
   *     type: 'parentPresentation',
   *     event
   *   })
   * });
   *
   * const childTransition = Effect.transition({
   *   createPresentationEvent: (event) => ({
   *     type: 'childPresentation',
   *     event
   *   })
   * });
   * ```
   */
  transition(config) {
    const presentDuration = config.presentDuration ?? 300;
    const dismissDuration = config.dismissDuration ?? 200;
    if (presentDuration < 0) {
      throw new TypeError(`transition: presentDuration must be non-negative, got ${presentDuration}`);
    }
    if (dismissDuration < 0) {
      throw new TypeError(`transition: dismissDuration must be non-negative, got ${dismissDuration}`);
    }
    return {
      present: Effect.animated({
        duration: presentDuration,
        onComplete: config.createPresentationEvent({ type: "presentationCompleted" })
      }),
      dismiss: Effect.animated({
        duration: dismissDuration,
        onComplete: config.createPresentationEvent({ type: "dismissalCompleted" })
      })
    };
  },
  /**
   * Map effect actions to parent actions (for composition).
   *
   * This is the key function that enables reducer composition.
   * It transforms all actions dispatched by a child effect into
   * parent actions.
   *
   * @param effect - The child effect
   * @param f - Function to transform child action to parent action
   *
   * @example
   * ```typescript
   * const childEffect: Effect<ChildAction> = ...;
   * const parentEffect: Effect<ParentAction> = Effect.map(
   *   childEffect,
   *   (childAction) => ({ type: 'child', action: childAction })
   * );
   * ```
   */
  map(effect, f) {
    switch (effect._tag) {
      case "None":
        return Effect.none();
      case "Run":
        return Effect.run(async (dispatch) => {
          await effect.execute((a) => dispatch(f(a)));
        });
      case "FireAndForget":
        return Effect.fireAndForget(effect.execute);
      case "Batch":
        return Effect.batch(...effect.effects.map((e) => Effect.map(e, f)));
      case "Cancellable":
        return Effect.cancellable(effect.id, async (dispatch) => {
          await effect.execute((a) => dispatch(f(a)));
        });
      case "Debounced":
        return Effect.debounced(effect.id, effect.ms, async (dispatch) => {
          await effect.execute((a) => dispatch(f(a)));
        });
      case "Throttled":
        return Effect.throttled(effect.id, effect.ms, async (dispatch) => {
          await effect.execute((a) => dispatch(f(a)));
        });
      case "AfterDelay":
        return Effect.afterDelay(effect.ms, (dispatch) => {
          effect.execute((a) => dispatch(f(a)));
        });
      case "Subscription":
        return Effect.subscription(effect.id, (dispatch) => {
          const cleanup = effect.setup((a) => dispatch(f(a)));
          return cleanup;
        });
      default:
        const _exhaustive = effect;
        throw new Error(`Unhandled effect type: ${_exhaustive._tag}`);
    }
  }
};
function safeDecodeURIComponent(str) {
  try {
    return decodeURIComponent(str);
  } catch (e) {
    return str;
  }
}
function parseQueryParams(search) {
  const queryString = search.startsWith("?") ? search.slice(1) : search;
  if (!queryString) {
    return {};
  }
  const params = {};
  const pairs = queryString.split("&");
  for (const pair of pairs) {
    if (!pair)
      continue;
    const parts = pair.split("=");
    const key = parts[0];
    const value = parts.slice(1).join("=");
    if (!key)
      continue;
    const decodedKey = safeDecodeURIComponent(key);
    const decodedValue = safeDecodeURIComponent(value);
    const existing = params[decodedKey];
    if (existing !== void 0) {
      if (Array.isArray(existing)) {
        existing.push(decodedValue);
      } else {
        params[decodedKey] = [existing, decodedValue];
      }
    } else {
      params[decodedKey] = decodedValue;
    }
  }
  return params;
}
function serializeQueryParams(params) {
  const pairs = [];
  for (const [key, value] of Object.entries(params)) {
    if (value === void 0 || value === null) {
      continue;
    }
    const encodedKey = encodeURIComponent(key);
    if (Array.isArray(value)) {
      for (const item of value) {
        if (item !== void 0 && item !== null) {
          const encodedValue = encodeURIComponent(String(item));
          pairs.push(`${encodedKey}=${encodedValue}`);
        }
      }
    } else {
      const encodedValue = encodeURIComponent(String(value));
      pairs.push(`${encodedKey}=${encodedValue}`);
    }
  }
  return pairs.join("&");
}
function getQueryParam(params, key, defaultValue) {
  const value = params[key];
  if (value === void 0) {
    return defaultValue;
  }
  return Array.isArray(value) ? value[0] : value;
}
const locales = ["en", "fr", "es"];
const defaultLocale = "en";
const namespace = "common";
const localeNames = { en: "English", fr: "Français", es: "Español" };
function toLocale(lang) {
  const locale = lang?.toLowerCase();
  return locale !== void 0 && locales.includes(locale) ? locale : null;
}
const name = /^[\w-]{1,64}$/;
const patterns = [
  ["/", () => ({ type: "list", state: { tag: null } })],
  ["/posts/:id", ({ id = "" }) => name.test(id) ? { type: "post", state: { id } } : null],
  ["/posts/:id/comments", ({ id = "" }) => name.test(id) ? { type: "comments", state: { id, order: "oldest" } } : null]
];
const parserConfig = {
  // An empty base path keeps the leading slash on what the parsers see.
  basePath: "",
  parsers: patterns.map(([pattern, toDestination]) => (path) => {
    const params = matchPath(pattern, path);
    return params && toDestination(params);
  })
};
const serializerConfig = {
  serializers: {
    list: () => "/",
    post: ({ id }) => `/posts/${id}`,
    comments: ({ id }) => `/posts/${id}/comments`,
    notFound: ({ path }) => path
  }
};
function parseURL(pathname, search) {
  const query = parseQueryParams(search);
  const destination = parseDestination(pathname, parserConfig);
  return {
    destination: destination ? withQuery(destination, query) : notFound$1(pathname),
    lang: toLocale(getQueryParam(query, "lang"))
  };
}
function pathOf(destination) {
  return serializeDestination(destination, serializerConfig);
}
function queryOf({ destination, lang }) {
  const query = {};
  if (destination.type === "list" && destination.state.tag) query.tag = destination.state.tag;
  if (destination.type === "comments" && destination.state.order !== "oldest") query.order = destination.state.order;
  if (lang) query.lang = lang;
  return serializeQueryParams(query).replace(/^\?/, "");
}
function hrefOf(location) {
  const query = queryOf(location);
  return query ? `${pathOf(location.destination)}?${query}` : pathOf(location.destination);
}
function withQuery(destination, query) {
  switch (destination.type) {
    case "list":
      return { type: "list", state: { tag: toTag(getQueryParam(query, "tag")) } };
    case "comments": {
      const order = getQueryParam(query, "order") === "newest" ? "newest" : "oldest";
      return { type: "comments", state: { ...destination.state, order } };
    }
    default:
      return destination;
  }
}
function toTag(value) {
  return value && name.test(value) ? value : null;
}
function notFound$1(pathname) {
  return { type: "notFound", state: { path: pathname.replaceAll("<", "%3C") } };
}
const clientDir = join(dirname(fileURLToPath(import.meta.url)), "../client");
const assetsDir = join(clientDir, "assets");
const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%23b1361e' d='M5 2h3v20H5z'/%3E%3Cpath fill='%23d9c9b0' d='M9 2h11v20H9z'/%3E%3C/svg%3E";
function readClientAssets() {
  const manifest = JSON.parse(readFileSync(join(clientDir, ".vite/manifest.json"), "utf8"));
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry);
  if (!entry) throw new Error("the client manifest has no entry: run `npm run build`");
  const imported = (entry.imports ?? []).flatMap((key) => manifest[key]?.file ?? []);
  const head2 = [
    '<meta name="color-scheme" content="light dark">',
    `<link rel="icon" href="${icon}">`,
    ...(entry.css ?? []).map((file) => `<link rel="stylesheet" href="/${file}">`),
    ...[entry.file, ...imported].map((file) => `<link rel="modulepreload" href="/${file}">`)
  ].join("\n  ");
  return { script: `/${entry.file}`, head: head2 };
}
const comments$3 = {
  "1": [{ "id": "c1", "author": "Noor", "date": "2025-11-03", "text": "Read this on a train, in a tunnel. It was all here." }, { "id": "c2", "author": "Piotr Zieliński", "date": "2025-11-04", "text": "“A gift” is the right word. Printing this for the office." }, { "id": "c3", "author": "Amélie", "date": "2025-11-06", "text": "Et pour les formulaires ? Même promesse, même soin." }],
  "2": [{ "id": "c1", "author": "chef_bruno", "date": "2025-10-27", "text": "As a former cook: people do shout at the stove, but it does not help. 🍳" }, { "id": "c2", "author": "Mei", "date": "2025-10-28", "text": "The pair (state, effect) finally clicked for me. Thank you!" }, { "id": "c3", "author": "Dana & Kofi", "date": "2025-10-30", "text": "We used the board picture in a workshop. Nobody asked what a monad is. 10/10" }, { "id": "c4", "author": "Tomás Aguirre", "date": "2025-10-31", "text": "@Dana & Kofi: that is the best review I could get." }],
  "3": [{ "id": "c1", "author": "opsgoblin", "date": "2025-10-14", "text": "It is always the logger." }, { "id": "c2", "author": "Priya", "date": "2025-10-14", "text": "How did you find the 22 ms? Flame graphs or patience?" }, { "id": "c3", "author": "Ruth Okonkwo", "date": "2025-10-14", "text": "@Priya: patience first, flame graphs to prove it to others." }, { "id": "c4", "author": "Jens", "date": "2025-10-15", "text": "p99 of what, per route or overall? We fooled ourselves with overall." }, { "id": "c5", "author": "Ruth Okonkwo", "date": "2025-10-15", "text": "@Jens: per route, after we fooled ourselves too." }, { "id": "c6", "author": "Malik", "date": "2025-10-15", "text": "The wall trick works. Ours says 250 KB." }, { "id": "c7", "author": "Soo-jin", "date": "2025-10-15", "text": "48 ms network for both ways, which region?" }, { "id": "c8", "author": "Grace", "date": "2025-10-16", "text": '"Rude on our behalf" is going on my laptop.' }, { "id": "c9", "author": "Olu", "date": "2025-10-16", "text": "A library nobody imported on purpose: let me guess, a DOM in the server bundle?" }, { "id": "c10", "author": "Ruth Okonkwo", "date": "2025-10-16", "text": "@Olu: I could not possibly comment. (Yes.)" }, { "id": "c11", "author": "Felix", "date": "2025-10-17", "text": "What do you do when a feature needs 5 ms more?" }, { "id": "c12", "author": "Ruth Okonkwo", "date": "2025-10-17", "text": "@Felix: someone gives 5 ms back. It is surprisingly social." }, { "id": "c13", "author": "Ana Sofía", "date": "2025-10-18", "text": "¡Qué buen artículo! Lo comparto con mi equipo." }, { "id": "c14", "author": "Bogdan", "date": "2025-10-19", "text": "We spend 60 on the database. The argument is about feelings now." }, { "id": "c15", "author": "wren", "date": "2025-10-20", "text": "Synchronous logging is the new synchronous XHR." }, { "id": "c16", "author": "Yuki", "date": "2025-10-21", "text": "予算という考え方、とても好きです。" }, { "id": "c17", "author": "Isabel", "date": "2025-10-22", "text": "Does the budget include TLS?" }, { "id": "c18", "author": "Ruth Okonkwo", "date": "2025-10-22", "text": "@Isabel: on a warm connection it hides in the network line." }, { "id": "c19", "author": "Theo", "date": "2025-10-25", "text": "Came for the numbers, stayed for the kindness." }, { "id": "c20", "author": "Lin", "date": "2025-10-27", "text": "One year later? Would love a follow-up & the new table." }],
  "4": [{ "id": "c1", "author": "Bastien", "date": "2025-10-02", "text": "« Un mensonge très poli » : je la garde." }, { "id": "c2", "author": "Marguerite", "date": "2025-10-05", "text": "Le garçon de café approuve. ☕" }],
  "5": [{ "id": "c1", "author": "Ed", "date": "2025-09-24", "text": "The coastline picture is lovely. What about caches?" }, { "id": "c2", "author": "Sana Qureshi", "date": "2025-09-25", "text": "@Ed: harbours. You still check passports." }, { "id": "c3", "author": "Valentina", "date": "2025-09-26", "text": '"Maybe a user" haunts our codebase.' }],
  "6": [{ "id": "c1", "author": "Joaquín", "date": "2025-09-11", "text": "Ninguna sorpresa después de las seis: lo quiero bordado en un cojín." }, { "id": "c2", "author": "Marta", "date": "2025-09-13", "text": "¿Y antes de las seis? 😅" }],
  "7": [{ "id": "c1", "author": `O'Brien "Bobby" Tables`, "date": "2025-08-30", "text": "My name is a test case & I am tired." }, { "id": "c2", "author": "zed", "date": "2025-08-31", "text": "<marquee>hi</marquee> <- still text, well done" }, { "id": "c3", "author": "Ines Marchetti", "date": "2025-09-01", "text": "@zed: thank you for the free penetration test." }],
  "8": [{ "id": "c1", "author": "けんた", "date": "2025-08-19", "text": "静かな文章でした。四ミリ秒、いいですね。" }, { "id": "c2", "author": "Clara", "date": "2025-08-20", "text": "I read this with a dictionary and a cup of tea. Worth it. 🍵" }],
  "9": [{ "id": "c1", "author": "Nadia", "date": "2025-08-05", "text": "Call Ana at five. Ana here: please do not." }, { "id": "c2", "author": "Rasmus", "date": "2025-08-07", "text": "Printing the effects is my favourite debugger now." }],
  "10": [{ "id": "c1", "author": "Ms. Delgado", "date": "2025-07-22", "text": "The pool on Calle Mayor opens at 8 now. You know where to find me." }, { "id": "c2", "author": "Sana Qureshi", "date": "2025-07-22", "text": "@Ms. Delgado: fixed. ❤️" }, { "id": "c3", "author": "Ivo", "date": "2025-07-24", "text": "Eleven users and I am number twelve." }],
  "11": [{ "id": "c1", "author": "Greta", "date": "2025-07-09", "text": "Time zones got us last week. Twice, naturally." }, { "id": "c2", "author": "Sam", "date": "2025-07-10", "text": "“Like a polite guest” — stealing that." }, { "id": "c3", "author": "Hugo", "date": "2025-07-15", "text": "Question with two answers = bug. Simple and true." }],
  "13": [{ "id": "c1", "author": "Lena", "date": "2025-06-12", "text": "Deleted 400 lines after reading this." }, { "id": "c2", "author": "Tomás Aguirre", "date": "2025-06-13", "text": "@Lena: the best kind of commit." }],
  "14": [{ "id": "c1", "author": "يوسف", "date": "2025-05-30", "text": "أخيرًا من يشرح الأقواس! شكرًا." }, { "id": "c2", "author": "Miriam", "date": "2025-06-02", "text": 'dir="auto" on comments: done in five minutes, thanked for a year.' }],
  "15": [{ "id": "c1", "author": "Beat", "date": "2025-05-16", "text": "fr-CH here. I feel seen." }],
  "16": [{ "id": "c1", "author": "robot_9", "date": "2025-04-29", "text": "I disagree. I disagree. I disagree. 429." }, { "id": "c2", "author": "Katya", "date": "2025-05-01", "text": "A whole city in one bucket: that was us, behind a load balancer." }],
  "17": [{ "id": "c1", "author": "Olivier", "date": "2025-04-10", "text": "« Une âme ? » J’ai ri, puis j’ai ouvert mon propre fichier. Moins drôle." }, { "id": "c2", "author": "Ingrid", "date": "2025-04-12", "text": "We now send screenshots with every key. Life-changing." }],
  "18": [{ "id": "c1", "author": "ａｙａ", "date": "2025-03-21", "text": "No boxes on my side. ✅🧑‍🚀👍🏽" }, { "id": "c2", "author": "Zoë", "date": "2025-03-22", "text": "My name has been Zo? in four systems. Thank you." }, { "id": "c3", "author": "Kwame", "date": "2025-03-25", "text": "Which “length”? is now in our review checklist." }],
  "19": [{ "id": "c1", "author": "Rubén", "date": "2025-02-18", "text": "Apagué el cron. Trabaja aquí muchísima gente." }],
  "20": [{ "id": "c1", "author": "Your first reader", "date": "2025-01-06", "text": "Hello! 👋" }]
};
const posts$3 = /* @__PURE__ */ JSON.parse(`[{"id":"1","lang":"en","title":"A page is a promise","author":"Ines Marchetti","date":"2025-11-03","tags":["web","craft"],"minutes":4,"views":18234,"likes":312,"excerpt":"What a reader should be able to count on before a single byte of script arrives.","body":[{"kind":"p","text":"Someone taps a link on a train. The signal is one bar, the tunnel is two minutes away, and whatever arrives before it is all they will have to read. A page is a promise made to that person: here is the text, complete, now."},{"kind":"h2","text":"Text first, behaviour second"},{"kind":"p","text":"Server rendering is the old way to keep that promise. The interesting part of the last ten years is that we can keep it and still hand over to an application afterwards, with the same code and the same state on both sides."},{"kind":"quote","text":"Progress is when the thing that used to be the fallback becomes the foundation."},{"kind":"p","text":"So I test with scripts off first. If the page answers the question that brought the reader here, everything after that is a gift."}]},{"id":"2","lang":"en","title":"Reducers, explained with a kitchen","author":"Tomás Aguirre","date":"2025-10-27","tags":["architecture","svelte"],"minutes":6,"views":24107,"likes":540,"excerpt":"Orders come in, the board changes, and only then does anybody light the stove.","body":[{"kind":"p","text":"In a busy kitchen nobody shouts at the stove. A ticket goes on the board; the board is the state; the cooks read the board. A reducer is the person who pins the tickets: given the board and one ticket, they say what the board looks like next and which jobs follow from it."},{"kind":"code","text":"const reducer = (state, action, deps) => [nextState, effect];"},{"kind":"p","text":"The pair matters. The first half is a fact, and you can test it with an equality check. The second half is a wish, a description of work that somebody else will carry out, and you can test that too because it is only a value."},{"kind":"list","items":["State says what is true.","Actions say what happened.","Effects say what should happen next.","Dependencies say who will do it."]},{"kind":"p","text":"Once you see the four apart, the size of an application stops being frightening. You add another board."}]},{"id":"3","lang":"en","title":"The 100 ms budget & how we spent it","author":"Ruth Okonkwo","date":"2025-10-14","tags":["performance","web"],"minutes":8,"views":51920,"likes":1204,"excerpt":"Fifty for the network, twenty for the database, and an argument about the remaining thirty.","body":[{"kind":"p","text":"We gave ourselves one hundred milliseconds from request to last byte, at the 99th percentile, and wrote the number on the wall. Numbers on walls have a way of winning arguments."},{"kind":"h2","text":"Where it went"},{"kind":"list","items":["Network, both ways: 48 ms","Database: 19 ms","Rendering: 11 ms","Everything we could not explain: 22 ms"]},{"kind":"p","text":"The last line is the interesting one. Half of it was a logger that wrote synchronously; a quarter was a library nobody had imported on purpose; the rest was garbage collection caused by the first two."},{"kind":"h2","text":"What we kept"},{"kind":"p","text":"A budget is not a target for heroes. It is a tool for saying \\"no\\" early & kindly. We keep ours in the test suite now, where it can be rude on our behalf."}]},{"id":"4","lang":"fr","title":"Éloge de la lenteur calculée","author":"Hélène Vasseur","date":"2025-10-02","tags":["craft"],"minutes":5,"views":9310,"likes":188,"excerpt":"Pourquoi un serveur qui sait attendre vaut mieux qu’un serveur qui court partout.","body":[{"kind":"p","text":"On imagine volontiers un bon serveur comme un sprinteur. C’est plutôt un garçon de café un samedi soir : il ne court jamais, il ne revient jamais les mains vides, et il sait dire « un instant » sans perdre le fil."},{"kind":"p","text":"Refuser vite, c’est une politesse. Une file d’attente bornée, un message clair, et le client peut décider d’aller ailleurs ou de revenir dans dix secondes. Une file sans fin n’est qu’un mensonge très poli."},{"kind":"quote","text":"La lenteur choisie est une vitesse. — carnet de cuisine, p. 47"},{"kind":"p","text":"J’ai fini par mesurer l’attente elle-même, et non le travail. C’est là que se cachait tout ce que nos lecteurs ressentaient."}]},{"id":"5","lang":"en","title":"Type the edges, trust the middle","author":"Sana Qureshi","date":"2025-09-24","tags":["typescript","architecture"],"minutes":5,"views":13882,"likes":297,"excerpt":"Validate where the world comes in. After that, let the compiler carry the weight.","body":[{"kind":"p","text":"Every program has a coastline: the query string, the request body, the row that came back from the database. On the coast nothing is what its type says. Inland, everything is."},{"kind":"p","text":"Put your parsing on the coast and give the interior real types, not optional ones. A function deep inside that accepts \\"maybe a user\\" is a leak in the sea wall."},{"kind":"code","text":"type Destination =\\n  | { type: 'list'; state: { tag: string | null } }\\n  | { type: 'post'; state: { id: string } };"},{"kind":"p","text":"The compiler is a colleague who reads every line every time and never gets bored. Give them the boring work."}]},{"id":"6","lang":"es","title":"¿Quién teme al código aburrido?","author":"Lucía Benavides","date":"2025-09-11","tags":["craft","architecture"],"minutes":4,"views":11045,"likes":265,"excerpt":"El código que nadie comenta en la cena suele ser el que sigue funcionando en enero.","body":[{"kind":"p","text":"Hay un momento en cada proyecto en que alguien propone una solución brillante. Conviene servirle un café y preguntarle quién la va a mantener en enero, con la mitad del equipo de vacaciones."},{"kind":"p","text":"El código aburrido no es código torpe. Es código que se lee de arriba abajo, que nombra las cosas como las nombra el resto del equipo y que falla en un solo sitio, con una frase completa."},{"kind":"list","items":["Un nombre por concepto.","Una función por idea.","Ninguna sorpresa después de las seis de la tarde."]},{"kind":"p","text":"Lo brillante, que también hace falta, merece un rincón pequeño y bien iluminado. 💡"}]},{"id":"7","lang":"en","title":"Five characters that need escaping","author":"Ines Marchetti","date":"2025-08-30","tags":["security","web"],"minutes":6,"views":30871,"likes":702,"excerpt":"Ampersand, two quotes and a pair of angle brackets: a short history of a long mistake.","body":[{"kind":"p","text":"There are five characters that a template must never pass through untouched: &, <, >, \\" and '. If <b>these words</b> look like markup to you and not like bold text, this blog did its job."},{"kind":"code","text":"<img src=x onerror=\\"alert('hello')\\">"},{"kind":"p","text":"Escaping depends on where you stand. Inside text, < is the dangerous one. Inside an attribute it is the quote. Inside a URL it is the colon, and inside a script element it is a sequence rather than a character."},{"kind":"h2","text":"Already escaped & escaped again"},{"kind":"p","text":"The opposite mistake is gentler but uglier: &amp;amp; on a shop window. Escape once, at the last moment, in the place that knows the context."}]},{"id":"8","lang":"ja","title":"小さなサーバーの静かな一日 🍵","author":"森 あかり","date":"2025-08-19","tags":["web","performance"],"minutes":3,"views":7421,"likes":233,"excerpt":"朝のアクセスから真夜中のバックアップまで、一台のサーバーの日記。","body":[{"kind":"p","text":"午前六時、最初のリクエストが届く。電車の中で記事を読む人だ。サーバーは四ミリ秒で答え、また静かになる。"},{"kind":"p","text":"昼休みには人が増える。けれども列は伸びない。キャッシュが温まっているからだ。「待たせない」というのは、速く走ることではなく、先に準備しておくことだと思う。"},{"kind":"quote","text":"何もしていない時に何もしない。それがいちばん難しい。"},{"kind":"p","text":"真夜中、バックアップが終わる。ログは一行だけ。おやすみなさい。😴"}]},{"id":"9","lang":"en","title":"Effects are values, and that is the whole trick","author":"Tomás Aguirre","date":"2025-08-05","tags":["svelte","architecture"],"minutes":7,"views":19544,"likes":431,"excerpt":"You cannot test a phone call, but you can test a note that says “call Ana at five”.","body":[{"kind":"p","text":"A function that makes a phone call is hard to test. A function that returns a note saying “call Ana at five” is trivial. Effects are the notes."},{"kind":"code","text":"return [\\n  { ...state, status: 'loading' },\\n  Effect.run(async (dispatch) => {\\n    dispatch({ type: 'loaded', page: await deps.pages.load(destination) });\\n  })\\n];"},{"kind":"p","text":"On the server nobody picks up the notes. The store is created, filled with data and rendered once; effects wait for the browser. That is why the same reducer can run in both places without a single check for where it is."},{"kind":"p","text":"It also gives you a debugging tool for free: print the notes. The history of an application turns out to be quite readable."}]},{"id":"10","lang":"en","title":"Ten years of the same side project","author":"Sana Qureshi","date":"2025-07-22","tags":["craft"],"minutes":9,"views":42310,"likes":1570,"excerpt":"It has had four databases, three names and exactly eleven users. I would not trade it.","body":[{"kind":"p","text":"I started it in a café with bad coffee & good sockets. It kept the opening hours of swimming pools. It still does; the pools have changed more than the code."},{"kind":"p","text":"Every technology I know I learnt by moving this one small thing onto it. You notice what a tool is like when the problem has stopped being interesting."},{"kind":"h2","text":"What survived"},{"kind":"list","items":["The URL of every page.","The data, in a text file.","The habit of writing down why.","Ms. Delgado, user no. 3, who still writes when the hours are wrong."]},{"kind":"p","text":"If you keep one thing for ten years, keep the URLs. People wrote them on paper."}]},{"id":"11","lang":"en","title":"Hydration without tears 💧","author":"Ruth Okonkwo","date":"2025-07-09","tags":["svelte","web","performance"],"minutes":7,"views":27660,"likes":615,"excerpt":"Server and browser must tell the same story. Here are the usual ways they drift apart.","body":[{"kind":"p","text":"Hydration is a re-reading. The browser goes through the markup the server wrote, with the same state in hand, and expects to agree with every line. When it does not, somebody asked a question that has two answers."},{"kind":"list","items":["What time is it?","Which time zone are we in?","What is a random number?","How wide is the window?"]},{"kind":"p","text":"Ask those questions once, on the server, and put the answers in the state. Dates on this site are formatted in UTC for that reason; a post about Tuesday should not move to Monday because you fly west. ✈️"},{"kind":"p","text":"And if you truly need the window width, ask it after hydration, in an effect, like a polite guest."}]},{"id":"12","lang":"en","title":"Notes on an empty comment section","author":"Hélène Vasseur","date":"2025-06-25","tags":["craft","web"],"minutes":3,"views":4102,"likes":96,"excerpt":"Zero is a number too, and it deserves a sentence of its own.","body":[{"kind":"p","text":"Design the empty state first. It is the first thing every author sees, and for most pages on the web it is the last."},{"kind":"p","text":"“0 comments” is arithmetic. “Nobody has said anything yet” is a sentence. “Be the first” is an invitation. Plural rules can carry all three, if the translator is told that zero may be special."},{"kind":"p","text":"This post has been quiet since June. I find it restful."}]},{"id":"13","lang":"en","title":"The router is just another reducer","author":"Tomás Aguirre","date":"2025-06-12","tags":["svelte","architecture"],"minutes":6,"views":16733,"likes":358,"excerpt":"If the address bar is a function of state, “back” is an action like any other.","body":[{"kind":"p","text":"Most routers own the application. They decide what is mounted, when data is loaded, and who is allowed to know. Turn it round: let the state hold a destination, and let the address bar be a view of it."},{"kind":"p","text":"Then there are only two jobs left. One writes the URL when the destination changes. The other dispatches an action when the reader presses “back”. Neither knows about components."},{"kind":"code","text":"matchPath('/posts/:id', '/posts/13'); // { id: '13' }"},{"kind":"p","text":"The server does the first half only: it parses the URL, loads what the destination needs and renders. Same table of routes, no second list to keep in step."}]},{"id":"14","lang":"ar","title":"رسالة قصيرة عن الاتجاهات","author":"ليلى منصور","date":"2025-05-30","tags":["web","i18n"],"minutes":3,"views":6880,"likes":204,"excerpt":"النص يعرف اتجاهه، وعلى الصفحة أن تصغي إليه.","body":[{"kind":"p","text":"عندما تكتب بلغتين في صفحة واحدة، تكتشف أن الاتجاه ليس زينة. الفاصلة تنتقل، والأرقام مثل 2025 تبقى كما هي، والأقواس (مثل هذه) تنقلب."},{"kind":"p","text":"أبسط قاعدة أعرفها: لا تخمّن. ضع سمة dir=\\"auto\\" على كل نص لا تعرف لغته، واترك المتصفح يقرأ أول حرف قوي."},{"kind":"quote","text":"الصفحة الجيدة مثل المضيف الجيد: تبدأ من حيث يجلس الضيف."}]},{"id":"15","lang":"en","title":"What the accept header knows about you","author":"Ines Marchetti","date":"2025-05-16","tags":["i18n","web"],"minutes":5,"views":15290,"likes":322,"excerpt":"fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5: a biography in thirty-four characters.","body":[{"kind":"p","text":"The browser sends a list of languages, each with a weight. It was set by someone: the person, their employer, the shop where they bought the phone. Treat it as a hint from a stranger."},{"kind":"list","items":["An explicit choice in the URL beats everything.","Then the header, best weight first.","Then a base language: pt-BR is happier with pt than with en.","Then your default."]},{"kind":"p","text":"Keep the choice in the URL and the page can be shared, cached and bookmarked as what it is. Keep it in a cookie and the same address means something else to each reader."}]},{"id":"16","lang":"en","title":"Rate limits, or: the art of the polite door","author":"Sana Qureshi","date":"2025-04-29","tags":["security","performance"],"minutes":5,"views":12007,"likes":241,"excerpt":"One hundred a minute is generous for a reader & miserly for a robot. Good.","body":[{"kind":"p","text":"A rate limit is a door that stays open for people and swings shut for machines. The craft is in the sentence you print on it: how many, until when, and what to do next."},{"kind":"code","text":"X-RateLimit-Limit: 100\\nX-RateLimit-Remaining: 0\\nRetry-After: 42"},{"kind":"p","text":"Count per client, and be sure you know who the client is. Behind a proxy, everyone has the same address until you say which proxy you trust; I have seen a whole city share one bucket."},{"kind":"p","text":"And let the health check through. The first victim of a limit is usually the machine that would have told you about it."}]},{"id":"17","lang":"fr","title":"Traduire « Save », et autres petits drames","author":"Hélène Vasseur","date":"2025-04-10","tags":["i18n","craft"],"minutes":6,"views":8954,"likes":310,"excerpt":"Enregistrer, sauvegarder, sauver : un bouton, trois métiers, zéro contexte.","body":[{"kind":"p","text":"Le fichier arrive un vendredi : quatre cents clés, aucune capture d’écran. « save » : un document ? un pénalty ? une âme ?"},{"kind":"p","text":"Une clé n’est pas une phrase. Donnez au traducteur la phrase entière, avec ses trous et ses pluriels, et il vous rendra une phrase entière. Coupez-la en morceaux et il vous rendra un puzzle."},{"kind":"code","text":"{count, plural, =0 {Aucun commentaire} one {# commentaire} other {# commentaires}}"},{"kind":"p","text":"En français, zéro est singulier ; en anglais, il est pluriel ; en japonais, il s’en moque. 🤷‍♀️ Laissez la machine connaître la règle."}]},{"id":"18","lang":"en","title":"Emoji are harder than you think 👩‍💻🏳️‍🌈🇪🇺","author":"森 あかり","date":"2025-03-21","tags":["i18n","web"],"minutes":4,"views":22418,"likes":890,"excerpt":"One picture, seven code points, eleven UTF-16 units: count carefully.","body":[{"kind":"p","text":"The family 👨‍👩‍👧‍👦 is one thing to a reader, seven code points to Unicode, eleven units to JavaScript and twenty-five bytes on the wire. Whoever says “length” should be asked which."},{"kind":"p","text":"Letters play the same game: é can be one code point or two (é), Å can be a letter or a unit of length (Å), and 𝒻𝒶𝓃𝒸𝓎 text lives outside the first plane altogether. 𠮷 is not 吉."},{"kind":"list","items":["Cut strings between graphemes: Intl.Segmenter.","Compare after normalising.","Count bytes only when you send them."]},{"kind":"p","text":"If this paragraph shows no boxes and no question marks, the whole pipe from file to screen kept its promises: ✓ ☕ 🧵 ∞ 𝄞."}]},{"id":"19","lang":"es","title":"Carta a quien hereda este servidor","author":"Lucía Benavides","date":"2025-02-18","tags":["craft","performance"],"minutes":5,"views":10376,"likes":401,"excerpt":"No toques el cron de las tres. En serio: primero lee el párrafo dos.","body":[{"kind":"p","text":"Si lees esto, la máquina ya es tuya. Arranca con un solo comando, se para con Ctrl+C y tarda menos en volver que tú en preparar un té."},{"kind":"p","text":"El proceso de las tres de la madrugada envía un informe a «contabilidad & cía.». Nadie lo pidió, todo el mundo lo lee. Apágalo y sabrás cuánta gente trabaja aquí."},{"kind":"list","items":["Los registros están en la salida estándar, una línea por suceso.","La salud, en /health.","Las copias, probadas el primer lunes de cada mes."]},{"kind":"p","text":"Y si algo te parece absurdo, busca el comentario: intenté dejar escrito el porqué. Un abrazo."}]},{"id":"20","lang":"en","title":"Hello, reader","author":"Ines Marchetti","date":"2025-01-06","tags":["craft"],"minutes":2,"views":3967,"likes":74,"excerpt":"Why we started a small magazine about making things for the web with care.","body":[{"kind":"p","text":"This is a magazine for people who like to know how things are made. We write about servers and sentences, state and slowness, and the small decisions nobody sees."},{"kind":"p","text":"We answer every letter. The comment sections are open, the feed of opinions is full, and the coffee is on. ☕"}]},{"id":"unsafe","listed":false,"lang":"en","title":"A string that ends a script","author":"Ines Marchetti","date":"2025-01-02","tags":["security"],"minutes":1,"views":13,"likes":1,"excerpt":"Nine characters inside a JSON string, and the browser stops reading JSON.","body":[{"kind":"p","text":"The state of this page contains <\/script> in a string. Printed as text it is harmless, because the template escapes it."},{"kind":"code","text":"<\/script><script>window.__injected = true;<\/script>"},{"kind":"p","text":"Inside the script element that carries the state nothing is escaped, so the browser sees the element end there and runs what follows. Unless somebody on the way out writes the bracket as a JSON escape."}]}]`);
const stored = posts$3;
const commentsByPost = comments$3;
const contentPageLoader = {
  async load(destination) {
    switch (destination.type) {
      case "list": {
        const { tag } = destination.state;
        return { type: "list", tag, posts: await findPosts(tag) };
      }
      case "post": {
        const post = await findPost(destination.state.id);
        return post ? { type: "post", post } : notFound(destination);
      }
      case "comments": {
        const { id, order } = destination.state;
        const [post, found] = await Promise.all([findPost(id), findComments(id)]);
        if (!post) return notFound(destination);
        return { type: "comments", post: summary(post), order, comments: order === "newest" ? found.reverse() : found };
      }
      case "notFound":
        return notFound(destination);
    }
  }
};
async function findPosts(tag) {
  return stored.filter((post) => post.listed !== false && (!tag || post.tags.includes(tag))).map(summary);
}
async function findPost(id) {
  const post = stored.find((candidate) => candidate.id === id);
  return post && { ...summary(post), likes: post.likes, body: post.body };
}
async function findComments(id) {
  return [...commentsOf(id) ?? []];
}
function commentsOf(id) {
  return Object.hasOwn(commentsByPost, id) ? commentsByPost[id] : void 0;
}
function summary({ id, lang, title, author, date, tags, minutes: minutes2, views: views2, excerpt }) {
  return { id, lang, title, author, date, tags, minutes: minutes2, views: views2, excerpt, commentCount: commentsOf(id)?.length ?? 0 };
}
function notFound(destination) {
  return { type: "notFound", path: pathOf(destination) };
}
function scope(toChildState, fromChildState, toChildAction, fromChildAction, childReducer) {
  return (parentState, parentAction, dependencies2) => {
    const childAction = toChildAction(parentAction);
    if (childAction === null) {
      return [parentState, Effect.none()];
    }
    const childState = toChildState(parentState);
    const [newChildState, childEffect] = childReducer(childState, childAction, dependencies2);
    const newParentState = fromChildState(parentState, newChildState);
    const parentEffect = Effect.map(childEffect, fromChildAction);
    return [newParentState, parentEffect];
  };
}
function scopeAction(toChildState, fromChildState, actionType, childReducer) {
  return scope(toChildState, fromChildState, (action) => action.type === actionType && "action" in action ? action.action : null, (childAction) => ({ type: actionType, action: childAction }), childReducer);
}
function createNoopStorage() {
  return {
    getItem() {
      return null;
    },
    setItem() {
    },
    removeItem() {
    },
    keys() {
      return [];
    },
    has() {
      return false;
    },
    clear() {
    },
    size() {
      return 0;
    }
  };
}
class APIError extends Error {
  constructor(message, status, body = null, headers = {}, isRetryable = false) {
    super(message);
    this.name = "APIError";
    this.status = status;
    this.body = body;
    this.headers = headers;
    this.isRetryable = isRetryable;
    if ("captureStackTrace" in Error) {
      Error.captureStackTrace(this, APIError);
    }
  }
  /**
   * Check if this is a client error (4xx status).
   */
  is4xx() {
    return this.status !== null && this.status >= 400 && this.status < 500;
  }
  /**
   * Check if this is a server error (5xx status).
   */
  is5xx() {
    return this.status !== null && this.status >= 500 && this.status < 600;
  }
  /**
   * Check if this is a network-level error (no response received).
   */
  isNetworkError() {
    return this.status === null;
  }
  /**
   * Serialize error to JSON for logging/debugging.
   * Redacts sensitive headers (Authorization, Cookie, etc.).
   */
  toJSON() {
    return {
      name: this.name,
      message: this.message,
      status: this.status,
      body: this.body,
      headers: this._sanitizeHeaders(),
      isRetryable: this.isRetryable
    };
  }
  /**
   * Redact sensitive headers for safe logging.
   * @private
   */
  _sanitizeHeaders() {
    const SENSITIVE_HEADERS = ["authorization", "cookie", "x-api-key", "x-csrf-token"];
    const sanitized = {};
    const headerKeys = Object.keys(this.headers);
    for (let i = 0; i < headerKeys.length; i++) {
      const key = headerKeys[i];
      if (key !== void 0) {
        const value = this.headers[key];
        if (value !== void 0) {
          const lowerKey = key.toLowerCase();
          let isSensitive = false;
          for (let j = 0; j < SENSITIVE_HEADERS.length; j++) {
            const sensitiveHeader = SENSITIVE_HEADERS[j];
            if (sensitiveHeader !== void 0 && lowerKey === sensitiveHeader) {
              isSensitive = true;
              break;
            }
          }
          sanitized[key] = isSensitive ? "***REDACTED***" : value;
        }
      }
    }
    return sanitized;
  }
}
function api(client, request, onSuccess, onFailure) {
  return Effect.run(async (dispatch) => {
    try {
      const response = await client.request(request);
      dispatch(onSuccess(response));
    } catch (error) {
      if (error instanceof APIError) {
        dispatch(onFailure(error));
      } else if (error instanceof Error) {
        dispatch(onFailure(new APIError(error.message, null, null, {}, false)));
      } else {
        dispatch(onFailure(new APIError(String(error), null, null, {}, false)));
      }
    }
  });
}
function apiFireAndForget(client, request, onSuccess) {
  return Effect.run(async (dispatch) => {
    try {
      const response = await client.request(request);
      dispatch(onSuccess(response));
    } catch {
    }
  });
}
function apiAll(client, requests, onSuccess, onFailure) {
  return Effect.run(async (dispatch) => {
    try {
      const promises = requests.map((req) => client.request(req));
      const responses = await Promise.all(promises);
      dispatch(onSuccess(responses));
    } catch (error) {
      if (error instanceof APIError) {
        dispatch(onFailure(error));
      } else if (error instanceof Error) {
        dispatch(onFailure(new APIError(error.message, null, null, {}, false)));
      } else {
        dispatch(onFailure(new APIError(String(error), null, null, {}, false)));
      }
    }
  });
}
Effect.api = api;
Effect.apiFireAndForget = apiFireAndForget;
Effect.apiAll = apiAll;
class WebSocketError extends Error {
  constructor(message, code, recoverable, cause) {
    super(message);
    this.code = code;
    this.recoverable = recoverable;
    this.cause = cause;
    this.name = "WebSocketError";
  }
}
const WS_ERROR_CODES = {
  SEND_FAILED: "WS_SEND_FAILED"
};
function connect(client, subscriptionId, url, protocols, onEvent) {
  return Effect.subscription(subscriptionId, (dispatch) => {
    let unsubscribe;
    if (onEvent) {
      unsubscribe = client.subscribeToEvents((event) => {
        dispatch(onEvent(event));
      });
    }
    client.connect(url, protocols).catch((error) => {
      console.error("[WebSocket] Connection failed:", error);
    });
    return async () => {
      unsubscribe?.();
      await client.disconnect();
    };
  });
}
function disconnect(client, code, reason) {
  return Effect.run(async () => {
    await client.disconnect(code, reason);
  });
}
function send(client, message, onSuccess, onFailure) {
  return Effect.run(async (dispatch) => {
    try {
      await client.send(message);
      if (onSuccess) {
        dispatch(onSuccess());
      }
    } catch (error) {
      if (onFailure) {
        const wsError = error instanceof WebSocketError ? error : new WebSocketError(String(error), WS_ERROR_CODES.SEND_FAILED, true, error);
        dispatch(onFailure(wsError));
      } else {
        throw error;
      }
    }
  });
}
function subscribe(client, subscriptionId, onMessage) {
  return Effect.subscription(subscriptionId, (dispatch) => {
    const unsubscribe = client.subscribe((message) => {
      dispatch(onMessage(message));
    });
    return unsubscribe;
  });
}
function subscribeToEvents(client, subscriptionId, onEvent) {
  return Effect.subscription(subscriptionId, (dispatch) => {
    const unsubscribe = client.subscribeToEvents((event) => {
      dispatch(onEvent(event));
    });
    return unsubscribe;
  });
}
Effect.websocket = {
  connect,
  disconnect,
  send,
  subscribe,
  subscribeToEvents
};
const serverDOM = {
  setLanguage() {
  },
  setDirection() {
  }
};
function buildFallbackChain(locale, defaultLocale2) {
  const chain = [locale];
  if (locale.includes("-")) {
    const baseLanguage = locale.split("-")[0];
    if (baseLanguage) {
      chain.push(baseLanguage);
    }
  }
  if (!chain.includes(defaultLocale2)) {
    chain.push(defaultLocale2);
  }
  return chain;
}
function getDirection(locale) {
  const rtlLanguages = ["ar", "he", "fa", "ur"];
  const language2 = locale.split("-")[0] || locale;
  return rtlLanguages.includes(language2) ? "rtl" : "ltr";
}
const i18nReducer = (state, action, deps) => {
  switch (action.type) {
    case "i18n/setLocale": {
      const { locale, preloadNamespaces = [] } = action;
      if (!deps.localeDetector.getSupportedLocales().includes(locale)) {
        console.warn(`Unsupported locale: ${locale}, falling back to ${state.defaultLocale}`);
        return [state, Effect.none()];
      }
      const newState = {
        ...state,
        currentLocale: locale,
        fallbackChain: buildFallbackChain(locale, state.defaultLocale),
        direction: getDirection(locale)
      };
      const effects = [
        // Persist to localStorage/cookie
        Effect.fireAndForget(async () => {
          await deps.storage.setItem("locale", locale);
        }),
        // ✅ FIXED: Use DOM dependency instead of direct document access
        Effect.fireAndForget(async () => {
          deps.dom.setLanguage(locale);
          deps.dom.setDirection(newState.direction);
        })
      ];
      if (preloadNamespaces.length > 0) {
        effects.push(Effect.run(async (dispatch) => {
          await Promise.all(preloadNamespaces.map((ns) => dispatch({ type: "i18n/loadNamespace", namespace: ns, locale })));
        }));
      }
      return [newState, Effect.batch(...effects)];
    }
    case "i18n/loadNamespace": {
      const { namespace: namespace2, locale } = action;
      const cacheKey = `${locale}:${namespace2}`;
      if (state.translations[cacheKey] || state.loadingNamespaces.includes(cacheKey)) {
        return [state, Effect.none()];
      }
      const newState = {
        ...state,
        loadingNamespaces: [...state.loadingNamespaces, cacheKey]
      };
      const effect = Effect.run(async (dispatch) => {
        try {
          const translations = await deps.translationLoader.load(namespace2, locale);
          if (translations) {
            dispatch({
              type: "i18n/namespaceLoaded",
              namespace: namespace2,
              locale,
              translations
            });
          } else {
            throw new Error(`Namespace ${namespace2} not found for locale ${locale}`);
          }
        } catch (error) {
          dispatch({
            type: "i18n/namespaceLoadFailed",
            namespace: namespace2,
            locale,
            error
          });
        }
      });
      return [newState, effect];
    }
    case "i18n/namespaceLoaded": {
      const { namespace: namespace2, locale, translations } = action;
      const cacheKey = `${locale}:${namespace2}`;
      const loadingNamespaces = state.loadingNamespaces.filter((key) => key !== cacheKey);
      return [
        {
          ...state,
          translations: {
            ...state.translations,
            [cacheKey]: translations
          },
          loadingNamespaces
        },
        Effect.none()
      ];
    }
    case "i18n/namespaceLoadFailed": {
      const { namespace: namespace2, locale, error } = action;
      const cacheKey = `${locale}:${namespace2}`;
      console.error(`Failed to load namespace ${namespace2} for ${locale}:`, error);
      const loadingNamespaces = state.loadingNamespaces.filter((key) => key !== cacheKey);
      return [{ ...state, loadingNamespaces }, Effect.none()];
    }
    case "i18n/setDirection": {
      return [
        { ...state, direction: action.direction },
        Effect.fireAndForget(async () => {
          deps.dom.setDirection(action.direction);
        })
      ];
    }
    default:
      return [state, Effect.none()];
  }
};
function createInitialI18nState(locale, availableLocales, defaultLocale2 = "en") {
  return {
    currentLocale: locale,
    defaultLocale: defaultLocale2,
    availableLocales,
    translations: {},
    loadingNamespaces: [],
    fallbackChain: buildFallbackChain(locale, defaultLocale2),
    direction: getDirection(locale)
  };
}
var extendStatics = function(d, b) {
  extendStatics = Object.setPrototypeOf || { __proto__: [] } instanceof Array && function(d2, b2) {
    d2.__proto__ = b2;
  } || function(d2, b2) {
    for (var p in b2) if (Object.prototype.hasOwnProperty.call(b2, p)) d2[p] = b2[p];
  };
  return extendStatics(d, b);
};
function __extends(d, b) {
  if (typeof b !== "function" && b !== null)
    throw new TypeError("Class extends value " + String(b) + " is not a constructor or null");
  extendStatics(d, b);
  function __() {
    this.constructor = d;
  }
  d.prototype = b === null ? Object.create(b) : (__.prototype = b.prototype, new __());
}
var __assign = function() {
  __assign = Object.assign || function __assign2(t) {
    for (var s, i = 1, n = arguments.length; i < n; i++) {
      s = arguments[i];
      for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p)) t[p] = s[p];
    }
    return t;
  };
  return __assign.apply(this, arguments);
};
function __rest(s, e) {
  var t = {};
  for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p) && e.indexOf(p) < 0)
    t[p] = s[p];
  if (s != null && typeof Object.getOwnPropertySymbols === "function")
    for (var i = 0, p = Object.getOwnPropertySymbols(s); i < p.length; i++) {
      if (e.indexOf(p[i]) < 0 && Object.prototype.propertyIsEnumerable.call(s, p[i]))
        t[p[i]] = s[p[i]];
    }
  return t;
}
function __spreadArray(to, from, pack) {
  if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
    if (ar || !(i in from)) {
      if (!ar) ar = Array.prototype.slice.call(from, 0, i);
      ar[i] = from[i];
    }
  }
  return to.concat(ar || Array.prototype.slice.call(from));
}
typeof SuppressedError === "function" ? SuppressedError : function(error, suppressed, message) {
  var e = new Error(message);
  return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
};
function memoize(fn, options) {
  var cache = options && options.cache ? options.cache : cacheDefault;
  var serializer = options && options.serializer ? options.serializer : serializerDefault;
  var strategy = options && options.strategy ? options.strategy : strategyDefault;
  return strategy(fn, {
    cache,
    serializer
  });
}
function isPrimitive(value) {
  return value == null || typeof value === "number" || typeof value === "boolean";
}
function monadic(fn, cache, serializer, arg) {
  var cacheKey = isPrimitive(arg) ? arg : serializer(arg);
  var computedValue = cache.get(cacheKey);
  if (typeof computedValue === "undefined") {
    computedValue = fn.call(this, arg);
    cache.set(cacheKey, computedValue);
  }
  return computedValue;
}
function variadic(fn, cache, serializer) {
  var args = Array.prototype.slice.call(arguments, 3);
  var cacheKey = serializer(args);
  var computedValue = cache.get(cacheKey);
  if (typeof computedValue === "undefined") {
    computedValue = fn.apply(this, args);
    cache.set(cacheKey, computedValue);
  }
  return computedValue;
}
function assemble(fn, context2, strategy, cache, serialize) {
  return strategy.bind(context2, fn, cache, serialize);
}
function strategyDefault(fn, options) {
  var strategy = fn.length === 1 ? monadic : variadic;
  return assemble(fn, this, strategy, options.cache.create(), options.serializer);
}
function strategyVariadic(fn, options) {
  return assemble(fn, this, variadic, options.cache.create(), options.serializer);
}
var serializerDefault = function() {
  return JSON.stringify(arguments);
};
var ObjectWithoutPrototypeCache = (
  /** @class */
  (function() {
    function ObjectWithoutPrototypeCache2() {
      this.cache = /* @__PURE__ */ Object.create(null);
    }
    ObjectWithoutPrototypeCache2.prototype.get = function(key) {
      return this.cache[key];
    };
    ObjectWithoutPrototypeCache2.prototype.set = function(key, value) {
      this.cache[key] = value;
    };
    return ObjectWithoutPrototypeCache2;
  })()
);
var cacheDefault = {
  create: function create() {
    return new ObjectWithoutPrototypeCache();
  }
};
var strategies = {
  variadic: strategyVariadic
};
var ErrorKind;
(function(ErrorKind2) {
  ErrorKind2[ErrorKind2["EXPECT_ARGUMENT_CLOSING_BRACE"] = 1] = "EXPECT_ARGUMENT_CLOSING_BRACE";
  ErrorKind2[ErrorKind2["EMPTY_ARGUMENT"] = 2] = "EMPTY_ARGUMENT";
  ErrorKind2[ErrorKind2["MALFORMED_ARGUMENT"] = 3] = "MALFORMED_ARGUMENT";
  ErrorKind2[ErrorKind2["EXPECT_ARGUMENT_TYPE"] = 4] = "EXPECT_ARGUMENT_TYPE";
  ErrorKind2[ErrorKind2["INVALID_ARGUMENT_TYPE"] = 5] = "INVALID_ARGUMENT_TYPE";
  ErrorKind2[ErrorKind2["EXPECT_ARGUMENT_STYLE"] = 6] = "EXPECT_ARGUMENT_STYLE";
  ErrorKind2[ErrorKind2["INVALID_NUMBER_SKELETON"] = 7] = "INVALID_NUMBER_SKELETON";
  ErrorKind2[ErrorKind2["INVALID_DATE_TIME_SKELETON"] = 8] = "INVALID_DATE_TIME_SKELETON";
  ErrorKind2[ErrorKind2["EXPECT_NUMBER_SKELETON"] = 9] = "EXPECT_NUMBER_SKELETON";
  ErrorKind2[ErrorKind2["EXPECT_DATE_TIME_SKELETON"] = 10] = "EXPECT_DATE_TIME_SKELETON";
  ErrorKind2[ErrorKind2["UNCLOSED_QUOTE_IN_ARGUMENT_STYLE"] = 11] = "UNCLOSED_QUOTE_IN_ARGUMENT_STYLE";
  ErrorKind2[ErrorKind2["EXPECT_SELECT_ARGUMENT_OPTIONS"] = 12] = "EXPECT_SELECT_ARGUMENT_OPTIONS";
  ErrorKind2[ErrorKind2["EXPECT_PLURAL_ARGUMENT_OFFSET_VALUE"] = 13] = "EXPECT_PLURAL_ARGUMENT_OFFSET_VALUE";
  ErrorKind2[ErrorKind2["INVALID_PLURAL_ARGUMENT_OFFSET_VALUE"] = 14] = "INVALID_PLURAL_ARGUMENT_OFFSET_VALUE";
  ErrorKind2[ErrorKind2["EXPECT_SELECT_ARGUMENT_SELECTOR"] = 15] = "EXPECT_SELECT_ARGUMENT_SELECTOR";
  ErrorKind2[ErrorKind2["EXPECT_PLURAL_ARGUMENT_SELECTOR"] = 16] = "EXPECT_PLURAL_ARGUMENT_SELECTOR";
  ErrorKind2[ErrorKind2["EXPECT_SELECT_ARGUMENT_SELECTOR_FRAGMENT"] = 17] = "EXPECT_SELECT_ARGUMENT_SELECTOR_FRAGMENT";
  ErrorKind2[ErrorKind2["EXPECT_PLURAL_ARGUMENT_SELECTOR_FRAGMENT"] = 18] = "EXPECT_PLURAL_ARGUMENT_SELECTOR_FRAGMENT";
  ErrorKind2[ErrorKind2["INVALID_PLURAL_ARGUMENT_SELECTOR"] = 19] = "INVALID_PLURAL_ARGUMENT_SELECTOR";
  ErrorKind2[ErrorKind2["DUPLICATE_PLURAL_ARGUMENT_SELECTOR"] = 20] = "DUPLICATE_PLURAL_ARGUMENT_SELECTOR";
  ErrorKind2[ErrorKind2["DUPLICATE_SELECT_ARGUMENT_SELECTOR"] = 21] = "DUPLICATE_SELECT_ARGUMENT_SELECTOR";
  ErrorKind2[ErrorKind2["MISSING_OTHER_CLAUSE"] = 22] = "MISSING_OTHER_CLAUSE";
  ErrorKind2[ErrorKind2["INVALID_TAG"] = 23] = "INVALID_TAG";
  ErrorKind2[ErrorKind2["INVALID_TAG_NAME"] = 25] = "INVALID_TAG_NAME";
  ErrorKind2[ErrorKind2["UNMATCHED_CLOSING_TAG"] = 26] = "UNMATCHED_CLOSING_TAG";
  ErrorKind2[ErrorKind2["UNCLOSED_TAG"] = 27] = "UNCLOSED_TAG";
})(ErrorKind || (ErrorKind = {}));
var TYPE;
(function(TYPE2) {
  TYPE2[TYPE2["literal"] = 0] = "literal";
  TYPE2[TYPE2["argument"] = 1] = "argument";
  TYPE2[TYPE2["number"] = 2] = "number";
  TYPE2[TYPE2["date"] = 3] = "date";
  TYPE2[TYPE2["time"] = 4] = "time";
  TYPE2[TYPE2["select"] = 5] = "select";
  TYPE2[TYPE2["plural"] = 6] = "plural";
  TYPE2[TYPE2["pound"] = 7] = "pound";
  TYPE2[TYPE2["tag"] = 8] = "tag";
})(TYPE || (TYPE = {}));
var SKELETON_TYPE;
(function(SKELETON_TYPE2) {
  SKELETON_TYPE2[SKELETON_TYPE2["number"] = 0] = "number";
  SKELETON_TYPE2[SKELETON_TYPE2["dateTime"] = 1] = "dateTime";
})(SKELETON_TYPE || (SKELETON_TYPE = {}));
function isLiteralElement(el) {
  return el.type === TYPE.literal;
}
function isArgumentElement(el) {
  return el.type === TYPE.argument;
}
function isNumberElement(el) {
  return el.type === TYPE.number;
}
function isDateElement(el) {
  return el.type === TYPE.date;
}
function isTimeElement(el) {
  return el.type === TYPE.time;
}
function isSelectElement(el) {
  return el.type === TYPE.select;
}
function isPluralElement(el) {
  return el.type === TYPE.plural;
}
function isPoundElement(el) {
  return el.type === TYPE.pound;
}
function isTagElement(el) {
  return el.type === TYPE.tag;
}
function isNumberSkeleton(el) {
  return !!(el && typeof el === "object" && el.type === SKELETON_TYPE.number);
}
function isDateTimeSkeleton(el) {
  return !!(el && typeof el === "object" && el.type === SKELETON_TYPE.dateTime);
}
var SPACE_SEPARATOR_REGEX = /[ \xA0\u1680\u2000-\u200A\u202F\u205F\u3000]/;
var DATE_TIME_REGEX = /(?:[Eec]{1,6}|G{1,5}|[Qq]{1,5}|(?:[yYur]+|U{1,5})|[ML]{1,5}|d{1,2}|D{1,3}|F{1}|[abB]{1,5}|[hkHK]{1,2}|w{1,2}|W{1}|m{1,2}|s{1,2}|[zZOvVxX]{1,4})(?=([^']*'[^']*')*[^']*$)/g;
function parseDateTimeSkeleton(skeleton) {
  var result = {};
  skeleton.replace(DATE_TIME_REGEX, function(match) {
    var len = match.length;
    switch (match[0]) {
      // Era
      case "G":
        result.era = len === 4 ? "long" : len === 5 ? "narrow" : "short";
        break;
      // Year
      case "y":
        result.year = len === 2 ? "2-digit" : "numeric";
        break;
      case "Y":
      case "u":
      case "U":
      case "r":
        throw new RangeError("`Y/u/U/r` (year) patterns are not supported, use `y` instead");
      // Quarter
      case "q":
      case "Q":
        throw new RangeError("`q/Q` (quarter) patterns are not supported");
      // Month
      case "M":
      case "L":
        result.month = ["numeric", "2-digit", "short", "long", "narrow"][len - 1];
        break;
      // Week
      case "w":
      case "W":
        throw new RangeError("`w/W` (week) patterns are not supported");
      case "d":
        result.day = ["numeric", "2-digit"][len - 1];
        break;
      case "D":
      case "F":
      case "g":
        throw new RangeError("`D/F/g` (day) patterns are not supported, use `d` instead");
      // Weekday
      case "E":
        result.weekday = len === 4 ? "long" : len === 5 ? "narrow" : "short";
        break;
      case "e":
        if (len < 4) {
          throw new RangeError("`e..eee` (weekday) patterns are not supported");
        }
        result.weekday = ["short", "long", "narrow", "short"][len - 4];
        break;
      case "c":
        if (len < 4) {
          throw new RangeError("`c..ccc` (weekday) patterns are not supported");
        }
        result.weekday = ["short", "long", "narrow", "short"][len - 4];
        break;
      // Period
      case "a":
        result.hour12 = true;
        break;
      case "b":
      // am, pm, noon, midnight
      case "B":
        throw new RangeError("`b/B` (period) patterns are not supported, use `a` instead");
      // Hour
      case "h":
        result.hourCycle = "h12";
        result.hour = ["numeric", "2-digit"][len - 1];
        break;
      case "H":
        result.hourCycle = "h23";
        result.hour = ["numeric", "2-digit"][len - 1];
        break;
      case "K":
        result.hourCycle = "h11";
        result.hour = ["numeric", "2-digit"][len - 1];
        break;
      case "k":
        result.hourCycle = "h24";
        result.hour = ["numeric", "2-digit"][len - 1];
        break;
      case "j":
      case "J":
      case "C":
        throw new RangeError("`j/J/C` (hour) patterns are not supported, use `h/H/K/k` instead");
      // Minute
      case "m":
        result.minute = ["numeric", "2-digit"][len - 1];
        break;
      // Second
      case "s":
        result.second = ["numeric", "2-digit"][len - 1];
        break;
      case "S":
      case "A":
        throw new RangeError("`S/A` (second) patterns are not supported, use `s` instead");
      // Zone
      case "z":
        result.timeZoneName = len < 4 ? "short" : "long";
        break;
      case "Z":
      // 1..3, 4, 5: The ISO8601 varios formats
      case "O":
      // 1, 4: milliseconds in day short, long
      case "v":
      // 1, 4: generic non-location format
      case "V":
      // 1, 2, 3, 4: time zone ID or city
      case "X":
      // 1, 2, 3, 4: The ISO8601 varios formats
      case "x":
        throw new RangeError("`Z/O/v/V/X/x` (timeZone) patterns are not supported, use `z` instead");
    }
    return "";
  });
  return result;
}
var WHITE_SPACE_REGEX = /[\t-\r \x85\u200E\u200F\u2028\u2029]/i;
function parseNumberSkeletonFromString(skeleton) {
  if (skeleton.length === 0) {
    throw new Error("Number skeleton cannot be empty");
  }
  var stringTokens = skeleton.split(WHITE_SPACE_REGEX).filter(function(x) {
    return x.length > 0;
  });
  var tokens = [];
  for (var _i = 0, stringTokens_1 = stringTokens; _i < stringTokens_1.length; _i++) {
    var stringToken = stringTokens_1[_i];
    var stemAndOptions = stringToken.split("/");
    if (stemAndOptions.length === 0) {
      throw new Error("Invalid number skeleton");
    }
    var stem = stemAndOptions[0], options = stemAndOptions.slice(1);
    for (var _a2 = 0, options_1 = options; _a2 < options_1.length; _a2++) {
      var option = options_1[_a2];
      if (option.length === 0) {
        throw new Error("Invalid number skeleton");
      }
    }
    tokens.push({ stem, options });
  }
  return tokens;
}
function icuUnitToEcma(unit) {
  return unit.replace(/^(.*?)-/, "");
}
var FRACTION_PRECISION_REGEX = /^\.(?:(0+)(\*)?|(#+)|(0+)(#+))$/g;
var SIGNIFICANT_PRECISION_REGEX = /^(@+)?(\+|#+)?[rs]?$/g;
var INTEGER_WIDTH_REGEX = /(\*)(0+)|(#+)(0+)|(0+)/g;
var CONCISE_INTEGER_WIDTH_REGEX = /^(0+)$/;
function parseSignificantPrecision(str) {
  var result = {};
  if (str[str.length - 1] === "r") {
    result.roundingPriority = "morePrecision";
  } else if (str[str.length - 1] === "s") {
    result.roundingPriority = "lessPrecision";
  }
  str.replace(SIGNIFICANT_PRECISION_REGEX, function(_, g1, g2) {
    if (typeof g2 !== "string") {
      result.minimumSignificantDigits = g1.length;
      result.maximumSignificantDigits = g1.length;
    } else if (g2 === "+") {
      result.minimumSignificantDigits = g1.length;
    } else if (g1[0] === "#") {
      result.maximumSignificantDigits = g1.length;
    } else {
      result.minimumSignificantDigits = g1.length;
      result.maximumSignificantDigits = g1.length + (typeof g2 === "string" ? g2.length : 0);
    }
    return "";
  });
  return result;
}
function parseSign(str) {
  switch (str) {
    case "sign-auto":
      return {
        signDisplay: "auto"
      };
    case "sign-accounting":
    case "()":
      return {
        currencySign: "accounting"
      };
    case "sign-always":
    case "+!":
      return {
        signDisplay: "always"
      };
    case "sign-accounting-always":
    case "()!":
      return {
        signDisplay: "always",
        currencySign: "accounting"
      };
    case "sign-except-zero":
    case "+?":
      return {
        signDisplay: "exceptZero"
      };
    case "sign-accounting-except-zero":
    case "()?":
      return {
        signDisplay: "exceptZero",
        currencySign: "accounting"
      };
    case "sign-never":
    case "+_":
      return {
        signDisplay: "never"
      };
  }
}
function parseConciseScientificAndEngineeringStem(stem) {
  var result;
  if (stem[0] === "E" && stem[1] === "E") {
    result = {
      notation: "engineering"
    };
    stem = stem.slice(2);
  } else if (stem[0] === "E") {
    result = {
      notation: "scientific"
    };
    stem = stem.slice(1);
  }
  if (result) {
    var signDisplay = stem.slice(0, 2);
    if (signDisplay === "+!") {
      result.signDisplay = "always";
      stem = stem.slice(2);
    } else if (signDisplay === "+?") {
      result.signDisplay = "exceptZero";
      stem = stem.slice(2);
    }
    if (!CONCISE_INTEGER_WIDTH_REGEX.test(stem)) {
      throw new Error("Malformed concise eng/scientific notation");
    }
    result.minimumIntegerDigits = stem.length;
  }
  return result;
}
function parseNotationOptions(opt) {
  var result = {};
  var signOpts = parseSign(opt);
  if (signOpts) {
    return signOpts;
  }
  return result;
}
function parseNumberSkeleton(tokens) {
  var result = {};
  for (var _i = 0, tokens_1 = tokens; _i < tokens_1.length; _i++) {
    var token = tokens_1[_i];
    switch (token.stem) {
      case "percent":
      case "%":
        result.style = "percent";
        continue;
      case "%x100":
        result.style = "percent";
        result.scale = 100;
        continue;
      case "currency":
        result.style = "currency";
        result.currency = token.options[0];
        continue;
      case "group-off":
      case ",_":
        result.useGrouping = false;
        continue;
      case "precision-integer":
      case ".":
        result.maximumFractionDigits = 0;
        continue;
      case "measure-unit":
      case "unit":
        result.style = "unit";
        result.unit = icuUnitToEcma(token.options[0]);
        continue;
      case "compact-short":
      case "K":
        result.notation = "compact";
        result.compactDisplay = "short";
        continue;
      case "compact-long":
      case "KK":
        result.notation = "compact";
        result.compactDisplay = "long";
        continue;
      case "scientific":
        result = __assign(__assign(__assign({}, result), { notation: "scientific" }), token.options.reduce(function(all, opt2) {
          return __assign(__assign({}, all), parseNotationOptions(opt2));
        }, {}));
        continue;
      case "engineering":
        result = __assign(__assign(__assign({}, result), { notation: "engineering" }), token.options.reduce(function(all, opt2) {
          return __assign(__assign({}, all), parseNotationOptions(opt2));
        }, {}));
        continue;
      case "notation-simple":
        result.notation = "standard";
        continue;
      // https://github.com/unicode-org/icu/blob/master/icu4c/source/i18n/unicode/unumberformatter.h
      case "unit-width-narrow":
        result.currencyDisplay = "narrowSymbol";
        result.unitDisplay = "narrow";
        continue;
      case "unit-width-short":
        result.currencyDisplay = "code";
        result.unitDisplay = "short";
        continue;
      case "unit-width-full-name":
        result.currencyDisplay = "name";
        result.unitDisplay = "long";
        continue;
      case "unit-width-iso-code":
        result.currencyDisplay = "symbol";
        continue;
      case "scale":
        result.scale = parseFloat(token.options[0]);
        continue;
      case "rounding-mode-floor":
        result.roundingMode = "floor";
        continue;
      case "rounding-mode-ceiling":
        result.roundingMode = "ceil";
        continue;
      case "rounding-mode-down":
        result.roundingMode = "trunc";
        continue;
      case "rounding-mode-up":
        result.roundingMode = "expand";
        continue;
      case "rounding-mode-half-even":
        result.roundingMode = "halfEven";
        continue;
      case "rounding-mode-half-down":
        result.roundingMode = "halfTrunc";
        continue;
      case "rounding-mode-half-up":
        result.roundingMode = "halfExpand";
        continue;
      // https://unicode-org.github.io/icu/userguide/format_parse/numbers/skeletons.html#integer-width
      case "integer-width":
        if (token.options.length > 1) {
          throw new RangeError("integer-width stems only accept a single optional option");
        }
        token.options[0].replace(INTEGER_WIDTH_REGEX, function(_, g1, g2, g3, g4, g5) {
          if (g1) {
            result.minimumIntegerDigits = g2.length;
          } else if (g3 && g4) {
            throw new Error("We currently do not support maximum integer digits");
          } else if (g5) {
            throw new Error("We currently do not support exact integer digits");
          }
          return "";
        });
        continue;
    }
    if (CONCISE_INTEGER_WIDTH_REGEX.test(token.stem)) {
      result.minimumIntegerDigits = token.stem.length;
      continue;
    }
    if (FRACTION_PRECISION_REGEX.test(token.stem)) {
      if (token.options.length > 1) {
        throw new RangeError("Fraction-precision stems only accept a single optional option");
      }
      token.stem.replace(FRACTION_PRECISION_REGEX, function(_, g1, g2, g3, g4, g5) {
        if (g2 === "*") {
          result.minimumFractionDigits = g1.length;
        } else if (g3 && g3[0] === "#") {
          result.maximumFractionDigits = g3.length;
        } else if (g4 && g5) {
          result.minimumFractionDigits = g4.length;
          result.maximumFractionDigits = g4.length + g5.length;
        } else {
          result.minimumFractionDigits = g1.length;
          result.maximumFractionDigits = g1.length;
        }
        return "";
      });
      var opt = token.options[0];
      if (opt === "w") {
        result = __assign(__assign({}, result), { trailingZeroDisplay: "stripIfInteger" });
      } else if (opt) {
        result = __assign(__assign({}, result), parseSignificantPrecision(opt));
      }
      continue;
    }
    if (SIGNIFICANT_PRECISION_REGEX.test(token.stem)) {
      result = __assign(__assign({}, result), parseSignificantPrecision(token.stem));
      continue;
    }
    var signOpts = parseSign(token.stem);
    if (signOpts) {
      result = __assign(__assign({}, result), signOpts);
    }
    var conciseScientificAndEngineeringOpts = parseConciseScientificAndEngineeringStem(token.stem);
    if (conciseScientificAndEngineeringOpts) {
      result = __assign(__assign({}, result), conciseScientificAndEngineeringOpts);
    }
  }
  return result;
}
var timeData = {
  "001": [
    "H",
    "h"
  ],
  "419": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "AC": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "AD": [
    "H",
    "hB"
  ],
  "AE": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "AF": [
    "H",
    "hb",
    "hB",
    "h"
  ],
  "AG": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "AI": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "AL": [
    "h",
    "H",
    "hB"
  ],
  "AM": [
    "H",
    "hB"
  ],
  "AO": [
    "H",
    "hB"
  ],
  "AR": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "AS": [
    "h",
    "H"
  ],
  "AT": [
    "H",
    "hB"
  ],
  "AU": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "AW": [
    "H",
    "hB"
  ],
  "AX": [
    "H"
  ],
  "AZ": [
    "H",
    "hB",
    "h"
  ],
  "BA": [
    "H",
    "hB",
    "h"
  ],
  "BB": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "BD": [
    "h",
    "hB",
    "H"
  ],
  "BE": [
    "H",
    "hB"
  ],
  "BF": [
    "H",
    "hB"
  ],
  "BG": [
    "H",
    "hB",
    "h"
  ],
  "BH": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "BI": [
    "H",
    "h"
  ],
  "BJ": [
    "H",
    "hB"
  ],
  "BL": [
    "H",
    "hB"
  ],
  "BM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "BN": [
    "hb",
    "hB",
    "h",
    "H"
  ],
  "BO": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "BQ": [
    "H"
  ],
  "BR": [
    "H",
    "hB"
  ],
  "BS": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "BT": [
    "h",
    "H"
  ],
  "BW": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "BY": [
    "H",
    "h"
  ],
  "BZ": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "CA": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "CC": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "CD": [
    "hB",
    "H"
  ],
  "CF": [
    "H",
    "h",
    "hB"
  ],
  "CG": [
    "H",
    "hB"
  ],
  "CH": [
    "H",
    "hB",
    "h"
  ],
  "CI": [
    "H",
    "hB"
  ],
  "CK": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "CL": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "CM": [
    "H",
    "h",
    "hB"
  ],
  "CN": [
    "H",
    "hB",
    "hb",
    "h"
  ],
  "CO": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "CP": [
    "H"
  ],
  "CR": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "CU": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "CV": [
    "H",
    "hB"
  ],
  "CW": [
    "H",
    "hB"
  ],
  "CX": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "CY": [
    "h",
    "H",
    "hb",
    "hB"
  ],
  "CZ": [
    "H"
  ],
  "DE": [
    "H",
    "hB"
  ],
  "DG": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "DJ": [
    "h",
    "H"
  ],
  "DK": [
    "H"
  ],
  "DM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "DO": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "DZ": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "EA": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "EC": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "EE": [
    "H",
    "hB"
  ],
  "EG": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "EH": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "ER": [
    "h",
    "H"
  ],
  "ES": [
    "H",
    "hB",
    "h",
    "hb"
  ],
  "ET": [
    "hB",
    "hb",
    "h",
    "H"
  ],
  "FI": [
    "H"
  ],
  "FJ": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "FK": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "FM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "FO": [
    "H",
    "h"
  ],
  "FR": [
    "H",
    "hB"
  ],
  "GA": [
    "H",
    "hB"
  ],
  "GB": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "GD": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "GE": [
    "H",
    "hB",
    "h"
  ],
  "GF": [
    "H",
    "hB"
  ],
  "GG": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "GH": [
    "h",
    "H"
  ],
  "GI": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "GL": [
    "H",
    "h"
  ],
  "GM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "GN": [
    "H",
    "hB"
  ],
  "GP": [
    "H",
    "hB"
  ],
  "GQ": [
    "H",
    "hB",
    "h",
    "hb"
  ],
  "GR": [
    "h",
    "H",
    "hb",
    "hB"
  ],
  "GT": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "GU": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "GW": [
    "H",
    "hB"
  ],
  "GY": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "HK": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "HN": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "HR": [
    "H",
    "hB"
  ],
  "HU": [
    "H",
    "h"
  ],
  "IC": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "ID": [
    "H"
  ],
  "IE": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "IL": [
    "H",
    "hB"
  ],
  "IM": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "IN": [
    "h",
    "H"
  ],
  "IO": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "IQ": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "IR": [
    "hB",
    "H"
  ],
  "IS": [
    "H"
  ],
  "IT": [
    "H",
    "hB"
  ],
  "JE": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "JM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "JO": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "JP": [
    "H",
    "K",
    "h"
  ],
  "KE": [
    "hB",
    "hb",
    "H",
    "h"
  ],
  "KG": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "KH": [
    "hB",
    "h",
    "H",
    "hb"
  ],
  "KI": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "KM": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "KN": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "KP": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "KR": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "KW": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "KY": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "KZ": [
    "H",
    "hB"
  ],
  "LA": [
    "H",
    "hb",
    "hB",
    "h"
  ],
  "LB": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "LC": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "LI": [
    "H",
    "hB",
    "h"
  ],
  "LK": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "LR": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "LS": [
    "h",
    "H"
  ],
  "LT": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "LU": [
    "H",
    "h",
    "hB"
  ],
  "LV": [
    "H",
    "hB",
    "hb",
    "h"
  ],
  "LY": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "MA": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "MC": [
    "H",
    "hB"
  ],
  "MD": [
    "H",
    "hB"
  ],
  "ME": [
    "H",
    "hB",
    "h"
  ],
  "MF": [
    "H",
    "hB"
  ],
  "MG": [
    "H",
    "h"
  ],
  "MH": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "MK": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "ML": [
    "H"
  ],
  "MM": [
    "hB",
    "hb",
    "H",
    "h"
  ],
  "MN": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "MO": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "MP": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "MQ": [
    "H",
    "hB"
  ],
  "MR": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "MS": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "MT": [
    "H",
    "h"
  ],
  "MU": [
    "H",
    "h"
  ],
  "MV": [
    "H",
    "h"
  ],
  "MW": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "MX": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "MY": [
    "hb",
    "hB",
    "h",
    "H"
  ],
  "MZ": [
    "H",
    "hB"
  ],
  "NA": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "NC": [
    "H",
    "hB"
  ],
  "NE": [
    "H"
  ],
  "NF": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "NG": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "NI": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "NL": [
    "H",
    "hB"
  ],
  "NO": [
    "H",
    "h"
  ],
  "NP": [
    "H",
    "h",
    "hB"
  ],
  "NR": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "NU": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "NZ": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "OM": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "PA": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "PE": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "PF": [
    "H",
    "h",
    "hB"
  ],
  "PG": [
    "h",
    "H"
  ],
  "PH": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "PK": [
    "h",
    "hB",
    "H"
  ],
  "PL": [
    "H",
    "h"
  ],
  "PM": [
    "H",
    "hB"
  ],
  "PN": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "PR": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "PS": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "PT": [
    "H",
    "hB"
  ],
  "PW": [
    "h",
    "H"
  ],
  "PY": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "QA": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "RE": [
    "H",
    "hB"
  ],
  "RO": [
    "H",
    "hB"
  ],
  "RS": [
    "H",
    "hB",
    "h"
  ],
  "RU": [
    "H"
  ],
  "RW": [
    "H",
    "h"
  ],
  "SA": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "SB": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "SC": [
    "H",
    "h",
    "hB"
  ],
  "SD": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "SE": [
    "H"
  ],
  "SG": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "SH": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "SI": [
    "H",
    "hB"
  ],
  "SJ": [
    "H"
  ],
  "SK": [
    "H"
  ],
  "SL": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "SM": [
    "H",
    "h",
    "hB"
  ],
  "SN": [
    "H",
    "h",
    "hB"
  ],
  "SO": [
    "h",
    "H"
  ],
  "SR": [
    "H",
    "hB"
  ],
  "SS": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "ST": [
    "H",
    "hB"
  ],
  "SV": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "SX": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "SY": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "SZ": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "TA": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "TC": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "TD": [
    "h",
    "H",
    "hB"
  ],
  "TF": [
    "H",
    "h",
    "hB"
  ],
  "TG": [
    "H",
    "hB"
  ],
  "TH": [
    "H",
    "h"
  ],
  "TJ": [
    "H",
    "h"
  ],
  "TL": [
    "H",
    "hB",
    "hb",
    "h"
  ],
  "TM": [
    "H",
    "h"
  ],
  "TN": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "TO": [
    "h",
    "H"
  ],
  "TR": [
    "H",
    "hB"
  ],
  "TT": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "TW": [
    "hB",
    "hb",
    "h",
    "H"
  ],
  "TZ": [
    "hB",
    "hb",
    "H",
    "h"
  ],
  "UA": [
    "H",
    "hB",
    "h"
  ],
  "UG": [
    "hB",
    "hb",
    "H",
    "h"
  ],
  "UM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "US": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "UY": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "UZ": [
    "H",
    "hB",
    "h"
  ],
  "VA": [
    "H",
    "h",
    "hB"
  ],
  "VC": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "VE": [
    "h",
    "H",
    "hB",
    "hb"
  ],
  "VG": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "VI": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "VN": [
    "H",
    "h"
  ],
  "VU": [
    "h",
    "H"
  ],
  "WF": [
    "H",
    "hB"
  ],
  "WS": [
    "h",
    "H"
  ],
  "XK": [
    "H",
    "hB",
    "h"
  ],
  "YE": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "YT": [
    "H",
    "hB"
  ],
  "ZA": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "ZM": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "ZW": [
    "H",
    "h"
  ],
  "af-ZA": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "ar-001": [
    "h",
    "hB",
    "hb",
    "H"
  ],
  "ca-ES": [
    "H",
    "h",
    "hB"
  ],
  "en-001": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "en-HK": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "en-IL": [
    "H",
    "h",
    "hb",
    "hB"
  ],
  "en-MY": [
    "h",
    "hb",
    "H",
    "hB"
  ],
  "es-BR": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "es-ES": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "es-GQ": [
    "H",
    "h",
    "hB",
    "hb"
  ],
  "fr-CA": [
    "H",
    "h",
    "hB"
  ],
  "gl-ES": [
    "H",
    "h",
    "hB"
  ],
  "gu-IN": [
    "hB",
    "hb",
    "h",
    "H"
  ],
  "hi-IN": [
    "hB",
    "h",
    "H"
  ],
  "it-CH": [
    "H",
    "h",
    "hB"
  ],
  "it-IT": [
    "H",
    "h",
    "hB"
  ],
  "kn-IN": [
    "hB",
    "h",
    "H"
  ],
  "ml-IN": [
    "hB",
    "h",
    "H"
  ],
  "mr-IN": [
    "hB",
    "hb",
    "h",
    "H"
  ],
  "pa-IN": [
    "hB",
    "hb",
    "h",
    "H"
  ],
  "ta-IN": [
    "hB",
    "h",
    "hb",
    "H"
  ],
  "te-IN": [
    "hB",
    "h",
    "H"
  ],
  "zu-ZA": [
    "H",
    "hB",
    "hb",
    "h"
  ]
};
function getBestPattern(skeleton, locale) {
  var skeletonCopy = "";
  for (var patternPos = 0; patternPos < skeleton.length; patternPos++) {
    var patternChar = skeleton.charAt(patternPos);
    if (patternChar === "j") {
      var extraLength = 0;
      while (patternPos + 1 < skeleton.length && skeleton.charAt(patternPos + 1) === patternChar) {
        extraLength++;
        patternPos++;
      }
      var hourLen = 1 + (extraLength & 1);
      var dayPeriodLen = extraLength < 2 ? 1 : 3 + (extraLength >> 1);
      var dayPeriodChar = "a";
      var hourChar = getDefaultHourSymbolFromLocale(locale);
      if (hourChar == "H" || hourChar == "k") {
        dayPeriodLen = 0;
      }
      while (dayPeriodLen-- > 0) {
        skeletonCopy += dayPeriodChar;
      }
      while (hourLen-- > 0) {
        skeletonCopy = hourChar + skeletonCopy;
      }
    } else if (patternChar === "J") {
      skeletonCopy += "H";
    } else {
      skeletonCopy += patternChar;
    }
  }
  return skeletonCopy;
}
function getDefaultHourSymbolFromLocale(locale) {
  var hourCycle = locale.hourCycle;
  if (hourCycle === void 0 && // @ts-ignore hourCycle(s) is not identified yet
  locale.hourCycles && // @ts-ignore
  locale.hourCycles.length) {
    hourCycle = locale.hourCycles[0];
  }
  if (hourCycle) {
    switch (hourCycle) {
      case "h24":
        return "k";
      case "h23":
        return "H";
      case "h12":
        return "h";
      case "h11":
        return "K";
      default:
        throw new Error("Invalid hourCycle");
    }
  }
  var languageTag = locale.language;
  var regionTag;
  if (languageTag !== "root") {
    regionTag = locale.maximize().region;
  }
  var hourCycles = timeData[regionTag || ""] || timeData[languageTag || ""] || timeData["".concat(languageTag, "-001")] || timeData["001"];
  return hourCycles[0];
}
var _a;
var SPACE_SEPARATOR_START_REGEX = new RegExp("^".concat(SPACE_SEPARATOR_REGEX.source, "*"));
var SPACE_SEPARATOR_END_REGEX = new RegExp("".concat(SPACE_SEPARATOR_REGEX.source, "*$"));
function createLocation(start, end) {
  return { start, end };
}
var hasNativeStartsWith = !!String.prototype.startsWith && "_a".startsWith("a", 1);
var hasNativeFromCodePoint = !!String.fromCodePoint;
var hasNativeFromEntries = !!Object.fromEntries;
var hasNativeCodePointAt = !!String.prototype.codePointAt;
var hasTrimStart = !!String.prototype.trimStart;
var hasTrimEnd = !!String.prototype.trimEnd;
var hasNativeIsSafeInteger = !!Number.isSafeInteger;
var isSafeInteger = hasNativeIsSafeInteger ? Number.isSafeInteger : function(n) {
  return typeof n === "number" && isFinite(n) && Math.floor(n) === n && Math.abs(n) <= 9007199254740991;
};
var REGEX_SUPPORTS_U_AND_Y = true;
try {
  var re = RE("([^\\p{White_Space}\\p{Pattern_Syntax}]*)", "yu");
  REGEX_SUPPORTS_U_AND_Y = ((_a = re.exec("a")) === null || _a === void 0 ? void 0 : _a[0]) === "a";
} catch (_) {
  REGEX_SUPPORTS_U_AND_Y = false;
}
var startsWith = hasNativeStartsWith ? (
  // Native
  function startsWith2(s, search, position) {
    return s.startsWith(search, position);
  }
) : (
  // For IE11
  function startsWith3(s, search, position) {
    return s.slice(position, position + search.length) === search;
  }
);
var fromCodePoint = hasNativeFromCodePoint ? String.fromCodePoint : (
  // IE11
  function fromCodePoint2() {
    var codePoints = [];
    for (var _i = 0; _i < arguments.length; _i++) {
      codePoints[_i] = arguments[_i];
    }
    var elements = "";
    var length = codePoints.length;
    var i = 0;
    var code;
    while (length > i) {
      code = codePoints[i++];
      if (code > 1114111)
        throw RangeError(code + " is not a valid code point");
      elements += code < 65536 ? String.fromCharCode(code) : String.fromCharCode(((code -= 65536) >> 10) + 55296, code % 1024 + 56320);
    }
    return elements;
  }
);
var fromEntries = (
  // native
  hasNativeFromEntries ? Object.fromEntries : (
    // Ponyfill
    function fromEntries2(entries) {
      var obj = {};
      for (var _i = 0, entries_1 = entries; _i < entries_1.length; _i++) {
        var _a2 = entries_1[_i], k = _a2[0], v = _a2[1];
        obj[k] = v;
      }
      return obj;
    }
  )
);
var codePointAt = hasNativeCodePointAt ? (
  // Native
  function codePointAt2(s, index) {
    return s.codePointAt(index);
  }
) : (
  // IE 11
  function codePointAt3(s, index) {
    var size = s.length;
    if (index < 0 || index >= size) {
      return void 0;
    }
    var first = s.charCodeAt(index);
    var second;
    return first < 55296 || first > 56319 || index + 1 === size || (second = s.charCodeAt(index + 1)) < 56320 || second > 57343 ? first : (first - 55296 << 10) + (second - 56320) + 65536;
  }
);
var trimStart = hasTrimStart ? (
  // Native
  function trimStart2(s) {
    return s.trimStart();
  }
) : (
  // Ponyfill
  function trimStart3(s) {
    return s.replace(SPACE_SEPARATOR_START_REGEX, "");
  }
);
var trimEnd = hasTrimEnd ? (
  // Native
  function trimEnd2(s) {
    return s.trimEnd();
  }
) : (
  // Ponyfill
  function trimEnd3(s) {
    return s.replace(SPACE_SEPARATOR_END_REGEX, "");
  }
);
function RE(s, flag) {
  return new RegExp(s, flag);
}
var matchIdentifierAtIndex;
if (REGEX_SUPPORTS_U_AND_Y) {
  var IDENTIFIER_PREFIX_RE_1 = RE("([^\\p{White_Space}\\p{Pattern_Syntax}]*)", "yu");
  matchIdentifierAtIndex = function matchIdentifierAtIndex2(s, index) {
    var _a2;
    IDENTIFIER_PREFIX_RE_1.lastIndex = index;
    var match = IDENTIFIER_PREFIX_RE_1.exec(s);
    return (_a2 = match[1]) !== null && _a2 !== void 0 ? _a2 : "";
  };
} else {
  matchIdentifierAtIndex = function matchIdentifierAtIndex2(s, index) {
    var match = [];
    while (true) {
      var c = codePointAt(s, index);
      if (c === void 0 || _isWhiteSpace(c) || _isPatternSyntax(c)) {
        break;
      }
      match.push(c);
      index += c >= 65536 ? 2 : 1;
    }
    return fromCodePoint.apply(void 0, match);
  };
}
var Parser = (
  /** @class */
  (function() {
    function Parser2(message, options) {
      if (options === void 0) {
        options = {};
      }
      this.message = message;
      this.position = { offset: 0, line: 1, column: 1 };
      this.ignoreTag = !!options.ignoreTag;
      this.locale = options.locale;
      this.requiresOtherClause = !!options.requiresOtherClause;
      this.shouldParseSkeletons = !!options.shouldParseSkeletons;
    }
    Parser2.prototype.parse = function() {
      if (this.offset() !== 0) {
        throw Error("parser can only be used once");
      }
      return this.parseMessage(0, "", false);
    };
    Parser2.prototype.parseMessage = function(nestingLevel, parentArgType, expectingCloseTag) {
      var elements = [];
      while (!this.isEOF()) {
        var char = this.char();
        if (char === 123) {
          var result = this.parseArgument(nestingLevel, expectingCloseTag);
          if (result.err) {
            return result;
          }
          elements.push(result.val);
        } else if (char === 125 && nestingLevel > 0) {
          break;
        } else if (char === 35 && (parentArgType === "plural" || parentArgType === "selectordinal")) {
          var position = this.clonePosition();
          this.bump();
          elements.push({
            type: TYPE.pound,
            location: createLocation(position, this.clonePosition())
          });
        } else if (char === 60 && !this.ignoreTag && this.peek() === 47) {
          if (expectingCloseTag) {
            break;
          } else {
            return this.error(ErrorKind.UNMATCHED_CLOSING_TAG, createLocation(this.clonePosition(), this.clonePosition()));
          }
        } else if (char === 60 && !this.ignoreTag && _isAlpha(this.peek() || 0)) {
          var result = this.parseTag(nestingLevel, parentArgType);
          if (result.err) {
            return result;
          }
          elements.push(result.val);
        } else {
          var result = this.parseLiteral(nestingLevel, parentArgType);
          if (result.err) {
            return result;
          }
          elements.push(result.val);
        }
      }
      return { val: elements, err: null };
    };
    Parser2.prototype.parseTag = function(nestingLevel, parentArgType) {
      var startPosition = this.clonePosition();
      this.bump();
      var tagName = this.parseTagName();
      this.bumpSpace();
      if (this.bumpIf("/>")) {
        return {
          val: {
            type: TYPE.literal,
            value: "<".concat(tagName, "/>"),
            location: createLocation(startPosition, this.clonePosition())
          },
          err: null
        };
      } else if (this.bumpIf(">")) {
        var childrenResult = this.parseMessage(nestingLevel + 1, parentArgType, true);
        if (childrenResult.err) {
          return childrenResult;
        }
        var children = childrenResult.val;
        var endTagStartPosition = this.clonePosition();
        if (this.bumpIf("</")) {
          if (this.isEOF() || !_isAlpha(this.char())) {
            return this.error(ErrorKind.INVALID_TAG, createLocation(endTagStartPosition, this.clonePosition()));
          }
          var closingTagNameStartPosition = this.clonePosition();
          var closingTagName = this.parseTagName();
          if (tagName !== closingTagName) {
            return this.error(ErrorKind.UNMATCHED_CLOSING_TAG, createLocation(closingTagNameStartPosition, this.clonePosition()));
          }
          this.bumpSpace();
          if (!this.bumpIf(">")) {
            return this.error(ErrorKind.INVALID_TAG, createLocation(endTagStartPosition, this.clonePosition()));
          }
          return {
            val: {
              type: TYPE.tag,
              value: tagName,
              children,
              location: createLocation(startPosition, this.clonePosition())
            },
            err: null
          };
        } else {
          return this.error(ErrorKind.UNCLOSED_TAG, createLocation(startPosition, this.clonePosition()));
        }
      } else {
        return this.error(ErrorKind.INVALID_TAG, createLocation(startPosition, this.clonePosition()));
      }
    };
    Parser2.prototype.parseTagName = function() {
      var startOffset = this.offset();
      this.bump();
      while (!this.isEOF() && _isPotentialElementNameChar(this.char())) {
        this.bump();
      }
      return this.message.slice(startOffset, this.offset());
    };
    Parser2.prototype.parseLiteral = function(nestingLevel, parentArgType) {
      var start = this.clonePosition();
      var value = "";
      while (true) {
        var parseQuoteResult = this.tryParseQuote(parentArgType);
        if (parseQuoteResult) {
          value += parseQuoteResult;
          continue;
        }
        var parseUnquotedResult = this.tryParseUnquoted(nestingLevel, parentArgType);
        if (parseUnquotedResult) {
          value += parseUnquotedResult;
          continue;
        }
        var parseLeftAngleResult = this.tryParseLeftAngleBracket();
        if (parseLeftAngleResult) {
          value += parseLeftAngleResult;
          continue;
        }
        break;
      }
      var location = createLocation(start, this.clonePosition());
      return {
        val: { type: TYPE.literal, value, location },
        err: null
      };
    };
    Parser2.prototype.tryParseLeftAngleBracket = function() {
      if (!this.isEOF() && this.char() === 60 && (this.ignoreTag || // If at the opening tag or closing tag position, bail.
      !_isAlphaOrSlash(this.peek() || 0))) {
        this.bump();
        return "<";
      }
      return null;
    };
    Parser2.prototype.tryParseQuote = function(parentArgType) {
      if (this.isEOF() || this.char() !== 39) {
        return null;
      }
      switch (this.peek()) {
        case 39:
          this.bump();
          this.bump();
          return "'";
        // '{', '<', '>', '}'
        case 123:
        case 60:
        case 62:
        case 125:
          break;
        case 35:
          if (parentArgType === "plural" || parentArgType === "selectordinal") {
            break;
          }
          return null;
        default:
          return null;
      }
      this.bump();
      var codePoints = [this.char()];
      this.bump();
      while (!this.isEOF()) {
        var ch = this.char();
        if (ch === 39) {
          if (this.peek() === 39) {
            codePoints.push(39);
            this.bump();
          } else {
            this.bump();
            break;
          }
        } else {
          codePoints.push(ch);
        }
        this.bump();
      }
      return fromCodePoint.apply(void 0, codePoints);
    };
    Parser2.prototype.tryParseUnquoted = function(nestingLevel, parentArgType) {
      if (this.isEOF()) {
        return null;
      }
      var ch = this.char();
      if (ch === 60 || ch === 123 || ch === 35 && (parentArgType === "plural" || parentArgType === "selectordinal") || ch === 125 && nestingLevel > 0) {
        return null;
      } else {
        this.bump();
        return fromCodePoint(ch);
      }
    };
    Parser2.prototype.parseArgument = function(nestingLevel, expectingCloseTag) {
      var openingBracePosition = this.clonePosition();
      this.bump();
      this.bumpSpace();
      if (this.isEOF()) {
        return this.error(ErrorKind.EXPECT_ARGUMENT_CLOSING_BRACE, createLocation(openingBracePosition, this.clonePosition()));
      }
      if (this.char() === 125) {
        this.bump();
        return this.error(ErrorKind.EMPTY_ARGUMENT, createLocation(openingBracePosition, this.clonePosition()));
      }
      var value = this.parseIdentifierIfPossible().value;
      if (!value) {
        return this.error(ErrorKind.MALFORMED_ARGUMENT, createLocation(openingBracePosition, this.clonePosition()));
      }
      this.bumpSpace();
      if (this.isEOF()) {
        return this.error(ErrorKind.EXPECT_ARGUMENT_CLOSING_BRACE, createLocation(openingBracePosition, this.clonePosition()));
      }
      switch (this.char()) {
        // Simple argument: `{name}`
        case 125: {
          this.bump();
          return {
            val: {
              type: TYPE.argument,
              // value does not include the opening and closing braces.
              value,
              location: createLocation(openingBracePosition, this.clonePosition())
            },
            err: null
          };
        }
        // Argument with options: `{name, format, ...}`
        case 44: {
          this.bump();
          this.bumpSpace();
          if (this.isEOF()) {
            return this.error(ErrorKind.EXPECT_ARGUMENT_CLOSING_BRACE, createLocation(openingBracePosition, this.clonePosition()));
          }
          return this.parseArgumentOptions(nestingLevel, expectingCloseTag, value, openingBracePosition);
        }
        default:
          return this.error(ErrorKind.MALFORMED_ARGUMENT, createLocation(openingBracePosition, this.clonePosition()));
      }
    };
    Parser2.prototype.parseIdentifierIfPossible = function() {
      var startingPosition = this.clonePosition();
      var startOffset = this.offset();
      var value = matchIdentifierAtIndex(this.message, startOffset);
      var endOffset = startOffset + value.length;
      this.bumpTo(endOffset);
      var endPosition = this.clonePosition();
      var location = createLocation(startingPosition, endPosition);
      return { value, location };
    };
    Parser2.prototype.parseArgumentOptions = function(nestingLevel, expectingCloseTag, value, openingBracePosition) {
      var _a2;
      var typeStartPosition = this.clonePosition();
      var argType = this.parseIdentifierIfPossible().value;
      var typeEndPosition = this.clonePosition();
      switch (argType) {
        case "":
          return this.error(ErrorKind.EXPECT_ARGUMENT_TYPE, createLocation(typeStartPosition, typeEndPosition));
        case "number":
        case "date":
        case "time": {
          this.bumpSpace();
          var styleAndLocation = null;
          if (this.bumpIf(",")) {
            this.bumpSpace();
            var styleStartPosition = this.clonePosition();
            var result = this.parseSimpleArgStyleIfPossible();
            if (result.err) {
              return result;
            }
            var style = trimEnd(result.val);
            if (style.length === 0) {
              return this.error(ErrorKind.EXPECT_ARGUMENT_STYLE, createLocation(this.clonePosition(), this.clonePosition()));
            }
            var styleLocation = createLocation(styleStartPosition, this.clonePosition());
            styleAndLocation = { style, styleLocation };
          }
          var argCloseResult = this.tryParseArgumentClose(openingBracePosition);
          if (argCloseResult.err) {
            return argCloseResult;
          }
          var location_1 = createLocation(openingBracePosition, this.clonePosition());
          if (styleAndLocation && startsWith(styleAndLocation === null || styleAndLocation === void 0 ? void 0 : styleAndLocation.style, "::", 0)) {
            var skeleton = trimStart(styleAndLocation.style.slice(2));
            if (argType === "number") {
              var result = this.parseNumberSkeletonFromString(skeleton, styleAndLocation.styleLocation);
              if (result.err) {
                return result;
              }
              return {
                val: { type: TYPE.number, value, location: location_1, style: result.val },
                err: null
              };
            } else {
              if (skeleton.length === 0) {
                return this.error(ErrorKind.EXPECT_DATE_TIME_SKELETON, location_1);
              }
              var dateTimePattern = skeleton;
              if (this.locale) {
                dateTimePattern = getBestPattern(skeleton, this.locale);
              }
              var style = {
                type: SKELETON_TYPE.dateTime,
                pattern: dateTimePattern,
                location: styleAndLocation.styleLocation,
                parsedOptions: this.shouldParseSkeletons ? parseDateTimeSkeleton(dateTimePattern) : {}
              };
              var type = argType === "date" ? TYPE.date : TYPE.time;
              return {
                val: { type, value, location: location_1, style },
                err: null
              };
            }
          }
          return {
            val: {
              type: argType === "number" ? TYPE.number : argType === "date" ? TYPE.date : TYPE.time,
              value,
              location: location_1,
              style: (_a2 = styleAndLocation === null || styleAndLocation === void 0 ? void 0 : styleAndLocation.style) !== null && _a2 !== void 0 ? _a2 : null
            },
            err: null
          };
        }
        case "plural":
        case "selectordinal":
        case "select": {
          var typeEndPosition_1 = this.clonePosition();
          this.bumpSpace();
          if (!this.bumpIf(",")) {
            return this.error(ErrorKind.EXPECT_SELECT_ARGUMENT_OPTIONS, createLocation(typeEndPosition_1, __assign({}, typeEndPosition_1)));
          }
          this.bumpSpace();
          var identifierAndLocation = this.parseIdentifierIfPossible();
          var pluralOffset = 0;
          if (argType !== "select" && identifierAndLocation.value === "offset") {
            if (!this.bumpIf(":")) {
              return this.error(ErrorKind.EXPECT_PLURAL_ARGUMENT_OFFSET_VALUE, createLocation(this.clonePosition(), this.clonePosition()));
            }
            this.bumpSpace();
            var result = this.tryParseDecimalInteger(ErrorKind.EXPECT_PLURAL_ARGUMENT_OFFSET_VALUE, ErrorKind.INVALID_PLURAL_ARGUMENT_OFFSET_VALUE);
            if (result.err) {
              return result;
            }
            this.bumpSpace();
            identifierAndLocation = this.parseIdentifierIfPossible();
            pluralOffset = result.val;
          }
          var optionsResult = this.tryParsePluralOrSelectOptions(nestingLevel, argType, expectingCloseTag, identifierAndLocation);
          if (optionsResult.err) {
            return optionsResult;
          }
          var argCloseResult = this.tryParseArgumentClose(openingBracePosition);
          if (argCloseResult.err) {
            return argCloseResult;
          }
          var location_2 = createLocation(openingBracePosition, this.clonePosition());
          if (argType === "select") {
            return {
              val: {
                type: TYPE.select,
                value,
                options: fromEntries(optionsResult.val),
                location: location_2
              },
              err: null
            };
          } else {
            return {
              val: {
                type: TYPE.plural,
                value,
                options: fromEntries(optionsResult.val),
                offset: pluralOffset,
                pluralType: argType === "plural" ? "cardinal" : "ordinal",
                location: location_2
              },
              err: null
            };
          }
        }
        default:
          return this.error(ErrorKind.INVALID_ARGUMENT_TYPE, createLocation(typeStartPosition, typeEndPosition));
      }
    };
    Parser2.prototype.tryParseArgumentClose = function(openingBracePosition) {
      if (this.isEOF() || this.char() !== 125) {
        return this.error(ErrorKind.EXPECT_ARGUMENT_CLOSING_BRACE, createLocation(openingBracePosition, this.clonePosition()));
      }
      this.bump();
      return { val: true, err: null };
    };
    Parser2.prototype.parseSimpleArgStyleIfPossible = function() {
      var nestedBraces = 0;
      var startPosition = this.clonePosition();
      while (!this.isEOF()) {
        var ch = this.char();
        switch (ch) {
          case 39: {
            this.bump();
            var apostrophePosition = this.clonePosition();
            if (!this.bumpUntil("'")) {
              return this.error(ErrorKind.UNCLOSED_QUOTE_IN_ARGUMENT_STYLE, createLocation(apostrophePosition, this.clonePosition()));
            }
            this.bump();
            break;
          }
          case 123: {
            nestedBraces += 1;
            this.bump();
            break;
          }
          case 125: {
            if (nestedBraces > 0) {
              nestedBraces -= 1;
            } else {
              return {
                val: this.message.slice(startPosition.offset, this.offset()),
                err: null
              };
            }
            break;
          }
          default:
            this.bump();
            break;
        }
      }
      return {
        val: this.message.slice(startPosition.offset, this.offset()),
        err: null
      };
    };
    Parser2.prototype.parseNumberSkeletonFromString = function(skeleton, location) {
      var tokens = [];
      try {
        tokens = parseNumberSkeletonFromString(skeleton);
      } catch (e) {
        return this.error(ErrorKind.INVALID_NUMBER_SKELETON, location);
      }
      return {
        val: {
          type: SKELETON_TYPE.number,
          tokens,
          location,
          parsedOptions: this.shouldParseSkeletons ? parseNumberSkeleton(tokens) : {}
        },
        err: null
      };
    };
    Parser2.prototype.tryParsePluralOrSelectOptions = function(nestingLevel, parentArgType, expectCloseTag, parsedFirstIdentifier) {
      var _a2;
      var hasOtherClause = false;
      var options = [];
      var parsedSelectors = /* @__PURE__ */ new Set();
      var selector = parsedFirstIdentifier.value, selectorLocation = parsedFirstIdentifier.location;
      while (true) {
        if (selector.length === 0) {
          var startPosition = this.clonePosition();
          if (parentArgType !== "select" && this.bumpIf("=")) {
            var result = this.tryParseDecimalInteger(ErrorKind.EXPECT_PLURAL_ARGUMENT_SELECTOR, ErrorKind.INVALID_PLURAL_ARGUMENT_SELECTOR);
            if (result.err) {
              return result;
            }
            selectorLocation = createLocation(startPosition, this.clonePosition());
            selector = this.message.slice(startPosition.offset, this.offset());
          } else {
            break;
          }
        }
        if (parsedSelectors.has(selector)) {
          return this.error(parentArgType === "select" ? ErrorKind.DUPLICATE_SELECT_ARGUMENT_SELECTOR : ErrorKind.DUPLICATE_PLURAL_ARGUMENT_SELECTOR, selectorLocation);
        }
        if (selector === "other") {
          hasOtherClause = true;
        }
        this.bumpSpace();
        var openingBracePosition = this.clonePosition();
        if (!this.bumpIf("{")) {
          return this.error(parentArgType === "select" ? ErrorKind.EXPECT_SELECT_ARGUMENT_SELECTOR_FRAGMENT : ErrorKind.EXPECT_PLURAL_ARGUMENT_SELECTOR_FRAGMENT, createLocation(this.clonePosition(), this.clonePosition()));
        }
        var fragmentResult = this.parseMessage(nestingLevel + 1, parentArgType, expectCloseTag);
        if (fragmentResult.err) {
          return fragmentResult;
        }
        var argCloseResult = this.tryParseArgumentClose(openingBracePosition);
        if (argCloseResult.err) {
          return argCloseResult;
        }
        options.push([
          selector,
          {
            value: fragmentResult.val,
            location: createLocation(openingBracePosition, this.clonePosition())
          }
        ]);
        parsedSelectors.add(selector);
        this.bumpSpace();
        _a2 = this.parseIdentifierIfPossible(), selector = _a2.value, selectorLocation = _a2.location;
      }
      if (options.length === 0) {
        return this.error(parentArgType === "select" ? ErrorKind.EXPECT_SELECT_ARGUMENT_SELECTOR : ErrorKind.EXPECT_PLURAL_ARGUMENT_SELECTOR, createLocation(this.clonePosition(), this.clonePosition()));
      }
      if (this.requiresOtherClause && !hasOtherClause) {
        return this.error(ErrorKind.MISSING_OTHER_CLAUSE, createLocation(this.clonePosition(), this.clonePosition()));
      }
      return { val: options, err: null };
    };
    Parser2.prototype.tryParseDecimalInteger = function(expectNumberError, invalidNumberError) {
      var sign = 1;
      var startingPosition = this.clonePosition();
      if (this.bumpIf("+")) ;
      else if (this.bumpIf("-")) {
        sign = -1;
      }
      var hasDigits = false;
      var decimal = 0;
      while (!this.isEOF()) {
        var ch = this.char();
        if (ch >= 48 && ch <= 57) {
          hasDigits = true;
          decimal = decimal * 10 + (ch - 48);
          this.bump();
        } else {
          break;
        }
      }
      var location = createLocation(startingPosition, this.clonePosition());
      if (!hasDigits) {
        return this.error(expectNumberError, location);
      }
      decimal *= sign;
      if (!isSafeInteger(decimal)) {
        return this.error(invalidNumberError, location);
      }
      return { val: decimal, err: null };
    };
    Parser2.prototype.offset = function() {
      return this.position.offset;
    };
    Parser2.prototype.isEOF = function() {
      return this.offset() === this.message.length;
    };
    Parser2.prototype.clonePosition = function() {
      return {
        offset: this.position.offset,
        line: this.position.line,
        column: this.position.column
      };
    };
    Parser2.prototype.char = function() {
      var offset = this.position.offset;
      if (offset >= this.message.length) {
        throw Error("out of bound");
      }
      var code = codePointAt(this.message, offset);
      if (code === void 0) {
        throw Error("Offset ".concat(offset, " is at invalid UTF-16 code unit boundary"));
      }
      return code;
    };
    Parser2.prototype.error = function(kind, location) {
      return {
        val: null,
        err: {
          kind,
          message: this.message,
          location
        }
      };
    };
    Parser2.prototype.bump = function() {
      if (this.isEOF()) {
        return;
      }
      var code = this.char();
      if (code === 10) {
        this.position.line += 1;
        this.position.column = 1;
        this.position.offset += 1;
      } else {
        this.position.column += 1;
        this.position.offset += code < 65536 ? 1 : 2;
      }
    };
    Parser2.prototype.bumpIf = function(prefix) {
      if (startsWith(this.message, prefix, this.offset())) {
        for (var i = 0; i < prefix.length; i++) {
          this.bump();
        }
        return true;
      }
      return false;
    };
    Parser2.prototype.bumpUntil = function(pattern) {
      var currentOffset = this.offset();
      var index = this.message.indexOf(pattern, currentOffset);
      if (index >= 0) {
        this.bumpTo(index);
        return true;
      } else {
        this.bumpTo(this.message.length);
        return false;
      }
    };
    Parser2.prototype.bumpTo = function(targetOffset) {
      if (this.offset() > targetOffset) {
        throw Error("targetOffset ".concat(targetOffset, " must be greater than or equal to the current offset ").concat(this.offset()));
      }
      targetOffset = Math.min(targetOffset, this.message.length);
      while (true) {
        var offset = this.offset();
        if (offset === targetOffset) {
          break;
        }
        if (offset > targetOffset) {
          throw Error("targetOffset ".concat(targetOffset, " is at invalid UTF-16 code unit boundary"));
        }
        this.bump();
        if (this.isEOF()) {
          break;
        }
      }
    };
    Parser2.prototype.bumpSpace = function() {
      while (!this.isEOF() && _isWhiteSpace(this.char())) {
        this.bump();
      }
    };
    Parser2.prototype.peek = function() {
      if (this.isEOF()) {
        return null;
      }
      var code = this.char();
      var offset = this.offset();
      var nextCode = this.message.charCodeAt(offset + (code >= 65536 ? 2 : 1));
      return nextCode !== null && nextCode !== void 0 ? nextCode : null;
    };
    return Parser2;
  })()
);
function _isAlpha(codepoint) {
  return codepoint >= 97 && codepoint <= 122 || codepoint >= 65 && codepoint <= 90;
}
function _isAlphaOrSlash(codepoint) {
  return _isAlpha(codepoint) || codepoint === 47;
}
function _isPotentialElementNameChar(c) {
  return c === 45 || c === 46 || c >= 48 && c <= 57 || c === 95 || c >= 97 && c <= 122 || c >= 65 && c <= 90 || c == 183 || c >= 192 && c <= 214 || c >= 216 && c <= 246 || c >= 248 && c <= 893 || c >= 895 && c <= 8191 || c >= 8204 && c <= 8205 || c >= 8255 && c <= 8256 || c >= 8304 && c <= 8591 || c >= 11264 && c <= 12271 || c >= 12289 && c <= 55295 || c >= 63744 && c <= 64975 || c >= 65008 && c <= 65533 || c >= 65536 && c <= 983039;
}
function _isWhiteSpace(c) {
  return c >= 9 && c <= 13 || c === 32 || c === 133 || c >= 8206 && c <= 8207 || c === 8232 || c === 8233;
}
function _isPatternSyntax(c) {
  return c >= 33 && c <= 35 || c === 36 || c >= 37 && c <= 39 || c === 40 || c === 41 || c === 42 || c === 43 || c === 44 || c === 45 || c >= 46 && c <= 47 || c >= 58 && c <= 59 || c >= 60 && c <= 62 || c >= 63 && c <= 64 || c === 91 || c === 92 || c === 93 || c === 94 || c === 96 || c === 123 || c === 124 || c === 125 || c === 126 || c === 161 || c >= 162 && c <= 165 || c === 166 || c === 167 || c === 169 || c === 171 || c === 172 || c === 174 || c === 176 || c === 177 || c === 182 || c === 187 || c === 191 || c === 215 || c === 247 || c >= 8208 && c <= 8213 || c >= 8214 && c <= 8215 || c === 8216 || c === 8217 || c === 8218 || c >= 8219 && c <= 8220 || c === 8221 || c === 8222 || c === 8223 || c >= 8224 && c <= 8231 || c >= 8240 && c <= 8248 || c === 8249 || c === 8250 || c >= 8251 && c <= 8254 || c >= 8257 && c <= 8259 || c === 8260 || c === 8261 || c === 8262 || c >= 8263 && c <= 8273 || c === 8274 || c === 8275 || c >= 8277 && c <= 8286 || c >= 8592 && c <= 8596 || c >= 8597 && c <= 8601 || c >= 8602 && c <= 8603 || c >= 8604 && c <= 8607 || c === 8608 || c >= 8609 && c <= 8610 || c === 8611 || c >= 8612 && c <= 8613 || c === 8614 || c >= 8615 && c <= 8621 || c === 8622 || c >= 8623 && c <= 8653 || c >= 8654 && c <= 8655 || c >= 8656 && c <= 8657 || c === 8658 || c === 8659 || c === 8660 || c >= 8661 && c <= 8691 || c >= 8692 && c <= 8959 || c >= 8960 && c <= 8967 || c === 8968 || c === 8969 || c === 8970 || c === 8971 || c >= 8972 && c <= 8991 || c >= 8992 && c <= 8993 || c >= 8994 && c <= 9e3 || c === 9001 || c === 9002 || c >= 9003 && c <= 9083 || c === 9084 || c >= 9085 && c <= 9114 || c >= 9115 && c <= 9139 || c >= 9140 && c <= 9179 || c >= 9180 && c <= 9185 || c >= 9186 && c <= 9254 || c >= 9255 && c <= 9279 || c >= 9280 && c <= 9290 || c >= 9291 && c <= 9311 || c >= 9472 && c <= 9654 || c === 9655 || c >= 9656 && c <= 9664 || c === 9665 || c >= 9666 && c <= 9719 || c >= 9720 && c <= 9727 || c >= 9728 && c <= 9838 || c === 9839 || c >= 9840 && c <= 10087 || c === 10088 || c === 10089 || c === 10090 || c === 10091 || c === 10092 || c === 10093 || c === 10094 || c === 10095 || c === 10096 || c === 10097 || c === 10098 || c === 10099 || c === 10100 || c === 10101 || c >= 10132 && c <= 10175 || c >= 10176 && c <= 10180 || c === 10181 || c === 10182 || c >= 10183 && c <= 10213 || c === 10214 || c === 10215 || c === 10216 || c === 10217 || c === 10218 || c === 10219 || c === 10220 || c === 10221 || c === 10222 || c === 10223 || c >= 10224 && c <= 10239 || c >= 10240 && c <= 10495 || c >= 10496 && c <= 10626 || c === 10627 || c === 10628 || c === 10629 || c === 10630 || c === 10631 || c === 10632 || c === 10633 || c === 10634 || c === 10635 || c === 10636 || c === 10637 || c === 10638 || c === 10639 || c === 10640 || c === 10641 || c === 10642 || c === 10643 || c === 10644 || c === 10645 || c === 10646 || c === 10647 || c === 10648 || c >= 10649 && c <= 10711 || c === 10712 || c === 10713 || c === 10714 || c === 10715 || c >= 10716 && c <= 10747 || c === 10748 || c === 10749 || c >= 10750 && c <= 11007 || c >= 11008 && c <= 11055 || c >= 11056 && c <= 11076 || c >= 11077 && c <= 11078 || c >= 11079 && c <= 11084 || c >= 11085 && c <= 11123 || c >= 11124 && c <= 11125 || c >= 11126 && c <= 11157 || c === 11158 || c >= 11159 && c <= 11263 || c >= 11776 && c <= 11777 || c === 11778 || c === 11779 || c === 11780 || c === 11781 || c >= 11782 && c <= 11784 || c === 11785 || c === 11786 || c === 11787 || c === 11788 || c === 11789 || c >= 11790 && c <= 11798 || c === 11799 || c >= 11800 && c <= 11801 || c === 11802 || c === 11803 || c === 11804 || c === 11805 || c >= 11806 && c <= 11807 || c === 11808 || c === 11809 || c === 11810 || c === 11811 || c === 11812 || c === 11813 || c === 11814 || c === 11815 || c === 11816 || c === 11817 || c >= 11818 && c <= 11822 || c === 11823 || c >= 11824 && c <= 11833 || c >= 11834 && c <= 11835 || c >= 11836 && c <= 11839 || c === 11840 || c === 11841 || c === 11842 || c >= 11843 && c <= 11855 || c >= 11856 && c <= 11857 || c === 11858 || c >= 11859 && c <= 11903 || c >= 12289 && c <= 12291 || c === 12296 || c === 12297 || c === 12298 || c === 12299 || c === 12300 || c === 12301 || c === 12302 || c === 12303 || c === 12304 || c === 12305 || c >= 12306 && c <= 12307 || c === 12308 || c === 12309 || c === 12310 || c === 12311 || c === 12312 || c === 12313 || c === 12314 || c === 12315 || c === 12316 || c === 12317 || c >= 12318 && c <= 12319 || c === 12320 || c === 12336 || c === 64830 || c === 64831 || c >= 65093 && c <= 65094;
}
function pruneLocation(els) {
  els.forEach(function(el) {
    delete el.location;
    if (isSelectElement(el) || isPluralElement(el)) {
      for (var k in el.options) {
        delete el.options[k].location;
        pruneLocation(el.options[k].value);
      }
    } else if (isNumberElement(el) && isNumberSkeleton(el.style)) {
      delete el.style.location;
    } else if ((isDateElement(el) || isTimeElement(el)) && isDateTimeSkeleton(el.style)) {
      delete el.style.location;
    } else if (isTagElement(el)) {
      pruneLocation(el.children);
    }
  });
}
function parse(message, opts) {
  if (opts === void 0) {
    opts = {};
  }
  opts = __assign({ shouldParseSkeletons: true, requiresOtherClause: true }, opts);
  var result = new Parser(message, opts).parse();
  if (result.err) {
    var error = SyntaxError(ErrorKind[result.err.kind]);
    error.location = result.err.location;
    error.originalMessage = result.err.message;
    throw error;
  }
  if (!(opts === null || opts === void 0 ? void 0 : opts.captureLocation)) {
    pruneLocation(result.val);
  }
  return result.val;
}
var ErrorCode;
(function(ErrorCode2) {
  ErrorCode2["MISSING_VALUE"] = "MISSING_VALUE";
  ErrorCode2["INVALID_VALUE"] = "INVALID_VALUE";
  ErrorCode2["MISSING_INTL_API"] = "MISSING_INTL_API";
})(ErrorCode || (ErrorCode = {}));
var FormatError = (
  /** @class */
  (function(_super) {
    __extends(FormatError2, _super);
    function FormatError2(msg, code, originalMessage) {
      var _this = _super.call(this, msg) || this;
      _this.code = code;
      _this.originalMessage = originalMessage;
      return _this;
    }
    FormatError2.prototype.toString = function() {
      return "[formatjs Error: ".concat(this.code, "] ").concat(this.message);
    };
    return FormatError2;
  })(Error)
);
var InvalidValueError = (
  /** @class */
  (function(_super) {
    __extends(InvalidValueError2, _super);
    function InvalidValueError2(variableId, value, options, originalMessage) {
      return _super.call(this, 'Invalid values for "'.concat(variableId, '": "').concat(value, '". Options are "').concat(Object.keys(options).join('", "'), '"'), ErrorCode.INVALID_VALUE, originalMessage) || this;
    }
    return InvalidValueError2;
  })(FormatError)
);
var InvalidValueTypeError = (
  /** @class */
  (function(_super) {
    __extends(InvalidValueTypeError2, _super);
    function InvalidValueTypeError2(value, type, originalMessage) {
      return _super.call(this, 'Value for "'.concat(value, '" must be of type ').concat(type), ErrorCode.INVALID_VALUE, originalMessage) || this;
    }
    return InvalidValueTypeError2;
  })(FormatError)
);
var MissingValueError = (
  /** @class */
  (function(_super) {
    __extends(MissingValueError2, _super);
    function MissingValueError2(variableId, originalMessage) {
      return _super.call(this, 'The intl string context variable "'.concat(variableId, '" was not provided to the string "').concat(originalMessage, '"'), ErrorCode.MISSING_VALUE, originalMessage) || this;
    }
    return MissingValueError2;
  })(FormatError)
);
var PART_TYPE;
(function(PART_TYPE2) {
  PART_TYPE2[PART_TYPE2["literal"] = 0] = "literal";
  PART_TYPE2[PART_TYPE2["object"] = 1] = "object";
})(PART_TYPE || (PART_TYPE = {}));
function mergeLiteral(parts) {
  if (parts.length < 2) {
    return parts;
  }
  return parts.reduce(function(all, part) {
    var lastPart = all[all.length - 1];
    if (!lastPart || lastPart.type !== PART_TYPE.literal || part.type !== PART_TYPE.literal) {
      all.push(part);
    } else {
      lastPart.value += part.value;
    }
    return all;
  }, []);
}
function isFormatXMLElementFn(el) {
  return typeof el === "function";
}
function formatToParts(els, locales2, formatters, formats, values, currentPluralValue, originalMessage) {
  if (els.length === 1 && isLiteralElement(els[0])) {
    return [
      {
        type: PART_TYPE.literal,
        value: els[0].value
      }
    ];
  }
  var result = [];
  for (var _i = 0, els_1 = els; _i < els_1.length; _i++) {
    var el = els_1[_i];
    if (isLiteralElement(el)) {
      result.push({
        type: PART_TYPE.literal,
        value: el.value
      });
      continue;
    }
    if (isPoundElement(el)) {
      if (typeof currentPluralValue === "number") {
        result.push({
          type: PART_TYPE.literal,
          value: formatters.getNumberFormat(locales2).format(currentPluralValue)
        });
      }
      continue;
    }
    var varName = el.value;
    if (!(values && varName in values)) {
      throw new MissingValueError(varName, originalMessage);
    }
    var value = values[varName];
    if (isArgumentElement(el)) {
      if (!value || typeof value === "string" || typeof value === "number") {
        value = typeof value === "string" || typeof value === "number" ? String(value) : "";
      }
      result.push({
        type: typeof value === "string" ? PART_TYPE.literal : PART_TYPE.object,
        value
      });
      continue;
    }
    if (isDateElement(el)) {
      var style = typeof el.style === "string" ? formats.date[el.style] : isDateTimeSkeleton(el.style) ? el.style.parsedOptions : void 0;
      result.push({
        type: PART_TYPE.literal,
        value: formatters.getDateTimeFormat(locales2, style).format(value)
      });
      continue;
    }
    if (isTimeElement(el)) {
      var style = typeof el.style === "string" ? formats.time[el.style] : isDateTimeSkeleton(el.style) ? el.style.parsedOptions : formats.time.medium;
      result.push({
        type: PART_TYPE.literal,
        value: formatters.getDateTimeFormat(locales2, style).format(value)
      });
      continue;
    }
    if (isNumberElement(el)) {
      var style = typeof el.style === "string" ? formats.number[el.style] : isNumberSkeleton(el.style) ? el.style.parsedOptions : void 0;
      if (style && style.scale) {
        value = value * (style.scale || 1);
      }
      result.push({
        type: PART_TYPE.literal,
        value: formatters.getNumberFormat(locales2, style).format(value)
      });
      continue;
    }
    if (isTagElement(el)) {
      var children = el.children, value_1 = el.value;
      var formatFn = values[value_1];
      if (!isFormatXMLElementFn(formatFn)) {
        throw new InvalidValueTypeError(value_1, "function", originalMessage);
      }
      var parts = formatToParts(children, locales2, formatters, formats, values, currentPluralValue);
      var chunks = formatFn(parts.map(function(p) {
        return p.value;
      }));
      if (!Array.isArray(chunks)) {
        chunks = [chunks];
      }
      result.push.apply(result, chunks.map(function(c) {
        return {
          type: typeof c === "string" ? PART_TYPE.literal : PART_TYPE.object,
          value: c
        };
      }));
    }
    if (isSelectElement(el)) {
      var opt = el.options[value] || el.options.other;
      if (!opt) {
        throw new InvalidValueError(el.value, value, Object.keys(el.options), originalMessage);
      }
      result.push.apply(result, formatToParts(opt.value, locales2, formatters, formats, values));
      continue;
    }
    if (isPluralElement(el)) {
      var opt = el.options["=".concat(value)];
      if (!opt) {
        if (!Intl.PluralRules) {
          throw new FormatError('Intl.PluralRules is not available in this environment.\nTry polyfilling it using "@formatjs/intl-pluralrules"\n', ErrorCode.MISSING_INTL_API, originalMessage);
        }
        var rule = formatters.getPluralRules(locales2, { type: el.pluralType }).select(value - (el.offset || 0));
        opt = el.options[rule] || el.options.other;
      }
      if (!opt) {
        throw new InvalidValueError(el.value, value, Object.keys(el.options), originalMessage);
      }
      result.push.apply(result, formatToParts(opt.value, locales2, formatters, formats, values, value - (el.offset || 0)));
      continue;
    }
  }
  return mergeLiteral(result);
}
function mergeConfig(c1, c2) {
  if (!c2) {
    return c1;
  }
  return __assign(__assign(__assign({}, c1 || {}), c2 || {}), Object.keys(c1).reduce(function(all, k) {
    all[k] = __assign(__assign({}, c1[k]), c2[k] || {});
    return all;
  }, {}));
}
function mergeConfigs(defaultConfig, configs) {
  if (!configs) {
    return defaultConfig;
  }
  return Object.keys(defaultConfig).reduce(function(all, k) {
    all[k] = mergeConfig(defaultConfig[k], configs[k]);
    return all;
  }, __assign({}, defaultConfig));
}
function createFastMemoizeCache(store) {
  return {
    create: function() {
      return {
        get: function(key) {
          return store[key];
        },
        set: function(key, value) {
          store[key] = value;
        }
      };
    }
  };
}
function createDefaultFormatters(cache) {
  if (cache === void 0) {
    cache = {
      number: {},
      dateTime: {},
      pluralRules: {}
    };
  }
  return {
    getNumberFormat: memoize(function() {
      var _a2;
      var args = [];
      for (var _i = 0; _i < arguments.length; _i++) {
        args[_i] = arguments[_i];
      }
      return new ((_a2 = Intl.NumberFormat).bind.apply(_a2, __spreadArray([void 0], args, false)))();
    }, {
      cache: createFastMemoizeCache(cache.number),
      strategy: strategies.variadic
    }),
    getDateTimeFormat: memoize(function() {
      var _a2;
      var args = [];
      for (var _i = 0; _i < arguments.length; _i++) {
        args[_i] = arguments[_i];
      }
      return new ((_a2 = Intl.DateTimeFormat).bind.apply(_a2, __spreadArray([void 0], args, false)))();
    }, {
      cache: createFastMemoizeCache(cache.dateTime),
      strategy: strategies.variadic
    }),
    getPluralRules: memoize(function() {
      var _a2;
      var args = [];
      for (var _i = 0; _i < arguments.length; _i++) {
        args[_i] = arguments[_i];
      }
      return new ((_a2 = Intl.PluralRules).bind.apply(_a2, __spreadArray([void 0], args, false)))();
    }, {
      cache: createFastMemoizeCache(cache.pluralRules),
      strategy: strategies.variadic
    })
  };
}
var IntlMessageFormat = (
  /** @class */
  (function() {
    function IntlMessageFormat2(message, locales2, overrideFormats, opts) {
      if (locales2 === void 0) {
        locales2 = IntlMessageFormat2.defaultLocale;
      }
      var _this = this;
      this.formatterCache = {
        number: {},
        dateTime: {},
        pluralRules: {}
      };
      this.format = function(values) {
        var parts = _this.formatToParts(values);
        if (parts.length === 1) {
          return parts[0].value;
        }
        var result = parts.reduce(function(all, part) {
          if (!all.length || part.type !== PART_TYPE.literal || typeof all[all.length - 1] !== "string") {
            all.push(part.value);
          } else {
            all[all.length - 1] += part.value;
          }
          return all;
        }, []);
        if (result.length <= 1) {
          return result[0] || "";
        }
        return result;
      };
      this.formatToParts = function(values) {
        return formatToParts(_this.ast, _this.locales, _this.formatters, _this.formats, values, void 0, _this.message);
      };
      this.resolvedOptions = function() {
        var _a3;
        return {
          locale: ((_a3 = _this.resolvedLocale) === null || _a3 === void 0 ? void 0 : _a3.toString()) || Intl.NumberFormat.supportedLocalesOf(_this.locales)[0]
        };
      };
      this.getAst = function() {
        return _this.ast;
      };
      this.locales = locales2;
      this.resolvedLocale = IntlMessageFormat2.resolveLocale(locales2);
      if (typeof message === "string") {
        this.message = message;
        if (!IntlMessageFormat2.__parse) {
          throw new TypeError("IntlMessageFormat.__parse must be set to process `message` of type `string`");
        }
        var _a2 = opts || {};
        _a2.formatters;
        var parseOpts = __rest(_a2, ["formatters"]);
        this.ast = IntlMessageFormat2.__parse(message, __assign(__assign({}, parseOpts), { locale: this.resolvedLocale }));
      } else {
        this.ast = message;
      }
      if (!Array.isArray(this.ast)) {
        throw new TypeError("A message must be provided as a String or AST.");
      }
      this.formats = mergeConfigs(IntlMessageFormat2.formats, overrideFormats);
      this.formatters = opts && opts.formatters || createDefaultFormatters(this.formatterCache);
    }
    Object.defineProperty(IntlMessageFormat2, "defaultLocale", {
      get: function() {
        if (!IntlMessageFormat2.memoizedDefaultLocale) {
          IntlMessageFormat2.memoizedDefaultLocale = new Intl.NumberFormat().resolvedOptions().locale;
        }
        return IntlMessageFormat2.memoizedDefaultLocale;
      },
      enumerable: false,
      configurable: true
    });
    IntlMessageFormat2.memoizedDefaultLocale = null;
    IntlMessageFormat2.resolveLocale = function(locales2) {
      if (typeof Intl.Locale === "undefined") {
        return;
      }
      var supportedLocales = Intl.NumberFormat.supportedLocalesOf(locales2);
      if (supportedLocales.length > 0) {
        return new Intl.Locale(supportedLocales[0]);
      }
      return new Intl.Locale(typeof locales2 === "string" ? locales2 : locales2[0]);
    };
    IntlMessageFormat2.__parse = parse;
    IntlMessageFormat2.formats = {
      number: {
        integer: {
          maximumFractionDigits: 0
        },
        currency: {
          style: "currency"
        },
        percent: {
          style: "percent"
        }
      },
      date: {
        short: {
          month: "numeric",
          day: "numeric",
          year: "2-digit"
        },
        medium: {
          month: "short",
          day: "numeric",
          year: "numeric"
        },
        long: {
          month: "long",
          day: "numeric",
          year: "numeric"
        },
        full: {
          weekday: "long",
          month: "long",
          day: "numeric",
          year: "numeric"
        }
      },
      time: {
        short: {
          hour: "numeric",
          minute: "numeric"
        },
        medium: {
          hour: "numeric",
          minute: "numeric",
          second: "numeric"
        },
        long: {
          hour: "numeric",
          minute: "numeric",
          second: "numeric",
          timeZoneName: "short"
        },
        full: {
          hour: "numeric",
          minute: "numeric",
          second: "numeric",
          timeZoneName: "short"
        }
      }
    };
    return IntlMessageFormat2;
  })()
);
const messageCache = /* @__PURE__ */ new Map();
function isICUMessage(str) {
  return /\{\s*\w+\s*,\s*(plural|select|selectordinal|number|date|time)\s*,/.test(str);
}
function compileICU(message, locale) {
  const cacheKey = `${locale}:${message}`;
  let compiled = messageCache.get(cacheKey);
  if (compiled) {
    return compiled;
  }
  try {
    const formatter = new IntlMessageFormat(message, locale);
    compiled = (params) => {
      try {
        const result = formatter.format(params);
        return typeof result === "string" ? result : String(result);
      } catch (error) {
        console.error("[i18n] ICU formatting error:", error);
        return message;
      }
    };
    messageCache.set(cacheKey, compiled);
    return compiled;
  } catch (error) {
    console.error("[i18n] ICU compilation error:", error);
    return () => message;
  }
}
class FormatterCache {
  constructor() {
    this.cache = /* @__PURE__ */ new Map();
  }
  get(key) {
    return this.cache.get(key);
  }
  set(key, formatter) {
    this.cache.set(key, formatter);
  }
  clear() {
    this.cache.clear();
  }
}
const dateFormatters = new FormatterCache();
const numberFormatters = new FormatterCache();
function createCacheKey(locale, options) {
  return options ? `${locale}:${JSON.stringify(options)}` : locale;
}
function getDateFormatter(locale, options) {
  const key = createCacheKey(locale, options);
  let formatter = dateFormatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, options);
    dateFormatters.set(key, formatter);
  }
  return formatter;
}
function getNumberFormatter(locale, options) {
  const key = createCacheKey(locale, options);
  let formatter = numberFormatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, options);
    numberFormatters.set(key, formatter);
  }
  return formatter;
}
function createIntlFormatters() {
  return {
    /**
     * Format date according to locale.
     *
     * @example
     * ```typescript
     * formatDate(new Date(), 'pt-BR', { dateStyle: 'long' });
     * // → "1 de janeiro de 2024"
     *
     * formatDate(new Date(), 'en-US', { weekday: 'long', month: 'short', day: 'numeric' });
     * // → "Monday, Jan 1"
     * ```
     */
    formatDate(date, locale, options) {
      try {
        const formatter = getDateFormatter(locale, options);
        return formatter.format(date);
      } catch (error) {
        console.error("[i18n] Date formatting error:", error);
        return date.toISOString();
      }
    },
    /**
     * Format number according to locale.
     *
     * @example
     * ```typescript
     * formatNumber(1234.56, 'pt-BR');
     * // → "1.234,56"
     *
     * formatNumber(1234.56, 'en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
     * // → "1,234.56"
     * ```
     */
    formatNumber(num, locale, options) {
      try {
        const formatter = getNumberFormatter(locale, options);
        return formatter.format(num);
      } catch (error) {
        console.error("[i18n] Number formatting error:", error);
        return String(num);
      }
    },
    /**
     * Format currency according to locale.
     *
     * @example
     * ```typescript
     * formatCurrency(1234.56, 'USD', 'en-US');
     * // → "$1,234.56"
     *
     * formatCurrency(1234.56, 'BRL', 'pt-BR');
     * // → "R$ 1.234,56"
     *
     * formatCurrency(1234.56, 'EUR', 'de-DE');
     * // → "1.234,56 €"
     * ```
     */
    formatCurrency(amount, currency, locale) {
      try {
        const formatter = getNumberFormatter(locale, {
          style: "currency",
          currency
        });
        return formatter.format(amount);
      } catch (error) {
        console.error("[i18n] Currency formatting error:", error);
        return `${currency} ${amount}`;
      }
    },
    /**
     * Format relative time (e.g., "2 hours ago", "in 3 days").
     *
     * Uses heuristics to determine the best unit (seconds, minutes, hours, days, etc.).
     *
     * @example
     * ```typescript
     * const now = new Date();
     * const yesterday = new Date(now.getTime() - 24 * 60 * 60 * 1000);
     *
     * formatRelativeTime(yesterday, 'en-US');
     * // → "yesterday"
     *
     * const twoHoursAgo = new Date(now.getTime() - 2 * 60 * 60 * 1000);
     * formatRelativeTime(twoHoursAgo, 'pt-BR');
     * // → "há 2 horas"
     * ```
     */
    formatRelativeTime(date, locale) {
      try {
        const now = Date.now();
        const diff = date.getTime() - now;
        const absDiff = Math.abs(diff);
        let value;
        let unit;
        if (absDiff < 60 * 1e3) {
          value = Math.round(diff / 1e3);
          unit = "second";
        } else if (absDiff < 60 * 60 * 1e3) {
          value = Math.round(diff / (60 * 1e3));
          unit = "minute";
        } else if (absDiff < 24 * 60 * 60 * 1e3) {
          value = Math.round(diff / (60 * 60 * 1e3));
          unit = "hour";
        } else if (absDiff < 7 * 24 * 60 * 60 * 1e3) {
          value = Math.round(diff / (24 * 60 * 60 * 1e3));
          unit = "day";
        } else if (absDiff < 30 * 24 * 60 * 60 * 1e3) {
          value = Math.round(diff / (7 * 24 * 60 * 60 * 1e3));
          unit = "week";
        } else if (absDiff < 365 * 24 * 60 * 60 * 1e3) {
          value = Math.round(diff / (30 * 24 * 60 * 60 * 1e3));
          unit = "month";
        } else {
          value = Math.round(diff / (365 * 24 * 60 * 60 * 1e3));
          unit = "year";
        }
        const formatter = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
        return formatter.format(value, unit);
      } catch (error) {
        console.error("[i18n] Relative time formatting error:", error);
        return date.toISOString();
      }
    }
  };
}
const DateFormats = {
  long: { dateStyle: "long" }
};
function interpolate(template, params) {
  return template.replace(/\{(\w+)\}/g, (match, key) => {
    return key in params ? String(params[key]) : match;
  });
}
function createTranslator(i18nState, namespace2) {
  return (key, params) => {
    for (const locale of i18nState.fallbackChain) {
      const cacheKey = `${locale}:${namespace2}`;
      const translations = i18nState.translations[cacheKey];
      if (translations && key in translations) {
        const value = translations[key];
        if (typeof value === "function") {
          return value(params ?? {});
        }
        if (typeof value === "string" && isICUMessage(value)) {
          const compiled = compileICU(value, locale);
          return compiled(params ?? {});
        }
        if (typeof value === "string") {
          return interpolate(value, params ?? {});
        }
        return String(value);
      }
    }
    return key;
  };
}
function createFormatters(i18nState) {
  const locale = i18nState.currentLocale;
  const intlFormatters = createIntlFormatters();
  return {
    date: (date, options = DateFormats.long) => {
      const d = typeof date === "string" || typeof date === "number" ? new Date(date) : date;
      return intlFormatters.formatDate(d, locale, options);
    },
    number: (value, options) => {
      return intlFormatters.formatNumber(value, locale, options);
    },
    currency: (value, currency) => {
      return intlFormatters.formatCurrency(value, currency, locale);
    },
    relativeTime: (date) => {
      return intlFormatters.formatRelativeTime(date, locale);
    }
  };
}
class BundledTranslationLoader {
  constructor(config) {
    this.bundles = config.bundles;
  }
  /**
   * Load a translation namespace for a locale.
   * Returns null if namespace doesn't exist.
   */
  async load(namespace2, locale) {
    const localeBundle = this.bundles[locale];
    if (!localeBundle) {
      console.warn(`[i18n] No bundles found for locale: ${locale}`);
      return null;
    }
    const translations = localeBundle[namespace2];
    if (!translations) {
      console.warn(`[i18n] Namespace ${namespace2} not found for locale ${locale}`);
      return null;
    }
    return translations;
  }
  /**
   * Preload multiple namespaces in parallel.
   * For bundled loader, this is a no-op since all translations are already loaded.
   */
  async preload(namespaces, locale) {
  }
}
function parseAcceptLanguage(header) {
  return header.split(",").map((lang) => {
    const parts = lang.trim().split(";");
    const locale = parts[0];
    const q = parts[1];
    const quality = q ? parseFloat(q.replace("q=", "")) : 1;
    return { locale: locale?.trim() || "", quality };
  }).filter((item) => item.locale !== "").sort((a, b) => b.quality - a.quality).map((item) => item.locale);
}
function normalizeLocale(locale) {
  locale = locale.replace("_", "-");
  const parts = locale.split("-");
  if (parts.length === 1) {
    return parts[0]?.toLowerCase() || locale;
  }
  const lang = parts[0]?.toLowerCase() || "";
  const region = parts[1]?.toUpperCase() || "";
  return `${lang}-${region}`;
}
function findBestMatch(preferred, supported) {
  for (const locale of preferred) {
    const normalized = normalizeLocale(locale);
    if (supported.includes(normalized)) {
      return normalized;
    }
  }
  for (const locale of preferred) {
    const normalized = normalizeLocale(locale);
    const baseLanguage = normalized.split("-")[0];
    const match = supported.find((s) => s.split("-")[0] === baseLanguage);
    if (match) {
      return match;
    }
  }
  return null;
}
function createSSRLocaleDetector(config) {
  const { supportedLocales, defaultLocale: defaultLocale2, url, acceptLanguage, urlParam = "lang" } = config;
  return {
    detect() {
      try {
        const urlObj = new URL(url);
        const urlLocale = urlObj.searchParams.get(urlParam);
        if (urlLocale) {
          const normalized = normalizeLocale(urlLocale);
          if (supportedLocales.includes(normalized)) {
            return normalized;
          }
        }
      } catch (error) {
        console.error("[i18n] Invalid URL:", error);
      }
      if (acceptLanguage) {
        const preferred = parseAcceptLanguage(acceptLanguage);
        const match = findBestMatch(preferred, supportedLocales);
        if (match) {
          return match;
        }
      }
      return defaultLocale2;
    },
    getSupportedLocales() {
      return supportedLocales;
    }
  };
}
function createStaticLocaleDetector(locale, supportedLocales) {
  return {
    detect() {
      return locale;
    },
    getSupportedLocales() {
      return supportedLocales;
    }
  };
}
const site$2 = "Margin Notes";
const tagline$2 = "A small magazine about making things for the web with care";
const skip$2 = "Skip to content";
const language$2 = "Language";
const latest$2 = "Latest posts";
const tagged$2 = "Posts about “{tag}”";
const allPosts$2 = "All posts";
const posts$2 = "{count, plural, one {# post} other {# posts}}";
const by$2 = "by {author}";
const minutes$2 = "{count, plural, one {# minute} other {# minutes}} to read";
const views$2 = "{formatted} views";
const comments$2 = "{count, plural, =0 {No comments yet} one {# comment} other {# comments}}";
const readComments$2 = "{count, plural, =0 {No comments yet} one {Read # comment} other {Read # comments}}";
const commentsOn$2 = "Comments on “{title}”";
const commentsDescription$2 = "{count, plural, =0 {Nobody has said anything yet} one {# reader has} other {# readers have}} something to say about “{title}”.";
const noComments$2 = "Nobody has said anything yet. It is very quiet in here.";
const oldestFirst$2 = "Oldest first";
const newestFirst$2 = "Newest first";
const backToPosts$2 = "Back to all posts";
const backToPost$2 = "Back to the post";
const like$2 = "Like";
const liked$3 = "Liked";
const likes$2 = "{count, plural, one {# like} other {# likes}}";
const notFoundTitle$2 = "This page is not here";
const notFoundText$2 = "There is nothing at {path}. It may have moved, or it may never have existed.";
const failedTitle$2 = "That did not work";
const failedText$2 = "The page could not be loaded. Check your connection and try again.";
const retry$2 = "Try again";
const footer$2 = "Rendered on the server, then alive in your browser.";
const en = {
  site: site$2,
  tagline: tagline$2,
  skip: skip$2,
  language: language$2,
  latest: latest$2,
  tagged: tagged$2,
  allPosts: allPosts$2,
  posts: posts$2,
  by: by$2,
  minutes: minutes$2,
  views: views$2,
  comments: comments$2,
  readComments: readComments$2,
  commentsOn: commentsOn$2,
  commentsDescription: commentsDescription$2,
  noComments: noComments$2,
  oldestFirst: oldestFirst$2,
  newestFirst: newestFirst$2,
  backToPosts: backToPosts$2,
  backToPost: backToPost$2,
  like: like$2,
  liked: liked$3,
  likes: likes$2,
  notFoundTitle: notFoundTitle$2,
  notFoundText: notFoundText$2,
  failedTitle: failedTitle$2,
  failedText: failedText$2,
  retry: retry$2,
  footer: footer$2
};
const site$1 = "Notas al margen";
const tagline$1 = "Una pequeña revista sobre hacer la web con cariño";
const skip$1 = "Saltar al contenido";
const language$1 = "Idioma";
const latest$1 = "Últimos artículos";
const tagged$1 = "Artículos sobre «{tag}»";
const allPosts$1 = "Todos los artículos";
const posts$1 = "{count, plural, one {# artículo} other {# artículos}}";
const by$1 = "por {author}";
const minutes$1 = "{count, plural, one {# minuto} other {# minutos}} de lectura";
const views$1 = "{formatted} lecturas";
const comments$1 = "{count, plural, =0 {Sin comentarios} one {# comentario} other {# comentarios}}";
const readComments$1 = "{count, plural, =0 {Sin comentarios} one {Leer # comentario} other {Leer # comentarios}}";
const commentsOn$1 = "Comentarios sobre «{title}»";
const commentsDescription$1 = "{count, plural, =0 {Nadie ha dicho nada todavía} one {# persona ha opinado} other {# personas han opinado}} sobre «{title}».";
const noComments$1 = "Nadie ha dicho nada todavía. Hay mucha calma por aquí.";
const oldestFirst$1 = "Más antiguos";
const newestFirst$1 = "Más recientes";
const backToPosts$1 = "Volver a los artículos";
const backToPost$1 = "Volver al artículo";
const like$1 = "Me gusta";
const liked$2 = "Te gusta";
const likes$1 = "{count} «me gusta»";
const notFoundTitle$1 = "Esta página no está aquí";
const notFoundText$1 = "No hay nada en {path}. Quizá se ha mudado, o quizá nunca existió.";
const failedTitle$1 = "Algo ha fallado";
const failedText$1 = "No se pudo cargar la página. Revisa la conexión e inténtalo de nuevo.";
const retry$1 = "Reintentar";
const footer$1 = "Generada en el servidor y viva en tu navegador.";
const es = {
  site: site$1,
  tagline: tagline$1,
  skip: skip$1,
  language: language$1,
  latest: latest$1,
  tagged: tagged$1,
  allPosts: allPosts$1,
  posts: posts$1,
  by: by$1,
  minutes: minutes$1,
  views: views$1,
  comments: comments$1,
  readComments: readComments$1,
  commentsOn: commentsOn$1,
  commentsDescription: commentsDescription$1,
  noComments: noComments$1,
  oldestFirst: oldestFirst$1,
  newestFirst: newestFirst$1,
  backToPosts: backToPosts$1,
  backToPost: backToPost$1,
  like: like$1,
  liked: liked$2,
  likes: likes$1,
  notFoundTitle: notFoundTitle$1,
  notFoundText: notFoundText$1,
  failedTitle: failedTitle$1,
  failedText: failedText$1,
  retry: retry$1,
  footer: footer$1
};
const site = "Notes en marge";
const tagline = "Une petite revue sur l’art de fabriquer le web avec soin";
const skip = "Aller au contenu";
const language = "Langue";
const latest = "Derniers articles";
const tagged = "Articles sur « {tag} »";
const allPosts = "Tous les articles";
const posts = "{count, plural, one {# article} other {# articles}}";
const by = "par {author}";
const minutes = "{count, plural, one {# minute} other {# minutes}} de lecture";
const views = "{formatted} lectures";
const comments = "{count, plural, =0 {Aucun commentaire} one {# commentaire} other {# commentaires}}";
const readComments = "{count, plural, =0 {Aucun commentaire} one {Lire # commentaire} other {Lire # commentaires}}";
const commentsOn = "Commentaires sur « {title} »";
const commentsDescription = "{count, plural, =0 {Personne n’a encore réagi} one {# lecteur a réagi} other {# lecteurs ont réagi}} à « {title} ».";
const noComments = "Personne n’a encore rien dit. C’est très calme par ici.";
const oldestFirst = "Plus anciens";
const newestFirst = "Plus récents";
const backToPosts = "Retour aux articles";
const backToPost = "Retour à l’article";
const like = "J’aime";
const liked$1 = "Aimé";
const likes = "{count, plural, one {# mention} other {# mentions}} « j’aime »";
const notFoundTitle = "Cette page n’est pas ici";
const notFoundText = "Il n’y a rien à l’adresse {path}. Elle a peut-être changé, ou n’a jamais existé.";
const failedTitle = "Cela n’a pas marché";
const failedText = "La page n’a pas pu être chargée. Vérifiez votre connexion et réessayez.";
const retry = "Réessayer";
const footer = "Rendu sur le serveur, puis vivant dans votre navigateur.";
const fr = {
  site,
  tagline,
  skip,
  language,
  latest,
  tagged,
  allPosts,
  posts,
  by,
  minutes,
  views,
  comments,
  readComments,
  commentsOn,
  commentsDescription,
  noComments,
  oldestFirst,
  newestFirst,
  backToPosts,
  backToPost,
  like,
  liked: liked$1,
  likes,
  notFoundTitle,
  notFoundText,
  failedTitle,
  failedText,
  retry,
  footer
};
function Failure($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view } = $$props;
    $$renderer2.push(`<section role="alert" class="svelte-2uj9mq"><h1>${escape_html(view.t("failedTitle"))}</h1> <p>${escape_html(view.t("failedText"))}</p> <button type="button" class="button">${escape_html(view.t("retry"))}</button></section>`);
  });
}
function Footer($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view } = $$props;
    $$renderer2.push(`<footer class="svelte-hmqn7h"><p class="svelte-hmqn7h">${escape_html(view.t("footer"))}</p> <p class="svelte-hmqn7h">${escape_html(view.t("site"))} — ${escape_html(view.t("tagline"))}</p></footer>`);
  });
}
function Header($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, destination } = $$props;
    $$renderer2.push(`<a class="skip svelte-1g8g9sr" href="#main">${escape_html(view.t("skip"))}</a> <header class="svelte-1g8g9sr"><a class="name svelte-1g8g9sr"${attr("href", view.href({ type: "list", state: { tag: null } }))}><svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true"><path d="M5 2h14a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1H5z" fill="none" stroke="currentColor" stroke-width="1.6"></path><path d="M9 2v20" stroke="var(--accent)" stroke-width="1.6"></path><path d="M12 8h5M12 12h5M12 16h3" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"></path></svg> <span>${escape_html(view.t("site"))}</span></a> <nav${attr("aria-label", view.t("language"))} class="svelte-1g8g9sr"><!--[-->`);
    const each_array = ensure_array_like(locales);
    for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
      let locale = each_array[$$index];
      $$renderer2.push(`<a${attr("href", view.href(destination, locale))}${attr("hreflang", locale)}${attr("lang", locale)}${attr("aria-current", locale === view.locale ? "true" : void 0)} class="svelte-1g8g9sr">${escape_html(localeNames[locale])}</a>`);
    }
    $$renderer2.push(`<!--]--></nav></header>`);
  });
}
function Comments($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, post, order, comments: comments2 } = $$props;
    const orders = [["oldest", "oldestFirst"], ["newest", "newestFirst"]];
    $$renderer2.push(`<section class="svelte-1ebw1ss"><p><a${attr("href", view.href({ type: "post", state: { id: post.id } }))}>← ${escape_html(view.t("backToPost"))}</a></p> <h1 class="svelte-1ebw1ss">${escape_html(view.t("commentsOn", { title: post.title }))}</h1> `);
    if (comments2.length === 0) {
      $$renderer2.push(`<!--[0--><p class="empty svelte-1ebw1ss">${escape_html(view.t("noComments"))}</p>`);
    } else {
      $$renderer2.push(`<!--[-1--><div class="bar svelte-1ebw1ss"><span class="svelte-1ebw1ss">${escape_html(view.t("comments", { count: comments2.length }))}</span> <!--[-->`);
      const each_array = ensure_array_like(orders);
      for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
        let [value, key] = each_array[$$index];
        $$renderer2.push(`<a${attr("href", view.href({ type: "comments", state: { id: post.id, order: value } }))}${attr("aria-current", value === order ? "true" : void 0)} class="svelte-1ebw1ss">${escape_html(view.t(key))}</a>`);
      }
      $$renderer2.push(`<!--]--></div> <ol class="svelte-1ebw1ss"><!--[-->`);
      const each_array_1 = ensure_array_like(comments2);
      for (let $$index_1 = 0, $$length = each_array_1.length; $$index_1 < $$length; $$index_1++) {
        let comment = each_array_1[$$index_1];
        $$renderer2.push(`<li${attr("id", comment.id)} class="svelte-1ebw1ss"><p class="who svelte-1ebw1ss"><strong dir="auto">${escape_html(comment.author)}</strong> <time${attr("datetime", comment.date)} class="svelte-1ebw1ss">${escape_html(view.date(comment.date))}</time></p> <p class="text svelte-1ebw1ss" dir="auto">${escape_html(comment.text)}</p></li>`);
      }
      $$renderer2.push(`<!--]--></ol>`);
    }
    $$renderer2.push(`<!--]--></section>`);
  });
}
function Byline($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, post } = $$props;
    $$renderer2.push(`<div class="svelte-jvimqh"><p class="svelte-jvimqh"><span class="svelte-jvimqh">${escape_html(view.t("by", { author: post.author }))}</span> <time${attr("datetime", post.date)} class="svelte-jvimqh">${escape_html(view.date(post.date))}</time> <span class="svelte-jvimqh">${escape_html(view.t("minutes", { count: post.minutes }))}</span> <span class="svelte-jvimqh">${escape_html(view.t("views", { formatted: view.number(post.views) }))}</span> <a${attr("href", view.href({ type: "comments", state: { id: post.id, order: "oldest" } }))} class="svelte-jvimqh">${escape_html(view.t("comments", { count: post.commentCount }))}</a></p></div>`);
  });
}
function Tags($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, tags } = $$props;
    $$renderer2.push(`<ul class="svelte-10m6wq7"><!--[-->`);
    const each_array = ensure_array_like(tags);
    for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
      let tag = each_array[$$index];
      $$renderer2.push(`<li><a${attr("href", view.href({ type: "list", state: { tag } }))} class="svelte-10m6wq7">${escape_html(tag)}</a></li>`);
    }
    $$renderer2.push(`<!--]--></ul>`);
  });
}
function Card($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, post, featured = false } = $$props;
    const hue = derived(() => Number(post.id) * 47 % 360 || 20);
    $$renderer2.push(`<article${attr_class("svelte-1t0qar6", void 0, { "featured": featured })}${attr_style("", { "--hue": hue() })}><a class="cover svelte-1t0qar6"${attr("href", view.href({ type: "post", state: { id: post.id } }))} tabindex="-1" aria-hidden="true"><span>${escape_html(post.title.slice(0, 1))}</span></a> <div>`);
    Tags($$renderer2, { view, tags: post.tags });
    $$renderer2.push(`<!----> <h2${attr("lang", post.lang)} dir="auto" class="svelte-1t0qar6"><a${attr("href", view.href({ type: "post", state: { id: post.id } }))} class="svelte-1t0qar6">${escape_html(post.title)}</a></h2> <p class="excerpt svelte-1t0qar6"${attr("lang", post.lang)} dir="auto">${escape_html(post.excerpt)}</p> `);
    Byline($$renderer2, { view, post });
    $$renderer2.push(`<!----></div></article>`);
  });
}
function List($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, tag, posts: posts2 } = $$props;
    $$renderer2.push(`<div class="head svelte-2q5rdi"><h1 class="svelte-2q5rdi">${escape_html(tag ? view.t("tagged", { tag }) : view.t("latest"))}</h1> <p class="svelte-2q5rdi">${escape_html(view.t("posts", { count: posts2.length }))} `);
    if (tag) {
      $$renderer2.push(`<!--[0-->· <a${attr("href", view.href({ type: "list", state: { tag: null } }))}>${escape_html(view.t("allPosts"))}</a>`);
    } else {
      $$renderer2.push("<!--[-1-->");
    }
    $$renderer2.push(`<!--]--></p></div> <div class="grid svelte-2q5rdi"><!--[-->`);
    const each_array = ensure_array_like(posts2);
    for (let index = 0, $$length = each_array.length; index < $$length; index++) {
      let post = each_array[index];
      Card($$renderer2, { view, post, featured: index === 0 && !tag });
    }
    $$renderer2.push(`<!--]--></div>`);
  });
}
function NotFound($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, path } = $$props;
    $$renderer2.push(`<section class="svelte-1xrb0ap"><p class="code svelte-1xrb0ap" aria-hidden="true">404</p> <h1 class="svelte-1xrb0ap">${escape_html(view.t("notFoundTitle"))}</h1> <p>${escape_html(view.t("notFoundText", { path }))}</p> <p><a${attr("href", view.href({ type: "list", state: { tag: null } }))}>← ${escape_html(view.t("backToPosts"))}</a></p></section>`);
  });
}
function Post($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { view, post, isLiked } = $$props;
    const likes2 = derived(() => post.likes + (isLiked ? 1 : 0));
    $$renderer2.push(`<article class="svelte-k1tyss">`);
    Tags($$renderer2, { view, tags: post.tags });
    $$renderer2.push(`<!----> <div${attr("lang", post.lang)}><h1 dir="auto" class="svelte-k1tyss">${escape_html(post.title)}</h1> <p class="excerpt svelte-k1tyss" dir="auto">${escape_html(post.excerpt)}</p></div> `);
    Byline($$renderer2, { view, post });
    $$renderer2.push(`<!----> <div class="body svelte-k1tyss"${attr("lang", post.lang)}><!--[-->`);
    const each_array = ensure_array_like(post.body);
    for (let index = 0, $$length = each_array.length; index < $$length; index++) {
      let block = each_array[index];
      if (block.kind === "list") {
        $$renderer2.push(`<!--[0--><ul dir="auto" class="svelte-k1tyss"><!--[-->`);
        const each_array_1 = ensure_array_like(block.items);
        for (let $$index = 0, $$length2 = each_array_1.length; $$index < $$length2; $$index++) {
          let item = each_array_1[$$index];
          $$renderer2.push(`<li>${escape_html(item)}</li>`);
        }
        $$renderer2.push(`<!--]--></ul>`);
      } else if (block.kind === "h2") {
        $$renderer2.push(`<!--[1--><h2 dir="auto" class="svelte-k1tyss">${escape_html(block.text)}</h2>`);
      } else if (block.kind === "quote") {
        $$renderer2.push(`<!--[2--><blockquote dir="auto" class="svelte-k1tyss">${escape_html(block.text)}</blockquote>`);
      } else if (block.kind === "code") {
        $$renderer2.push(`<!--[3--><pre class="svelte-k1tyss"><code>${escape_html(block.text)}</code></pre>`);
      } else {
        $$renderer2.push(`<!--[-1--><p dir="auto" class="svelte-k1tyss">${escape_html(block.text)}</p>`);
      }
      $$renderer2.push(`<!--]-->`);
    }
    $$renderer2.push(`<!--]--></div> <div class="actions svelte-k1tyss"><button type="button" class="button"${attr("aria-pressed", isLiked)}><span aria-hidden="true">${escape_html(isLiked ? "♥" : "♡")}</span> ${escape_html(isLiked ? view.t("liked") : view.t("like"))}</button> <span class="likes svelte-k1tyss">${escape_html(view.t("likes", { count: likes2() }))}</span> <a${attr("href", view.href({ type: "comments", state: { id: post.id, order: "oldest" } }))}>${escape_html(view.t("readComments", { count: post.commentCount }))}</a></div> <p><a${attr("href", view.href({ type: "list", state: { tag: null } }))}>← ${escape_html(view.t("backToPosts"))}</a></p></article>`);
  });
}
const longDate = { dateStyle: "long", timeZone: "UTC" };
function createView(state) {
  const t = createTranslator(state.i18n, namespace);
  const formatters = createFormatters(state.i18n);
  return {
    t,
    locale: state.i18n.currentLocale,
    date: (iso) => formatters.date(iso, longDate),
    number: (value) => formatters.number(value),
    /** Link within the app; carries the language along when the reader chose one in the URL. */
    href: (destination, lang = state.lang) => hrefOf({ destination, lang })
  };
}
function describePage({ page }, { t }) {
  const title = (text) => `${text} · ${t("site")}`;
  switch (page.type) {
    case "list":
      return page.tag ? { title: title(t("tagged", { tag: page.tag })), description: t("posts", { count: page.posts.length }) } : { title: t("site"), description: t("tagline") };
    case "post":
      return { title: title(page.post.title), description: page.post.excerpt };
    case "comments":
      return {
        title: title(t("commentsOn", { title: page.post.title })),
        description: t("commentsDescription", { count: page.comments.length, title: page.post.title })
      };
    case "notFound":
      return { title: title(t("notFoundTitle")), description: t("notFoundText", { path: page.path }) };
  }
}
function App($$renderer, $$props) {
  $$renderer.component(($$renderer2) => {
    let { store } = $$props;
    const state = derived(() => store.state);
    const view = derived(() => createView(state()));
    const meta = derived(() => describePage(state(), view()));
    head("1hicyxm", $$renderer2, ($$renderer3) => {
      $$renderer3.title(($$renderer4) => {
        $$renderer4.push(`<title>${escape_html(meta().title)}</title>`);
      });
      $$renderer3.push(`<meta name="description"${attr("content", meta().description)}/> <meta property="og:title"${attr("content", meta().title)}/> <meta property="og:description"${attr("content", meta().description)}/> <meta property="og:locale"${attr("content", view().locale)}/> `);
      if (state().page.type === "notFound") {
        $$renderer3.push(`<!--[0--><meta name="robots" content="noindex"/>`);
      } else {
        $$renderer3.push(`<!--[-1--><!--[-->`);
        const each_array = ensure_array_like(locales);
        for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
          let locale = each_array[$$index];
          $$renderer3.push(`<link rel="alternate"${attr("hreflang", locale)}${attr("href", view().href(state().destination, locale))}/>`);
        }
        $$renderer3.push(`<!--]-->`);
      }
      $$renderer3.push(`<!--]-->`);
    });
    Header($$renderer2, { view: view(), destination: state().destination });
    $$renderer2.push(`<!----> <main id="main" tabindex="-1"${attr("aria-busy", state().status === "loading")}>`);
    if (state().status === "failed") {
      $$renderer2.push("<!--[0-->");
      Failure($$renderer2, {
        view: view()
      });
    } else if (state().page.type === "list") {
      $$renderer2.push("<!--[1-->");
      List($$renderer2, {
        view: view(),
        tag: state().page.tag,
        posts: state().page.posts
      });
    } else if (state().page.type === "post") {
      $$renderer2.push("<!--[2-->");
      const post = state().page.post;
      Post($$renderer2, {
        view: view(),
        post,
        isLiked: state().liked[post.id] ?? false
      });
    } else if (state().page.type === "comments") {
      $$renderer2.push("<!--[3-->");
      Comments($$renderer2, {
        view: view(),
        post: state().page.post,
        order: state().page.order,
        comments: state().page.comments
      });
    } else {
      $$renderer2.push("<!--[-1-->");
      NotFound($$renderer2, { view: view(), path: state().page.path });
    }
    $$renderer2.push(`<!--]--></main> `);
    Footer($$renderer2, { view: view() });
    $$renderer2.push(`<!---->`);
  });
}
const likeReducer = (state, action) => [
  { ...state, [action.postId]: !state[action.postId] },
  Effect.none()
];
const liked = scopeAction(
  (state) => state.liked,
  (state, child) => ({ ...state, liked: child }),
  "like",
  likeReducer
);
const i18n = scope(
  (state) => state.i18n,
  (state, child) => ({ ...state, i18n: child }),
  (action) => isI18nAction(action) ? action : null,
  (action) => action,
  i18nReducer
);
const appReducer = (state, action, deps) => {
  switch (action.type) {
    case "navigated":
      return navigate(state, action.location, action.by, deps);
    case "pageLoaded":
      if (action.destination !== state.destination) return [state, Effect.none()];
      return [
        { ...state, page: action.page, status: "ready" },
        action.by === "link" ? Effect.fireAndForget(() => deps.onArrival()) : Effect.none()
      ];
    case "pageFailed":
      if (action.destination !== state.destination) return [state, Effect.none()];
      return [{ ...state, status: "failed" }, Effect.none()];
    case "retried":
      return [{ ...state, status: "loading" }, loadPage(state.destination, "link", deps)];
    case "like":
      return liked(state, action, deps);
    case "i18n/namespaceLoaded": {
      const [next, effect] = i18n(state, action, deps);
      if (action.locale !== state.wantedLocale) return [next, effect];
      return then([next, effect], (loaded) => i18n(loaded, { type: "i18n/setLocale", locale: action.locale }, deps));
    }
    default:
      return i18n(state, action, deps);
  }
};
function navigate(state, location, by2, deps) {
  const next = { ...state, ...location, status: "loading" };
  const effects = Effect.batch(deps.syncURL(next), loadPage(location.destination, by2, deps));
  if (location.lang === state.lang) return [next, effects];
  return then([next, effects], (moved) => switchLocale(moved, deps));
}
function switchLocale(state, deps) {
  const locale = state.lang ?? deps.localeDetector.detect();
  const next = { ...state, wantedLocale: locale };
  const isLoaded = `${locale}:${namespace}` in state.i18n.translations;
  return i18n(next, isLoaded ? { type: "i18n/setLocale", locale } : { type: "i18n/loadNamespace", namespace, locale }, deps);
}
function loadPage(destination, by2, deps) {
  return Effect.run(async (dispatch) => {
    try {
      dispatch({ type: "pageLoaded", destination, page: await deps.pages.load(destination), by: by2 });
    } catch (error) {
      console.error(error);
      dispatch({ type: "pageFailed", destination });
    }
  });
}
function then([state, effect], step) {
  const [next, nextEffect] = step(state);
  return [next, Effect.batch(effect, nextEffect)];
}
function isI18nAction(action) {
  return action.type.startsWith("i18n/");
}
function createInitialState(location, locale) {
  return {
    ...location,
    page: { type: "list", tag: null, posts: [] },
    status: "loading",
    wantedLocale: locale,
    liked: {},
    i18n: createInitialI18nState(locale, locales, defaultLocale)
  };
}
const translationLoader = new BundledTranslationLoader({
  bundles: { en: { [namespace]: en }, fr: { [namespace]: fr }, es: { [namespace]: es } }
});
const dependencies = {
  pages: contentPageLoader,
  syncURL: () => Effect.none(),
  onArrival: () => void 0,
  translationLoader,
  localeDetector: createStaticLocaleDetector(defaultLocale, locales),
  storage: createNoopStorage(),
  dom: serverDOM
};
async function renderPage(url, acceptLanguage, assets) {
  const queryStart = url.indexOf("?");
  const pathname = queryStart < 0 ? url : url.slice(0, queryStart);
  const location = parseURL(pathname, queryStart < 0 ? "" : url.slice(queryStart));
  const locale = detectLocale(url, acceptLanguage);
  const [page, translations] = await Promise.all([
    contentPageLoader.load(location.destination),
    translationLoader.load(namespace, locale)
  ]);
  const store = createStore({
    initialState: createInitialState(location, locale),
    reducer: appReducer,
    dependencies
  });
  store.dispatch({ type: "i18n/namespaceLoaded", namespace, locale, translations: translations ?? {} });
  store.dispatch({ type: "pageLoaded", destination: location.destination, page, by: "server" });
  const html = renderToHTML(App, { store }, { title: "", head: assets.head, clientScript: assets.script });
  return { status: page.type === "notFound" ? 404 : 200, html: completeDocument(html, locale) };
}
function detectLocale(url, acceptLanguage) {
  return createSSRLocaleDetector({
    supportedLocales: locales,
    defaultLocale,
    // Only the query matters; the detector wants an absolute URL.
    url: `http://localhost${url}`,
    acceptLanguage
  }).detect();
}
function completeDocument(html, locale) {
  return html.replace('<html lang="en">', `<html lang="${locale}">`).replace("  <title></title>\n", "");
}
const YEAR_MS = 365 * 24 * 60 * 60 * 1e3;
function createApp({ logLevel, rateLimitMax }) {
  const app2 = fastify({ logger: logLevel ? { level: logLevel } : false });
  fastifySecurityHeaders(app2, {
    ...defaultSecurityHeaders,
    contentSecurityPolicy: "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:"
  });
  fastifyRateLimit(app2, {
    max: rateLimitMax,
    windowMs: 6e4,
    message: "Too many requests. Please try again later."
  });
  app2.register(fastifyStatic, { root: assetsDir, prefix: "/assets/", immutable: true, maxAge: YEAR_MS });
  app2.get("/health", async () => ({ status: "ok", timestamp: (/* @__PURE__ */ new Date()).toISOString() }));
  addPages(app2);
  addAPI(app2);
  app2.setErrorHandler((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.send(error);
    request.log.error(error);
    return reply.status(500).send({ error: "Internal Server Error", message: error.message });
  });
  return app2;
}
function addPages(app2) {
  const assets = readClientAssets();
  const sendPage = async (request, reply) => {
    const { status, html } = await renderPage(request.url, request.headers["accept-language"] ?? "", assets);
    return reply.status(status).type("text/html").send(html);
  };
  app2.get("/", sendPage);
  app2.get("/posts/:id", sendPage);
  app2.get("/posts/:id/comments", sendPage);
  app2.setNotFoundHandler((request, reply) => {
    const isPage = /^(GET|HEAD)$/.test(request.method) && !/^\/(api|assets)\//.test(request.url);
    return isPage ? sendPage(request, reply) : sendNotFound(request, reply);
  });
}
function addAPI(app2) {
  const sendData = async (destination, request, reply) => {
    const page = await contentPageLoader.load(destination);
    return page.type === "notFound" ? sendNotFound(request, reply) : page;
  };
  app2.get(
    "/api/posts",
    (request, reply) => sendData({ type: "list", state: { tag: toTag(request.query.tag) } }, request, reply)
  );
  app2.get(
    "/api/posts/:id",
    (request, reply) => sendData({ type: "post", state: { id: request.params.id } }, request, reply)
  );
  app2.get("/api/posts/:id/comments", (request, reply) => {
    const order = request.query.order === "newest" ? "newest" : "oldest";
    return sendData({ type: "comments", state: { id: request.params.id, order } }, request, reply);
  });
}
function sendNotFound(request, reply) {
  return reply.status(404).send({ error: "Not Found", message: `Nothing at ${request.url}` });
}
const { NODE_ENV, LOG_LEVEL, RATE_LIMIT_MAX, PORT, HOST } = process.env;
const app = createApp({
  logLevel: LOG_LEVEL ?? (NODE_ENV === "production" ? "info" : void 0),
  rateLimitMax: Number(RATE_LIMIT_MAX ?? 100)
});
try {
  const address = await app.listen({ port: Number(PORT ?? 3e3), host: HOST ?? "0.0.0.0" });
  console.log(`Margin Notes is open at ${address}`);
} catch (error) {
  console.error(error);
  process.exit(1);
}
//# sourceMappingURL=index.js.map
