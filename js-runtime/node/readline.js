/** `node:readline`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const readline = loudModule("readline", {}, "nothing here is a terminal");
export const {
  clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, Interface, moveCursor, promises,
} = readline;
export default readline;
