// Made by vendor/build.mjs: do not edit. Licences: vendor/LICENSES/.
//   @fastify/accept-negotiator 1.1.0 (MIT)
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// node_modules/@fastify/accept-negotiator/index.js
var require_accept_negotiator = __commonJS({
  "node_modules/@fastify/accept-negotiator/index.js"(exports, module) {
    "use strict";
    function Negotiator(options) {
      if (!new.target) {
        return new Negotiator(options);
      }
      const {
        supportedValues = [],
        cache
      } = options && typeof options === "object" && options || {};
      this.supportedValues = supportedValues;
      this.cache = cache;
    }
    Negotiator.prototype.negotiate = function(header) {
      if (typeof header !== "string") {
        return null;
      }
      if (!this.cache) {
        return negotiate2(header, this.supportedValues);
      }
      if (!this.cache.has(header)) {
        this.cache.set(header, negotiate2(header, this.supportedValues));
      }
      return this.cache.get(header);
    };
    function negotiate2(header, supportedValues) {
      if (!header || !Array.isArray(supportedValues) || supportedValues.length === 0) {
        return null;
      }
      if (header === "*") {
        return supportedValues[0];
      }
      let preferredEncoding = null;
      let preferredEncodingPriority = Infinity;
      let preferredEncodingQuality = 0;
      function processMatch(enc, quality) {
        if (quality === 0 || preferredEncodingQuality > quality) {
          return false;
        }
        const encoding = enc === "*" && supportedValues[0] || enc;
        const priority = supportedValues.indexOf(encoding);
        if (priority === -1) {
          return false;
        }
        if (priority === 0 && quality === 1) {
          preferredEncoding = encoding;
          return true;
        } else if (preferredEncodingQuality < quality) {
          preferredEncoding = encoding;
          preferredEncodingPriority = priority;
          preferredEncodingQuality = quality;
        } else if (preferredEncodingPriority > priority) {
          preferredEncoding = encoding;
          preferredEncodingPriority = priority;
          preferredEncodingQuality = quality;
        }
        return false;
      }
      parse(header, processMatch);
      return preferredEncoding;
    }
    var BEGIN = 0;
    var TOKEN = 1;
    var QUALITY = 2;
    var END = 3;
    function parse(header, processMatch) {
      let str = "";
      let quality;
      let state = BEGIN;
      for (let i = 0, il = header.length; i < il; ++i) {
        const char = header[i];
        if (char === " " || char === "	") {
          continue;
        } else if (char === ";") {
          if (state === TOKEN) {
            state = QUALITY;
            quality = "";
          }
          continue;
        } else if (char === ",") {
          if (state === TOKEN) {
            if (processMatch(str, 1)) {
              state = END;
              break;
            }
            state = BEGIN;
            str = "";
          } else if (state === QUALITY) {
            if (processMatch(str, parseFloat(quality) || 0)) {
              state = END;
              break;
            }
            state = BEGIN;
            str = "";
            quality = "";
          }
          continue;
        } else if (state === QUALITY) {
          if (char === "q" || char === "=") {
            continue;
          } else if (char === "." || char === "1" || char === "0" || char === "2" || char === "3" || char === "4" || char === "5" || char === "6" || char === "7" || char === "8" || char === "9") {
            quality += char;
            continue;
          }
        } else if (state === BEGIN) {
          state = TOKEN;
          str += char;
          continue;
        }
        if (state === TOKEN) {
          const prevChar = header[i - 1];
          if (prevChar === " " || prevChar === "	") {
            str = "";
          }
          str += char;
          continue;
        }
        if (processMatch(str, parseFloat(quality) || 0)) {
          state = END;
          break;
        }
        state = BEGIN;
        str = char;
        quality = "";
      }
      if (state === TOKEN) {
        processMatch(str, 1);
      } else if (state === QUALITY) {
        processMatch(str, parseFloat(quality) || 0);
      }
    }
    module.exports = negotiate2;
    module.exports.default = negotiate2;
    module.exports.negotiate = negotiate2;
    module.exports.Negotiator = Negotiator;
  }
});

// <stdin>
var import_accept_negotiator = __toESM(require_accept_negotiator());
var export_negotiate = import_accept_negotiator.negotiate;
export {
  export_negotiate as negotiate
};
