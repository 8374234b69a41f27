/** Finds the client bundle. Its names carry a content hash, so they are read from Vite's manifest. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from 'vite';

const clientDir = join(dirname(fileURLToPath(import.meta.url)), '../client');

/** Directory served under `/assets/`. */
export const assetsDir = join(clientDir, 'assets');

export interface ClientAssets {
  /** URL of the entry module. */
  script: string;
  /** Tags for the document head: icon, styles, and early requests for the modules. */
  head: string;
}

/** The icon is inline: a magazine needs one, and one request fewer is one request fewer. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%23b1361e' d='M5 2h3v20H5z'/%3E%3Cpath fill='%23d9c9b0' d='M9 2h11v20H9z'/%3E%3C/svg%3E";

/** Reads the manifest of the client build beside this server. */
export function readClientAssets(): ClientAssets {
  const manifest: Manifest = JSON.parse(readFileSync(join(clientDir, '.vite/manifest.json'), 'utf8'));
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry);
  if (!entry) throw new Error('the client manifest has no entry: run `npm run build`');

  const imported = (entry.imports ?? []).flatMap((key) => manifest[key]?.file ?? []);
  const head = [
    '<meta name="color-scheme" content="light dark">',
    `<link rel="icon" href="${icon}">`,
    ...(entry.css ?? []).map((file) => `<link rel="stylesheet" href="/${file}">`),
    ...[entry.file, ...imported].map((file) => `<link rel="modulepreload" href="/${file}">`),
  ].join('\n  ');
  return { script: `/${entry.file}`, head };
}
