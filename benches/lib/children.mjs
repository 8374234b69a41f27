/**
 * The processes and the temporary folders of this run. Whatever way the run ends (done, error, signal), both are gone
 * afterwards; only SIGKILL of this process itself leaves them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STOP_MS = 5000;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const running = new Set();
const folders = [];

process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const [name, code] of Object.entries(SIGNALS)) process.on(name, () => process.exit(code));

/** A new folder, removed at exit. */
export function temporaryFolder(parent) {
  const folder = mkdtempSync(join(parent, "ssr-host-bench-"));
  folders.push(folder);
  return folder;
}

/** Removed at exit. */
export const temporary = temporaryFolder(tmpdir());

/** `spawn`, remembered until the child has ended. A child with children of its own is to be `detached`: they all end together. */
export function start(command, args, options) {
  const child = spawn(command, args, options);
  child.leadsGroup = options.detached;
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Asks, then insists. */
export async function stop(child) {
  if (!running.has(child)) return;
  const closed = once(child, "close");
  const insist = setTimeout(() => signal(child, "SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  await closed;
  clearTimeout(insist);
}

/** Runs a program to its end and returns its standard output. Ends it after `limit` seconds. */
export async function run(command, args, limit) {
  const child = start(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: limit * 1000, killSignal: "SIGKILL" });
  const [output, errors] = [child.stdout, child.stderr].map(collect);
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? code}\n${output.text}${errors.text}`);
  return output.text;
}

function signal(child, name) {
  if (!child.leadsGroup) return void child.kill(name);
  try {
    process.kill(-child.pid, name);
  } catch {
    // All of them have ended.
  }
}

function collect(stream) {
  const collected = { text: "" };
  stream.setEncoding("utf8").on("data", (chunk) => (collected.text += chunk));
  return collected;
}
