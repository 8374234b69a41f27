/**
 * What is absent says so: the error has a code, and names the module and the function. Node has these functions, so under
 * Node nothing is called; in an isolate each call must throw.
 */
const onHost = process.versions["ssr-host"] !== undefined;

const CALLS = {
  fs: ["writeFileSync", "writeFile", "mkdirSync", "openSync", "watch", "createWriteStream", "unlinkSync"],
  http: ["createServer", "request", "get", "Agent", "Server"],
  https: ["request", "Agent"],
  net: ["createServer", "connect", "Socket"],
  child_process: ["spawn", "exec", "execSync", "fork"],
  zlib: ["gzipSync", "createGzip", "brotliCompressSync"],
  crypto: ["createCipheriv", "pbkdf2Sync", "scryptSync", "createSign", "generateKeyPairSync"],
  os: ["freemem", "userInfo", "networkInterfaces", "loadavg", "setPriority"],
  dns: ["lookup", "resolve"],
  vm: ["runInThisContext", "Script"],
  v8: ["serialize", "getHeapStatistics"],
  worker_threads: ["Worker"],
  async_hooks: ["createHook"],
  readline: ["createInterface"],
  process: ["chdir", "kill", "umask"],
  perf_hooks: ["monitorEventLoopDelay"],
  module: ["register"],
  "path/win32": ["join", "basename"],
};

/** A line that is the same on both: `ok`, unless the host does not throw as it should. */
function verdict(module, name, call) {
  if (!onHost) return "ok";
  try {
    call();
    return "did not throw";
  } catch (error) {
    if (error.code !== "ERR_NOT_SUPPORTED") return `threw ${error}`;
    return error.message.startsWith(`node:${module} \`${name}\` is not supported by ssr-host`) ? "ok" : error.message;
  }
}

for (const [module, names] of Object.entries(CALLS)) {
  const namespace = await import(`node:${module}`);
  for (const name of names) {
    console.log(module, name, verdict(module, name, () => namespace[name]()));
    if (/^[A-Z]/.test(name)) console.log(module, `new ${name}`, verdict(module, name, () => new namespace[name]()));
  }
}
const { constants } = await import("node:http2");
console.log("http2 constants", verdict("http2", "constants.NGHTTP2_NO_ERROR", () => constants.NGHTTP2_NO_ERROR));

// Names of options that the host's encoders take.
const { constants: options } = await import("node:zlib");
console.log("zlib constants", options.BROTLI_PARAM_QUALITY, options.Z_BEST_SPEED, options.Z_DEFAULT_COMPRESSION);
console.log("stdin", verdict("process", "stdin", () => process.stdin));
const os = await import("node:os");
console.log("cpus", verdict("os", "cpus()[].model", () => os.cpus()[0].model));
const { writeFile } = await import("node:fs/promises");
const rejected = onHost ? await writeFile("x", "y").then(() => "resolved", (error) => error.code) : "ERR_NOT_SUPPORTED";
console.log("fs/promises writeFile", rejected);
