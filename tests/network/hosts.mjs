/** What stands in front: ssr-host, or for comparison nginx, each on a machine of its own, asked at port 3000. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostBinary, NOTHING_ADDED } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";
import { NAME_SERVER, until } from "./network.mjs";

const FOLDER = dirname(fileURLToPath(import.meta.url));
const PORT = 3000;

/** Deadlines, the same for both. */
export const DEADLINES = { connect: "1s", timeout: "3s" };

const SETTINGS = `
[[proxy]]
path = "/api"
upstream = "http://my-rust-backend.internal:8080"
connect_timeout = "${DEADLINES.connect}"
timeout = "${DEADLINES.timeout}"
`;

/** A running one. */
class Host {
  constructor(place, process) {
    Object.assign(this, { place, process });
    this.url = `http://[${place.address}]:${PORT}`;
  }

  /** Waits until it takes requests. */
  async ready() {
    const answers = () => this.process.hasEnded || ask(`${this.url}/health`).then(({ status }) => status === 200, () => false);
    await until(`${this.process.name} is ready`, answers, 30_000).catch((error) => this.process.fail(error.message));
    if (this.process.hasEnded) this.process.fail("ended at once");
    return this;
  }

  /** How often since the start a request went to one more backend, whether or not the one before had been reached. */
  async retried() {
    return (this.process.stdout + this.process.stderr).match(/another address is tried|sent once more/g)?.length ?? 0;
  }

  async stop() {
    await this.process.stop();
    await this.place.leave();
  }
}

class Nginx extends Host {
  async retried() {
    // A line for each request: the addresses that were tried, with commas.
    return readFileSync(this.log, "latin1").split(",").length - 1;
  }
}

/**
 * ssr-host with an app of one page.
 * @param {import("./network.mjs").Network} network
 * @param {string} address
 * @param {{settings?: string, app?: string, env?: Record<string, string>}} [options]
 */
export async function startHost(network, address, { settings = SETTINGS, app = "app.mjs", env = {} } = {}) {
  const place = await network.join(address);
  const file = network.file(`${place.port}.toml`, settings);
  const variables = { ...NOTHING_ADDED, SSR_HOST_CONFIG: file, SSR_HOST_POOL_ISOLATES: "1", SSR_HOST_LOG: "info,edge::upstream=debug", HOST: "::", PORT: String(PORT), ...env };
  return new Host(place, place.start("ssr-host", hostBinary(), [join(FOLDER, app)], variables)).ready();
}

/**
 * nginx as its documentation has it for names that change: the name in a variable is asked for again when it no longer holds.
 */
export async function startNginx(network, address) {
  const place = await network.join(address);
  const log = network.file(`${place.port}.log`, "");
  const file = network.file(`${place.port}.conf`, `
daemon off; pid ${network.file(`${place.port}.pid`, "")}; error_log stderr crit; worker_processes 1;
events { worker_connections 4096; }
http {
  log_format tried $upstream_addr;
  access_log ${log} tried;
  resolver [${NAME_SERVER}];
  proxy_connect_timeout ${DEADLINES.connect}; proxy_read_timeout ${DEADLINES.timeout}; proxy_buffering off; proxy_http_version 1.1;
  map $http_upgrade $connection_wanted { default upgrade; "" ""; }
  server {
    listen [::]:${PORT};
    set $backend my-rust-backend.internal;
    location = /health { return 200; }
    location /api {
      proxy_pass http://$backend:8080;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_wanted;
    }
  }
}
`);
  const nginx = new Nginx(place, place.start("nginx", "nginx", ["-c", file]));
  return Object.assign(nginx, { log }).ready();
}
