/** The two backends. nginx answers everything that can be answered at once, at a fraction of what a proxy costs; Node what stays open. */
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, stop } from "../children.mjs";
import { memoryFolder, startNginx } from "../nginx.mjs";
import { freePort } from "../servers.mjs";
import { CASES, EVENTS, PREFIX } from "./cases.mjs";

/** @returns {Promise<{files: object, streams: object}>} each with `port`, `pids` and `stop` */
export async function startBackends(cpus) {
  return { files: await startFiles(cpus), streams: await startStreams(cpus) };
}

async function startFiles(cpus) {
  const folder = memoryFolder();
  mkdirSync(join(folder, PREFIX), { recursive: true });
  const bytes = Object.fromEntries(CASES.map(({ name, bytes }) => [name, bytes]));
  writeFileSync(join(folder, PREFIX, "medium.json"), json(bytes.medium));
  writeFileSync(join(folder, PREFIX, "large.bin"), Buffer.alloc(bytes.large, "0123456789abcdef"));
  const port = await freePort();
  const http = `
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${folder};
    open_file_cache max=10;
    location = /health { return 200; }
    location = ${PREFIX}/small { default_type application/json; return 200 '${json(bytes.small)}'; }
    location ${PREFIX}/ { types { application/json json; } }
  }`;
  return startNginx({ cpus, folder, port, http });
}

async function startStreams(cpus) {
  const script = join(import.meta.dirname, "backend.mjs");
  const args = ["-c", cpus.join(","), process.execPath, script, String(EVENTS.perSecond)];
  const child = start("taskset", args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { port: Number(line), pids: () => [child.pid], stop: () => stop(child) };
}

/** JSON of so many bytes. */
function json(bytes) {
  const empty = '{"posts":[""]}';
  return empty.replace('""', `"${"abcdefghijklmnopqrstuvwxyz ".repeat(bytes).slice(0, bytes - empty.length)}"`);
}
