/**
 * Prints what a first visit downloads and fails when the JavaScript is over the budget.
 * Counts the entry and everything it imports statically; chunks loaded later on demand do not count.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 70_000;
const client = new URL('../dist/client/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', client), 'utf8'));

const files = new Set();
const visit = (key) => {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const file of chunk.css ?? []) files.add(file);
  for (const imported of chunk.imports ?? []) visit(imported);
};
visit(Object.keys(manifest).find((key) => manifest[key].isEntry));

let total = 0;
for (const file of [...files].sort()) {
  const bytes = readFileSync(new URL(file, client));
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  if (file.endsWith('.js')) total += gzipped;
  console.log(`${file}  ${bytes.length} B, ${gzipped} B gzipped`);
}
console.log(`initial JavaScript: ${total} B gzipped (budget ${BUDGET_BYTES} B)`);
if (total > BUDGET_BYTES) {
  console.error('over budget');
  process.exitCode = 1;
}
