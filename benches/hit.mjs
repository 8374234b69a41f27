#!/usr/bin/env node
/**
 * `node benches/hit.mjs`: server CPU for a response that is in memory, through the listener and every layer with default
 * settings, and from a bare axum handler, in turns, as a Markdown table. README.md explains how figures are taken.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import { run, start, stop } from "./lib/children.mjs";
import { allowedCpus, cpuSeconds, pin } from "./lib/proc.mjs";

const SIDES = ["bare", "host"];

/** What is asked for, and how the answer is decoded; older versions of Node cannot decode zstd. */
const FORMS = {
  identity: (body) => body,
  gzip: zlib.gunzipSync,
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync ?? ((body) => execFileSync("zstd", ["-dc"], { input: body })),
};

/** What a browser sends beside that. */
const BROWSER = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "accept-language": "en-GB,en;q=0.9,de;q=0.8",
  "sec-fetch-site": "none",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "upgrade-insecure-requests": "1",
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    forms: { type: "string", default: Object.keys(FORMS).join() },
    binary: { type: "string" },
  },
});
const [serverCpu, loadCpu] = allowedCpus();
const binary = values.binary ?? build();
pin(process.pid, [loadCpu]);

const servers = {};
for (const side of SIDES) servers[side] = await serve(side);
console.log("| answer | bytes | bare axum, µs | ssr-host, µs | ratio | least and largest ratio of a round |");
console.log("| --- | --: | --: | --: | --: | --- |");
for (const form of values.forms.split(",")) console.log(await row(form));
for (const side of SIDES) await stop(servers[side].child);

async function row(form) {
  const bodies = await Promise.all(SIDES.map((side) => ask(servers[side].address, form)));
  const [bare, host] = bodies.map((body) => FORMS[form](body));
  if (!bare.equals(host)) throw new Error(`the bodies differ (${form})`);
  for (const side of SIDES) await measure(servers[side], form, 1);
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    // Whoever is first in a round is second in the next.
    const order = round % 2 ? SIDES.toReversed() : SIDES;
    const micros = {};
    for (const side of order) micros[side] = await measure(servers[side], form, Number(values.seconds));
    rounds.push({ ...micros, ratio: micros.host / micros.bare });
  }
  const of = (figure) => rounds.map((round) => round[figure]).sort((a, b) => a - b);
  const [bareMicros, hostMicros, ratio] = ["bare", "host", "ratio"].map((figure) => median(of(figure)).toFixed(2));
  const ratios = of("ratio");
  return `| ${form} | ${bodies[1].length} | ${bareMicros} | ${hostMicros} | ${ratio} | ${ratios[0].toFixed(2)} – ${ratios.at(-1).toFixed(2)} |`;
}

/** Microseconds of server CPU for a request. */
async function measure({ child, address }, form, seconds) {
  const headers = Object.entries({ ...BROWSER, ...asking(form) }).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const before = cpuSeconds(child.pid);
  const script = join(import.meta.dirname, "lib/wrk.lua");
  const output = await run("wrk", ["-t1", "-c32", `-d${seconds}s`, "-s", script, ...headers, `http://${address}/`], seconds + 30);
  const used = cpuSeconds(child.pid) - before;
  const { requests, errors } = JSON.parse(output.match(/^RESULT (.*)$/m)[1]);
  if (errors > 0) throw new Error(`${errors} errors`);
  return (used * 1e6) / requests;
}

async function serve(side) {
  const child = start("taskset", ["-c", String(serverCpu), binary, side], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return { child, address: line.trim() };
}

function ask(address, form) {
  return new Promise((resolve, reject) => {
    const request = get(`http://${address}/`, { headers: asking(form), agent: false }, async (response) => {
      if ((response.headers["content-encoding"] ?? "identity") !== form) reject(new Error(`not encoded in ${form}`));
      resolve(Buffer.concat(await response.toArray()));
    });
    request.on("error", reject);
  });
}

function asking(form) {
  return form === "identity" ? {} : { "accept-encoding": form };
}

function median(sorted) {
  return sorted[Math.floor(sorted.length / 2)];
}

function build() {
  const args = ["bench", "--package", "ssr-host", "--bench", "hit", "--no-run", "--message-format", "json"];
  const messages = execFileSync("cargo", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 });
  const built = messages.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return built.find(({ executable, target }) => executable && target.name === "hit").executable;
}
