/** The id of a request, made when it is first asked for. `request.id` is the app's way to it, and is noted as a read. */
import { kExchange, kGenReqId, kRequestId } from "ext:ssr_host/fastify/symbols.js";
import { aside, unrecorded } from "ext:ssr_host/reads.js";

/** The id, for whoever does not answer with it. */
export function requestId(request) {
  return (request[kRequestId] ??= make(request[kExchange], request.server[kGenReqId]));
}

function make(exchange, { generate, isCustom }) {
  if (exchange.reads === null) return generate(exchange);
  return isCustom ? aside(exchange.incoming, [], () => generate(exchange)) : unrecorded(() => generate(exchange));
}
