/**
 * What a route knows (fastify/lib/context.js): its handler, its hooks once the app is ready, and the classes and
 * parsers of the instance it was declared on. One per route; every request of the route shares it.
 */
import {
  kBodyLimit,
  kChildLoggerFactory,
  kContentTypeParser,
  kErrorHandler,
  kFourOhFourContext,
  kLogLevel,
  kOptions,
  kReply,
  kReplySerializerDefault,
  kRequest,
  kRouteByFastify,
} from "ext:ssr_host/fastify/symbols.js";

export class Context {
  constructor({ schema, handler, config, errorHandler, bodyLimit, server, isFastify, ...options }) {
    this.schema = schema;
    this.handler = handler;
    this.Reply = server[kReply];
    this.Request = server[kRequest];
    this.contentTypeParser = server[kContentTypeParser];
    this.onRequest = null;
    this.preParsing = null;
    this.preValidation = null;
    this.preHandler = null;
    this.preSerialization = null;
    this.onSend = null;
    this.onResponse = null;
    this.onError = null;
    this.onTimeout = null;
    this.onRequestAbort = null;
    this.config = config;
    this.errorHandler = errorHandler || server[kErrorHandler];
    this.requestIdLogLabel = server[kOptions].requestIdLogLabel;
    this.childLoggerFactory = options.childLoggerFactory || server[kChildLoggerFactory];
    this._parserOptions = { limit: bodyLimit || server[kBodyLimit] };
    this.exposeHeadRoute = options.exposeHeadRoute;
    this.prefixTrailingSlash = options.prefixTrailingSlash;
    this.logLevel = options.logLevel || server[kLogLevel];
    this.logSerializers = options.logSerializers;
    this.attachValidation = options.attachValidation;
    this[kFourOhFourContext] = null;
    this[kReplySerializerDefault] = options.replySerializer;
    this[kRouteByFastify] = isFastify;
    /** Which route it is, for the host: see `patterns` in route.js. The contexts of not-found handlers are none. */
    this.routeNumber = 0;
    this.server = server;
  }
}
