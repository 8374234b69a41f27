/** The image, as docker/rootfs makes it, in a container without Docker: read-only, PID 1, UID 1001, no capability. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ask } from "../network/ask.mjs";
import { hostBinary, REPOSITORY, startHost } from "../parity/support/servers.mjs";
import { assemble, Container, IMAGE, scratch } from "./container.mjs";
import { dates } from "./app.mjs";

const BLOG = join(REPOSITORY, "examples/blog");

/** The most it may take, with the example: as it lies there, and as a registry keeps it. */
const MAX_BYTES = 80e6;
const MAX_PACKED = 30e6;

/** Stops containers that a failed test has left. */
async function within(container, check) {
  try {
    return await check(container);
  } finally {
    await container.stop();
  }
}

describe("image with the example", () => {
  let blog;
  before(() => (blog = assemble(BLOG)));

  test("is small", (t) => {
    t.diagnostic(blog.output);
    const [, bytes, packed] = /^all +(\d+) +(\d+)$/m.exec(blog.output);
    assert.ok(Number(bytes) < MAX_BYTES, `${bytes} bytes, ${MAX_BYTES} at most\n${blog.output}`);
    assert.ok(Number(packed) < MAX_PACKED, `${packed} bytes packed, ${MAX_PACKED} at most\n${blog.output}`);
  });

  test("has no source map that anybody may fetch, and nothing its user may write to", () => {
    const files = readdirSync(blog.root, { recursive: true, withFileTypes: true });
    const maps = files.filter((file) => file.name.endsWith(".map")).map((file) => join(file.parentPath, file.name).slice(blog.root.length));
    assert.deepEqual(maps, ["/app/dist/server/index.js.map"]);
    assert.equal(execFileSync("find", [blog.root, "(", "-perm", "/022", "-o", "-not", "-uid", "0", "-o", "-perm", "/6000", ")", "-not", "-type", "l"], { encoding: "utf8" }), "");
  });

  test("answers as the same binary does outside, as somebody without rights", async () => {
    const host = await startHost(join(blog.root, "app/dist/server/index.js"), { NODE_ENV: "production" });
    await within(await Container.start(blog.root), async (container) => {
      assert.equal((await ask(`${container.url}/health`)).status, 200);
      for (const path of ["/", "/posts/7?lang=fr", "/api/posts", "/nowhere"]) {
        const [inside, outside] = await Promise.all([ask(container.url + path), ask(`http://127.0.0.1:${host.port}${path}`)]);
        assert.equal(inside.status, outside.status, path);
        assert.equal(inside.body.toString(), outside.body.toString(), path);
        assert.deepEqual(Object.keys(inside.headers).sort(), Object.keys(outside.headers).sort(), path);
      }
      const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
      assert.match(status, /^Uid:\t1001\t1001\t1001\t1001$/m);
      assert.match(status, /^Gid:\t1001\t1001\t1001\t1001$/m);
      assert.match(status, /^Groups:\t *$/m);
      assert.match(status, /^CapEff:\t0+$/m);
      assert.match(status, /^NSpid:\t\d+\t1$/m);
    }).finally(() => host.stop());
  });

  test("sends compressed neighbours of its files, and no source maps", async () => {
    await within(await Container.start(blog.root), async ({ url }) => {
      const name = readdirSync(join(blog.root, "app/dist/client/assets")).find((name) => /^index-.*\.js$/.test(name));
      const file = join(blog.root, "app/dist/client/assets", name);
      for (const [coding, extension] of [["br", ".br"], ["zstd", ".zst"], ["gzip", ".gz"]]) {
        const { status, headers, body } = await ask(`${url}/assets/${name}`, { headers: { "accept-encoding": coding } });
        assert.equal(status, 200);
        assert.equal(headers["content-encoding"], coding);
        assert.deepEqual(body, readFileSync(file + extension));
      }
      assert.deepEqual((await ask(`${url}/assets/${name}`)).body, readFileSync(file));
      for (const map of [`/assets/${name}.map`, "/server/index.js.map", "/dist/server/index.js.map", "/assets/..%2f..%2fserver/index.js.map"])
        assert.notEqual((await ask(url + map)).status, 200, map);
      assert.equal((await ask(`${url}/assets/${name}.map`)).status, 404);
    });
  });

  test("starts without /proc", async () => {
    await within(await Container.start(blog.root, { proc: false }), async ({ url }) => {
      assert.equal((await ask(`${url}/posts/1`)).status, 200);
    });
  });

  test("starts no process, so none is left for PID 1 to wait for", async () => {
    const trace = join(scratch("trace"), "trace");
    await within(await Container.start(blog.root, { trace }), async ({ url }) => {
      for (const path of ["/", "/posts/1", "/assets/none.js"]) await ask(url + path);
    });
    const { calls } = afterStart(trace);
    const started = calls.filter((line) => /\b(execve|execveat|fork|vfork)\(|\bclone3?\((?!.*CLONE_THREAD)/.test(line));
    assert.deepEqual(started, []);
  });

  test("leaves no zombie of processes that others leave behind", async () => {
    await within(await Container.start(blog.root), async ({ pid }) => {
      // In the container's processes, with this machine's files: the image has no shell.
      execFileSync("nsenter", ["--target", String(pid), "--pid", "sh", "-c", "for _ in 1 2; do sleep 2 >/dev/null 2>&1 & done"]);
      assert.deepEqual(childrenOf(pid).map((child) => child.slice(2)), ["sleep", "sleep"], "PID 1 has inherited them");
      await waitUntil(() => childrenOf(pid).length === 0, () => `still there: ${childrenOf(pid)}`);
    });
  });
});

/** State and name of each child of a process, as proc_pid_stat(5) has them. */
function childrenOf(parent) {
  const stats = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return null; // it has ended meanwhile
    }
  });
  return stats.filter((stat) => stat !== null && Number(stat[3]) === parent).map(([, name, state]) => `${state} ${name}`);
}

async function waitUntil(holds, otherwise) {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, otherwise());
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** What PID 1 has asked of the kernel since it became ssr-host. */
export function afterStart(trace) {
  const lines = readFileSync(trace, "utf8").split("\n");
  const start = lines.findIndex((line) => line.includes(`execve("${IMAGE.entrypoint[0]}"`));
  assert.notEqual(start, -1, "strace has not seen the start");
  return { calls: lines.slice(start + 1) };
}

describe("image with an app of its own", () => {
  let files;
  before(() => {
    const app = join(scratch("app"), "app");
    mkdirSync(join(app, "dist/server"), { recursive: true });
    cpSync(join(REPOSITORY, "tests/image/app.mjs"), join(app, "dist/server/index.js"));
    writeFileSync(join(app, "package.json"), '{ "type": "module" }');
    files = assemble(app, "--quiet").root;
  });

  test("its health check tells whether the server answers", async () => {
    await within(await Container.start(files), async (container) => {
      const up = await container.run(...IMAGE.healthcheck);
      assert.equal(up.code, 0, up.output);
      container.env.PORT = "1";
      const down = await container.run(...IMAGE.healthcheck);
      assert.equal(down.code, 1, down.output);
    });
  });

  for (const signal of ["SIGTERM", "SIGINT"]) {
    test(`ends at ${signal}, when what is in flight is finished`, async () => {
      await within(await Container.start(files), async (container) => {
        const slow = ask(`${container.url}/slow?ms=1500`);
        await new Promise((wake) => setTimeout(wake, 500));
        const asked = performance.now();
        container.signal(signal);
        const [answer, code] = await Promise.all([slow, container.ended()]);
        assert.equal(answer.body.toString(), "waited");
        assert.equal(code, 0, container.output);
        assert.ok(performance.now() - asked < 5000, "within `shutdown.timeout`");
      });
    });
  }

  for (const TZ of [undefined, "Europe/Berlin", "America/New_York", "Pacific/Chatham"]) {
    test(`dates and time zones are Node's with TZ=${TZ ?? ""}`, async () => {
      const script = `import(${JSON.stringify(join(REPOSITORY, "tests/image/app.mjs"))}).then((app) => console.log(JSON.stringify(app.dates())))`;
      // Where nothing is said a container has UTC.
      const node = JSON.parse(execFileSync(process.execPath, ["-e", script], { env: { TZ: TZ ?? "UTC" }, encoding: "utf8" }));
      await within(await Container.start(files, { env: TZ ? { TZ } : {} }), async ({ url }) => {
        assert.deepEqual(JSON.parse((await ask(`${url}/dates`)).body), node);
      });
    });
  }

  test("believes the authorities of the file that is mounted over the image's", async () => {
    const { key, cert, authority } = certificate();
    const server = createServer({ key, cert }, (_, response) => response.end("over TLS"));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const path = `/fetch?url=${encodeURIComponent(`https://localhost:${server.address().port}/`)}`;
    try {
      await within(await Container.start(files, { files: { [IMAGE.env.SSL_CERT_FILE]: authority } }), async ({ url }) => {
        const { status, body } = await ask(url + path);
        assert.deepEqual([status, body.toString()], [200, "over TLS"]);
      });
      await within(await Container.start(files), async ({ url }) => {
        const { status, body } = await ask(url + path);
        assert.equal(status, 502);
        assert.match(body.toString(), /certificate/i);
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("an app's write is an error, not a file", async () => {
    await within(await Container.start(files), async ({ url, root }) => {
      assert.equal((await ask(`${url}/write`)).status, 500);
      assert.ok(!existsSync(join(root, "app/dist/written")));
    });
  });
});

/** A certificate for localhost, and that of the authority that has signed it. */
function certificate() {
  const folder = scratch("tls");
  const file = (name) => join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-subj", "/CN=authority", "-keyout", file("ca.key"), "-out", file("ca.pem"));
  const leaf = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
  openssl("req", "-x509", ...key, ...leaf, "-subj", "/CN=localhost", "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-keyout", file("key.pem"), "-out", file("cert.pem"));
  const [keyText, cert, authority] = ["key.pem", "cert.pem", "ca.pem"].map((name) => readFileSync(file(name), "utf8"));
  return { key: keyText, cert, authority };
}
