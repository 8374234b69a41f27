/**
 * `node:fs`: reading files under the app root, in Node's callback, `Sync` and promise shapes.
 *
 * Deliberately absent: writing, file descriptors, watching. Those functions exist, so that a bundle can import them,
 * and throw an error that names them.
 */
import promises from "node:fs/promises";
import { core } from "ext:core/mod.js";
import { constants } from "ext:ssr_host/node/internal/fs_constants.js";
import { WRITING } from "ext:ssr_host/node/internal/fs_names.js";
import * as read from "ext:ssr_host/node/internal/fs_read.js";
import { Dirent, Stats } from "ext:ssr_host/node/internal/fs_stats.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";
import { customPromisify } from "ext:ssr_host/node/internal/util.js";
import { validateFunction } from "ext:ssr_host/node/internal/validators.js";

const lazyReadStream = core.createLazyLoader("ext:ssr_host/node/internal/read_stream.js");

/** The callback form of a synchronous reader: the callback runs in a later turn, errors of arguments throw at once. */
const withCallback = (fn) => (...args) => {
  const callback = args.length > 1 ? args.pop() : undefined;
  validateFunction(callback, "cb");
  let result;
  try {
    result = [null, fn(...args)];
  } catch (error) {
    if (error.syscall === undefined) throw error;
    result = [error];
  }
  globalThis.setImmediate(callback, ...result);
};

export const accessSync = (path, mode) => read.access(path, mode);
export const existsSync = (path) => read.exists(path);
export const lstatSync = (path, options) => read.lstat(path, options);
export const readdirSync = (path, options) => read.readdir(path, options);
export const readFileSync = (path, options) => read.readFile(path, options);
export const realpathSync = (path, options) => read.realpath(path, options);
export const statSync = (path, options) => read.stat(path, options);

export const access = withCallback(read.access);
export const lstat = withCallback(read.lstat);
export const readdir = withCallback(read.readdir);
export const readFile = withCallback(read.readFile);
export const realpath = withCallback(read.realpath);
export const stat = withCallback(read.stat);
realpath.native = realpath;
realpathSync.native = realpathSync;

/** @deprecated `fs.access` */
export function exists(path, callback) {
  validateFunction(callback, "cb");
  globalThis.setImmediate(callback, read.exists(path));
}
exists[customPromisify] = async (path) => read.exists(path);

export function createReadStream(path, options) {
  return new (lazyReadStream().ReadStream)(path, options);
}

/** Callable with and without `new`, as in Node. */
export function ReadStream(path, options) {
  return createReadStream(path, options);
}
Object.defineProperty(ReadStream, Symbol.hasInstance, { value: (value) => value instanceof lazyReadStream().ReadStream });

export async function openAsBlob(path, options) {
  return new Blob([read.readFile(path)], options);
}

const loud = (name) => loudFunction("fs", name, "files can only be read");
const absent = Object.fromEntries(WRITING.flatMap((name) => [name, `${name}Sync`]).map((name) => [name, loud(name)]));
export const {
  appendFile, appendFileSync, chmod, chmodSync, chown, chownSync, close, closeSync, copyFile, copyFileSync, cp, cpSync,
  fchmod, fchmodSync, fchown, fchownSync, fdatasync, fdatasyncSync, fstat, fstatSync, fsync, fsyncSync, ftruncate,
  ftruncateSync, futimes, futimesSync, lchmod, lchmodSync, lchown, lchownSync, link, linkSync, lutimes, lutimesSync,
  mkdir, mkdirSync, mkdtemp, mkdtempSync, open, opendir, opendirSync, openSync, readlink, readlinkSync, readSync,
  readv, readvSync, rename, renameSync, rm, rmdir, rmdirSync, rmSync, statfs, statfsSync, symlink, symlinkSync,
  truncate, truncateSync, unlink, unlinkSync, utimes, utimesSync, write, writeFile, writeFileSync, writeSync, writev,
  writevSync,
} = absent;
export const createWriteStream = loud("createWriteStream");
export const Dir = loud("Dir");
export const unwatchFile = loud("unwatchFile");
export const watch = loud("watch");
export const watchFile = loud("watchFile");
export const WriteStream = loud("WriteStream");
const { read: readDescriptor } = absent;
export const { F_OK, R_OK, W_OK, X_OK } = constants;

export { constants, Dirent, promises, readDescriptor as read, Stats };
export default {
  ...absent, access, accessSync, constants, createReadStream, createWriteStream, Dir, Dirent, exists, existsSync, F_OK,
  lstat, lstatSync, openAsBlob, promises, R_OK, readdir, readdirSync, readFile, readFileSync, ReadStream, realpath,
  realpathSync, stat, Stats, statSync, unwatchFile, W_OK, watch, watchFile, WriteStream, X_OK,
};
