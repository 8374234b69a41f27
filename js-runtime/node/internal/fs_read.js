/**
 * Reading files, as synchronous functions on the ops; fs.js and fs/promises.js give them Node's three shapes.
 * The ops refuse paths outside the app root.
 */
import { op_fs_exists, op_fs_read_file, op_fs_readdir, op_fs_realpath, op_fs_stat } from "ext:core/ops";
import { codecOf } from "ext:ssr_host/node/internal/encodings.js";
import { nodeError, notSupported } from "ext:ssr_host/node/internal/errors.js";
import { Dirent, Stats } from "ext:ssr_host/node/internal/fs_stats.js";

/** The path in an argument: a string, `file:` URL or bytes. */
export function pathOf(path, name = "path") {
  if (path instanceof Uint8Array) path = codecOf("utf8").decode(path);
  else if (typeof path !== "string" && path instanceof URL) path = fileURLPath(path);
  if (typeof path !== "string") throw nodeError("ERR_INVALID_ARG_TYPE", name, ["string", "Buffer", "URL"], path);
  if (path.includes("\0")) {
    throw nodeError("ERR_INVALID_ARG_VALUE", name, path, "must be a string, Uint8Array, or URL without null bytes");
  }
  return path;
}

/** Not `url.fileURLToPath`: that module would be loaded with every `fs`. */
function fileURLPath(url) {
  if (url.protocol !== "file:") throw nodeError("ERR_INVALID_URL_SCHEME", "file");
  if (/%2f/i.test(url.pathname)) throw nodeError("ERR_INVALID_FILE_URL_PATH", "must not include encoded / characters");
  return decodeURIComponent(url.pathname);
}

/** The `encoding` of an options argument; throws for one that does not exist. */
function encodingOf(options) {
  const encoding = typeof options === "string" ? options : options?.encoding;
  if (encoding && encoding !== "buffer" && codecOf(encoding) === undefined) {
    throw nodeError("ERR_INVALID_ARG_VALUE", "encoding", encoding, "is invalid encoding");
  }
  return encoding === "buffer" ? undefined : encoding;
}

/** A flag that would write cannot be used. */
function checkFlag(options) {
  const flag = typeof options === "object" ? options?.flag : undefined;
  if (flag !== undefined && flag !== "r" && flag !== "rs" && flag !== 0) throw notSupported("fs", `open flag '${flag}'`);
}

export function readFile(path, options) {
  if (typeof path === "number") throw notSupported("fs", "readFile(fd)");
  checkFlag(options);
  const encoding = encodingOf(options);
  const bytes = op_fs_read_file(pathOf(path));
  if (encoding) return codecOf(encoding).decode(bytes);
  return globalThis.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function statWith(path, options, follow) {
  const given = pathOf(path);
  try {
    return new Stats(op_fs_stat(given, follow), options?.bigint);
  } catch (error) {
    if (options?.throwIfNoEntry === false && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}

export const stat = (path, options) => statWith(path, options, true);
export const lstat = (path, options) => statWith(path, options, false);

/** The names below a directory, relative to it: depth after breadth, as in Node. */
function* walk(directory, recursive) {
  const queue = [["", directory]];
  while (queue.length > 0) {
    const [prefix, parent] = queue.shift();
    for (const [name, kind] of op_fs_readdir(parent)) {
      yield { name, relative: prefix + name, parent, kind };
      if (recursive && kind === "dir") queue.push([`${prefix}${name}/`, `${parent.replace(/\/$/, "")}/${name}`]);
    }
  }
}

export function readdir(path, options) {
  const encoding = encodingOf(options);
  const toBuffer = options?.encoding === "buffer" || options === "buffer";
  const shown = (name) => {
    if (toBuffer) return globalThis.Buffer.from(name);
    return encoding ? globalThis.Buffer.from(name).toString(encoding) : name;
  };
  const entries = [];
  for (const { name, relative, parent, kind } of walk(pathOf(path), options?.recursive === true)) {
    entries.push(options?.withFileTypes ? new Dirent(shown(name), parent, kind) : shown(relative));
  }
  return entries;
}

export function realpath(path, options) {
  const encoding = typeof options === "string" ? options : options?.encoding;
  const real = op_fs_realpath(pathOf(path));
  return encoding === "buffer" ? globalThis.Buffer.from(real) : real;
}

export function exists(path) {
  try {
    return op_fs_exists(pathOf(path));
  } catch {
    return false;
  }
}

/** Bits of a mode that `access` asks about. */
export const F_OK = 0;
export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

/** Throws unless the path can be accessed. Nothing can be written. */
export function access(path, mode = F_OK) {
  const given = pathOf(path);
  const denied = (code, reason, errno) =>
    Object.assign(new Error(`${code}: ${reason}, access '${given}'`), { errno, code, syscall: "access", path: given });
  try {
    const { mode: bits } = op_fs_stat(given, true);
    if (mode & W_OK) throw denied("EROFS", "read-only file system", -30);
    if (mode & X_OK && !(bits & 0o111)) throw denied("EACCES", "permission denied", -13);
  } catch (error) {
    if (error.syscall === "access") throw error;
    error.message = error.message.replace(/, \w+ '/, ", access '");
    error.syscall = "access";
    throw error;
  }
}
