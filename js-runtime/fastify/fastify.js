/**
 * The Fastify 4 facade: the instance that `Fastify()` returns, put together from the files beside this one, which
 * carry the names of the originals in fastify/lib. Behaviour follows Fastify 4.29.1; plugins are loaded by avvio, as
 * there. Schemas, constraints, trailers, hijack and everything about sockets are refused by name.
 */
import Avvio from "ext:ssr_host/vendor/avvio.js";
import { core } from "ext:core/mod.js";
import { op_request_number, op_trust_proxy } from "ext:core/ops";
import { initialConfig } from "ext:ssr_host/fastify/config.js";
import { ContentTypeParser, contentTypeMethods } from "ext:ssr_host/fastify/content-type-parser.js";
import { Context } from "ext:ssr_host/fastify/context.js";
import { decorateMethods } from "ext:ssr_host/fastify/decorate.js";
import { defineAccessors, instanceMethods, requestIds } from "ext:ssr_host/fastify/instance.js";
import { buildErrorHandler } from "ext:ssr_host/fastify/error-handler.js";
import { errorCodes, fromAvvio } from "ext:ssr_host/fastify/errors.js";
import { buildFourOhFour } from "ext:ssr_host/fastify/four-oh-four.js";
import { Hooks, lifecycleHooks, runApplicationHooks, supportedHooks } from "ext:ssr_host/fastify/hooks.js";
import { buildLogger, defaultChildLoggerFactory, logIncoming } from "ext:ssr_host/fastify/logger.js";
import { override } from "ext:ssr_host/fastify/plugin.js";
import { parseQuery } from "ext:ssr_host/fastify/query.js";
import { isNative, pluginName } from "ext:ssr_host/fastify/native-plugin.js";
import { Reply, buildReply } from "ext:ssr_host/fastify/reply.js";
import { Request, buildRequest, buildTrustedRequest } from "ext:ssr_host/fastify/request.js";
import { buildRouting, validateBodyLimit } from "ext:ssr_host/fastify/route.js";
import { buildListen, createServer } from "ext:ssr_host/fastify/server.js";
import { QUERY } from "ext:ssr_host/reads.js";
import {
  kAvvioBoot,
  kBodyLimit,
  kChildLoggerFactory,
  kChildren,
  kContentTypeParser,
  kErrorHandler,
  kFourOhFour,
  kGenReqId,
  kHooks,
  kLogLevel,
  kLogSerializers,
  kOptions,
  kPluginNameChain,
  kRegisteredPlugins,
  kReply,
  kReplySerializerDefault,
  kRequest,
  kRoutePrefix,
  kSchemas,
  kState,
} from "ext:ssr_host/fastify/symbols.js";

const inject = core.createLazyLoader("ext:ssr_host/fastify/inject.js");

/** Native plugins that take the place of the package's code in a bundle. */
const BUNDLED = new Map(
  ["@fastify/compress", "@fastify/http-proxy", "@fastify/rate-limit", "@fastify/reply-from"].map((name) => [name, core.createLazyLoader(`node:${name}`)]),
);

/** Hooks and error handler of a route, for `printRoutes`. */
function buildPrettyMeta(route) {
  const meta = {};
  for (const name of ["errorHandler", "logLevel", "logSerializers", ...supportedHooks]) meta[name] = route.store[name];
  return meta;
}

/**
 * Creates an instance.
 * @param {Record<string, any>} [options]
 */
export function fastify(options) {
  options = options || {};
  validateBodyLimit(options.bodyLimit);
  const config = initialConfig(options);
  const { logger, hasLogger } = buildLogger(options.logger);
  options = { ...options, ...config, logger, hasLogger };
  return new App(options, config).instance;
}

/** One app: the instance, its router and its plugin loader. */
class App {
  #injected = 0;
  #closing = false;

  /** What the host has taken over of the app, and what it has not: for the start-up lines and `ssr-host check`. */
  notes = { takenOver: [], notTakenOver: [] };

  /** Names of the plugins that the host executes. */
  natives = new Set();

  constructor(options, config) {
    const query = options.querystringParser ?? parseQuery;
    this.options = options;
    this.fourOhFour = buildFourOhFour({ disableRequestLogging: options.disableRequestLogging, parseQuery });
    this.routing = buildRouting({
      options,
      parseQuery: query,
      buildPrettyMeta,
      onBadUrl: (path, exchange) => this.badUrl(path, exchange),
    });
    this.instance = this.#createInstance(config);
    this.#installAvvio();
    this.badUrlContext = new Context({ server: this.instance, config: {} });
    this.badUrlContext.parseQuery = query;
    this.instance.setNotFoundHandler();
    this.fourOhFour.arrange(this.instance);
    this.routing.setup({
      avvio: this.avvio,
      fourOhFour: this.fourOhFour,
      assertNotStarted: (message) => this.assertNotStarted(message),
    });
    if (Symbol.asyncDispose) this.instance[Symbol.asyncDispose] = () => this.instance.close();
  }

  assertNotStarted(message) {
    if (this.instance[kState].started) throw new errorCodes.FST_ERR_INSTANCE_ALREADY_LISTENING(message);
  }

  #createInstance(config) {
    const { options } = this;
    const RootRequest = this.#trustsProxy(options.trustProxy) ? buildTrustedRequest(Request, options.trustProxy) : buildRequest(Request);
    const server = createServer(options);
    const state = {
      [kState]: { listening: false, closing: false, started: false, ready: false, booting: false, readyPromise: null },
      [kOptions]: options,
      [kChildren]: [],
      [kBodyLimit]: options.bodyLimit,
      [kRoutePrefix]: "",
      [kLogLevel]: "",
      [kLogSerializers]: null,
      [kHooks]: new Hooks(),
      [kSchemas]: {},
      [kErrorHandler]: buildErrorHandler(),
      [kChildLoggerFactory]: defaultChildLoggerFactory,
      [kReplySerializerDefault]: null,
      [kContentTypeParser]: new ContentTypeParser(
        options.bodyLimit,
        options.onProtoPoisoning,
        options.onConstructorPoisoning,
      ),
      [kReply]: buildReply(Reply),
      [kRequest]: RootRequest,
      [kFourOhFour]: this.fourOhFour,
      [kRegisteredPlugins]: [],
      [kPluginNameChain]: ["fastify"],
      [kAvvioBoot]: null,
      [kGenReqId]: requestIds(options.requestIdHeader, options.genReqId),
    };
    const listen = buildListen({
      lookup: (exchange) => this.dispatch(exchange),
      routes: () => this.routing.patterns(),
      describe: () => this.describe(),
      server,
    });
    const instance = Object.assign(state, instanceMethods(this), decorateMethods, contentTypeMethods, {
      log: options.logger,
      initialConfig: config,
      server,
      listen,
    });
    return defineAccessors(instance);
  }

  /** Does the app work out who the client is? Not when the host has been told whom to trust. */
  #trustsProxy(option) {
    if (!option) return false;
    if (!op_trust_proxy(typeof option === "function" ? null : option)) return true;
    this.notes.takenOver.push("`trustProxy` of the app is without effect: [trust] of the configuration decides who the client is");
    return false;
  }

  #installAvvio() {
    const { instance } = this;
    const avvio = Avvio(instance, {
      autostart: false,
      timeout: this.options.pluginTimeout,
      expose: { use: "register" },
    });
    this.avvio = avvio;
    avvio.override = override;
    avvio.on("start", () => (instance[kState].started = true));
    instance[kAvvioBoot] = instance.ready;
    const app = this;
    const { register } = instance;
    instance.register = function (plugin, options) {
      return register.call(this, app.nativeInsteadOf(plugin), options);
    };
    instance.ready = function ready(callback) {
      return app.ready(this, callback);
    };
    instance.printPlugins = () => avvio.prettyPrint();
    avvio.once("preReady", () => {
      instance.onClose((_instance, done) => {
        instance[kState].closing = true;
        this.#closing = true;
        runApplicationHooks("preClose", instance[kAvvioBoot], instance, () => {
          instance.server.bound(null);
          process.nextTick(done, null);
        });
      });
    });
  }

  /** The plugin to load for `plugin`: a package that was bundled into the app has a native facade all the same. */
  nativeInsteadOf(plugin) {
    if (typeof plugin?.then === "function") return plugin.then((loaded) => this.nativeInsteadOf(loaded));
    const fn = typeof plugin?.default === "function" ? plugin.default : plugin;
    const name = typeof fn === "function" ? pluginName(fn) : undefined;
    if (name === undefined) return plugin;
    if (isNative(fn)) {
      this.natives.add(name);
      return plugin;
    }
    const facade = BUNDLED.get(name);
    if (facade === undefined) return plugin;
    this.natives.add(name);
    this.notes.takenOver.push(`${name}: bundled into the app, executed by the host`);
    return facade().default;
  }

  /** Loads the plugins, then runs the onReady hooks; once, however often it is asked for. */
  ready(server, callback) {
    const { instance } = this;
    const state = instance[kState];
    if (state.readyPromise === null) {
      const { promise, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
      state.readyPromise = promise;
      const finish = (error) => {
        if (error) return reject(fromAvvio(error));
        resolve(instance);
        state.booting = false;
        state.ready = true;
      };
      process.nextTick(() => {
        instance[kAvvioBoot]((error, done) => {
          if (error || state.started || state.ready || state.booting) {
            finish(error);
          } else {
            state.booting = true;
            runApplicationHooks("onReady", instance[kAvvioBoot], instance, finish);
          }
          done();
        });
      });
    }
    if (callback == null) return state.readyPromise;
    state.readyPromise.then(() => callback(null, instance), callback);
  }

  /** Every request begins here, from the bridge or from `inject`. */
  dispatch(exchange) {
    const { rewriteUrl } = this.options;
    if (rewriteUrl) {
      const url = rewriteUrl.call(this.instance, exchange.incoming);
      if (typeof url !== "string") throw new errorCodes.FST_ERR_ROUTE_REWRITE_NOT_STR(exchange.url, typeof url);
      exchange.originalUrl = exchange.url;
      exchange.incoming.url = url;
      exchange.url = url;
    }
    if (this.#closing && this.options.return503OnClosing !== false) refuseWhileClosing(exchange, this.options.logger);
    else this.routing.lookup(exchange);
  }

  /** A URL that cannot be decoded: no route, no hooks. */
  badUrl(path, exchange) {
    // The answer says it, query and all.
    exchange.reads?.add(QUERY);
    const { frameworkErrors, logger, hasLogger, disableRequestLogging } = this.options;
    if (frameworkErrors) {
      const context = this.badUrlContext;
      const request = new context.Request(exchange, null, null, context);
      const reply = new context.Reply(exchange, request);
      if (disableRequestLogging === false && hasLogger) logIncoming(logger, context, request);
      return frameworkErrors(new errorCodes.FST_ERR_BAD_URL(path), request, reply);
    }
    const body = `{"error":"Bad Request","code":"FST_ERR_BAD_URL","message":"'${path}' is not a valid url component","statusCode":400}`;
    exchange.respond(400, { "content-type": "application/json", "content-length": `${body.length}` }, body);
  }

  inject(server, options, callback) {
    const { started, closing } = this.instance[kState];
    if (started && closing) {
      const error = new errorCodes.FST_ERR_REOPENED_CLOSE_SERVER();
      return callback ? void callback(error) : Promise.reject(error);
    }
    const dispatch = (exchange) => this.dispatch(exchange);
    // Requests of the host have one count for all isolates; an instance that does not listen counts its own, as in Fastify.
    const nextNumber = () => (this.instance[kState].listening ? op_request_number() : ++this.#injected);
    const ready = started ? null : () => server.ready();
    return inject().inject({ dispatch, nextNumber, ready }, options, callback);
  }

  /** What the app registered, for `ssr-host check`. */
  describe() {
    const hooks = {};
    for (const name of lifecycleHooks) {
      const { length } = this.instance[kHooks][name];
      if (length > 0) hooks[name] = length;
    }
    return { routes: this.routing.list(), hooks, plugins: [...this.natives], ...this.notes };
  }
}

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

function refuseWhileClosing(exchange, logger) {
  const body = '{"error":"Service Unavailable","message":"Service Unavailable","statusCode":503}';
  exchange.respond(503, { connection: "close", "content-type": "application/json", "content-length": "80" }, body);
  logger.info({ res: { statusCode: 503 } }, "request aborted - refusing to accept new requests as server is closing");
}

fastify.fastify = fastify;
fastify.default = fastify;
fastify.errorCodes = errorCodes;

export { errorCodes };
export default fastify;
