/** `node:tty`: nothing here is a terminal. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

export function isatty() {
  return false;
}
export const ReadStream = loudFunction("tty", "ReadStream");
export const WriteStream = loudFunction("tty", "WriteStream");
export default { isatty, ReadStream, WriteStream };
