/** `node:punycode` (deprecated in Node): the npm package punycode. */
import punycode from "ext:ssr_host/vendor/punycode.js";

export const { decode, encode, toASCII, toUnicode, ucs2, version } = punycode;
export default punycode;
