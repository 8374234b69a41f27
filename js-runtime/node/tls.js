/** `node:tls`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const tls = loudModule("tls", {}, "network access is fetch()");
export const {
  checkServerIdentity, CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW, connect, convertALPNProtocols, createSecureContext,
  createSecurePair, createServer, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION,
  getCiphers, rootCertificates, SecureContext, Server, TLSSocket,
} = tls;
export default tls;
