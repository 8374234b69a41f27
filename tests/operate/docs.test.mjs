/**
 * The commands in the pages for operators: what can run on a plain machine is run, in a copy of the example beside a host that serves it;
 * of the rest program, subcommand and options are known. Needs `jq`, `curl`, `promtool`.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { hostBinary, need, REPOSITORY } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";
import { blocksOf, canRun, commandsIn, indentedLinesOf, runnable } from "./commands.mjs";
import { scratch, startWithAdmin } from "./hosts.mjs";

const LIMIT_MS = 60_000;
const OF_THE_EXAMPLE = ["dist", "package.json", "package-lock.json", "ssr-host.toml"];

describe("commands of a page", () => {
  it("are found wherever they are", () => {
    const script = "A=1 one \"$(two x)\" | three 'a; four' && for i in $(five); do six <(seven); done # eight\nnine 2>&1 \\\n  ten";
    assert.deepEqual(commandsIn(script).map(([program]) => program), ["two", "one", "three", "five", "seven", "six", "nine"]);
  });

  it("are refused when nobody knows them", () => {
    assert.throws(() => canRun("echo a | kubectl get pods"), /`kubectl` is neither/);
    assert.throws(() => canRun("fly releases rollback v3 --yes"), /no option `--yes`/);
    assert.throws(() => canRun("fly autoscale set"), /expected one of/);
    assert.equal(canRun("docker build -t a . && echo a"), false);
  });

  it("are known in docker/README.md", () => {
    for (const script of [...blocksOf("docker/README.md"), ...indentedLinesOf("docker/README.md")]) canRun(script);
  });
});

describe("DEPLOY.md, METRICS.md", () => {
  let place;
  before(async () => {
    need("examples/blog/node_modules/fastify", "run `npm ci` in examples/blog");
    place = await Place.of(need("examples/blog/dist/server/index.js", "run `npm run build` in examples/blog"), OF_THE_EXAMPLE.map((name) => `examples/blog/${name}`));
    for (let times = 0; times < 2; times++) await ask(`${place.host.url}/`);
  });
  after(() => place?.host.stop());

  for (const page of ["docs/DEPLOY.md", "docs/METRICS.md"]) {
    for (const block of blocksOf(page)) it(`${page}: ${block.split("\n")[0]}`, () => runnable(block).forEach((script) => place.run(script)));
  }

  it("compares Node and ssr-host, which say the same", () => {
    const block = blocksOf("docs/DEPLOY.md").find((block) => block.includes("diff <("));
    assert.match(place.run(block), /^\/: the same\n\/posts\/1: the same\n\/api\/posts: the same$/m);
  });

  it("tells what a request costs", () => {
    const block = blocksOf("docs/DEPLOY.md").find((block) => block.includes("ssr_host_pool_cpu_seconds_total"));
    assert.match(place.run(block), /^\d+\.\d\d ms\n$/);
  });
});

describe("LOGGING.md", () => {
  let place, lines;
  before(async () => {
    place = await Place.of(need("tests/operate/app/server.mjs", "it is part of this repository"), [], { SSR_HOST_CONFIG: "off", SSR_HOST_CACHE_ENABLED: "true" });
    for (const path of ["/page", "/page", "/private", "/slow", "/throw", "/throw", "/nope", "/log", "/health"]) await ask(`${place.host.url}${path}`);
    await ask(`${place.host.url}/page?token=zzhidden&apiKey=zzhidden&a=1`, { headers: { cookie: "sid=secret", authorization: "Bearer secret" } });
    await place.host.until(() => place.host.stderr.includes("token=***"), LIMIT_MS);
    lines = place.host.stderr.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    place.id = lines.find(({ req }) => req?.url === "/throw").reqId;
    writeFileSync(join(place.folder, "host.log"), `in front of it ${place.host.stderr}`);
  });
  after(() => place?.host.stop());

  const output = (part) => place.run(blocksOf("docs/LOGGING.md").find((block) => block.includes(part)));
  const completed = () => lines.filter(({ msg }) => msg === "request completed");

  for (const block of blocksOf("docs/LOGGING.md")) it(block.split("\n")[0], () => runnable(block).forEach((script) => place.run(script)));

  it("finds the slowest routes", () => {
    const times = completed().map(({ headTime }) => headTime).sort((a, b) => a - b);
    const p95 = times[Math.floor(((times.length - 1) * 95) / 100)];
    assert.equal(output("p95"), `${p95} ms\t${times.length}\tapp\n`);
  });

  it("finds errors by route", () => assert.equal(output(">= 500"), "2\t500\tapp\n"));

  it("finds everything about a request", () => {
    const found = output("--arg id").trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(found.map(({ level, msg }) => [level, msg.split("\n")[0]]), [
      [50, `GET /throw (${place.id}): TypeError: it went wrong`],
      [50, "request completed"],
    ]);
  });

  it("finds what the cache did", () => {
    assert.match(output("select(.cache)"), /^1\thit\tapp$/m);
    assert.match(output("select(.cache)"), /^\d\tmiss\tapp$/m);
  });

  it("has lines with the members of the page, and no others", () => {
    const page = explained("docs/LOGGING.md");
    const members = new Set(lines.flatMap((line) => Object.keys(line)).filter((name) => !["http.status", "request"].includes(name)));
    for (const name of members) assert.ok(page.has(name), `LOGGING.md does not explain \`${name}\``);
    assert.deepEqual([...new Set(completed().map(({ level }) => level))].sort(), [30, 40, 50]);
    assert.deepEqual(completed().filter(({ level }) => level === 40).map(({ req }) => req.url), ["/slow"], "slow: 1 s");
    assert.equal(completed().some(({ req }) => req.url === "/health"), false, "probes have no line");
  });

  it("says nothing of secrets", () => {
    assert.equal(completed().at(-1).req.url, "/page?token=***&apiKey=***&a=1");
    assert.doesNotMatch(place.host.stderr, /zzhidden|secret/);
  });

  it("has console with the id of its request", async () => {
    const said = JSON.parse(place.host.stdout.split("\n").find((line) => line.includes("said for a request")));
    const { level, reqId, msg, name } = said;
    const line = completed().find(({ req }) => req.url === "/log");
    assert.deepEqual({ level, reqId, msg, name }, { level: 30, reqId: line.reqId, msg: "said for a request", name: undefined });
  });

  it("obeys the levels of the page", async () => {
    const said = async (env) => {
      const host = await startWithAdmin(need("tests/operate/app/server.mjs", "it is part of this repository"), { SSR_HOST_CONFIG: "off", ...env });
      for (const path of ["/page", "/throw"]) await ask(`${host.url}${path}`);
      await host.stop();
      return host.stderr.split("\n").filter((line) => line.includes("request completed")).map((line) => JSON.parse(line).req.url);
    };
    assert.deepEqual(await said({}), ["/page", "/throw"]);
    assert.deepEqual(await said({ SSR_HOST_LOG: "info,ssr_host::request=off" }), []);
    assert.deepEqual(await said({ SSR_HOST_LOG_REQUESTS: "false" }), []);
    assert.deepEqual(await said({ SSR_HOST_LOG_SAMPLE: "1000000000" }), ["/throw"]);
  });
});

/** Names in the first column of the page's tables. */
function explained(page) {
  const rows = readFileSync(need(page, "it is part of this repository"), "utf8").match(/^\| (?:`[a-zA-Z.]+`(?:, )?)+ \|/gm);
  return new Set(rows.flatMap((row) => Array.from(row.matchAll(/`([a-zA-Z]+)[.\w]*`/g), ([, name]) => name)));
}

/** A directory with an app, a host that serves it, and what names of the pages stand for. */
class Place {
  static async of(entry, files, env = {}) {
    const place = new Place();
    place.folder = scratch("docs");
    for (const file of files) cpSync(join(REPOSITORY, file), join(place.folder, file.split("/").at(-1)), { recursive: true });
    symlinkSync(join(REPOSITORY, "docs"), join(place.folder, "docs"));
    symlinkSync(join(REPOSITORY, "examples/blog/node_modules"), join(place.folder, "node_modules"));
    const programs = join(place.folder, "bin");
    mkdirSync(programs);
    symlinkSync(hostBinary(), join(programs, "ssr-host"));
    place.env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, HOST: "127.0.0.1" };
    place.ports = [await freePort(), await freePort()];
    place.host = await startWithAdmin(entry, { SSR_HOST_TRUST_PEERS: "loopback", SSR_HOST_HTTP_SERVER_TIMING: "true", ...env });
    return place;
  }

  /** Runs a script of a page; gives what it prints. */
  run(script) {
    const [node, host] = this.ports;
    const text = script
      .replaceAll("localhost:3000", `127.0.0.1:${this.host.port}`)
      .replaceAll("http://127.0.0.1:9090", this.host.admin)
      .replaceAll(/curl (?=.*https:\/\/my-app\.fly\.dev)/g, "curl -H 'X-Forwarded-Proto: https' ")
      .replaceAll("https://my-app.fly.dev", this.host.url)
      .replaceAll("3001", node)
      .replaceAll("3002", host);
    const asksAdmin = /ssr-host cache/.test(text) ? { SSR_HOST_ADMIN_LISTEN: this.host.admin.replace("http://", "") } : {};
    const env = { ...this.env, ...asksAdmin, ID: this.id };
    const guarded = `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${text}`;
    const { status, stdout, stderr, error } = spawnSync("bash", ["-euo", "pipefail", "-c", guarded], { cwd: this.folder, env, encoding: "utf8", timeout: LIMIT_MS, killSignal: "SIGKILL", input: "" });
    assert.equal(status, 0, `${script}\nended with ${status ?? error}\n${stdout}${stderr}`);
    return stdout;
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer().on("error", failed).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
