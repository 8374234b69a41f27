/**
 * Runs every test of this folder under Node and in an isolate, and compares what they print, line by line. Node is the
 * source of truth: there are no expected outputs to maintain.
 *
 *   node js-runtime/test/node/compare.mjs target/release/ssr-host [name…]
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const [binary, ...wanted] = process.argv.slice(2);
if (binary === undefined) throw new Error("usage: compare.mjs SSR_HOST [name…]");

const names = wanted.length > 0
  ? wanted.map((name) => `${name.replace(/\.js$/, "")}.js`)
  : readdirSync(FOLDER).filter((name) => name.endsWith(".js")).sort();

/** What a program prints, and how it ends. */
function run(command, args) {
  const { stdout, stderr, status, error } = spawnSync(command, args, { cwd: FOLDER, encoding: "utf8", timeout: 60_000 });
  return { lines: stdout?.split("\n") ?? [], stderr: stderr ?? "", status: error ? String(error) : status };
}

/** The first differing lines, as text. */
function difference(expected, actual) {
  const shown = [];
  for (let i = 0; i < Math.max(expected.length, actual.length) && shown.length < 20; i++) {
    if (expected[i] !== actual[i]) shown.push(`  line ${i + 1}`, `    node: ${expected[i]}`, `    host: ${actual[i]}`);
  }
  return shown.join("\n");
}

let failures = 0;
for (const name of names) {
  const node = run(process.execPath, ["--no-warnings", name]);
  const host = run(path.resolve(binary), ["run-js", path.join(FOLDER, name)]);
  const differing = difference(node.lines, host.lines);
  if (differing === "" && node.status === 0 && host.status === 0) {
    console.log(`ok ${name} (${node.lines.length - 1} lines)`);
    continue;
  }
  failures++;
  console.log(`FAILED ${name} (exit: node ${node.status}, host ${host.status})\n${differing}\n${host.stderr.slice(0, 2000)}`);
}
process.exitCode = failures === 0 ? 0 : 1;
