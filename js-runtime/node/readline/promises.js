/** `node:readline/promises`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const readlinePromises = loudModule("readline/promises", {}, "nothing here is a terminal");
export const {
  createInterface, Interface, Readline,
} = readlinePromises;
export default readlinePromises;
