/**
 * A private network as Fly has it: IPv6 addresses below `fdaa:`, everyone in a network namespace of his own, on one bridge. The script itself
 * is on it too, as a visitor and as the name server. It must have been put inside (`inside.mjs`) before.
 */
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where names are asked for on Fly's private network. */
export const NAME_SERVER = "fdaa::3";
const VISITOR = "fdaa:0:1::1";

/** Files of the network: in memory, seen by nobody outside, gone with the rest. The directory itself is on every Linux. */
const FOLDER = "/dev/shm";

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Looks at `probe` until it gives something that counts; throws when it does not in time. */
export async function until(what, probe, ms) {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`not in ${ms} ms: ${what}`);
    await sleep(20);
  }
}

export class Network {
  #places = 0;

  constructor() {
    command("mount", "-t", "tmpfs", "tmpfs", FOLDER);
    ip("link set lo up");
    // With an address of its own: otherwise it takes one of its ports', another one whenever a machine comes or goes.
    ip("link add bridge address 02:00:00:00:00:01 type bridge mcast_snooping 0 forward_delay 0");
    ip("link set bridge up");
    ip(`addr add ${VISITOR}/16 dev bridge nodad`);
    this.alias(NAME_SERVER);
    this.resolvConf = this.file("resolv.conf", `nameserver ${NAME_SERVER}\noptions timeout:2 attempts:2\n`);
  }

  /** A file that everyone on the network can read. */
  file(name, text) {
    const path = join(FOLDER, name);
    writeFileSync(path, text);
    return path;
  }

  /** One more address of the script itself, from which it asks nobody. */
  alias(address) {
    ip(`addr add ${address}/16 dev bridge nodad preferred_lft 0`);
  }

  /**
   * Somebody new on the network, with this address.
   * @param {string} address
   */
  async join(address) {
    const port = `port${(this.#places += 1)}`;
    const setUp = 'mount --bind "$0" /etc/resolv.conf && ip link set lo up && echo up && exec sleep infinity';
    const holder = new Process("namespace", "unshare", ["--net", "--mount", "sh", "-c", setUp, this.resolvConf]);
    await holder.says(/up/);
    ip(`link add ${port} type veth peer name eth0 netns ${holder.pid}`);
    ip(`link set ${port} master bridge up`);
    const place = new Place(address, holder, port);
    place.do("ip", "addr", "add", `${address}/16`, "dev", "eth0", "nodad");
    place.do("ip", "link", "set", "eth0", "up");
    return place;
  }

  /** All of it goes. Whoever has joined must have left. */
  end() {
    ip("link del bridge");
    command("umount", FOLDER);
  }
}

/** A network namespace. */
class Place {
  constructor(address, holder, port) {
    Object.assign(this, { address, holder, port });
    this.enter = ["-t", String(holder.pid), "--net", "--mount"];
  }

  /** Runs a command in here, to its end. */
  do(...words) {
    return command("nsenter", ...this.enter, ...words);
  }

  /** Starts a program in here. */
  start(name, program, args, env) {
    return new Process(name, "nsenter", [...this.enter, program, ...args], env);
  }

  /** From now on nothing gets in or out, and nobody is told: what is lost on the way looks like that. */
  cutOff() {
    this.do("nft", "add table inet cut; add chain inet cut in { type filter hook input priority 0; policy drop; };" +
      // Whoever is next on the wire is still found: it is the way that is interrupted, not the machine that is gone.
      " add rule inet cut in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept;" +
      " add chain inet cut out { type filter hook output priority 0; policy drop; };" +
      " add rule inet cut out icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept");
  }

  /** As before. */
  reconnect() {
    this.do("nft", "delete", "table", "inet", "cut");
  }

  /** The machine is gone; its address answers nothing any more. */
  async leave() {
    ip(`link del ${this.port}`);
    await this.holder.stop("SIGKILL");
  }
}

/** A program that runs. */
export class Process {
  stdout = "";
  stderr = "";
  #lines = [];

  constructor(name, program, args, env = {}) {
    this.name = name;
    const { PATH, HOME } = process.env;
    this.child = spawn(program, args, { env: { PATH, HOME, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.pid = this.child.pid;
    for (const stream of ["stdout", "stderr"]) this.child[stream].setEncoding("utf8").on("data", (text) => this.#read(stream, text)).unref();
    // A script that has failed need not stop what it has started: all of that ends with it.
    this.child.unref();
    this.exited = new Promise((done) => this.child.on("exit", (code, signal) => done(signal ?? code)));
  }

  /** Calls `listener` with each further line of stdout, which is then not kept. */
  onLine(listener) {
    this.#lines.push(listener);
  }

  #read(stream, text) {
    this[stream] += text;
    if (stream === "stderr" || this.#lines.length === 0) return;
    const lines = this.stdout.split("\n");
    this.stdout = lines.pop();
    for (const line of lines) for (const listener of this.#lines) listener(line);
  }

  /** Waits for what it says when it is ready. */
  async says(pattern) {
    const said = () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
    await until(`${this.name} says ${pattern}`, () => said() ?? this.hasEnded, START_TIMEOUT_MS).catch((error) => this.fail(error.message));
    return said() ?? this.fail("ended at once");
  }

  fail(message) {
    throw new Error(`${this.name}: ${message}\n${this.stdout.slice(-2000)}${this.stderr.slice(-2000)}`);
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(signal) {
    if (!this.hasEnded) process.kill(this.pid, signal);
  }

  /** Ends it, if need be by force, and gives how it ended. */
  async stop(signal = "SIGTERM") {
    this.signal(signal);
    const forced = setTimeout(() => this.signal("SIGKILL"), STOP_TIMEOUT_MS);
    const how = await this.exited;
    clearTimeout(forced);
    return how;
  }
}

function command(program, ...args) {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

const ip = (words) => command("ip", ...words.split(" "));
