/**
 * `@fastify/reply-from` 9: gives replies the method `from` (from.js).
 */
import { OPTIONS, REFUSED, registerFrom } from "ext:ssr_host/fastify/from.js";
import { nativePlugin, refuseOptions } from "ext:ssr_host/fastify/native-plugin.js";

function fastifyReplyFrom(fastify, options, next) {
  try {
    refuseOptions("@fastify/reply-from", options, OPTIONS, REFUSED);
    registerFrom(fastify, options, "@fastify/reply-from");
    next();
  } catch (error) {
    next(error);
  }
}

export default nativePlugin(fastifyReplyFrom, "@fastify/reply-from", "fastifyReplyFrom");
export { fastifyReplyFrom };
