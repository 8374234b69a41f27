/** `node:vm`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const vm = loudModule("vm");
export const {
  compileFunction, constants, createContext, createScript, isContext, measureMemory, runInContext, runInNewContext,
  runInThisContext, Script,
} = vm;
export default vm;
