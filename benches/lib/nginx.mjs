/** nginx as a packaged one does it: one worker, Debian's defaults where nothing is said, keep-alive without an end, files on a tmpfs. */
import { existsSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { start, stop, temporaryFolder } from "./children.mjs";
import { withDescendants } from "./proc.mjs";
import { untilOk } from "./servers.mjs";

const TMPFS = "/dev/shm";

/** A folder in memory, removed at exit. */
export function memoryFolder() {
  if (!existsSync(TMPFS)) throw new Error(`${TMPFS} is missing: the files of nginx are to be in memory`);
  return temporaryFolder(TMPFS);
}

/**
 * Starts it; `/health` must answer 200.
 * @param {{cpus: number[], folder: string, port: number, http: string, connections?: number}} options `http`: what stands in that block of its
 *   configuration; `connections`: as many are there from the start
 * @returns {Promise<{port: number, pids: () => number[], stop: () => Promise<void>}>}
 */
export async function startNginx({ cpus, folder, port, http, connections = 4096 }) {
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration(folder, http, connections));
  const args = ["-c", cpus.join(","), "nginx", "-p", folder, "-c", file, "-e", join(folder, "error.log")];
  const child = start("taskset", args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
  await untilOk(child, port);
  return { port, pids: () => withDescendants(child.pid), stop: () => stop(child) };
}

function configuration(folder, http, connections) {
  const temporaryPaths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  return `
daemon off;
user ${userInfo().username};
worker_processes 1;
worker_rlimit_nofile ${2 * connections};
pid ${folder}/nginx.pid;
events { worker_connections ${connections}; }
http {
  access_log off;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  ${temporaryPaths.join("\n  ")}
${http}
}
`;
}
