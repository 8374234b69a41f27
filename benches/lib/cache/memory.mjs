/** What many pages take: resident memory before and after they were asked for, and the files of the cache where it has some. */
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { headersFor } from "../forms.mjs";
import { rssMiB } from "../proc.mjs";
import { request } from "../servers.mjs";
import { numbered } from "./apps.mjs";

const CLIENTS = 32;
const SETTLE_MS = 1500;

/** MiB that `pages` pages take: as they are, and together with a compressed form of each, as browsers make the cache keep it. */
export async function measureMemory(side, server, { before, pages }) {
  // The heap of a server that has rendered nothing yet would grow for other reasons than the cache.
  await fill(server.port, 0, before, headersFor("identity"));
  const start = await memoryOf(server);
  await fill(server.port, before, pages, headersFor("identity"));
  const identity = (await memoryOf(server)) - start;
  if (!side.keepsEncoded) return { identity, encoded: NaN };
  const renders = server.renders();
  await fill(server.port, before, pages, headersFor("gzip, deflate, br, zstd"));
  const again = server.renders() - renders;
  if (again > pages / 20) throw new Error(`${side.title}: ${again} of ${pages} pages were not kept`);
  return { identity, encoded: (await memoryOf(server)) - start };
}

async function memoryOf({ cachePids, files }) {
  await sleep(SETTLE_MS);
  return cachePids().reduce((sum, pid) => sum + rssMiB(pid), files() / 2 ** 20);
}

/** Every connection is another client's, for whom the app's limit of renders is out of reach. */
async function fill(port, from, count, headers) {
  let next = from;
  const ask = async (_, client) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: `127.0.1.${client + 1}` });
    while (next < from + count) {
      const path = numbered(next++);
      const { status } = await request(port, path, { headers, agent });
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
}
