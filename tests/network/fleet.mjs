/** Three servers with the same app, and what distributes requests among them; each can be ended and started again at its address. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostBinary, need, NOTHING_ADDED } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";
import { until } from "./network.mjs";

const APP = join(dirname(fileURLToPath(import.meta.url)), "fleet-app.mjs");
const PORT = 3000;
const READY_MS = 60_000;

/** Who has not ended by then is killed. Docker waits 10 s, Kubernetes 30 s. */
const GRACE_MS = 20_000;

/** How long a server that is to end still takes what comes. */
export const READY_DELAY = "1s";

/** What is restarted. The time for slow pages is generous, because the machine may be slow as well. */
const KINDS = {
  "ssr-host": {
    command: () => [hostBinary(), APP],
    env: { ...NOTHING_ADDED, SSR_HOST_POOL_ISOLATES: "1", SSR_HOST_SHUTDOWN_READY_DELAY: READY_DELAY, SSR_HOST_SHUTDOWN_TIMEOUT: "15s" },
  },
  node: { command: () => [process.execPath, APP], env: {} },
  "node, app.close()": { command: () => [process.execPath, APP], env: { CLOSE_ON_SIGTERM: "1" } },
};

/** One server of a fleet, at a place on the network. */
export class Server {
  constructor(place, kind, port, executed) {
    Object.assign(this, { place, kind, port, executed });
    this.url = `http://[${place.address}]:${port}`;
  }

  /** Starts the program; gives when it takes requests. */
  async run() {
    need("tests/network/node_modules/fastify", "run `npm ci` in tests/network");
    const { command, env } = KINDS[this.kind];
    const [program, ...args] = command();
    this.process = this.place.start(this.kind, program, args, { NODE_ENV: "production", HOST: "::", PORT: String(this.port), ...env });
    this.process.onLine((line) => this.#note(line));
    const answers = () => this.process.hasEnded || ask(`${this.url}/ready`).then(({ status }) => status === 200, () => false);
    await until(`${this.kind} is ready`, answers, READY_MS).catch((error) => this.process.fail(error.message));
    if (this.process.hasEnded) this.process.fail("ended at once");
    return this;
  }

  /** Sends the signal, and waits for the end of the process; gives whether it had to be killed. */
  async end(signal) {
    this.process.signal(signal);
    const isForced = await until("", () => this.process.hasEnded, GRACE_MS).then(() => false, () => true);
    await this.process.stop("SIGKILL");
    return isForced;
  }

  #note(line) {
    const [, number] = /^order (\d+)$/.exec(line) ?? [];
    if (number) this.executed.set(number, (this.executed.get(number) ?? 0) + 1);
  }
}

/** What distributes requests; another fleet is another configuration, and a reload. */
class Balancer {
  /**
   * @param {import("./network.mjs").Network} network
   * @param {Server[]} servers
   */
  static async start(network, servers) {
    const balancer = new this();
    balancer.place = await network.join("fdaa:0:1::c:1");
    balancer.url = `http://[${balancer.place.address}]:${PORT}`;
    balancer.pid = network.file("balancer.pid", "");
    balancer.file = network.file("balancer.conf", balancer.configuration(servers));
    balancer.process = balancer.place.start(this.program, this.program, [...this.arguments, balancer.file]);
    const answers = () => balancer.process.hasEnded || ask(`${balancer.url}/ready`).then(({ status }) => status === 200, () => false);
    await until(`${this.program} takes requests`, answers, READY_MS).catch((error) => balancer.process.fail(error.message));
    if (balancer.process.hasEnded) balancer.process.fail("ended at once");
    return balancer;
  }

  /** Distributes among others from now on. What was there before is over when the processes that did it are gone. */
  async pointAt(servers) {
    writeFileSync(this.file, this.configuration(servers));
    const old = this.#workers();
    this.process.signal(this.constructor.reload);
    const isOver = () => this.#workers().every((pid) => !old.includes(pid)) && this.#workers().length > 0;
    await until(`${this.process.name} no longer does what it did`, isOver, READY_MS);
  }

  #workers() {
    return readFileSync(`/proc/${this.process.pid}/task/${this.process.pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  }

  async stop() {
    await this.process.stop();
    await this.place.leave();
  }
}

/** nginx with what it has without being paid for: it learns from failures. */
class Nginx extends Balancer {
  static program = "nginx";
  static arguments = ["-c"];
  static reload = "SIGHUP";

  configuration(servers) {
    const list = servers.map(({ place, port }) => `server [${place.address}]:${port} max_fails=1 fail_timeout=1s;`);
    return `
daemon off; pid ${this.pid}; error_log stderr crit; worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  upstream pages { ${list.join(" ")} keepalive 16; }
  server {
    listen [::]:${PORT};
    location / {
      proxy_pass http://pages;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 1s;
    }
  }
}
`;
  }
}

/** HAProxy, which asks each server whether it is ready. */
class HAProxy extends Balancer {
  static program = "haproxy";
  static arguments = ["-W", "-db", "-f"];
  static reload = "SIGUSR2";

  configuration(servers) {
    const list = servers.map(({ place, port }, index) => `server s${index} [${place.address}]:${port} check inter 250ms fall 1 rise 1`);
    return `
global
  log stderr format raw local0 crit
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  option redispatch
frontend visitors
  bind [::]:${PORT}
  default_backend pages
backend pages
  option httpchk GET /ready
  ${list.join("\n  ")}
`;
  }
}

export const BALANCERS = { nginx: Nginx, haproxy: HAProxy };
