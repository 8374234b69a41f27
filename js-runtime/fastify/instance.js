/**
 * The instance's own methods and properties: what an app calls while it declares itself. Each is a few lines over
 * the app's parts (router, hooks, not-found handlers); loading, dispatch and closing are in fastify.js.
 */
import { buildErrorHandler } from "ext:ssr_host/fastify/error-handler.js";
import { errorCodes, unsupported } from "ext:ssr_host/fastify/errors.js";
import { assertAsyncArity, supportedHooks } from "ext:ssr_host/fastify/hooks.js";
import { takeOver } from "ext:ssr_host/fastify/library-limiter.js";
import { supportedMethods } from "ext:ssr_host/fastify/route.js";
import {
  kChildLoggerFactory,
  kChildren,
  kErrorHandler,
  kGenReqId,
  kHooks,
  kPluginNameChain,
  kRegisteredPlugins,
  kReplySerializerDefault,
  kRoutePrefix,
  kSchemas,
} from "ext:ssr_host/fastify/symbols.js";

const VERSION = "4.29.1";
const MAX_REQUEST_NUMBER = 2147483647;

const SHORTHANDS = ["delete", "get", "head", "patch", "post", "put", "options"];

/** Methods of Fastify that need what the host does not have. */
const REFUSED_METHODS = {
  routing: "requests come from the host",
  setValidatorCompiler: "schemas are not compiled",
  setSerializerCompiler: "schemas are not compiled",
  setSchemaController: "schemas are not compiled",
  setSchemaErrorFormatter: "schemas are not compiled",
  addConstraintStrategy: undefined,
  getDefaultRoute: undefined,
  setDefaultRoute: undefined,
};

/** Filled in by avvio. */
const LOADER_METHODS = { register: null, after: null, ready: null, onClose: null, close: null, printPlugins: null };

/**
 * How ids of requests are made: the request-id header if there is one, then the app's function, then `req-1`.
 * @param {string | false} header
 * @param {Function} [custom]
 */
export function requestIds(header, custom) {
  return {
    isCustom: custom !== undefined,
    generate(exchange) {
      const given = header && exchange.header(header);
      if (given) return given;
      if (custom !== undefined) return custom(exchange.incoming);
      return `req-${(exchange.requestNumber() & MAX_REQUEST_NUMBER).toString(36)}`;
    },
  };
}

/** Adds a hook to a context and to those inside it. */
function addToAll(server, name, fn) {
  server[kHooks].add(name, fn);
  for (const child of server[kChildren]) addToAll(child, name, fn);
}

/** `printRoutes({ includeHooks: true })` */
function withHooks(options) {
  if (!options.includeHooks) return options;
  return { ...options, includeMeta: options.includeMeta ? supportedHooks.concat(options.includeMeta) : supportedHooks };
}

/** Methods that declare or find routes; `this` is the instance or a child of it. */
function routeMethods({ routing }) {
  const methods = {
    route(options) {
      return routing.route(this, options);
    },
    all(url, options, handler) {
      return routing.prepareRoute(this, { method: supportedMethods, url, options, handler });
    },
    hasRoute: (options) => routing.hasRoute(options),
    findRoute: (options) => routing.findRoute(options),
    printRoutes: (options = {}) => routing.printRoutes(withHooks(options)),
    hasConstraintStrategy: (name) => routing.hasConstraintStrategy(name),
  };
  for (const name of SHORTHANDS) {
    methods[name] = function (url, options, handler) {
      return routing.prepareRoute(this, { method: name.toUpperCase(), url, options, handler });
    };
  }
  return methods;
}

/** Methods that change what a context does, refused once the app is started. */
function settingMethods(app) {
  const setters = {
    setReplySerializer(serializer) {
      this[kReplySerializerDefault] = serializer;
    },
    setErrorHandler(handler) {
      if (typeof handler !== "function") throw new errorCodes.FST_ERR_ERROR_HANDLER_NOT_FN();
      this[kErrorHandler] = buildErrorHandler(this[kErrorHandler], handler.bind(this));
    },
    setNotFoundHandler(options, handler) {
      app.fourOhFour.setHandler(this, options, handler, app.avvio);
    },
    setChildLoggerFactory(factory) {
      this[kChildLoggerFactory] = factory;
    },
    setGenReqId(fn) {
      this[kGenReqId] = requestIds(app.options.requestIdHeader, fn);
    },
    addHook(name, fn) {
      if (fn == null) throw new errorCodes.FST_ERR_HOOK_INVALID_HANDLER(name, fn);
      assertAsyncArity(name, fn);
      if (name === "onRequest" && typeof fn === "function") fn = takeOver(fn, this, app.notes);
      if (name === "onClose") {
        this.onClose(fn.bind(this));
      } else if (name === "onReady" || name === "onListen" || name === "onRoute") {
        this[kHooks].add(name, fn);
      } else {
        this.after((error, done) => {
          addToAll(this, name, fn);
          done(error);
        });
      }
    },
    /** Schemas are kept for `getSchema`; a route that would be validated by one is refused. */
    addSchema(schema) {
      const id = schema?.$id;
      if (!id) throw new errorCodes.FST_ERR_SCH_MISSING_ID();
      if (this[kSchemas][id]) throw new errorCodes.FST_ERR_SCH_ALREADY_PRESENT(id);
      this[kSchemas][id] = structuredClone(schema);
      for (const child of this[kChildren]) child.addSchema(schema);
    },
  };
  const methods = {};
  for (const name of Object.keys(setters)) {
    methods[name] = function (...args) {
      app.assertNotStarted(`Cannot call "${name}"!`);
      setters[name].apply(this, args);
      return this;
    };
  }
  return methods;
}

/** Methods that ask. */
function questionMethods(app) {
  return {
    withTypeProvider() {
      return this;
    },
    getSchema(id) {
      return this[kSchemas][id];
    },
    getSchemas() {
      return { ...this[kSchemas] };
    },
    hasPlugin(name) {
      return this[kRegisteredPlugins].includes(name) || this[kPluginNameChain].includes(name);
    },
    addresses() {
      return [this.server.address()].filter((address) => address);
    },
    inject(options, callback) {
      return app.inject(this, options, callback);
    },
  };
}

/**
 * All methods of an instance of `app`.
 * @param {any} app
 */
export function instanceMethods(app) {
  const methods = { ...routeMethods(app), ...settingMethods(app), ...questionMethods(app), ...LOADER_METHODS };
  for (const name of Object.keys(REFUSED_METHODS)) {
    methods[name] = () => {
      throw unsupported(`fastify: \`fastify.${name}()\``, REFUSED_METHODS[name]);
    };
  }
  return methods;
}

/** name → value of the read-only properties */
const ACCESSORS = {
  listeningOrigin(instance) {
    const { address, family, port } = instance.addresses().at(-1);
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  },
  pluginName: (instance) => instance[kPluginNameChain].join(" -> "),
  prefix: (instance) => instance[kRoutePrefix],
  childLoggerFactory: (instance) => instance[kChildLoggerFactory],
  version: () => VERSION,
  errorHandler: (instance) => instance[kErrorHandler].func,
  // Of a schema compiler there is none, as long as the app sets none.
  validatorCompiler: () => undefined,
  serializerCompiler: () => undefined,
  genReqId(instance) {
    const { generate } = instance[kGenReqId];
    return (message) => generate({ header: (name) => message.headers[name], incoming: message });
  },
};

/** Defines the read-only properties of an instance. */
export function defineAccessors(instance) {
  for (const name of Object.keys(ACCESSORS)) {
    Object.defineProperty(instance, name, {
      configurable: true,
      get() {
        return ACCESSORS[name](this);
      },
    });
  }
  return instance;
}
