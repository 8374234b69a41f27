/** nginx with `proxy_cache` in front of a server, as a packaged nginx does it: one worker, files in memory (tmpfs), gzip at every hit. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { start, stop, temporaryFolder } from "../children.mjs";
import { withDescendants } from "../proc.mjs";
import { freePort, untilOk } from "../servers.mjs";

const TMPFS = "/dev/shm";

/** @returns {Promise<{port: number, pids: () => number[], files: () => number, stop: () => Promise<void>}>} `files`: bytes of the cache */
export async function startNginx({ mode, upstream, lock }) {
  if (!existsSync(TMPFS)) throw new Error(`${TMPFS} is missing: the files of nginx's cache are to be in memory`);
  const folder = temporaryFolder(TMPFS);
  const pages = join(folder, "pages");
  mkdirSync(pages);
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration({ folder, pages, port, upstream, lock }));
  const args = ["-c", mode.serverCpus.join(","), "nginx", "-p", folder, "-c", file, "-e", join(folder, "error.log")];
  const child = start("taskset", args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
  await untilOk(child, port);
  return { port, pids: () => withDescendants(child.pid), files: () => bytesIn(pages), stop: () => stop(child) };
}

/** Debian's defaults where nothing is said; keep-alive without an end, so that no side pays for connections. */
function configuration({ folder, pages, port, upstream, lock }) {
  const temporaryPaths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  return `
daemon off;
user ${userInfo().username};
worker_processes 1;
worker_rlimit_nofile 8192;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  gzip on;
  ${temporaryPaths.join("\n  ")}
  proxy_cache_path ${pages} levels=1:2 keys_zone=pages:10m inactive=10m use_temp_path=off;
  upstream app {
    server 127.0.0.1:${upstream};
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_cache pages;
      proxy_cache_valid 200 60s;
      proxy_cache_lock ${lock ? "on" : "off"};
    }
  }
}
`;
}

/** As much memory as the files take. */
function bytesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).blocks * 512, 0);
}
