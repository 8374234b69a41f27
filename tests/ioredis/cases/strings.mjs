import Redis from "ioredis";
import { port, run, settled } from "../support/case.mjs";

const redis = new Redis(port);
await run(redis, [
  ["set", "k", "v"], ["get", "k"], ["get", "none"], ["set", "k", "w", "NX"], ["set", "k", "w", "XX"], ["set", "k", "x", "GET"],
  ["set", "n", "1", "EX", 100], ["ttl", "n"], ["set", "n", "2", "KEEPTTL"], ["ttl", "n"], ["set", "n", "3", "PX", 100_000], ["ttl", "n"],
  ["set", "n", "4", "EX", 100, "NX"], ["set", "n", "4", "XX", "GET"],
  ["setex", "e", 50, "<html>"], ["ttl", "e"], ["psetex", "p", 50_000, "x"], ["setnx", "p", "y"], ["setnx", "q", "y"],
  ["getset", "q", "z"], ["getdel", "q"], ["getdel", "q"], ["getex", "p", "EX", 10], ["ttl", "p"], ["getex", "p", "PERSIST"], ["ttl", "p"],
  ["expire", "p", 20], ["ttl", "p"], ["pexpire", "p", 20_000], ["persist", "p"], ["persist", "p"], ["ttl", "p"], ["pttl", "none"], ["type", "p"], ["type", "none"],
  ["exists", "p", "k", "none"], ["del", "p", "none"], ["del", ["k", "e"]], ["unlink", "n"],
  ["incr", "i"], ["incrby", "i", 10], ["decr", "i"], ["decrby", "i", 3], ["incrbyfloat", "i", 1.5], ["get", "i"],
  ["append", "a", "one"], ["append", "a", "two"], ["strlen", "a"], ["getrange", "a", 1, -2], ["setrange", "a", 2, "E"],
  ["mset", "a", 1, "b", 2], ["mset", { c: 3, d: "four" }], ["mset", new Map([["e", 5], ["f", 6]])], ["msetnx", { a: 1, z: 2 }],
  ["mget", "a", "b", "none", "c"], ["mget", ["d", "e", "f"]],
  ["set", "odd", null], ["get", "odd"], ["set", "odd", undefined], ["get", "odd"], ["set", "odd", true], ["get", "odd"],
  ["set", "odd", { a: 1 }], ["get", "odd"], ["set", "odd", [1, 2]], ["set", "odd", 1.5], ["get", "odd"], ["set", 12, 13n], ["get", 12],
  ["echo", "hi"], ["ping"], ["ping", "pong?"], ["dbsize"], ["select", 3], ["dbsize"], ["set", "there", 1], ["dbsize"], ["select", 0],
  ["call", "set", "called", "yes"], ["call", "GET", "called"], ["call", ["get", "called"]], ["call", "nosuchcommand", "x"],
  ["callBuffer", "get", "called"], ["rename", "called", "again"], ["copy", "again", "copy"], ["object", "encoding", "copy"], ["touch", "copy"],
  ["setbit", "bits", 7, 1], ["bitcount", "bits"], ["pfadd", "hll", "a", "b"], ["pfcount", "hll"],
  ["xadd", "stream", "1-1", "field", "value"], ["xrange", "stream", "-", "+"], ["xlen", "stream"], ["xread", "STREAMS", "stream", "0"],
  ["geoadd", "geo", 13.361389, 38.115556, "Palermo"], ["geopos", "geo", "Palermo"],
  ["time"], ["flushdb"], ["dbsize"], ["flushall"],
].filter(([name]) => name !== "time"));
const [seconds, micros] = await redis.time();
console.log(typeof seconds, typeof micros);
await settled("info", redis.info("server").then((text) => text.includes("redis_version:")));
await settled("config", redis.config("GET", "maxmemory"));
await settled("client", redis.client("GETNAME"));
await settled("client", redis.client("SETNAME", "me"));
await settled("client", redis.client("GETNAME"));
await settled("command", redis.command("COUNT").then((count) => count > 100));
await redis.quit();
