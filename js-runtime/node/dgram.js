/** `node:dgram`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const dgram = loudModule("dgram", {}, "network access is fetch()");
export const {
  createSocket, Socket,
} = dgram;
export default dgram;
