/**
 * Starts one server bundle twice, under Node and under ssr-host, each on a free port of its own, and stops them.
 * What is missing (the binary, a build, packages) is an error that says how to get it: a test that cannot run has not passed.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * The binary under test.
 * @returns {string}
 */
export function hostBinary() {
  const { SSR_HOST_BIN, CARGO_TARGET_DIR } = process.env;
  const binary = resolve(REPOSITORY, SSR_HOST_BIN ?? join(CARGO_TARGET_DIR ?? "target", "release/ssr-host"));
  need(binary, "run `cargo build --release`, or set SSR_HOST_BIN");
  return binary;
}

/**
 * Throws unless `path` (absolute, or relative to the repository) is there.
 * @param {string} path
 * @param {string} hint what to do about it
 */
export function need(path, hint) {
  const absolute = resolve(REPOSITORY, path);
  if (!existsSync(absolute)) throw new Error(`\`${relative(REPOSITORY, absolute)}\` is not there: ${hint}`);
  return absolute;
}

/** The example's server bundles: [name, entry relative to the repository, script that builds it]. */
export const BLOG_BUILDS = [
  ["self-contained build", "examples/blog/dist/server/index.js", "build"],
  ["ordinary build", "examples/blog/dist-external/server/index.js", "build:external"],
];

/** Checks that a build of the example and the packages it needs are there. */
export function needBlog(entry, script) {
  need("examples/blog/node_modules/fastify", "run `npm ci` in examples/blog");
  return need(entry, `run \`npm run ${script}\` in examples/blog`);
}

/** Checks that the plain Fastify app can run. */
export function needApp() {
  need("tests/parity/app/node_modules/fastify", "run `npm ci` in tests/parity/app");
  return need("tests/parity/app/server.mjs", "it is part of this repository");
}

/** Checks that the app with plug-ins can run. */
export function needPlugins() {
  need("tests/parity/plugins/node_modules/fastify", "run `npm ci` in tests/parity/plugins");
  return need("tests/parity/plugins/server.mjs", "it is part of this repository");
}

/** Checks that the app with proxies can run. */
export function needProxy() {
  need("tests/parity/proxy/node_modules/fastify", "run `npm ci` in tests/parity/proxy");
  return need("tests/parity/proxy/server.mjs", "it is part of this repository");
}

/** What ssr-host adds to the answers of an app, off: what is compared is what the app says. README.md names these. */
export const NOTHING_ADDED = {
  SSR_HOST_CONFIG: "off",
  SSR_HOST_SECURITY_HEADERS_ENABLED: "false",
  SSR_HOST_COMPRESSION_ENABLED: "false",
  SSR_HOST_STATIC_IMMUTABLE: "false",
  SSR_HOST_STATIC_PRECOMPRESSED: "false",
  SSR_HOST_LOG_CONSOLE: "plain",
  // Nothing of the app's, but tests read it.
  SSR_HOST_LOG_FORMAT: "text",
  SSR_HOST_LOG_REQUESTS: "false",
};

/** A running server. */
class Server {
  stdout = "";
  stderr = "";
  port = 0;

  constructor(name, command, args, env) {
    this.name = name;
    const { NODE_ENV, LOG_LEVEL, RATE_LIMIT_MAX, PORT, HOST, ...inherited } = process.env;
    this.process = spawn(command, args, { env: { ...inherited, PORT: "0", HOST: "127.0.0.1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout.setEncoding("utf8").on("data", (text) => (this.stdout += text));
    this.process.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    // Whatever ends the tests ends the servers.
    process.on("exit", () => this.process.kill("SIGKILL"));
    this.exited = new Promise((done) => this.process.on("exit", (code, signal) => done(signal ?? code)));
  }

  /** Waits for the line that names the address: the app's on stdout, or ssr-host's for an app that has none. */
  async ready() {
    const address = /http:\/\/[^\s"]+:(\d+)/;
    const found = await this.until(() => address.exec(this.stdout) ?? (/ready in/.test(this.stderr) ? address.exec(this.stderr) : null), START_TIMEOUT_MS);
    if (!found) throw new Error(`${this.name} does not start\n${this.stdout}${this.stderr}`);
    this.port = Number(found[1]);
    return this;
  }

  /** Looks at `probe` until it gives something; undefined when it does not, or the server ends first. */
  async until(probe, timeout) {
    const deadline = Date.now() + timeout;
    while (Date.now() < deadline) {
      const value = probe();
      if (value) return value;
      if (this.hasExited()) return probe();
      await new Promise((wake) => setTimeout(wake, 10));
    }
    return undefined;
  }

  hasExited() {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  async stop() {
    if (this.hasExited()) return;
    this.process.kill("SIGTERM");
    const forced = setTimeout(() => this.process.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(forced);
  }
}

/**
 * Starts `entry` under Node and under ssr-host with one isolate (counters that live in the app are then one, as under Node).
 * @param {string} entry absolute path
 * @param {Record<string, string>} [env]
 * @returns {Promise<{node: Server, host: Server, stop(): Promise<void>}>}
 */
export async function startBoth(entry, env = {}) {
  const binary = hostBinary();
  const node = new Server("node", process.execPath, [entry], env);
  const host = new Server("ssr-host", binary, [entry, "--isolates", "1"], { ...NOTHING_ADDED, ...env });
  const stop = async () => void (await Promise.all([node.stop(), host.stop()]));
  try {
    await Promise.all([node.ready(), host.ready()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { node, host, stop };
}

/**
 * Starts `entry` under ssr-host only.
 * @param {string} entry absolute path
 * @param {Record<string, string>} [env]
 */
export async function startHost(entry, env = {}) {
  return started(new Server("ssr-host", hostBinary(), [entry], env));
}

/**
 * Starts `entry` under Node only.
 * @param {string} entry absolute path
 * @param {Record<string, string>} [env]
 */
export async function startNode(entry, env = {}) {
  return started(new Server("node", process.execPath, [entry], env));
}

function started(server) {
  return server.ready().catch(async (error) => {
    await server.stop();
    throw error;
  });
}
