import crypto, { createHash, createHmac, getRandomValues, hash, randomBytes, randomFillSync, randomInt, randomUUID, subtle, timingSafeEqual, webcrypto } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { show, showAsync } from "./support/show.js";

for (const algorithm of ["md5", "sha1", "sha224", "sha256", "SHA384", "sha512", "RSA-SHA256", "sha512-256", "sha3-256"]) {
  show(`createHash ${algorithm}`, () => createHash(algorithm).update("héllo").digest("hex"));
}
for (const algorithm of ["sha1", "sha224", "sha256", "sha384", "sha512"]) {
  show(`createHmac ${algorithm}`, () => createHmac(algorithm, "key").update("data").digest("base64"));
}
show("hash pieces", () => createHash("sha256").update("a").update(Buffer.from("b")).update(new Uint16Array([1])).digest());
show("hash encodings", () => ["utf8", "hex", "base64", "latin1"].map((encoding) => createHash("sha1").update("abcd", encoding).digest("base64url")));
show("hash large", () => {
  const h = createHash("sha256");
  for (let i = 0; i < 200; i++) h.update(Buffer.alloc(1000, i));
  return h.digest("hex");
});
show("hash copies its input", () => {
  const input = Buffer.from("abc");
  const h = createHash("md5").update(input);
  input.fill(0);
  return h.digest("hex");
});
show("hash.copy", () => {
  const h = createHash("sha1").update("a");
  const copy = h.copy();
  return [h.update("b").digest("hex"), copy.digest("hex")];
});
show("digest twice", () => {
  const h = createHash("md5");
  h.digest();
  h.digest();
});
show("update after digest", () => {
  const h = createHash("md5");
  h.digest();
  h.update("x");
});
show("hmac twice", () => {
  const h = createHmac("sha1", "k").update("x");
  return [h.digest().length, h.digest().length];
});
show("hmac key bytes", () => createHmac("sha256", Buffer.from([1, 2])).update("x").digest("hex"));
show("hash()", () => [hash("sha1", "x"), hash("md5", Buffer.from("x"), "base64"), hash("md5", "x", "buffer")]);
show("bad algorithm type", () => createHash(5));
show("bad data", () => createHash("md5").update(5));
show("bad key", () => createHmac("sha1", 5));
show("unknown algorithm", () => {
  try {
    createHash("nope");
  } catch (error) {
    return error.message.slice(0, 27);
  }
});
await showAsync("hash stream", async () => {
  const h = createHash("sha256");
  await pipeline(Readable.from(["a", "b"]), h);
  return h.read().toString("hex");
});
await showAsync("hash pipe", () => new Promise((resolve) => {
  Readable.from(["a", "b"]).pipe(createHash("sha1")).setEncoding("hex").on("data", resolve);
}));
show("randomUUID", () => [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(randomUUID()), randomUUID() !== randomUUID(), randomUUID({ disableEntropyCache: true }).length]);
show("randomBytes", () => [randomBytes(16).length, Buffer.isBuffer(randomBytes(0)), randomBytes(8).equals(randomBytes(8))]);
await showAsync("randomBytes callback", () => new Promise((resolve) => randomBytes(4, (error, bytes) => resolve([error, bytes.length]))));
show("randomBytes bad", () => randomBytes(-1));
show("randomBytes type", () => randomBytes("1"));
show("randomFillSync", () => {
  const buffer = Buffer.alloc(20);
  return [randomFillSync(buffer, 10) === buffer, buffer.subarray(0, 10).every((byte) => byte === 0), buffer.subarray(10).some((byte) => byte !== 0)];
});
show("randomInt", () => {
  const values = Array.from({ length: 100 }, () => randomInt(3, 6));
  return [values.every((n) => n >= 3 && n < 6 && Number.isInteger(n)), new Set(values).size, randomInt(1)];
});
await showAsync("randomInt callback", () => new Promise((resolve) => randomInt(1, 2, (error, n) => resolve([error, n]))));
show("randomInt bad", () => randomInt(5, 5));
show("randomInt type", () => randomInt("5"));
show("timingSafeEqual", () => [timingSafeEqual(Buffer.from("ab"), Buffer.from("ab")), timingSafeEqual(Buffer.from("ab"), new Uint8Array([1, 2]))]);
show("timingSafeEqual length", () => timingSafeEqual(Buffer.from("a"), Buffer.from("ab")));
show("timingSafeEqual type", () => timingSafeEqual("a", "a"));
show("webcrypto", () => [webcrypto === globalThis.crypto, subtle === webcrypto.subtle, getRandomValues(new Uint8Array(3)).length, crypto.webcrypto.subtle === subtle]);
await showAsync("subtle", async () => Buffer.from(await subtle.digest("SHA-256", Buffer.from("x"))).toString("hex"));
show("getHashes", () => ["md5", "sha1", "sha256", "sha512"].every((name) => crypto.getHashes().includes(name)));
