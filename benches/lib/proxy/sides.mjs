/** Who is compared. Each has the port to ask, `streams`, the one to ask for what stays open, and the processes that it costs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, stop, temporary } from "../children.mjs";
import { memoryFolder, startNginx } from "../nginx.mjs";
import { needPackages } from "../prepare.mjs";
import { freePort, startServer, untilOk } from "../servers.mjs";
import { EVENTS, PREFIX, SOCKET_PATH } from "./cases.mjs";

/** Ten thousand clients come from one address here. */
const OUT_OF_REACH = { SSR_HOST_HTTP_MAX_CONNECTIONS: "100000", SSR_HOST_HTTP_MAX_CONNECTIONS_PER_CLIENT: "100000" };

export const SIDES = [
  { name: "direct", title: "backend itself", start: startDirect },
  { name: "host", title: "ssr-host, `[[proxy]]`", start: startHost, proxy: true },
  { name: "nginx", title: "nginx, `proxy_pass`", start: startProxyingNginx, proxy: true },
  { name: "fastify4", title: "Fastify 4, `@fastify/http-proxy`", start: (context) => startFastify(context, "fastify4"), proxy: true },
  { name: "fastify5", title: "Fastify 5, `@fastify/http-proxy`", start: (context) => startFastify(context, "fastify5"), proxy: true },
];

async function startDirect({ backends: { files, streams } }) {
  return { port: files.port, streams: streams.port, pids: files.pids, stop: async () => {} };
}

async function startHost({ tools, mode, backends }) {
  const file = join(temporary, "proxy.toml");
  const rule = (path, { port }) => `[[proxy]]\npath = "${path}"\nupstream = "http://127.0.0.1:${port}"\nmax_connections = 20000\n`;
  const { files, streams } = backends;
  writeFileSync(file, [rule(EVENTS.path, streams), rule(SOCKET_PATH, streams), rule(PREFIX, files)].join("\n"));
  const settings = { SSR_HOST_CONFIG: file, ...OUT_OF_REACH };
  const server = await startServer(tools, "ssr-host", { app: "blog", mode, settings });
  return proxy(server.port, () => [server.pid], server.stop);
}

/** As guides have it: connections that are kept, what a client may know of the way, and no buffers for what is streamed. */
async function startProxyingNginx({ mode, backends: { files, streams } }) {
  const port = await freePort();
  const forwarded = `
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;`;
  const http = `
  upstream files { server 127.0.0.1:${files.port}; keepalive 64; keepalive_requests 1000000000; }
  upstream streams { server 127.0.0.1:${streams.port}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /health { return 200; }
    location = ${EVENTS.path} {
      proxy_pass http://streams;${forwarded}
      proxy_set_header Connection "";
      proxy_buffering off;
    }
    location = ${SOCKET_PATH} {
      proxy_pass http://streams;${forwarded}
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }
    location ${PREFIX}/ {
      proxy_pass http://files;${forwarded}
      proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
    }
  }`;
  const nginx = await startNginx({ cpus: mode.serverCpus, folder: memoryFolder(), port, http, connections: 32_768 });
  return proxy(nginx.port, nginx.pids, nginx.stop);
}

async function startFastify({ mode, backends: { files, streams } }, name) {
  const folder = join(import.meta.dirname, name);
  needPackages(folder);
  const port = await freePort();
  const args = [join(import.meta.dirname, "fastify.mjs"), folder, port, files.port, streams.port].map(String);
  const env = { PATH: process.env.PATH, NODE_ENV: "production" };
  const child = start("taskset", ["-c", mode.serverCpus.join(","), process.execPath, ...args], { env, stdio: ["ignore", "inherit", "inherit"] });
  await untilOk(child, port);
  return proxy(port, () => [child.pid], () => stop(child));
}

function proxy(port, pids, stop) {
  return { port, streams: port, pids, stop };
}

/** Name and version of what is compared. */
export function versions() {
  const version = (folder, name) => JSON.parse(readFileSync(join(import.meta.dirname, folder, "node_modules", name, "package.json"), "utf8")).version;
  return Object.fromEntries(
    ["fastify4", "fastify5"].map((folder) => [`Fastify ${folder.at(-1)}`, `${version(folder, "fastify")}, @fastify/http-proxy ${version(folder, "@fastify/http-proxy")}`]),
  );
}
