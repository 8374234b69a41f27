// Compares the facade of `isomorphic-dompurify` with the real package on Node.
//
//   node compare.mjs COMMAND...      for example: node compare.mjs ../../target/debug/ssr-host run-js
//
// COMMAND gets a JavaScript module as its last argument and must run it in an isolate, where `isomorphic-dompurify` is the facade.
// Every input is tried with DOMPurify's defaults and through `sanitizeHTML` of @composable-svelte/core. Benign HTML must give the
// same bytes; an attack must be neutralised by both. Prints what fails and 'N passed, N failed'.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JSDOM } from "jsdom";
import { attack, benign, options, refused } from "./inputs.mjs";
import { collect } from "./cases.mjs";
import { threats } from "./threats.mjs";

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node compare.mjs COMMAND... (a command that runs the JavaScript file given as its last argument)");
  process.exit(2);
}

/** Runs cases.mjs under COMMAND; its last line of output is the results as JSON. */
function collectOurs() {
  const entry = join(import.meta.dirname, "ours.generated.mjs");
  writeFileSync(entry, 'import { collect } from "./cases.mjs";\nimport * as inputs from "./inputs.generated.mjs";\nconsole.log(JSON.stringify(collect(inputs)));\n');
  // The isolate reads no file beside the module, so the inputs are written into one.
  const data = join(import.meta.dirname, "inputs.generated.mjs");
  writeFileSync(data, Object.entries({ attack, benign, options, refused }).map(([name, value]) => `export const ${name} = ${literal(value)};\n`).join(""));
  try {
    const { status, stdout, stderr, error } = spawnSync(command[0], [...command.slice(1), entry], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (error || status !== 0) throw new Error(`${command.join(" ")} failed: ${error?.message ?? stderr}`);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1));
  } finally {
    rmSync(entry);
    rmSync(data);
  }
}

/** A value as JavaScript source: JSON, and regular expressions and functions as they are written. */
function literal(value) {
  if (value instanceof RegExp || typeof value === "function") return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}:${literal(entry)}`).join(",")}}`;
}

const theirs = collect({ attack, benign, options, refused: [] });
const ours = collectOurs();
const { window } = new JSDOM("");
const counts = { passed: 0, failed: 0, sameAttack: 0 };

function verdict(ok, kind, input, their, our, why = "") {
  counts[ok ? "passed" : "failed"] += 1;
  if (ok) return;
  console.log(`FAILED ${kind}${why && `: ${why}`}\n  input  ${JSON.stringify(input)}\n  theirs ${JSON.stringify(their)}\n  ours   ${JSON.stringify(our)}`);
}

benign.forEach((html, i) => {
  for (const by of ["defaults", "sanitizeHTML"]) {
    const [their, our] = [theirs.benign[i][by], ours.benign[i][by]];
    verdict(their === our, `benign, ${by}`, html, their, our);
  }
});
options.forEach(([html, config], i) => {
  verdict(theirs.options[i] === ours.options[i], `options ${literal(config)}`, html, theirs.options[i], ours.options[i]);
});
attack.forEach((html, i) => {
  for (const by of ["defaults", "sanitizeHTML"]) {
    const [their, our] = [theirs.attack[i][by], ours.attack[i][by]];
    if (their === our) counts.sameAttack += 1;
    const found = [...threats(window, our, by).map((threat) => `ours: ${threat}`), ...threats(window, their, by).map((threat) => `theirs: ${threat}`)];
    verdict(found.length === 0, `attack, ${by}`, html, their, our, found.join(", "));
  }
});
refused.forEach(([config, name], i) => {
  const message = ours.refused[i];
  verdict(message.includes(name) && message.includes("is not supported by ssr-host"), `refusal of ${name}`, literal(config), undefined, message);
});

console.log(`benign inputs: ${benign.length}, attacks: ${attack.length} (same bytes in ${counts.sameAttack} of ${2 * attack.length} results)`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
