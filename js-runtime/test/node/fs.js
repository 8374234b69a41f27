import fs, { constants, createReadStream, promises } from "node:fs";
import fsPromises, { access, readFile, readdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { text as readText } from "node:stream/consumers";
import { show, showAsync } from "./support/show.js";

const dir = new URL("./fixtures/", import.meta.url);
const root = fileURLToPath(dir);
const hello = `${root}hello.txt`;
const missing = `${root}missing.txt`;
/** Errors name an absolute path: shown without the part that differs between machines. */
const relative = (fn) => {
  try {
    return fn();
  } catch (error) {
    error.message = error.message.replaceAll(root, "");
    throw error;
  }
};
const details = (fn) => {
  try {
    fn();
  } catch ({ code, errno, syscall, path }) {
    return [code, errno, syscall, path?.replace(root, "")];
  }
};

show("same", () => [promises === fsPromises, fs.constants === constants, fs.promises.readFile === readFile]);
show("constants", () => [constants.R_OK, constants.W_OK, constants.X_OK, constants.F_OK, fs.F_OK, constants.O_RDONLY, constants.S_IFMT]);
show("readFileSync", () => [fs.readFileSync(hello, "utf8"), fs.readFileSync(hello, { encoding: "latin1" }).length, fs.readFileSync(new URL("hello.txt", dir)).length, Buffer.isBuffer(fs.readFileSync(hello)), fs.readFileSync(Buffer.from(hello), "base64").slice(0, 8)]);
show("readFileSync missing", () => relative(() => fs.readFileSync(missing)));
show("readFileSync missing details", () => details(() => fs.readFileSync(missing)));
show("readFileSync directory", () => details(() => fs.readFileSync(root)).slice(0, 3));
show("readFileSync encoding", () => fs.readFileSync(hello, "nope"));
show("readFileSync type", () => fs.readFileSync({}));
show("readFileSync null byte", () => relative(() => fs.readFileSync(`${root}a\0b`)));
await showAsync("readFile callback", () => new Promise((resolve) => fs.readFile(hello, "utf8", (error, data) => resolve([error, data.length]))));
await showAsync("readFile callback error", () => new Promise((resolve) => fs.readFile(missing, (error, data) => resolve([error.code, data]))));
show("readFile no callback", () => fs.readFile(hello));
await showAsync("promises.readFile", () => readFile(hello, "utf8"));
await showAsync("promises.readFile missing", () => readFile(missing).catch((error) => [error.code, error.syscall, error instanceof Error]));
show("existsSync", () => [fs.existsSync(hello), fs.existsSync(missing), fs.existsSync(root), fs.existsSync(5), fs.existsSync(dir)]);
await showAsync("exists", () => new Promise((resolve) => fs.exists(hello, resolve)));

show("statSync", () => {
  const s = fs.statSync(hello);
  return [s.size, s.isFile(), s.isDirectory(), s.isSymbolicLink(), s.isSocket(), s.isFIFO(), s.isBlockDevice(), s.isCharacterDevice(), s.mtime instanceof Date, Math.round(s.mtimeMs) === s.mtime.getTime(), s.mode & constants.S_IFMT, typeof s.ino, s instanceof fs.Stats];
});
show("statSync keys", () => Object.keys(fs.statSync(hello)).sort());
show("statSync bigint", () => {
  const s = fs.statSync(hello, { bigint: true });
  return [s.size, typeof s.mtimeNs, s.isFile()];
});
show("statSync missing", () => relative(() => fs.statSync(missing)));
show("statSync throwIfNoEntry", () => fs.statSync(missing, { throwIfNoEntry: false }));
show("lstatSync", () => [fs.lstatSync(`${root}link.txt`).isSymbolicLink(), fs.statSync(`${root}link.txt`).isFile()]);
await showAsync("stat", async () => [(await stat(root)).isDirectory(), await new Promise((resolve) => fs.stat(hello, (error, s) => resolve([error, s.size]))), (await fsPromises.lstat(`${root}link.txt`)).isFile()]);

show("readdirSync", () => fs.readdirSync(`${root}tree`).sort());
show("readdirSync types", () => fs.readdirSync(root, { withFileTypes: true }).map((d) => [d.name, d.isFile(), d.isDirectory(), d.isSymbolicLink(), d.parentPath === root || d.parentPath === root.slice(0, -1), d instanceof fs.Dirent]).sort());
show("readdirSync recursive", () => fs.readdirSync(`${root}tree`, { recursive: true }).sort());
show("readdirSync buffer", () => fs.readdirSync(`${root}tree`, "buffer").map(Buffer.isBuffer));
show("readdirSync missing", () => details(() => fs.readdirSync(missing)));
await showAsync("readdir", async () => [(await readdir(`${root}tree`)).sort(), await new Promise((resolve) => fs.readdir(`${root}tree`, (error, names) => resolve(names.length)))]);

show("realpathSync", () => [fs.realpathSync(`${root}link.txt`) === fs.realpathSync(hello), fs.realpathSync.native(hello) === fs.realpathSync(hello)]);
await showAsync("realpath", async () => (await fsPromises.realpath(`${root}link.txt`)).endsWith("fixtures/hello.txt"));
show("accessSync", () => [fs.accessSync(hello), fs.accessSync(hello, constants.R_OK)]);
show("accessSync missing", () => relative(() => fs.accessSync(missing)));
show("accessSync x", () => details(() => fs.accessSync(hello, constants.X_OK)));
await showAsync("access", async () => [await access(hello), await access(missing).catch((error) => error.code), await new Promise((resolve) => fs.access(hello, resolve))]);

await showAsync("createReadStream", () => readText(createReadStream(hello)));
await showAsync("createReadStream range", () => readText(createReadStream(hello, { start: 6, end: 9 })));
await showAsync("createReadStream encoding", async () => {
  const chunks = [];
  for await (const chunk of createReadStream(hello, { encoding: "utf8", highWaterMark: 7 })) chunks.push(chunk);
  return chunks;
});
await showAsync("createReadStream events", () => new Promise((resolve) => {
  const seen = [];
  const stream = createReadStream(hello);
  for (const name of ["open", "ready", "data", "end", "close"]) stream.on(name, () => seen.push(name));
  stream.on("close", () => resolve([seen, stream.bytesRead, stream.path === hello, stream instanceof fs.ReadStream]));
}));
await showAsync("createReadStream missing", () => new Promise((resolve) => createReadStream(missing).on("error", (error) => resolve([error.code, error.syscall]))));
show("createReadStream bad", () => createReadStream(hello, { start: -1 }));
await showAsync("openAsBlob", async () => (await (await fs.openAsBlob(hello)).text()).length);
show("relative path", () => fs.existsSync("no-such-file-here"));
