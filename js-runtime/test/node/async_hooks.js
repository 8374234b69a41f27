import { AsyncLocalStorage, AsyncResource, executionAsyncId } from "node:async_hooks";
import { EventEmitter, EventEmitterAsyncResource } from "node:events";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { show, showAsync } from "./support/show.js";

const storage = new AsyncLocalStorage();
const other = new AsyncLocalStorage();
const get = () => storage.getStore();

show("outside", get);
show("run", () => storage.run("a", (x, y) => [get(), x, y], 1, 2));
show("nested", () => storage.run("a", () => [get(), storage.run("b", get), get(), storage.exit(get), get()]));
show("two", () => storage.run(1, () => other.run(2, () => [get(), other.getStore()])));
show("throws", () => {
  try {
    storage.run("t", () => {
      throw new Error("x");
    });
  } catch {
    return get();
  }
});
show("undefined store", () => storage.run("a", () => storage.run(undefined, get)));
await showAsync("await", () => storage.run("a", async () => {
  const seen = [get()];
  await null;
  seen.push(get());
  await sleep(1);
  seen.push(get());
  await Promise.all([(async () => storage.run("inner", async () => {
    await sleep(1);
    seen.push(get());
  }))()]);
  seen.push(get());
  return seen;
}));
await showAsync("then", () => storage.run("a", () => Promise.resolve().then(get)));
await showAsync("then registered inside, resolved outside", () => {
  let resolve;
  const promise = new Promise((r) => (resolve = r));
  const result = storage.run("inside", () => promise.then(get));
  storage.run("outside", () => resolve());
  return result;
});
const viaCallback = (name, start) => showAsync(name, () => storage.run(name, () => new Promise((resolve) => start(() => resolve(get())))));
await viaCallback("setTimeout", (callback) => setTimeout(callback, 1));
await viaCallback("setImmediate", (callback) => setImmediate(callback));
await viaCallback("nextTick", (callback) => process.nextTick(callback));
await viaCallback("queueMicrotask", (callback) => queueMicrotask(callback));
await viaCallback("setInterval", (callback) => {
  const interval = setInterval(() => {
    clearInterval(interval);
    callback();
  }, 1);
});
await viaCallback("abort listener", (callback) => {
  const controller = new AbortController();
  controller.signal.addEventListener("abort", callback);
  setTimeout(() => controller.abort(), 1);
});
await showAsync("concurrent", async () => {
  const work = (id) => storage.run(id, async () => {
    const seen = [];
    for (let i = 0; i < 3; i++) {
      await sleep(Math.random() * 3);
      seen.push(get());
    }
    return seen;
  });
  return Promise.all([1, 2, 3].map(work));
});
await showAsync("async generator", () => storage.run("gen", async () => {
  async function* values() {
    yield get();
    await sleep(1);
    yield get();
  }
  const seen = [];
  for await (const value of values()) seen.push(value);
  return seen;
}));
await showAsync("thenable", () => storage.run("thenable", async () => await { then: (resolve) => resolve(get()) }));
await showAsync("rejection", () => storage.run("r", () => Promise.reject(new Error("x")).catch(get)));
await showAsync("finally", () => storage.run("f", () => new Promise((resolve) => Promise.resolve().finally(() => resolve(get())))));
await showAsync("readable", () => storage.run("stream", async () => {
  const seen = [];
  for await (const chunk of Readable.from(["x"])) seen.push(chunk, get());
  return seen;
}));
await showAsync("emitter runs in emit's context", () => {
  const e = new EventEmitter();
  let seen;
  storage.run("registered", () => e.on("x", () => (seen = get())));
  storage.run("emitted", () => e.emit("x"));
  return seen;
});
show("EventEmitterAsyncResource", () => {
  const e = storage.run("made", () => new EventEmitterAsyncResource({ name: "E" }));
  let seen;
  e.on("x", () => (seen = get()));
  storage.run("emitted", () => e.emit("x"));
  return [seen, get()];
});
show("AsyncResource", () => {
  const resource = storage.run("made", () => new AsyncResource("R"));
  return storage.run("caller", () => [resource.runInAsyncScope((x) => [get(), x], null, 7), get(), typeof resource.asyncId(), resource.emitDestroy() === resource]);
});
show("AsyncResource.bind", () => {
  const bound = storage.run("bound", () => AsyncResource.bind(function (a, b) {
    return [get(), a, b, this?.k];
  }));
  return [storage.run("caller", () => bound.call({ k: "this" }, 1, 2)), bound.length];
});
show("AsyncLocalStorage.bind", () => storage.run("b", () => AsyncLocalStorage.bind(get))());
show("snapshot", () => {
  const run = storage.run("snap", () => AsyncLocalStorage.snapshot());
  return storage.run("caller", () => [run((x) => [get(), x], 1), get()]);
});
await showAsync("enterWith", () => storage.run("outer", async () => {
  storage.enterWith("entered");
  await sleep(1);
  return get();
}));
show("after enterWith", get);
show("disable", () => {
  const temporary = new AsyncLocalStorage();
  return temporary.run(1, () => {
    temporary.disable();
    return [temporary.getStore(), temporary.run(2, () => temporary.getStore())];
  });
});
show("executionAsyncId", () => typeof executionAsyncId());
show("bad type", () => new AsyncResource(5));
show("bad bind", () => AsyncResource.bind(5));
