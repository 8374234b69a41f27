// Records the answers of the real @fastify/static into recorded.json, which ../static.rs replays against `edge::files`.
// Run `npm install && npm run record` here after changing cases.mjs; the recording is committed.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import { cases, files, links, mounts } from "./cases.mjs";

/** Headers that belong to the connection and not to the answer. */
const CONNECTION = new Set(["connection", "date", "keep-alive", "transfer-encoding"]);

const dir = mkdtempSync(join(tmpdir(), "static-"));
for (const { path, text, repeat = 1, mtime } of files) {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text.repeat(repeat));
  utimesSync(join(dir, path), mtime / 1000, mtime / 1000);
}
for (const { path, target } of links) symlinkSync(target, join(dir, path));

/** Starts one server with one mount; `base` are headers the app sets before the plug-in runs. */
async function serve({ options, base = [], status }) {
  const app = fastify();
  const root = [options.root].flat().map((root) => join(dir, root));
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(Object.fromEntries(base));
    if (status) reply.code(status);
  });
  await app.register(fastifyStatic, { prefix: "/", ...options, root: root.length === 1 ? root[0] : root });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app;
}

function ask(port, { method = "GET", path, headers = {} }) {
  return new Promise((resolve, reject) => {
    const req = request({ port, host: "127.0.0.1", method, path, headers, agent: false }, (res) => {
      const chunks = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.on("end", () => {
        const pairs = [];
        for (let i = 0; i < res.rawHeaders.length; i += 2) {
          const name = res.rawHeaders[i].toLowerCase();
          if (!CONNECTION.has(name)) pairs.push([name, res.rawHeaders[i + 1]]);
        }
        const body = Buffer.concat(chunks).toString("latin1");
        resolve({ status: res.statusCode, headers: pairs, bytes: body.length, body: body.length > 300 ? null : body });
      });
    });
    req.on("error", reject);
    req.end();
  });
}

const recorded = [];
for (const [name, mount] of Object.entries(mounts)) {
  const app = await serve(mount);
  for (const test of cases.filter((test) => test.mount === name)) {
    recorded.push({ ...test, answer: await ask(app.server.address().port, test) });
  }
  await app.close();
}
rmSync(dir, { recursive: true });
const lines = (list) => list.map((item) => "    " + JSON.stringify(item)).join(",\n");
writeFileSync(
  new URL("recorded.json", import.meta.url),
  `{\n  "files": [\n${lines(files)}\n  ],\n  "links": [\n${lines(links)}\n  ],\n  "mounts": ${JSON.stringify(mounts, null, 2).replaceAll("\n", "\n  ")},\n  "cases": [\n${lines(recorded)}\n  ]\n}\n`,
);
