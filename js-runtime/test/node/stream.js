import Stream, { Duplex, PassThrough, Readable, Transform, Writable, addAbortSignal, finished, pipeline } from "node:stream";
import promises from "node:stream/promises";
import * as consumers from "node:stream/consumers";
import web from "node:stream/web";
import { show, showAsync, text } from "./support/show.js";

show("shape", () => [Stream === Stream.Stream, Stream.Readable === Readable, Stream.promises === promises, web.ReadableStream === ReadableStream, new Readable() instanceof Stream]);
show("defaults", () => [Stream.getDefaultHighWaterMark(false), Stream.getDefaultHighWaterMark(true), new Readable().readableHighWaterMark, new Writable({ objectMode: true }).writableHighWaterMark]);

const upper = () => new Transform({ transform: (chunk, encoding, callback) => callback(null, String(chunk).toUpperCase()) });
const collect = (chunks) => new Writable({ write(chunk, encoding, callback) { chunks.push(String(chunk)); callback(); } });

await showAsync("from + iterate", async () => {
  const seen = [];
  for await (const chunk of Readable.from(["a", "b", { c: 1 }])) seen.push(chunk);
  return seen;
});
await showAsync("read events", async () => {
  const events = [];
  const readable = new Readable({ read() {} });
  readable.on("data", (chunk) => events.push(String(chunk)));
  readable.on("end", () => events.push("end"));
  readable.on("close", () => events.push("close"));
  readable.push("x");
  readable.push("y");
  readable.push(null);
  await promises.finished(readable);
  await new Promise(setImmediate);
  return events;
});
await showAsync("setEncoding", async () => {
  const readable = Readable.from([Buffer.from([0xe2]), Buffer.from([0x82, 0xac])], { objectMode: false });
  readable.setEncoding("utf8");
  return await consumers.text(readable);
});
await showAsync("pipeline", async () => {
  const chunks = [];
  await promises.pipeline(Readable.from(["a", "b"]), upper(), collect(chunks));
  return chunks;
});
await showAsync("pipeline generator", async () => {
  const chunks = [];
  await promises.pipeline(Readable.from(["a", "b"]), async function* (source) {
    for await (const chunk of source) yield `${chunk}!`;
  }, collect(chunks));
  return chunks;
});
await showAsync("pipeline callback", () => new Promise((resolve) => {
  pipeline(Readable.from(["a"]), upper(), new PassThrough(), collect([]), (error) => resolve(text(error)));
}));
await showAsync("pipeline error", async () => {
  const failing = new Transform({ transform: (chunk, encoding, callback) => callback(new Error("transform failed")) });
  await promises.pipeline(Readable.from(["a"]), failing, collect([]));
});
await showAsync("pipe + back-pressure", async () => {
  const results = [];
  const slow = new Writable({ highWaterMark: 2, write(chunk, encoding, callback) { setImmediate(callback); } });
  results.push(slow.write("abc"), slow.writableLength, slow.writableNeedDrain);
  await new Promise((resolve) => slow.once("drain", resolve));
  results.push(slow.writableLength);
  slow.end();
  await promises.finished(slow);
  return [results, slow.writableFinished];
});
await showAsync("finished premature", () => {
  const stream = new Readable({ read() {} });
  setImmediate(() => stream.destroy());
  return promises.finished(stream);
});
await showAsync("finished callback", () => new Promise((resolve) => {
  const stream = new PassThrough();
  finished(stream, (error) => resolve(text(error)));
  stream.end();
  stream.resume();
}));
await showAsync("destroy error", () => new Promise((resolve) => {
  const events = [];
  const stream = new Writable({ write() {} });
  stream.on("error", (error) => events.push(error.message));
  stream.on("close", () => resolve(events));
  stream.destroy(new Error("gone"));
}));
await showAsync("write after end", () => new Promise((resolve) => {
  const stream = collect([]);
  stream.on("error", (error) => resolve(text(error)));
  stream.end();
  stream.write("x");
}));
show("write null", () => collect([]).write(null));
await showAsync("duplex", async () => {
  const seen = [];
  const duplex = new Duplex({ read() { this.push("r"); this.push(null); }, write(chunk, e, callback) { seen.push(String(chunk)); callback(); } });
  duplex.end("w");
  for await (const chunk of duplex) seen.push(String(chunk));
  return seen.sort();
});
await showAsync("cork writev", async () => {
  const batches = [];
  const stream = new Writable({ writev(chunks, callback) { batches.push(chunks.map(({ chunk }) => String(chunk))); callback(); } });
  stream.cork();
  stream.write("a");
  stream.write("b");
  process.nextTick(() => stream.uncork());
  stream.end("c");
  await promises.finished(stream);
  return batches;
});
await showAsync("helpers", async () => [
  await Readable.from([1, 2, 3, 4]).filter((n) => n % 2 === 0).map((n) => n * 10).toArray(),
  await Readable.from([1, 2, 3]).reduce((a, b) => a + b),
  await Readable.from([1, 2, 3]).take(2).toArray(),
]);
await showAsync("abort", async () => {
  const controller = new AbortController();
  const stream = addAbortSignal(controller.signal, new Readable({ read() {} }));
  setImmediate(() => controller.abort());
  await promises.finished(stream);
});
await showAsync("fromWeb", async () => consumers.text(Readable.fromWeb(new ReadableStream({
  start(controller) {
    controller.enqueue("web ");
    controller.enqueue(new TextEncoder().encode("stream"));
    controller.close();
  },
}))));
await showAsync("fromWeb error", async () => consumers.text(Readable.fromWeb(new ReadableStream({
  pull() {
    throw new Error("web failed");
  },
}))));
await showAsync("toWeb", async () => {
  const reader = Readable.toWeb(Readable.from([Buffer.from("ab"), Buffer.from("c")], { objectMode: false })).getReader();
  const seen = [];
  for (let item = await reader.read(); !item.done; item = await reader.read()) seen.push(Buffer.from(item.value).toString());
  return seen.join("");
});
await showAsync("Writable.toWeb", async () => {
  const chunks = [];
  const writer = Writable.toWeb(collect(chunks)).getWriter();
  await writer.write("a");
  await writer.write("b");
  await writer.close();
  return chunks;
});
await showAsync("Writable.fromWeb", async () => {
  const chunks = [];
  const stream = Writable.fromWeb(new WritableStream({ write(chunk) { chunks.push(Buffer.from(chunk).toString()); } }));
  stream.end("hello");
  await promises.finished(stream);
  return chunks;
});
await showAsync("Response body to node", async () => consumers.text(Readable.fromWeb(new Response("body text").body)));
await showAsync("consumers", async () => [
  await consumers.json(Readable.from(['{"a":', "1}"])),
  (await consumers.buffer(Readable.from([Buffer.from("x")]))).toString(),
  (await consumers.arrayBuffer(Readable.from([Buffer.from("xy")]))).byteLength,
]);
show("states", () => {
  const stream = new PassThrough();
  return [Stream.isReadable(stream), Stream.isWritable(stream), Stream.isErrored(stream), Stream.isDisturbed(stream), stream.destroyed, stream.closed];
});
