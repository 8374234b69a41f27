// Every case in cases/ runs on Node with the real ioredis and in an isolate with the facade, against the same real Redis; both
// must print the same. So do the warnings that ioredis prints.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { certificates } from "./support/certificates.mjs";
import { control, freePort, RedisServer } from "./support/redis-server.mjs";

const host = process.env.SSR_HOST_BIN ?? join(import.meta.dirname, "../../target/release/ssr-host");
const cases = join(import.meta.dirname, "cases");
const directory = mkdtempSync(join(tmpdir(), "ioredis-"));
let port;
let pem;

before(async () => {
  port = await freePort();
  pem = certificates(directory);
});
after(() => rmSync(directory, { recursive: true }));

/** Runs a case; what it printed, and what ioredis warned of. */
async function outcome(command, file) {
  const socket = join(directory, "redis.sock");
  const server = new RedisServer(port, socket);
  const remote = await control(server);
  try {
    await server.start();
    const env = { ...process.env, REDIS_PORT: port, REDIS_SOCKET: socket, REDIS_CONTROL: remote.url, ...pem, NODE_NO_WARNINGS: "1" };
    const [program, ...args] = command;
    const options = { env, timeout: 60_000, killSignal: "SIGKILL", maxBuffer: 1 << 26 };
    const { error, stdout, stderr } = await new Promise((resolve) =>
      execFile(program, [...args, file], options, (error, stdout, stderr) => resolve({ error, stdout, stderr })),
    );
    assert.equal(error, null, `${program} ${file}: ${error?.message}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
    const warnings = stderr.split("\n").filter((line) => /^\[(ioredis|WARN|ERROR)\]|^ioredis/.test(line));
    return { printed: stdout.split("\n"), warnings };
  } finally {
    remote.close();
    await server.remove();
  }
}

for (const name of readdirSync(cases).sort()) {
  test(name, async () => {
    const file = join(cases, name);
    const theirs = await outcome([process.execPath], file);
    const ours = await outcome([host, "run-js"], file);
    assert.deepEqual(ours, theirs);
    assert.ok(theirs.printed.length > 3, "the case prints something");
  });
}
