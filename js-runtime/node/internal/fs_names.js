/** The functions of `node:fs` that are absent because they write, hold descriptors open or watch. */
export const WRITING = [
  "appendFile", "chmod", "chown", "close", "copyFile", "cp", "fchmod", "fchown", "fdatasync", "fstat", "fsync",
  "ftruncate", "futimes", "lchmod", "lchown", "link", "lutimes", "mkdir", "mkdtemp", "open", "opendir", "read",
  "readlink", "readv", "rename", "rm", "rmdir", "statfs", "symlink", "truncate", "unlink", "utimes", "write",
  "writeFile", "writev",
];
