/**
 * What the host opens in its container, by strace: docker/files has all of it, and nothing is written. Looked for and not found is only
 * what the table below explains.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ask } from "../network/ask.mjs";
import { REPOSITORY } from "../parity/support/servers.mjs";
import { assemble, Container, IMAGE, scratch } from "./container.mjs";

/** What Docker provides: the kernel's own files, and those it mounts. */
const PROVIDED = /^\/(proc|sys|dev)(\/|$)|^\/etc\/(resolv\.conf|hosts|hostname)$/;

/** What the host looks for, and does well without. */
const NOT_NEEDED = [
  { path: /^\/etc\/ld\.so\.(preload|cache)$|^(\/usr)?\/lib(64)?\/(x86_64|aarch64)-linux-gnu\//, why: "glibc's loader: other places of libraries, for other processors. What is loaded is a test of its own" },
  { path: /^\/etc\/(host|gai)\.conf$/, why: "glibc, looking up a name: the defaults hold" },
  { path: /^\/etc\/localtime$|^\/usr\/share\/zoneinfo\//, why: "ICU, without TZ: no zone of the machine is UTC. It has the zones inside" },
  { path: /^\/app\/(.*\/)?(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/, why: "what the app may have" },
  { path: /^\/(sys|proc)\//, why: "limits of a cgroup and the like, where there are any" },
];

/** Calls that change files, whatever their arguments. */
const CHANGES = /^(mkdir|mkdirat|mknod|mknodat|unlink|unlinkat|rename|renameat2?|link|linkat|symlink|symlinkat|rmdir|creat|truncate|chmod|fchmodat2?|chown|lchown|fchownat|utimensat|setxattr|mount|umount2)\(/;

describe("files", () => {
  let calls;
  let asked;
  before(async () => {
    const { root } = assemble(join(REPOSITORY, "examples/blog"), "--quiet");
    const trace = join(scratch("trace"), "trace");
    // A Redis by name, for glibc to look up; it need not answer.
    let connected = 0;
    const redis = createServer((socket) => { connected += 1; socket.on("error", () => {}).destroy(); });
    await new Promise((done) => redis.listen(0, "127.0.0.1", done));
    const env = { REDIS_URL: `redis://redis.test:${redis.address().port}`, COMPOSABLE_RUST_BACKEND_URL: "http://backend.test:1" };
    const container = await Container.start(root, { trace, env });
    try {
      asked = {};
      for (const path of ["/", "/posts/1", "/health", "/nowhere", assetOf(root)]) asked[path] = (await ask(container.url + path)).status;
      await container.run(...IMAGE.healthcheck);
      container.signal("SIGTERM");
      await container.ended();
    } finally {
      await container.stop();
      redis.close();
    }
    assert.ok(connected > 0, "the Redis has been found by its name");
    calls = { root, all: [...read(trace)] };
  });

  test("the answers are good ones", () => assert.deepEqual(Object.values(asked), [200, 200, 200, 404, 200]));

  test("nothing is written", () => {
    const opened = calls.all.filter(({ text }) => /^open/.test(text) && /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(text) && !/"\/dev\/null"/.test(text));
    const changed = calls.all.filter(({ text }) => CHANGES.test(text));
    assert.deepEqual([...opened, ...changed].map(({ text }) => text), []);
  });

  test("what is opened is in the image", () => {
    const strange = new Set();
    for (const { text, path, error } of calls.all) if (path && !error && !PROVIDED.test(path) && !existsSync(join(calls.root, absolute(path)))) strange.add(text);
    assert.deepEqual([...strange], []);
  });

  test("what is looked for and is not there is not needed", () => {
    const missing = new Set();
    for (const { path, error } of calls.all) if (path && error === "ENOENT" && !NOT_NEEDED.some((known) => known.path.test(path))) missing.add(path);
    assert.deepEqual([...missing], []);
  });

  test("no library is loaded that the image's list does not have, as for names of hosts", () => {
    const loaded = calls.all.filter(({ path, error }) => path && !error && /\.so(\.|$)/.test(path)).map(({ path }) => path.replace(/^.*\//, ""));
    const listed = readFileSync(join(REPOSITORY, "docker/files"), "utf8").matchAll(/^library +(\S+)$/gm);
    const patterns = [...listed].map(([, pattern]) => new RegExp(`^${pattern.replace(/[.+]/g, "\\$&").replaceAll("*", ".*")}$`));
    assert.deepEqual([...new Set(loaded)].filter((name) => !patterns.some((pattern) => pattern.test(name))), []);
  });
});

const absolute = (path) => (path.startsWith("/") ? path : join(IMAGE.workdir, path));

function assetOf(root) {
  const manifest = JSON.parse(readFileSync(join(root, "app/dist/client/.vite/manifest.json"), "utf8"));
  return `/${Object.values(manifest).find(({ isEntry }) => isEntry).file}`;
}

/** The calls since PID 1 became ssr-host, those that strace has cut in two put together. */
function* read(trace) {
  const unfinished = new Map();
  let hasStarted = false;
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    hasStarted ||= line.includes(`execve("${IMAGE.entrypoint[0]}"`);
    const [, thread, part] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (!hasStarted || !thread) continue;
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(part);
    if (begun) {
      unfinished.set(thread, begun[1]);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(part);
    const text = resumed ? (unfinished.get(thread) ?? "") + resumed[1] : part;
    // Of two paths (`symlink`) the first; a descriptor's own path (`""`) is none.
    const path = /^\w+\((?:[\w-]+, )?"([^"]+)"/.exec(text)?.[1];
    // `?`: the process ended meanwhile.
    yield { text, path, error: /= (?:-1 (E\w+)|\?)/.exec(text)?.slice(1).map((name) => name ?? "unknown")[0] };
  }
}
