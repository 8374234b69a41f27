/**
 * Bundles npm packages into this folder, as the ES modules that run in the isolates.
 *
 *   node js-runtime/vendor/build.mjs           write the files and their licences
 *   node js-runtime/vendor/build.mjs --check   fail when what is committed differs
 *
 * What is bundled is the table in entries.mjs. The output depends on nothing but the pinned packages: running it
 * twice gives the same bytes. It never minifies: a vendored file is read like any other.
 */
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { entries } from "./entries.mjs";

const VENDOR = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(VENDOR);

/** npm packages whose only purpose is to be a Node module elsewhere: the module itself is used. */
const NODE_STAND_INS = {
  "process/": "process",
  "safe-buffer": "buffer",
  "safer-buffer": "buffer",
  "util/": "util",
  "string_decoder/": "string_decoder",
  "punycode/": "punycode",
};

/** Built-ins of which vendored code needs only the cheap part: what is imported instead. */
const INTERNAL = { buffer: "ext:ssr_host/node/internal/buffer.js" };

/** The built-in module that an import means, or undefined. */
function builtinOf(specifier) {
  const name = NODE_STAND_INS[specifier] ?? specifier.replace(/^node:/, "");
  return builtinModules.includes(name) ? name : undefined;
}

/**
 * esbuild plugin: built-ins stay outside (`used` collects them), aliases are inlined, patches applied.
 * An entry's own source may name the package that stands in for the module it implements.
 */
function resolver(entry, used) {
  return {
    name: "vendor",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^.]/ }, ({ path: specifier, importer, kind }) => {
        if (kind === "entry-point" || importer.endsWith("<stdin>")) return undefined;
        if (entry.aliases?.[specifier] !== undefined) return { path: specifier, namespace: "alias" };
        const builtin = builtinOf(specifier);
        if (builtin === undefined) return undefined;
        used.add(builtin);
        // A `require` of an external module: answered by the table of `prelude`.
        return kind === "require-call"
          ? { path: builtin, namespace: "builtin" }
          : { path: `node:${builtin}`, external: true };
      });
      onLoad({ filter: /.*/, namespace: "alias" }, ({ path: name }) => ({
        contents: entry.aliases[name],
        resolveDir: ROOT,
      }));
      onLoad({ filter: /.*/, namespace: "builtin" }, ({ path: name }) => ({
        contents: `module.exports = ${binding(name)};`,
      }));
      onLoad({ filter: /\.[cm]?js$/, namespace: "file" }, (args) => patched(entry, args.path));
    },
  };
}

/** The name under which a bundle holds a built-in module. */
const binding = (name) => `__node_${name.replace(/\W/g, "_")}`;

/** The text of a package's file with the entry's patches applied; undefined when there are none for it. */
async function patched(entry, file) {
  const key = Object.keys(entry.patches ?? {}).find((name) => file.endsWith(`/node_modules/${name}`));
  if (key === undefined) return undefined;
  let contents = await readFile(file, "utf8");
  for (const [find, replacement] of entry.patches[key]) {
    const pieces = contents.split(find);
    if (pieces.length !== 2) throw new Error(`${key}: patch matches ${pieces.length - 1} times: ${find}`);
    contents = pieces.join(replacement);
  }
  return { contents, loader: "js" };
}

/** The npm packages whose files are in a bundle: name → folder. */
function packagesOf(metafile) {
  const packages = new Map();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input);
    if (match) packages.set(match[1], path.join(ROOT, match[0]));
  }
  return new Map([...packages].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `name version (licence)` of a package. */
async function describe(name, folder) {
  const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})`;
}

/** The licence text of a package, or a sentence naming the licence when it ships no file. */
async function licenceText(name, folder) {
  const file = (await readdir(folder)).sort().find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) return `${await describe(name, folder)}: the package ships no licence file.\n`;
  return readFile(path.join(folder, file), "utf8");
}

/** Bundles one entry. Returns its text and the packages in it. */
async function bundle(entry) {
  const used = new Set();
  const result = await build({
    stdin: { contents: entry.source, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["node", "import", "require", "default"],
    target: "es2022",
    charset: "utf8",
    keepNames: entry.keepNames ?? false,
    legalComments: "inline",
    logLevel: "warning",
    plugins: [resolver(entry, used)],
  });
  const packages = packagesOf(result.metafile);
  const names = await Promise.all([...packages].map(([name, folder]) => describe(name, folder)));
  const imports = [...used].sort().map((name) => `import ${binding(name)} from "${INTERNAL[name] ?? `node:${name}`}";`);
  const head = [
    `// Made by vendor/build.mjs: do not edit. Licences: vendor/LICENSES/.`,
    ...names.map((name) => `//   ${name}`),
    ...imports,
    ...(entry.prelude ? [entry.prelude] : []),
  ];
  return { text: `${head.join("\n")}\n${result.outputFiles[0].text}`, packages };
}

/** Every file this script owns: relative path → text. */
async function outputs() {
  const files = new Map();
  for (const entry of entries) {
    const { text, packages } = await bundle(entry);
    files.set(entry.file, text);
    for (const [name, folder] of packages) {
      files.set(`LICENSES/${name.replace("/", "__")}.txt`, await licenceText(name, folder));
    }
  }
  return files;
}

/** The files of this folder that are made, as they lie on disk. */
async function committed() {
  const names = (await readdir(VENDOR)).filter((name) => name.endsWith(".js"));
  const licences = existsSync(path.join(VENDOR, "LICENSES")) ? await readdir(path.join(VENDOR, "LICENSES")) : [];
  return [...names, ...licences.map((name) => `LICENSES/${name}`)];
}

const wanted = await outputs();
const stale = (await committed()).filter((name) => !wanted.has(name));

if (process.argv.includes("--check")) {
  const differing = [...stale];
  for (const [name, text] of wanted) {
    const found = await readFile(path.join(VENDOR, name), "utf8").catch(() => undefined);
    if (found !== text) differing.push(name);
  }
  if (differing.length > 0) {
    console.error(`js-runtime/vendor differs from what build.mjs makes: ${differing.join(", ")}`);
    console.error("run: node js-runtime/vendor/build.mjs");
    process.exit(1);
  }
} else {
  await mkdir(path.join(VENDOR, "LICENSES"), { recursive: true });
  for (const name of stale) await rm(path.join(VENDOR, name));
  for (const [name, text] of wanted) await writeFile(path.join(VENDOR, name), text);
  console.log(`js-runtime/vendor: ${wanted.size} files`);
}
