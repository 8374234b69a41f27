/** The servers of `crates/host/benches/hit.rs`: a page in memory, behind ssr-host's layers (`host`) or a bare axum handler (`bare`). */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { start, stop } from "./children.mjs";

/** `args`: which of the servers, and what it is told. */
export async function startHitServer(binary, args, cpus) {
  const child = start("taskset", ["-c", cpus.join(","), binary, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { pid: child.pid, port: Number(line.trim().split(":").at(-1)), stop: () => stop(child) };
}

/** @returns {string} path of the program */
export function buildHitServer() {
  const args = ["bench", "--package", "ssr-host", "--bench", "hit", "--no-run", "--message-format", "json"];
  const messages = execFileSync("cargo", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 });
  const built = messages.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return built.find(({ executable, target }) => executable && target.name === "hit").executable;
}
