import Redis from "ioredis";
import { port, run, show, event } from "../support/case.mjs";

const redis = new Redis({ port });
await run(redis, [
  ["hset", "h", "a", 1], ["hset", "h", { b: 2, c: "three" }], ["hset", "h", new Map([["d", 4]])], ["hmset", "h", { e: 5 }], ["hmset", "h", "f", 6],
  ["hget", "h", "a"], ["hmget", "h", "a", "none"], ["hgetall", "h"], ["hgetall", "none"], ["hgetallBuffer", "h"], ["hkeys", "h"], ["hvals", "h"], ["hlen", "h"],
  ["hexists", "h", "a"], ["hincrby", "h", "a", 4], ["hincrbyfloat", "h", "a", 0.5], ["hdel", "h", "a", "b"], ["hsetnx", "h", "c", 1], ["hstrlen", "h", "c"],
  ["hset", "special", "__proto__", "x", "constructor", "y"],
  ["sadd", "s", "a"], ["sadd", "s", ["b", "c"], "d"], ["scard", "s"], ["sismember", "s", "a"], ["smismember", "s", "a", "z"], ["srem", "s", "a"], ["sadd", "t", "b", "x"],
  ["sinter", "s", "t"], ["sinterstore", "u", "s", "t"], ["smove", "s", "t", "c"], ["sdiff", "u", "t"],
  ["zadd", "z", 1, "one", 2, "two"], ["zadd", "z", "GT", "CH", 5, "one"], ["zadd", "z", 3.5, "three"], ["zrange", "z", 0, -1], ["zrange", "z", 0, -1, "WITHSCORES"],
  ["zrevrange", "z", 0, 0], ["zrangebyscore", "z", "-inf", "(5", "LIMIT", 0, 1], ["zscore", "z", "three"], ["zscore", "z", "none"], ["zincrby", "z", 2, "two"], ["zrank", "z", "one"],
  ["zcard", "z"], ["zcount", "z", 4, 6], ["zrem", "z", "one"], ["zpopmin", "z"], ["zremrangebyscore", "z", 0, 100],
  ["lpush", "l", "a", "b"], ["rpush", "l", ["c", "d"]], ["llen", "l"], ["lrange", "l", 0, -1], ["lindex", "l", 0], ["lset", "l", 0, "B"], ["linsert", "l", "BEFORE", "c", "bc"],
  ["lrem", "l", 1, "a"], ["ltrim", "l", 0, 2], ["lpop", "l"], ["rpop", "l", 2], ["rpoplpush", "l", "m"], ["blpop", "l", 0.05], ["lpush", "l", 1], ["blpop", "l", "m", 1], ["brpop", ["l"], 0.05],
  ["keys", "h*"],
]);
const special = await redis.hgetall("special");
show("special", Object.entries(special), Object.getPrototypeOf(special) === Object.prototype);

await redis.flushall();
const pipeline = redis.pipeline();
for (let i = 0; i < 500; i++) pipeline.set(`key:${i}`, i).sadd("set", i).hset("hash", i, -i).zadd("sorted", i, `m${i}`);
show("filled", (await pipeline.exec()).length);
async function scan(name, ...first) {
  const all = [];
  let cursor = "0";
  do {
    const [next, items] = await redis[name](...first, cursor, "COUNT", 100);
    cursor = next;
    all.push(...items);
  } while (cursor !== "0");
  return [all.length, all.sort().slice(0, 6)];
}
show("scan", await scan("scan"));
show("sscan", await scan("sscan", "set"));
show("hscan", await scan("hscan", "hash"));
show("zscan", await scan("zscan", "sorted"));
show("scan match", (await redis.scan(0, "MATCH", "key:49*", "COUNT", 10_000))[1].sort());

async function streamed(stream) {
  const all = [];
  stream.on("data", (items) => all.push(...items));
  await event(stream, "end");
  return [all.length, all.map(String).sort().slice(0, 4)];
}
show("scanStream", await streamed(redis.scanStream({ match: "key:*", count: 50 })));
show("sscanStream", await streamed(redis.sscanStream("set")));
show("hscanStream", await streamed(redis.hscanStream("hash", { count: 200 })));
show("zscanStream", await streamed(redis.zscanStream("sorted")));
show("scanBufferStream", await streamed(redis.scanBufferStream({ match: "key:1*", type: "string" })));
const seen = [];
for await (const keys of redis.scanStream({ match: "key:4?", count: 1000 })) seen.push(...keys);
show("for await", seen.sort());
redis.disconnect();
