/** Starts an app under ssr-host with settings of its own, in a file as an operator writes them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { need, NOTHING_ADDED, startHost } from "../parity/support/servers.mjs";

const FOLDER = dirname(fileURLToPath(import.meta.url));

/**
 * @param {string} entry relative to this folder, or absolute
 * @param {{settings?: string, isolates?: number, env?: Record<string, string>}} options `settings`: what ssr-host.toml says
 */
export async function serve(entry, { settings = "", isolates = 2, env = {} } = {}) {
  need("tests/cache/node_modules/fastify", "run `npm ci` in tests/cache");
  const folder = mkdtempSync(join(tmpdir(), "ssr-host-cache-"));
  const file = join(folder, "ssr-host.toml");
  writeFileSync(file, settings);
  const variables = { ...NOTHING_ADDED, SSR_HOST_CONFIG: file, SSR_HOST_POOL_ISOLATES: String(isolates), ...env };
  const host = await startHost(resolve(FOLDER, entry), variables).finally(() => rmSync(folder, { recursive: true }));
  return host;
}

/**
 * The same for several: all of them, or none is left running.
 * @param {Array<[entry: string, options?: object]>} wanted
 */
export async function serveAll(wanted) {
  const started = await Promise.allSettled(wanted.map(([entry, options]) => serve(entry, options)));
  const failed = started.find(({ status }) => status === "rejected");
  if (failed === undefined) return started.map(({ value }) => value);
  await Promise.all(started.map(({ value }) => value?.stop()));
  throw failed.reason;
}
