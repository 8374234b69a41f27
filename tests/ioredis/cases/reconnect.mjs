import Redis from "ioredis";
import { event, port, restartServer, settled, show, sleep, startServer, stopServer, watch } from "../support/case.mjs";

const admin = new Redis(port, { retryStrategy: () => 20 });
admin.on("error", () => {});
const redis = watch(new Redis(port, { db: 1, connectionName: "victim", retryStrategy: (times) => Math.min(times * 10, 20) }), "victim:");
await settled("set", redis.set("k", "v"));

/** Has the server close the connection of that name; done when `redis` tells of `name`. */
async function kill(name, redis, then) {
  const told = then && event(redis, then);
  const list = await admin.client("LIST");
  const id = list.split("\n").find((line) => line.includes(`name=${name} `)).match(/^id=(\d+)/)[1];
  await admin.client("KILL", "ID", id);
  await told;
}

await kill("victim", redis, "ready");
await settled("get after CLIENT KILL", redis.get("k"));

// Unfulfilled commands are sent again.
const blocked = redis.blpop("later", 0);
await sleep(30);
await kill("victim", redis, "ready");
await sleep(50);
await settled("push", admin.pipeline().select(1).lpush("later", "pushed").select(0).exec());
await settled("resent", blocked);

// Or not.
const strict = watch(new Redis(port, { connectionName: "strict", autoResendUnfulfilledCommands: false, retryStrategy: () => 10 }), "strict:");
await strict.ping();
const lost = strict.blpop("never", 0);
let fate = "open";
lost.then(() => (fate = "fulfilled"), (error) => (fate = error.message));
await sleep(30);
await kill("strict", strict, "ready");
await sleep(30);
show("lost", fate);
strict.disconnect();
await event(strict, "end");

redis.removeAllListeners();
redis.on("error", () => {});

// One retry, while the server stays away.
const limited = new Redis(port, "127.0.0.1", { connectionName: "limited", maxRetriesPerRequest: 1, retryStrategy: () => 15 });
limited.on("error", () => {});
await limited.ping();
await stopServer();
await settled("limited", limited.get("a"));
await settled("limited", limited.multi().set("a", 1).exec());
await startServer();
await settled("back", limited.get("a").catch(() => limited.get("a")));
await limited.quit();

await settled("after restart", redis.set("k", "again"));
show("db", redis.condition.select, (await redis.client("INFO")).match(/db=(\d+)/)[1]);
await redis.select(5);
await Promise.all([event(redis, "ready"), restartServer()]);
await settled("selected again", redis.client("INFO").then((info) => info.match(/db=(\d+)/)[1]));

const picky = new Redis(port, { connectionName: "picky", reconnectOnError: (error) => error.message.startsWith("WRONGTYPE") && 2, retryStrategy: () => 10 });
await picky.set("string", "x");
let reconnected = 0;
picky.on("reconnecting", async () => {
  if (++reconnected === 2) await admin.del("string");
});
await settled("reconnectOnError", picky.lpush("string", 1));
show("reconnected", reconnected >= 2);
picky.disconnect();

const stopping = watch(new Redis(port, { connectionName: "stopping", retryStrategy: () => null }), "stopping:");
await stopping.ping();
const open = stopping.blpop("never", 0).catch((error) => error);
await sleep(20);
await kill("stopping");
show("open", await open);
const patient = new Redis(port, { connectionName: "patient", retryStrategy: () => 100_000 });
await patient.ping();
await kill("patient", patient, "reconnecting");
show("status", patient.status);
patient.disconnect();
await sleep(10);
// A hand-made second try.
const manual = watch(new Redis(port, { connectionName: "manual" }), "manual:");
await manual.ping();
manual.disconnect(true);
await event(manual, "ready");
await settled("manual", manual.ping());
const monitor = await new Redis(port).monitor().catch((error) => error);
const heard = event(monitor, "monitor");
await manual.set("seen", "by monitor");
show("monitor", (await heard)[1]);
process.exit(0);
