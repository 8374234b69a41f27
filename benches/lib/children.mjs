/**
 * The processes and the temporary folder of this run. Whatever way the run ends (done, error, signal), both are gone
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

/** Removed at exit. */
export const temporary = mkdtempSync(join(tmpdir(), "ssr-host-bench-"));

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(temporary, { recursive: true, force: true });
});
for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => process.exit(code));

/** `spawn`, remembered until the child has ended. */
export function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Asks, then insists. */
export async function stop(child) {
  if (!running.has(child)) return;
  const closed = once(child, "close");
  const insist = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
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

function collect(stream) {
  const collected = { text: "" };
  stream.setEncoding("utf8").on("data", (chunk) => (collected.text += chunk));
  return collected;
}
