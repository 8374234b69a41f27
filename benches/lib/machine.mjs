/** What the figures were measured on and with. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { ROOT } from "./prepare.mjs";
import { allowedCpus } from "./proc.mjs";

/** @returns {Record<string, string>} name and value, in order */
export function machineFacts({ binary, entries }) {
  return {
    ...facts(binary, entries.blog),
    "isomorphic-dompurify": packageVersion(entries.sanitize, "isomorphic-dompurify"),
    wrk: output("wrk", "-v").match(/wrk\s+(\S+)/)?.[1] ?? "unknown",
  };
}

/** Those that every comparison has: of the machine, ssr-host, Node, and the Fastify of the app at `entry`. */
export function facts(binary, entry) {
  const allowed = allowedCpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    CPU: `${cpus()[0].model.trim()}, ${allowed.length} cores${sharesCore(allowed) ? " (the two used per core are threads of one)" : ""}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `${type()} ${release()}`,
    "ssr-host": `${output(binary, "--version").replace(/^ssr-host /, "")}, commit ${commit()}`,
    Node: `${process.version}, V8 ${process.versions.v8}`,
    Fastify: packageVersion(entry, "fastify"),
  };
}

/** Two hardware threads of one core slow each other down. */
function sharesCore([first, second]) {
  const siblings = (cpu) => readOr("", `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
  return siblings(first) !== "" && siblings(first) === siblings(second);
}

function commit() {
  try {
    return output("git", "-C", ROOT, "describe", "--always", "--dirty");
  } catch {
    return "unknown";
  }
}

function packageVersion(entry, name) {
  return JSON.parse(readFileSync(join(entry, "../../../node_modules", name, "package.json"), "utf8")).version;
}

function output(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch (error) {
    // `wrk -v` prints its version and fails.
    if (error.stdout) return error.stdout.trim();
    throw error;
  }
}

function readOr(otherwise, path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return otherwise;
  }
}
