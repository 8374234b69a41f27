/**
 * Everything a run needs: tools, the binary, the examples. Installs what npm can install; says what to do about the rest.
 * Binary and bundles are used from copies where a build during the run could change them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { temporary } from "./children.mjs";
import { allowedCpus } from "./proc.mjs";
import { APPS } from "./scenarios.mjs";

export const ROOT = resolve(import.meta.dirname, "../..");

const ENTRY = "dist/server/index.js";

/** @returns {Promise<{binary: string, entries: Record<string, string>}>} what to start: ssr-host, and each app's bundle */
export async function prepare() {
  if (process.platform !== "linux") throw new Error("the figures come from /proc: this needs Linux");
  needProgram("wrk", "-v", "apt-get install wrk");
  needProgram("taskset", "-V", "apt-get install util-linux");
  if (allowedCpus().length < 2) throw new Error("this needs two CPUs: one for the server, one for the load");
  const binary = copyBinary();
  const entries = Object.fromEntries(Object.entries(APPS).map(([name, app]) => [name, entryOf(name, app)]));
  return { binary, entries };
}

/** Path of the main script of the client bundle: its name carries a hash. */
export function entryAsset(entry) {
  const manifest = JSON.parse(readFileSync(resolve(entry, "../../client/.vite/manifest.json"), "utf8"));
  return `/${Object.values(manifest).find((chunk) => chunk.isEntry).file}`;
}

/** Throws when a program is not there, and says how to install it. */
export function needProgram(name, argument, install) {
  if (spawnSync(name, [argument], { stdio: "ignore" }).error) throw new Error(`${name} is missing: ${install}`);
}

function copyBinary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const built = resolve(process.env.SSR_HOST_BIN ?? join(target, "release/ssr-host"));
  if (!existsSync(built)) throw new Error(`${built} is missing: run \`cargo build --release\`, or set SSR_HOST_BIN`);
  const copy = join(temporary, "ssr-host");
  copyFileSync(built, copy);
  return copy;
}

function entryOf(name, app) {
  const folder = join(ROOT, app.folder);
  needPackages(folder);
  if (!existsSync(join(folder, ENTRY))) npm(folder, "run", "build");
  return copyApp(name, app.folder, app.without ? [[app.without, ""]] : []);
}

/** Installs the npm packages of a folder unless they are there. */
export function needPackages(folder) {
  if (!existsSync(join(folder, "node_modules"))) npm(folder, "ci", "--no-audit", "--no-fund");
}

/**
 * A copy of the built app beside a link to its packages.
 * @param {[string, string][]} edits texts of the bundle and what is put in their place
 * @returns {string} path of the bundle
 */
export function copyApp(name, from, edits) {
  const folder = join(ROOT, from);
  const copy = join(temporary, name);
  mkdirSync(copy);
  cpSync(join(folder, "dist"), join(copy, "dist"), { recursive: true, preserveTimestamps: true });
  copyFileSync(join(folder, "package.json"), join(copy, "package.json"));
  symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"));
  const entry = join(copy, ENTRY);
  for (const [text, replacement] of edits) replaceText(entry, text, replacement);
  return entry;
}

function replaceText(file, text, replacement) {
  const before = readFileSync(file, "utf8");
  if (!before.includes(text)) throw new Error(`${file} no longer contains ${text.trim()}: what changes it is pointless`);
  writeFileSync(file, before.replace(text, () => replacement));
}

function npm(folder, ...args) {
  process.stderr.write(`npm ${args.join(" ")} in ${relative(ROOT, folder)}\n`);
  execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
