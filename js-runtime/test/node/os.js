import os, { EOL, constants, devNull } from "node:os";
import nodeConstants from "node:constants";
import { show } from "./support/show.js";

show("strings", () => [EOL, devNull, os.platform() === process.platform, os.arch() === process.arch, os.endianness(), os.type()]);
show("hostname", () => typeof os.hostname() === "string" && os.hostname().length > 0);
show("cpus", () => [os.cpus().length > 0, os.availableParallelism() > 0]);
show("totalmem", () => os.totalmem() > 0);
show("tmpdir", () => {
  const saved = process.env.TMPDIR;
  process.env.TMPDIR = "/some/where/";
  const result = os.tmpdir();
  if (saved === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = saved;
  return result;
});
show("homedir", () => {
  const saved = process.env.HOME;
  process.env.HOME = "/home/x";
  const result = os.homedir();
  if (saved === undefined) delete process.env.HOME;
  else process.env.HOME = saved;
  return result;
});
show("toPrimitive", () => [`${os.platform}` === process.platform, `${os.EOL}`]);
show("signals", () => [constants.signals.SIGTERM, constants.signals.SIGINT, constants.errno.ENOENT, constants.priority.PRIORITY_LOW]);
show("node:constants", () => [nodeConstants.SIGTERM, nodeConstants.ENOENT, nodeConstants.O_RDONLY, nodeConstants.S_IFMT]);
