/**
 * The way of somebody new, from an empty directory to a page in a browser, step by step and timed: an app of six small files (`hello`), npm,
 * `ssr-host check`, `ssr-host init docker`, the image's files, a container without Docker. Nothing is downloaded but npm packages.
 * `node tests/newcomer/newcomer.mjs` walks it and prints the times.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assemble, Container, scratch } from "../image/container.mjs";
import { ask } from "../network/ask.mjs";
import { hostBinary, need, REPOSITORY, startNode } from "../parity/support/servers.mjs";

const SELF = fileURLToPath(import.meta.url);
const HELLO = join(SELF, "../hello");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const COMMAND_LIMIT_MS = 300_000;

/** Who walks: where, and what is there so far. */
class Newcomer {
  app = join(scratch("newcomer"), "hello");

  /** Runs a command in the app's directory; gives what it prints. */
  async run(program, ...args) {
    const child = spawn(program, args, { cwd: this.app, stdio: ["ignore", "pipe", "pipe"], timeout: COMMAND_LIMIT_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    const code = await new Promise((done, fail) => child.on("error", fail).on("close", (code, signal) => done(signal ?? code)));
    assert.equal(code, 0, `${program} ${args.join(" ")} ended with ${code}\n${output}`);
    return output;
  }

  async stop() {
    await this.browser?.close();
    await this.container?.stop();
  }
}

/** @type {{name: string, act(newcomer: Newcomer): Promise<unknown>}[]} */
export const STEPS = [
  { name: "write the app", act: async ({ app }) => cpSync(HELLO, app, { recursive: true }) },
  { name: "npm install", act: (newcomer) => newcomer.run("npm", "install", "--no-audit", "--no-fund") },
  {
    name: "npm run build",
    async act(newcomer) {
      await newcomer.run("npm", "run", "build");
      assert.ok(existsSync(join(newcomer.app, "dist/server/index.js")), "there is a server bundle");
    },
  },
  {
    name: "ssr-host check",
    async act(newcomer) {
      const said = await newcomer.run(hostBinary(), "check");
      assert.match(said, /^dist\/server\/index\.js starts in/);
      assert.match(said, /missing modules none/);
    },
  },
  {
    name: "ssr-host init docker",
    async act(newcomer) {
      await newcomer.run(hostBinary(), "init", "docker");
      assert.ok(existsSync(join(newcomer.app, "Dockerfile")), "there is a Dockerfile");
    },
  },
  {
    name: "docker/rootfs",
    async act(newcomer) {
      newcomer.image = assemble(newcomer.app);
    },
  },
  {
    name: "start the container",
    async act(newcomer) {
      newcomer.container = await Container.start(newcomer.image.root);
    },
  },
  {
    name: "ssr-host healthcheck",
    async act({ container }) {
      const { code, output } = await container.run("/usr/bin/ssr-host", "healthcheck");
      assert.equal(code, 0, output);
    },
  },
  { name: "the page in a browser, and a click", act: click },
];

/** The page is rendered by the server, and a script takes it over: a click counts, and nobody complains. */
async function click(newcomer) {
  const executablePath = need(process.env.CHROMIUM ?? "/usr/bin/chromium", "install Chromium, or set CHROMIUM");
  const { chromium } = createRequire(need("tests/package.json", "it is part of this repository"))("playwright-core");
  newcomer.browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await newcomer.browser.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(`${message.text()} ${message.location().url}`));
  page.on("pageerror", ({ message }) => complaints.push(message));
  const response = await page.goto(newcomer.container.url, { waitUntil: "networkidle" });
  assert.equal(response.status(), 200);
  assert.match(await response.text(), /Clicked 0 times/, "it is rendered by the server");
  await page.locator("button").click();
  await page.getByText("Clicked 1 times").waitFor();
  // A browser asks for /favicon.ico, and this app has none.
  assert.deepEqual(complaints.filter((complaint) => !complaint.endsWith("/favicon.ico")), []);
}

/** The page as Node sends it, and as the container does. */
export async function pages({ app, container }) {
  const node = await startNode(join(app, "dist/server/index.js"), { NODE_ENV: "production" });
  try {
    return { node: await ask(`http://127.0.0.1:${node.port}/`), host: await ask(`${container.url}/`) };
  } finally {
    await node.stop();
  }
}

/**
 * Walks all the way.
 * @param {(name: string, ms: number) => void} tell after each step
 * @returns {Promise<Newcomer>} who has to be stopped
 */
export async function walk(tell) {
  const newcomer = new Newcomer();
  const began = performance.now();
  try {
    for (const { name, act } of STEPS) {
      const started = performance.now();
      await act(newcomer).catch((error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      });
      tell(name, performance.now() - started);
    }
  } catch (error) {
    await newcomer.stop();
    throw error;
  }
  tell("all of it", performance.now() - began);
  return newcomer;
}

if (process.argv[1] === SELF) {
  const newcomer = await walk((name, ms) => console.log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`));
  await newcomer.stop();
}
