/**
 * Server options: defaults, types, and the ones that the host decides or does not have
 * (fastify/lib/initialConfigValidation.js). The result is `fastify.initialConfig`.
 */
import { errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";

/** name → [type, default], in the order of `initialConfig`. */
const OPTIONS = {
  connectionTimeout: ["integer", 0],
  keepAliveTimeout: ["integer", 72000],
  maxRequestsPerSocket: ["integer", 0],
  requestTimeout: ["integer", 0],
  requestIdHeader: ["header name", "request-id"],
  requestIdLogLabel: ["string", "reqId"],
  disableRequestLogging: ["boolean", false],
  bodyLimit: ["integer", 1024 * 1024],
  caseSensitive: ["boolean", true],
  allowUnsafeRegex: ["boolean", false],
  ignoreTrailingSlash: ["boolean", false],
  ignoreDuplicateSlashes: ["boolean", false],
  jsonShorthand: ["boolean", true],
  maxParamLength: ["integer", 100],
  onProtoPoisoning: ["string", "error"],
  onConstructorPoisoning: ["string", "error"],
  pluginTimeout: ["integer", 10000],
  http2SessionTimeout: ["integer", 72000],
  exposeHeadRoutes: ["boolean", true],
  useSemicolonDelimiter: ["boolean", true],
};

/** Options that would change what the host itself does: refused rather than ignored. */
const REFUSED = {
  http2: "the host speaks HTTP/2 itself",
  https: "the host terminates TLS, or the proxy in front of it",
  http: "the host owns the HTTP server",
  serverFactory: "the host owns the HTTP server",
  versioning: undefined,
  constraints: undefined,
  clientErrorHandler: "the host answers malformed requests as Fastify does by default",
  schemaController: "schemas are not compiled",
  schemaErrorFormatter: "schemas are not compiled",
};

const CHECKS = {
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  "header name": (value) => value === false || typeof value === "string",
};

function refuse(options) {
  for (const name of Object.keys(REFUSED)) {
    if (options[name]) throw unsupported(`fastify: option \`${name}\``, REFUSED[name]);
  }
}

/** Throws what Fastify throws for options of the wrong kind. */
function validate(options) {
  if (typeof options !== "object") throw new errorCodes.FST_ERR_OPTIONS_NOT_OBJ();
  const { querystringParser, ajv = {} } = options;
  if (querystringParser && typeof querystringParser !== "function") {
    throw new errorCodes.FST_ERR_QSP_NOT_FN(typeof querystringParser);
  }
  const { customOptions = {}, plugins = [] } = ajv;
  if (Object.prototype.toString.call(customOptions) !== "[object Object]") {
    throw new errorCodes.FST_ERR_AJV_CUSTOM_OPTIONS_OPT_NOT_OBJ(typeof customOptions);
  }
  if (!Array.isArray(plugins)) throw new errorCodes.FST_ERR_AJV_CUSTOM_OPTIONS_OPT_NOT_ARR(typeof plugins);
}

/**
 * The frozen `initialConfig`.
 * @param {Record<string, any>} options as the app gave them
 */
export function initialConfig(options) {
  validate(options);
  refuse(options);
  const config = {};
  // The app's own options come first, as in Fastify's object.
  const given = Object.keys(options).filter((name) => Object.hasOwn(OPTIONS, name));
  for (const name of new Set([...given, ...Object.keys(OPTIONS)])) {
    const [type, value] = OPTIONS[name];
    if (options[name] !== undefined && !CHECKS[type](options[name])) {
      const wanted = type === "header name" ? "string" : type;
      const error = new errorCodes.FST_ERR_INIT_OPTS_INVALID(JSON.stringify([`must be ${wanted}`]));
      error.errors = [{ instancePath: `/${name}`, message: `must be ${wanted}` }];
      throw error;
    }
    config[name] = options[name] ?? value;
  }
  if (typeof config.requestIdHeader === "string") {
    config.requestIdHeader = (config.requestIdHeader || "request-id").toLowerCase();
  }
  return Object.freeze(config);
}
