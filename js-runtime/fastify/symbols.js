/**
 * The symbols under which the facade keeps its state on the instance, the request and the reply, with the names of
 * fastify/lib/symbols.js. Only what the facade uses is here.
 */
export const kAvvioBoot = Symbol("fastify.avvioBoot");
export const kChildren = Symbol("fastify.children");
export const kBodyLimit = Symbol("fastify.bodyLimit");
export const kRoutePrefix = Symbol("fastify.routePrefix");
export const kLogLevel = Symbol("fastify.logLevel");
export const kLogSerializers = Symbol("fastify.logSerializers");
export const kHooks = Symbol("fastify.hooks");
export const kContentTypeParser = Symbol("fastify.contentTypeParser");
export const kState = Symbol("fastify.state");
export const kOptions = Symbol("fastify.options");
export const kDisableRequestLogging = Symbol("fastify.disableRequestLogging");
export const kPluginNameChain = Symbol("fastify.pluginNameChain");
export const kRegisteredPlugins = Symbol.for("registered-plugin");
export const kRouteContext = Symbol("fastify.context");
export const kGenReqId = Symbol("fastify.genReqId");
export const kSchemas = Symbol("fastify.schemas");
export const kErrorHandler = Symbol("fastify.errorHandler");
export const kChildLoggerFactory = Symbol("fastify.childLoggerFactory");
export const kHasBeenDecorated = Symbol("fastify.hasBeenDecorated");
export const kRouteByFastify = Symbol("fastify.routeByFastify");
export const kExchange = Symbol("fastify.exchange");

// Request
export const kRequest = Symbol("fastify.Request");
export const kRequestId = Symbol("fastify.request.id");
export const kRequestLog = Symbol("fastify.request.log");
export const kRequestQuery = Symbol("fastify.request.query");
export const kRequestPayloadStream = Symbol("fastify.RequestPayloadStream");

// 404
export const kFourOhFour = Symbol("fastify.404");
export const kCanSetNotFoundHandler = Symbol("fastify.canSetNotFoundHandler");
export const kFourOhFourLevelInstance = Symbol("fastify.404LogLevelInstance");
export const kFourOhFourContext = Symbol("fastify.404ContextKey");

// Reply
export const kReply = Symbol("fastify.Reply");
export const kReplySerializer = Symbol("fastify.reply.serializer");
export const kReplySerializerDefault = Symbol("fastify.replySerializerDefault");
export const kReplyIsError = Symbol("fastify.reply.isError");
export const kReplyHeaders = Symbol("fastify.reply.headers");
export const kReplyHasStatusCode = Symbol("fastify.reply.hasStatusCode");
export const kReplyStartTime = Symbol("fastify.reply.startTime");
export const kReplyEndTime = Symbol("fastify.reply.endTime");
export const kReplyNextErrorHandler = Symbol("fastify.reply.nextErrorHandler");
export const kReplyResponded = Symbol("fastify.reply.responded");
export const kReplyIsRunningOnErrorHook = Symbol("fastify.reply.isRunningOnErrorHook");
/** Of a payload whose bytes the host has: gives the host's handle, when it is still whole. */
export const kTakeBody = Symbol("fastify.takeBody");
