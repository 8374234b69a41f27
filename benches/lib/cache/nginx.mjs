/** nginx with `proxy_cache` in front of a server: gzip at every hit. */
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { memoryFolder, startNginx } from "../nginx.mjs";
import { freePort } from "../servers.mjs";

/** @returns {Promise<{port: number, pids: () => number[], files: () => number, stop: () => Promise<void>}>} `files`: bytes of the cache */
export async function startCachingNginx({ mode, upstream, lock }) {
  const folder = memoryFolder();
  const pages = join(folder, "pages");
  mkdirSync(pages);
  const port = await freePort();
  const nginx = await startNginx({ cpus: mode.serverCpus, folder, port, http: configuration({ pages, port, upstream, lock }) });
  return { ...nginx, files: () => bytesIn(pages) };
}

function configuration({ pages, port, upstream, lock }) {
  return `
  gzip on;
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
  }`;
}

/** As much memory as the files take. */
function bytesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).blocks * 512, 0);
}
