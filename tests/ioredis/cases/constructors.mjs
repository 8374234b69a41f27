import { createRequire } from "node:module";
import DefaultRedis, { Redis } from "ioredis";
import * as everything from "ioredis";
import { port, settled, show, socket } from "../support/case.mjs";

const required = createRequire(import.meta.url)("ioredis");
show("exports", Object.keys(everything).sort());
show("same", DefaultRedis === Redis, required === Redis, required.default === Redis, required.Redis === Redis, Redis.name, typeof Redis.Command, typeof Redis.createClient);
show("require", Object.keys(required).sort());
show("defaults", Object.entries(Redis.defaultOptions).map(([name, value]) => (typeof value === "function" ? [name, [1, 2, 10, 50, 1000].map(value)] : [name, value])));

const forms = [
  [port], [String(port)], [port, "127.0.0.1"], [port, { db: 1 }], [port, "127.0.0.1", { keyPrefix: "x:" }], [`redis://127.0.0.1:${port}`], [`redis://localhost:${port}/3?keyPrefix=q:`],
  [`//127.0.0.1:${port}`], [`127.0.0.1:${port}`], [socket], [{ path: socket, db: 2 }], [`${socket}?db=5`], [{ host: "127.0.0.1", port: String(port), db: "4", family: 4 }], [{ port, keepAlive: 1000, noDelay: true, connectionName: "n" }],
  [`redis://127.0.0.1:${port}`, { connectionName: "two", db: 6 }], [{ port, disableClientInfo: true }], [{ port, clientInfoTag: "tag" }], [null, { port }],
];
for (const form of forms) {
  const redis = new Redis(...form);
  const { host, port: at, path, db, family, keyPrefix } = redis.options;
  show("options", { host, port: typeof at, path: typeof path, db, family, keyPrefix });
  await settled("works", redis.set("k", "v"));
  const me = await redis.client("INFO");
  show("client", [/db=(\d+)/, /name=(\S*)/, /lib-name=(\S*)/, /lib-ver=(\S*)/].map((pattern) => pattern.exec(me)?.[1]));
  await redis.quit();
}
for (const form of [[true], [() => {}], [Symbol.iterator]]) {
  try {
    new Redis(...form);
  } catch (error) {
    show("invalid", error);
  }
}
const created = Redis.createClient({ port, lazyConnect: true });
show("lazy", created.status, created instanceof Redis, created.mode, created.isCluster);
await settled("connect", created.connect());
await settled("connect again", created.connect());
show("status", created.status);
const copy = created.duplicate({ db: 7 });
await settled("copy", copy.set("only", "here"));
show("copy", copy.options.db, copy.options.port === port, await created.exists("only"));
copy.disconnect();
created.disconnect();
