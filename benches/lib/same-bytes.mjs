/** Before anything is measured: both sides do the same work, so they must give the same answer to every measured URL. */
import { entryAsset } from "./prepare.mjs";
import { allowedCpus } from "./proc.mjs";
import { request, startServer } from "./servers.mjs";
import { SIDES } from "./scenarios.mjs";

/** The rest of the headers is compared by tests/parity. */
const HEADERS = ["content-length", "content-type", "content-encoding"];

/** Throws at the first difference. */
export async function assertSameBytes(tools, app, rows) {
  const mode = { serverCpus: allowedCpus(), isolates: 1 };
  const servers = [];
  try {
    for (const side of SIDES) servers.push(await startServer(tools, side, { app, mode }));
    for (const row of rows) await compare(servers, pathOf(tools, row), row.varies);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** The URL that a row measures. */
export function pathOf({ entries }, row) {
  return row.path === "entry-asset" ? entryAsset(entries[row.app]) : row.path;
}

async function compare(servers, path, varies) {
  const [node, host] = await Promise.all(servers.map(({ port }) => request(port, path)));
  const differ = (what, left, right) => new Error(`${path}: ${what} is ${left} under Node and ${right} under ssr-host`);
  if (node.status !== 200) throw new Error(`${path} answers ${node.status} under Node`);
  if (host.status !== node.status) throw differ("status", node.status, host.status);
  for (const name of HEADERS) {
    if (node.headers[name] !== host.headers[name]) throw differ(name, node.headers[name], host.headers[name]);
  }
  const [left, right] = [node, host].map(({ body }) => (varies ? Buffer.from(body.toString().replace(varies, "")) : body));
  const at = left.findIndex((byte, index) => byte !== right[index]);
  if (at >= 0 || left.length !== right.length) throw differ(`the body from byte ${at}`, ...[left, right].map((body) => excerpt(body, at)));
}

function excerpt(body, at) {
  return JSON.stringify(body.subarray(Math.max(0, at), at + 60).toString());
}
