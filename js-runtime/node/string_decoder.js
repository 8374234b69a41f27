/** `node:string_decoder`: the npm package string_decoder, Node's own code on `Buffer`. */
import { StringDecoder } from "ext:ssr_host/vendor/string_decoder.js";

export { StringDecoder };
export default { StringDecoder };
