// Records what `request.ip`, `ips`, `hostname` and `protocol` of the real Fastify are into recorded.json, which ../client.rs
// replays against `edge::client`. Run `npm install && npm run record` here after changing cases.mjs; the recording is committed.
import { writeFileSync } from "node:fs";
import fastify from "fastify";
import { options, requests } from "./cases.mjs";

/** A header of several lines as Node joins it. */
const joined = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]));

/** The values for one request. The socket stands in for real ones, as no test can listen on all these addresses. */
async function ask(app, { peer, tls = false, headers }) {
  current = { socket: { remoteAddress: peer ?? undefined, encrypted: tls }, headers: joined(headers) };
  return (await app.inject("/")).json();
}

let current;

/** An app, or what its constructor says. */
function create(trustProxy) {
  try {
    const app = fastify({ trustProxy });
    app.addHook("onRequest", async ({ raw }) => {
      Object.defineProperty(raw, "socket", { value: current.socket });
      Object.defineProperty(raw, "headers", { value: current.headers });
    });
    app.get("/", async ({ ip, ips, hostname, protocol }) => {
      const list = ips?.map((one) => one ?? null);
      return { ip, ips: list, hostname, protocol };
    });
    return { app };
  } catch (error) {
    return { error: error.message };
  }
}

const recorded = [];
for (const trustProxy of options) {
  const { app, error } = create(trustProxy);
  const answers = [];
  if (app) for (const request of requests) answers.push(await ask(app, request));
  recorded.push(error ? { trustProxy, error } : { trustProxy, answers });
}
const lines = (list, indent) => list.map((item) => indent + JSON.stringify(item)).join(",\n");
const option = ({ trustProxy, error, answers }) =>
  error
    ? `    ${JSON.stringify({ trustProxy, error })}`
    : `    { "trustProxy": ${JSON.stringify(trustProxy)}, "answers": [\n${lines(answers, "      ")}\n    ] }`;
writeFileSync(
  new URL("recorded.json", import.meta.url),
  `{\n  "requests": [\n${lines(requests, "    ")}\n  ],\n  "options": [\n${recorded.map(option).join(",\n")}\n  ]\n}\n`,
);
