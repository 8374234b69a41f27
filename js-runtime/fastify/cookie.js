/**
 * `@fastify/cookie` 9.4, the package itself (vendor/fastify-cookie.js) but for one thing: where `request.cookies` comes from, so
 * that it is known which cookies a page has read (cookies.js).
 */
import { nativePlugin } from "ext:ssr_host/fastify/native-plugin.js";
import fastifyCookie from "ext:ssr_host/vendor/fastify-cookie.js";

export const { serialize, parse, signerFactory, Signer, sign, unsign } = fastifyCookie;
export default nativePlugin(fastifyCookie, "@fastify/cookie", "fastifyCookie");
export { fastifyCookie };
