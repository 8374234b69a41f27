/** `node:http2`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const http2 = loudModule("http2");
export const {
  connect, constants, createSecureServer, createServer, getDefaultSettings, getPackedSettings, getUnpackedSettings,
  Http2ServerRequest, Http2ServerResponse, performServerHandshake, sensitiveHeaders,
} = http2;
export default http2;
