import Redis from "ioredis";
import { port, show, settled, run } from "../support/case.mjs";

const redis = new Redis(port, "127.0.0.1");
await settled("pipeline", redis.pipeline().set("a", 1).incr("a").get("a").exec());
await settled("failure", redis.pipeline().set("a", "x").lpush("a", 1).incr("a").hgetall("h").get("a").exec());
await settled("empty", redis.pipeline().exec());
await settled("array", redis.pipeline([["set", "b", 2], ["get", "b"]]).exec());
await settled("buffers", redis.pipeline().set("c", Buffer.from([1, 255])).getBuffer("c").get("b").exec());
await settled("callbacks", redis.pipeline().get("b", (error, value) => show("each", error, value)).lpush("b", 1, (error) => show("each", error)).exec());
await new Promise((resolve) => redis.pipeline().get("b").exec((error, results) => resolve(show("callback", error, results))));
const reused = redis.pipeline();
reused.set("r", 1);
show("length", reused.length);
await settled("reused", reused.exec());
await settled("large", redis.pipeline(Array.from({ length: 3000 }, (_, i) => ["set", `p:${i}`, "z".repeat(i % 700)])).exec().then((all) => [all.length, all.every(([error, ok]) => error === null && ok === "OK")]));

await settled("multi", redis.multi().set("m", 1).incr("m").get("m").exec());
await settled("multi failure", redis.multi().set("m", "x").lpush("m", 1).get("m").exec());
await settled("multi abort", redis.multi().set("m", 1).set("m").get("m").exec());
await settled("multi hgetall", redis.multi().hset("h", { a: 1 }).hgetall("h").getBuffer("m").exec());
await settled("multi in pipeline", redis.pipeline().get("m").multi().set("n", 1).get("n").exec().get("m").exec());
await settled("multi array", redis.multi([["set", "o", 1], ["get", "o"]]).exec());
await run(redis, [["multi", { pipeline: false }], ["set", "w", 1], ["get", "w"], ["exec"]]);
await run(redis, [["multi", { pipeline: false }], ["set", "w", 2], ["discard"], ["get", "w"], ["exec"], ["discard"]]);
await run(redis, [["multi", { pipeline: false }], ["set", "w"], ["exec"]]);
await new Promise((resolve) => redis.multi().get("w").exec((error, results) => resolve(show("multi callback", error, results))));

const other = redis.duplicate();
await redis.watch("watched");
await other.set("watched", "changed");
await settled("watch abort", redis.multi().set("watched", "mine").exec());
await redis.watch("watched");
await settled("watch", redis.multi().set("watched", "mine").exec());
await redis.watch("watched");
await redis.unwatch();
await other.set("watched", "again");
await settled("unwatch", redis.multi().get("watched").exec());

const prefixed = new Redis({ port, keyPrefix: "app:", enableAutoPipelining: true });
await settled("auto pipelining", Promise.all([prefixed.set("k", 1), prefixed.get("k"), prefixed.incr("k"), prefixed.lpush("k", 1).catch((error) => error)]));
await settled("prefixed pipeline", prefixed.pipeline().set("x", 1).mget("x", "k").rename("x", "y").exec());
show("keys", (await redis.keys("app:*")).sort());
for (const one of [redis, other, prefixed]) await one.quit();
