/** `node:https`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const https = loudModule("https", {}, "use fetch()");
export const {
  Agent, createServer, get, globalAgent, request, Server,
} = https;
export default https;
