/** `fs.Stats` and `fs.Dirent`. Source: node/lib/internal/fs/utils.js. */

/** File type bits of `mode`. */
const TYPE_MASK = 0o170000;
const TYPES = {
  isDirectory: 0o040000,
  isFile: 0o100000,
  isBlockDevice: 0o060000,
  isCharacterDevice: 0o020000,
  isSymbolicLink: 0o120000,
  isFIFO: 0o010000,
  isSocket: 0o140000,
};

const NUMBERS = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
const TIMES = ["atime", "mtime", "ctime", "birthtime"];

/** What `stat` returns; with `bigint` its numbers are BigInts. */
export class Stats {
  constructor(facts, bigint = false) {
    const number = bigint ? (value) => BigInt(Math.floor(value)) : (value) => value;
    for (const name of NUMBERS) this[name] = number(facts[name] ?? 0); // `rdev` is 0 for all but devices
    for (const name of TIMES) this[`${name}Ms`] = number(facts[`${name}Ms`]);
    if (bigint) for (const name of TIMES) this[`${name}Ns`] = BigInt(Math.round(facts[`${name}Ms`] * 1e6));
    for (const name of TIMES) this[name] = new Date(Math.round(facts[`${name}Ms`]));
  }
}
for (const [method, bits] of Object.entries(TYPES)) {
  Stats.prototype[method] = function () {
    return (Number(this.mode) & TYPE_MASK) === bits;
  };
}

const KINDS = { file: "isFile", dir: "isDirectory", link: "isSymbolicLink" };

/** An entry of a directory that was read `withFileTypes`. */
export class Dirent {
  #kind;

  constructor(name, parentPath, kind) {
    this.name = name;
    this.parentPath = parentPath;
    this.path = parentPath;
    this.#kind = KINDS[kind];
    for (const method of Object.keys(TYPES)) {
      Object.defineProperty(this, method, { value: () => this.#kind === method, enumerable: false });
    }
  }
}
