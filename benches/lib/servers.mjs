/** Starts an app under Node or under ssr-host, on equal terms, and times its first answers. */
import { readFileSync, openSync, closeSync, rmSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start, stop, temporary } from "./children.mjs";

const START_LIMIT_MS = 30_000;
const REQUEST_LIMIT_MS = 10_000;

let count = 0;

/**
 * A running server. `firstOk` and `firstPage` are milliseconds from exec to the end of the first 200 of `/health`, and of
 * the page asked for right after it.
 * @param {"node" | "ssr-host"} side
 * @param {{app: string, mode: {serverCpus: number[], isolates: number}, logLevel?: string, settings?: Record<string, string>}} options
 *   `settings`: variables of ssr-host (`SSR_HOST_…`)
 */
export async function startServer({ binary, entries }, side, { app, mode, logLevel = "silent", settings = {} }) {
  const port = await freePort();
  const output = join(temporary, `${++count}-${side}.log`);
  const command = side === "node" ? [process.execPath] : [binary, "--isolates", String(mode.isolates)];
  // Both write to a file, logging or not. The environment is only what is listed, so that no NODE_OPTIONS or SSR_HOST_* gets in.
  const file = openSync(output, "w");
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    LOG_LEVEL: logLevel,
    RATE_LIMIT_MAX: "1000000000",
    // Both write what the app logs, and nothing else.
    SSR_HOST_LOG_REQUESTS: "false",
    SSR_HOST_LOG_CONSOLE: "plain",
    SSR_HOST_LOG_FORMAT: "text",
    HOST: "127.0.0.1",
    PORT: String(port),
    ...settings,
  };
  const began = performance.now();
  const child = start("taskset", ["-c", mode.serverCpus.join(","), ...command, entries[app]], { env, stdio: ["ignore", file, file] });
  closeSync(file);

  const server = {
    pid: child.pid,
    port,
    output: () => readFileSync(output, "utf8"),
    async stop() {
      await stop(child);
      rmSync(output, { force: true });
    },
  };
  try {
    await untilOk(child, port);
    server.firstOk = performance.now() - began;
    const page = await request(port, "/");
    server.firstPage = performance.now() - began;
    if (page.status !== 200) throw new Error(`/ answered ${page.status}`);
    return server;
  } catch (error) {
    const said = server.output().slice(-2000);
    await server.stop();
    throw new Error(`${app} did not start under ${side}: ${error.message}\n${said}`);
  }
}

/** One GET, on a connection of its own unless there is an agent. */
export function request(port, path, { headers = {}, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const sent = get({ host: "127.0.0.1", port, path, headers, agent, timeout: REQUEST_LIMIT_MS }, async (response) => {
      const chunks = [];
      try {
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer to ${path} within ${REQUEST_LIMIT_MS} ms`)));
    sent.on("error", reject);
  });
}

/** Asks `/health` every millisecond. */
export async function untilOk(child, port) {
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with ${child.signalCode ?? child.exitCode}`);
    const answer = await request(port, "/health").catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(1);
  }
  throw new Error(`no 200 within ${START_LIMIT_MS} ms`);
}

/** A port that nobody listens on. */
export async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return port;
}
