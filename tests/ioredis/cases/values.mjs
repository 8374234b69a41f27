import Redis from "ioredis";
import { createHash } from "node:crypto";
import { port, show, settled } from "../support/case.mjs";

const redis = new Redis(`redis://127.0.0.1:${port}/2`);
const digest = (value) => [value.length, createHash("sha1").update(value).digest("hex")];
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

show("binary", await redis.set("bytes", bytes), await redis.getBuffer("bytes"), digest(await redis.get("bytes")));
show("same", bytes.equals(await redis.getBuffer("bytes")), Buffer.isBuffer(await redis.getBuffer("bytes")));
show("binary key", await redis.set(Buffer.from([0xff, 0, 0x0d, 0x0a]), Buffer.alloc(0)), await redis.getBuffer(Buffer.from([0xff, 0, 0x0d, 0x0a])), (await redis.keysBuffer("*")).sort(Buffer.compare));
show("mixed", await redis.hset("h", Buffer.from("f"), "\u00e9\u2603", "g", bytes), await redis.hgetBuffer("h", "f"), await redis.hget("h", "f"));
show("empty", await redis.set("empty", ""), await redis.get("empty"), await redis.getBuffer("empty"), await redis.strlen("empty"));
show("crlf", await redis.set("crlf", "a\r\nb\r\n$3\r\nx"), await redis.get("crlf"));
for (const text of ["\u00e9", "\u20ac\u2603", "\u{1f600}\u{1f468}\u200d\u{1f469}", "\u0000\u0001", "lone \ud800 surrogate", "caf\u00e9".normalize("NFD")]) {
  await redis.set(text, text);
  show("unicode", await redis.get(text), (await redis.get(text)) === text, await redis.strlen(text));
}
for (const size of [1000, 65_535, 65_536, 65_537, 1 << 20, 5_000_000]) {
  const text = "0123456789\u00e9".repeat(Math.ceil(size / 12)).slice(0, size);
  await redis.set("big", text);
  const back = await redis.get("big");
  show("big", size, back === text, await redis.strlen("big"));
  const raw = Buffer.alloc(size, "\u00ff\u0000ab", "latin1");
  await redis.set("raw", raw);
  show("raw", raw.equals(await redis.getBuffer("raw")));
}
const many = Array.from({ length: 2000 }, (_, i) => `${i}:${"v".repeat(i)}`);
await redis.rpush("list", ...many);
show("list", digest((await redis.lrange("list", 0, -1)).join()), digest(Buffer.concat(await redis.lrangeBuffer("list", 0, -1))));
show("at once", digest((await Promise.all(many.map((_, i) => redis.lindex("list", i)))).join()));
// More than a socket takes at once, while nothing is read.
const writes = Array.from({ length: 40 }, (_, i) => redis.set(`large:${i}`, "y".repeat(300_000 + i)));
writes.push(...Array.from({ length: 40 }, (_, i) => redis.set(`large:${i}`, Buffer.alloc(300_000 + i, 1))));
show("writes", new Set(await Promise.all(writes)), await redis.strlen("large:39"));
// Kept replies stay what they were while others arrive.
const kept = [];
for (let i = 0; i < 200; i++) {
  await redis.set("kept", `value ${i}`);
  kept.push(await redis.getBuffer("kept"));
}
show("kept", kept.every((value, i) => value.toString() === `value ${i}`));

await redis.set("n", 2n ** 53n);
show("numbers", await redis.incr("n"), await redis.incrby("n", "1000"));
const strings = new Redis({ port, db: 2, stringNumbers: true });
show("stringNumbers", await strings.incr("n"), await strings.strlen("n"));
strings.disconnect();

await new Promise((resolve) => {
  redis.get("empty", (error, value) => {
    show("callback", error, value);
    redis.get(["none"], (error, value) => {
      show("callback", error, value);
      redis.lpush("empty", 1, (error, value) => {
        show("callback", error, value);
        redis.getBuffer("crlf", (error, value) => {
          show("callback", error, value);
          resolve();
        });
      });
    });
  });
});
await settled("then", redis.get("crlf").then((value) => value.length));
redis.quit((error, value) => show("quit", error, value));
