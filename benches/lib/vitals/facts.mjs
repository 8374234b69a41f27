/** What the figures were measured on and with. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { hostBinary, REPOSITORY } from "../../../tests/parity/support/servers.mjs";

/** @returns {Record<string, string>} name and value, in order */
export function facts() {
  const run = (command, ...args) => execFileSync(command, args, { encoding: "utf8" }).trim();
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, "examples/blog/node_modules/fastify/package.json"), "utf8"));
  return {
    date: new Date().toISOString().slice(0, 10),
    CPU: `${cpus()[0].model.trim()}, ${cpus().length} cores, which server and browser share`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `${type()} ${release()}`,
    "ssr-host": run(hostBinary(), "--version").replace(/^ssr-host /, ""),
    Node: process.version,
    Fastify: version,
  };
}
