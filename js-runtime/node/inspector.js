/** `node:inspector`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const inspector = loudModule("inspector");
export const {
  close, console, Network, open, Session, url, waitForDebugger,
} = inspector;
export default inspector;
