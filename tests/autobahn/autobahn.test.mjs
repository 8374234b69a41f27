/**
 * The Autobahn suite against an echo server, directly and through the proxy: no case may come out differently. What the server itself is
 * judged by does not matter, only that the proxy changes nothing. `AUTOBAHN_CASES='*'` runs all cases (half an hour).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { need, NOTHING_ADDED, startHost } from "../parity/support/servers.mjs";
import { MOST, run, setup } from "./suite.mjs";

const CASES = process.env.AUTOBAHN_CASES?.split(",") ?? MOST;

/** Fewer would mean that the suite did not run. The ranges of the usual cases have so many. */
const LEAST = process.env.AUTOBAHN_CASES ? 1 : 313;

/** What is no failure, in the words of the suite. */
const FINE = ["OK", "NON-STRICT", "INFORMATIONAL"];

describe("Autobahn", () => {
  let echo;
  let host;
  let direct;
  let proxied;

  before(async () => {
    const suite = setup();
    echo = await startEcho();
    host = await startProxy(echo.port);
    const runBoth = (cases) => Promise.all([echo, host].map(({ port }) => run(suite, `ws://127.0.0.1:${port}/echo`, cases)));
    [direct, proxied] = await runBoth(CASES);
    // Some cases have to be done in so many seconds, which a busy machine may need longer for.
    const doubtful = Object.keys(direct).filter((id) => !isFine(direct[id]) || isChanged(id));
    if (doubtful.length === 0) return;
    const again = await runBoth(doubtful);
    [direct, proxied] = [direct, proxied].map((results, side) => ({ ...results, ...again[side] }));
  });
  after(async () => {
    await host?.stop();
    echo?.process.kill();
  });

  it("all cases were run", () => {
    assert.ok(Object.keys(direct).length >= LEAST, `${Object.keys(direct).length} cases`);
    assert.deepEqual(Object.keys(proxied).sort(), Object.keys(direct).sort());
  });

  it("the server behind it is a good one", () => {
    assert.deepEqual(Object.keys(direct).filter((id) => !isFine(direct[id])), []);
  });

  it("every case comes out as it does without the proxy", () => {
    for (const id of Object.keys(direct).filter(isChanged)) assert.deepEqual({ id, ...proxied[id] }, { id, ...direct[id] });
  });

  function isChanged(id) {
    return JSON.stringify(direct[id]) !== JSON.stringify(proxied[id]);
  }
});

function isFine({ behavior }) {
  return FINE.includes(behavior);
}

async function startEcho() {
  need("tests/autobahn/node_modules/ws", "run `npm ci` in tests/autobahn");
  const process = spawn("node", [join(import.meta.dirname, "echo.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(process.stdout.setEncoding("utf8"), "data");
  return { process, port: Number(line) };
}

/** The app is any: nothing of it is asked for. */
async function startProxy(port) {
  const folder = mkdtempSync(join(tmpdir(), "ssr-host-autobahn-"));
  const settings = join(folder, "ssr-host.toml");
  writeFileSync(settings, `[[proxy]]\npath = "/echo"\nupstream = "http://127.0.0.1:${port}"\n`);
  const app = need("crates/host/tests/apps/fastify.js", "it is part of this repository");
  return startHost(app, { ...NOTHING_ADDED, SSR_HOST_CONFIG: settings }).finally(() => rmSync(folder, { recursive: true }));
}
