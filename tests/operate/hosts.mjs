/** Hosts with an admin port, and what is asked beside them: a backend, a Prometheus. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startHost } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";

const START_TIMEOUT_MS = 20_000;

/** A directory that is gone with the tests. */
export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `ssr-host-${name}-`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `entry` under ssr-host with an admin port; `admin` of what comes is its URL. */
export async function startWithAdmin(entry, env = {}) {
  const host = await startHost(entry, { SSR_HOST_ADMIN_LISTEN: "127.0.0.1:0", ...env });
  const named = await host.until(() => /admin port is (http:\/\/127\.0\.0\.1:\d+)/.exec(host.stderr), START_TIMEOUT_MS);
  if (!named) {
    await host.stop();
    throw new Error(`the host does not name its admin port:\n${host.stderr}`);
  }
  host.admin = named[1];
  host.url = `http://127.0.0.1:${host.port}`;
  return host;
}

/** A backend: answers, breaks off at `/cut`, and agrees to a WebSocket, which it leaves as it is. */
export async function startBackend() {
  const sockets = new Set();
  const server = createServer((request, response) => {
    if (request.url !== "/api/cut") return response.end("backend");
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setTimeout(() => response.destroy(), 50);
  });
  server.on("connection", (socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
  server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.on("error", () => socket.destroy()).on("end", () => socket.end());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Prometheus, which scrapes `targets` (`host:port`) every second. */
export async function startPrometheus(targets) {
  const folder = scratch("prometheus");
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, JSON.stringify({
    global: { scrape_interval: "1s" },
    scrape_configs: [{ job_name: "ssr-host", static_configs: [{ targets }] }],
  }));
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, "--web.listen-address=127.0.0.1:0"];
  const child = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
  process.on("exit", () => child.kill("SIGKILL"));
  let log = "";
  const url = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`Prometheus does not start:\n${log}`)), START_TIMEOUT_MS);
    child.on("error", (error) => failed(new Error(`cannot run \`prometheus\` (Debian's package \`prometheus\` has it): ${error.message}`)));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const address = /"Listening on" address=(127\.0\.0\.1:\d+)/.exec(log);
      if (address) clearTimeout(late), found(`http://${address[1]}`);
    });
  });
  const exited = new Promise((done) => child.on("exit", done));
  // It listens before it answers questions.
  while ((await ask(`${url}/-/ready`)).status !== 200) {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended:\n${log}`);
    await sleep(50);
  }
  return {
    log: () => log,
    /** What the API says at a path. */
    async api(path) {
      const { body } = await ask(`${url}/api/v1/${path}`);
      return JSON.parse(body);
    },
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
