// A real redis-server for one run of a case, which the case starts, stops and restarts over HTTP: an isolate has no processes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(() => resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

export class RedisServer {
  #port;
  #socket;
  #directory = mkdtempSync(join(tmpdir(), "ioredis-test-"));
  #process;

  constructor(port, socket) {
    this.#port = port;
    this.#socket = socket;
  }

  async start(...more) {
    const places = ["--port", this.#port, "--bind", "127.0.0.1", "--unixsocket", this.#socket, "--dir", this.#directory];
    const args = [...places, "--save", "", "--appendonly", "no", "--loglevel", "warning", ...more];
    this.#process = spawn("redis-server", args.map(String), { stdio: ["ignore", "ignore", "inherit"] });
    for (let i = 0; i < 200; i++) {
      if (await answers(this.#port)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("redis-server does not start");
  }

  async stop() {
    if (this.#process === undefined) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    this.#process = undefined;
    await exited;
  }

  async remove() {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** An HTTP server whose paths `/start?arg=…`, `/stop` and `/restart?arg=…` act on `server`. */
export async function control(server) {
  const http = createServer(async (request, response) => {
    const url = new URL(request.url, "http://control");
    try {
      if (url.pathname !== "/start") await server.stop();
      if (url.pathname !== "/stop") await server.start(...url.searchParams.getAll("arg"));
      response.setHeader("connection", "close").end("done");
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { url: `http://127.0.0.1:${http.address().port}`, close: () => http.close() };
}
