import Redis, { ReplyError } from "ioredis";
import { event, port, restartServer, run, settled, show, sleep, watch } from "../support/case.mjs";

const redis = new Redis(port);
await redis.lpush("list", 1);
await run(redis, [["get", "list"], ["get"], ["set", "a"], ["set", "a", "b", "NONSENSE"], ["incr", "list"], ["hset", "h", "a"], ["expire", "list", "soon"], ["setex", "k", 0, "v"], ["select", 99], ["call", "get"], ["evalsha", "x", 0]]);
await redis.get("list").catch((error) => show("error", error instanceof ReplyError, error instanceof Redis.ReplyError, error instanceof Error, Object.keys(error), String(error)));
await redis.hset("h", "field").catch((error) => show("command", error.command));
await settled("unhandled later", redis.get("list").catch((error) => error.name));
const friendly = new Redis(port, { showFriendlyErrorStack: true });
async function asking() {
  await friendly.get("list");
}
await asking().catch((error) => show("friendly", error.message, error.stack.split("\n")[0], error.stack.includes("asking")));
friendly.disconnect();
await redis.quit();

await restartServer("--requirepass", "secret");
const without = new Redis(port, { retryStrategy: () => null });
watch(without, "no password");
await settled("NOAUTH", without.get("a"));
without.disconnect();
await sleep(30);
const wrong = new Redis(port, { password: "wrong", retryStrategy: () => null });
watch(wrong, "wrong password");
await settled("WRONGPASS", wrong.get("a"));
await sleep(30);
wrong.disconnect();
for (const options of [{ port, password: "secret" }, `redis://:secret@127.0.0.1:${port}`, { port, username: "default", password: "secret" }, `redis://default:secret@localhost:${port}/1`]) {
  const right = new Redis(options);
  await settled("right", right.set("a", 1));
  await right.quit();
}
const later = new Redis(port, { enableReadyCheck: false, lazyConnect: true });
later.on("error", () => {});
await settled("before auth", later.get("a"));
await settled("auth", later.auth("wrong"));
await settled("auth", later.auth("secret"));
await settled("after auth", later.get("a"));
await later.quit();
const needless = new Redis(port, { password: "secret", connectionName: "named", db: 4 });
await settled("name", needless.client("GETNAME"));
await needless.quit();
await restartServer();
const unneeded = new Redis(port, { password: "not needed" });
await event(unneeded, "ready");
await settled("works", unneeded.ping());
await unneeded.quit();
