/** `node:stream/promises`. */
import Stream from "ext:ssr_host/vendor/readable-stream.js";

const { promises } = Stream;
export const { finished, pipeline } = promises;
export default promises;
