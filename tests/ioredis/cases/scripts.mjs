import Redis from "ioredis";
import { port, run, settled, show } from "../support/case.mjs";

const redis = new Redis({ port, keyPrefix: "p:", scripts: { fromOptions: { lua: "return {KEYS[1], ARGV[1]}", numberOfKeys: 1 } } });
const plain = new Redis(port);
await run(redis, [
  ["eval", "return {KEYS[1],KEYS[2],ARGV[1]}", 2, "a", "b", "c"], ["eval", "return redis.call('set', KEYS[1], ARGV[1])", 1, "k", "v"], ["get", "k"],
  ["evalsha", "0000000000000000000000000000000000000000", 0], ["script", "LOAD", "return ARGV[1]"],
  ["evalsha", "098e0f0d1448c0a81dafe820f66d460eb09263da", 0, "loaded"], ["script", "EXISTS", "098e0f0d1448c0a81dafe820f66d460eb09263da", "nothing"],
  ["eval", "return redis.error_reply('MY own error')", 0], ["eval", "syntax error", 0], ["eval", "return {1, false, 'x', {2, {3}}}", 0], ["eval", "return 3.99", 0],
  ["evalBuffer", "return ARGV[1]", 0, Buffer.from([0xff, 0])], ["fromOptions", "key", "arg"], ["fcall", "none", 0],
]);
redis.defineCommand("myecho", { numberOfKeys: 2, lua: "return {KEYS[1],KEYS[2],ARGV[1],ARGV[2]}" });
redis.defineCommand("dynamic", { lua: "return {KEYS[1],ARGV[1]}" });
redis.defineCommand("reading", { lua: "return redis.call('get', KEYS[1])", numberOfKeys: 1, readOnly: true });
await run(redis, [["myecho", "k1", "k2", "a1", "a2"], ["myechoBuffer", "k1", "k2", "a1", Buffer.from([0xff])], ["dynamic", 1, "k", "a"], ["reading", "k"], ["myecho", "k1", "k2", "x", "y"]]);
await new Promise((resolve) => redis.myecho("a", "b", "c", "d", (error, value) => resolve(show("callback", error, value))));
await settled("pipeline", redis.pipeline().set("foo", "bar").myecho("k1", "k2", "a1", "a2").get("foo").exec());
await settled("multi", redis.multi().myecho("k1", "k2", "a1", "a2").exec());
await plain.script("FLUSH");
await settled("pipeline after flush", redis.pipeline().myecho("k1", "k2", "a1", "a2").exec());
await settled("after flush", redis.myecho("k1", "k2", "a1", "a2"));
await settled("prefixed keys", plain.keys("*").then((keys) => keys.sort()));
await run(redis, [["mset", { x: 1, y: 2 }], ["mget", "x", "y"], ["exists", "x", "k", "none"], ["del", "x", "y"], ["sort", "list", "BY", "w_*", "GET", "o_*"], ["zadd", "z", 1, "m"], ["zunionstore", "out", 1, "z"]]);
show("keys", (await plain.keys("p:*")).sort());
show("builtin", Redis.prototype.getBuiltinCommands?.call(redis).length, redis.getBuiltinCommands().includes("setex"));
show("created", typeof redis.createBuiltinCommand("get").string, redis.addBuiltinCommand("brandnew"), typeof redis.brandnew);
await run(redis, [["brandnew", 1]]);
await redis.quit();
await plain.quit();
