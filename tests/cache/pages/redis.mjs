/** A Redis of a test's own, on a Unix socket in a folder of its own. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./ask.mjs";

const run = promisify(execFile);

export class Redis {
  #folder = mkdtempSync(join(tmpdir(), "ssr-host-redis-"));
  #process;

  static async start() {
    const redis = new Redis();
    process.on("exit", () => redis.#end());
    await redis.begin();
    return redis;
  }

  get url() {
    return `unix://${this.#socket}`;
  }

  get #socket() {
    return join(this.#folder, "socket");
  }

  /** Starts it, with nothing in it. */
  async begin() {
    const words = ["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", this.#socket, "--dir", this.#folder];
    this.#process = spawn("redis-server", words, { stdio: "ignore" });
    await until("redis-server answers", () => this.command("PING").catch(() => undefined));
  }

  /** Ends it without warning. */
  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#end();
    await exited;
  }

  signal(name) {
    this.#process.kill(name);
  }

  async command(...words) {
    const { stdout } = await run("redis-cli", ["-s", this.#socket, "-e", ...words.map(String)]);
    return stdout.trimEnd();
  }

  async stop() {
    await this.end();
    rmSync(this.#folder, { recursive: true });
  }

  /** Also one that is stopped by a signal. */
  #end() {
    this.#process.kill("SIGKILL");
  }
}
