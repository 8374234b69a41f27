/** `node:fs/promises`: reading, under the app root. Whatever writes throws: see fs.js. */
import * as read from "ext:ssr_host/node/internal/fs_read.js";
import { constants } from "ext:ssr_host/node/internal/fs_constants.js";
import { WRITING } from "ext:ssr_host/node/internal/fs_names.js";
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

/** A promise of what a synchronous reader returns or throws. */
const promised = (fn) => async (...args) => fn(...args);

export const access = promised(read.access);
export const lstat = promised(read.lstat);
export const readdir = promised(read.readdir);
export const readFile = promised(read.readFile);
export const realpath = promised(read.realpath);
export const stat = promised(read.stat);

/** Rejects, as an async function does, with the named error. */
const loud = (name) => promised(loudFunction("fs/promises", name));
const absent = Object.fromEntries([...WRITING, "watch"].map((name) => [name, loud(name)]));
export const {
  appendFile, chmod, chown, copyFile, cp, lchmod, lchown, link, lutimes, mkdir, mkdtemp, open, opendir, readlink,
  rename, rm, rmdir, statfs, symlink, truncate, unlink, utimes, watch, writeFile,
} = absent;
export { constants };

export default {
  access, appendFile, chmod, chown, constants, copyFile, cp, lchmod, lchown, link, lstat, lutimes, mkdir, mkdtemp,
  open, opendir, readdir, readFile, readlink, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink,
  utimes, watch, writeFile,
};
