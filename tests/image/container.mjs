/**
 * Runs the image without Docker: its files read-only, in namespaces of its own, as PID 1 and nobody's root, with the environment, user,
 * directory and command that the Dockerfile says. What Docker adds to a container is added here, and nothing else.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hostBinary, need, REPOSITORY } from "../parity/support/servers.mjs";
import { readDockerfile, runtime } from "./dockerfile.mjs";

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

/** The stage `image` of the Dockerfile: what containers start with. */
export const IMAGE = runtime(readDockerfile(join(REPOSITORY, "docker/Dockerfile")), "image");

/** What Docker puts into every container, empty, before it mounts something there. */
const MOUNT_POINTS = ["proc", "sys", "dev"];
const MOUNTED_FILES = ["etc/resolv.conf", "etc/hosts", "etc/hostname"];

/** As root in new namespaces: the mounts of a container, then the program in their midst. `$0` is the root, `$1` whether there is /proc. */
const INSIDE = `
set -e
mount --bind "$0" "$0"
if [ "$1" = proc ]; then mount -t proc -o nosuid,nodev,noexec proc "$0/proc"; fi
mount -t tmpfs -o nosuid,noexec,mode=755 tmpfs "$0/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "$0/dev/\${device%:*}" c 1 "\${device#*:}"; done
mount -o remount,ro "$0/dev"
mount -o remount,bind,ro,nosuid,nodev "$0"
root="$0" user="$2" group="$3" directory="$4"
shift 4
exec setpriv --clear-groups --no-new-privs unshare --root="$root" --wd="$directory" --setgid="$group" --setuid="$user" "$@"
`;

/** What is left when the tests end, however they do: processes first, then folders. */
const processes = new Set();
const folders = new Set();
process.on("exit", () => {
  for (const child of processes) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes with the tests. */
export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `ssr-host-image-${name}-`));
  folders.add(folder);
  return folder;
}

/**
 * The files of the image with this app.
 * @param {string} app its directory
 * @param {...string} options of docker/rootfs
 * @returns {{root: string, output: string}} and what docker/rootfs prints
 */
export function assemble(app, ...options) {
  if (process.getuid() !== 0) throw new Error("a container needs root: run the tests as root, or with `sudo -E`");
  need(join(app, "dist/server/index.js"), "build the app");
  const root = join(scratch("files"), "root");
  const output = execFileSync(join(REPOSITORY, "docker/rootfs"), ["--binary", hostBinary(), "--app", app, ...options, root], { encoding: "utf8" });
  return { root, output };
}

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A running container. */
export class Container {
  output = "";

  /**
   * @param {string} image its files; containers do not see each other's changes, there are none
   * @param {{env?: Record<string, string>, files?: Record<string, string>, proc?: boolean, trace?: string}} [options] `files` are there as if
   *   mounted, `trace` is where strace writes
   */
  static async start(image, { env = {}, files = {}, proc = true, trace } = {}) {
    const container = new Container();
    container.port = await freePort();
    container.env = { ...IMAGE.env, PORT: String(container.port), ...env };
    container.root = prepare(image, files);
    const [user, group] = IMAGE.user.split(":");
    const command = [...IMAGE.entrypoint, ...IMAGE.cmd];
    const namespaces = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-c", INSIDE];
    const strace = trace ? ["strace", "-f", "-o", trace, "-e", "trace=%file,%process,socket,connect"] : [];
    const [program, ...args] = [...strace, ...namespaces, container.root, proc ? "proc" : "", user, group, IMAGE.workdir, ...command];
    container.#spawn(program, args);
    await container.#ready();
    return container;
  }

  #spawn(program, args) {
    // `env` of the shell that mounts as well: it needs nothing but a path.
    const env = { PATH: process.env.PATH, ...this.env };
    this.process = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.setEncoding("utf8").on("data", (text) => (this.output += text));
    processes.add(this.process);
    this.exited = new Promise((done) => this.process.on("exit", (code, signal) => done(signal ?? code)));
  }

  async #ready() {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!/ready in/.test(this.output)) {
      const ended = this.process.exitCode ?? this.process.signalCode;
      if (ended !== null || Date.now() > deadline) throw new Error(`the container ${ended !== null ? `ended (${ended})` : "does not start"}\n${this.output}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
    this.pid = lastChild(this.process.pid);
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Runs a program of the image inside, as `docker exec` does: its exit code and what it prints. */
  async run(...command) {
    const [user, group] = IMAGE.user.split(":");
    const enter = ["--target", String(this.pid), "--mount", "--pid", "--ipc", "--root", "--wd", "--setgid", group, "--setuid", user];
    const child = spawn("nsenter", [...enter, ...command], { env: this.env, stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    const code = await new Promise((done, failed) => child.on("error", failed).on("close", (code, signal) => done(signal ?? code)));
    return { code, output };
  }

  /** @param {NodeJS.Signals} signal to PID 1 */
  signal(signal) {
    process.kill(this.pid, signal);
  }

  /** Waits until it has ended by itself: its exit code. */
  async ended() {
    const late = AbortSignal.timeout(STOP_TIMEOUT_MS);
    const tooLate = new Promise((_, reject) => late.addEventListener("abort", () => reject(new Error(`it runs on after ${STOP_TIMEOUT_MS} ms\n${this.output}`))));
    return Promise.race([this.exited, tooLate]);
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) this.signal("SIGKILL");
    await this.exited;
    rmSync(dirname(this.root), { recursive: true, force: true });
  }
}

/** The image's files (hard links: none is written), with what is mounted into every container. */
function prepare(image, files) {
  const root = join(scratch("container"), "root");
  execFileSync("cp", ["-al", image, root]);
  for (const directory of MOUNT_POINTS) mkdirSync(join(root, directory));
  const resolv = existsSync("/etc/resolv.conf") ? readFileSync("/etc/resolv.conf", "utf8") : "";
  const mounted = Object.fromEntries(MOUNTED_FILES.map((path) => [path, ""]));
  for (const [path, text] of Object.entries({ ...mounted, "etc/resolv.conf": resolv, "etc/hosts": "127.0.0.1 localhost redis.test\n", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** The PID, as it is called out here, of the last in a line of children: strace, unshare, and then PID 1 of the container. */
function lastChild(pid) {
  const child = /\d+/.exec(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"))?.[0];
  return child ? lastChild(Number(child)) : pid;
}
