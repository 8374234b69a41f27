import dc, { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import { AsyncLocalStorage } from "node:async_hooks";
import { show, showAsync } from "./support/show.js";

const log = [];
const flush = () => log.splice(0);
const listener = (message, name) => log.push([message, String(name)]);

show("channel", () => [channel("a") === channel("a"), channel("a").name, channel("a").hasSubscribers, channel("a") instanceof dc.Channel, hasSubscribers("a")]);
show("publish", () => {
  subscribe("a", listener);
  channel("a").publish({ x: 1 });
  const had = hasSubscribers("a");
  const removed = [unsubscribe("a", listener), unsubscribe("a", listener)];
  channel("a").publish({ x: 2 });
  return [had, removed, hasSubscribers("a"), flush()];
});
show("symbol", () => {
  const name = Symbol("s");
  channel(name).subscribe(listener);
  channel(name).publish(1);
  return flush();
});
show("bad name", () => channel(5));
show("bad subscriber", () => channel("a").subscribe(5));
show("stores", () => {
  const storage = new AsyncLocalStorage();
  const c = channel("stores");
  c.bindStore(storage, (data) => data.id);
  const result = c.runStores({ id: 7 }, function (x) {
    return [storage.getStore(), this.t, x];
  }, { t: 1 }, 2);
  return [result, storage.getStore(), c.unbindStore(storage), c.unbindStore(storage)];
});
const tracing = tracingChannel("op");
const handlers = Object.fromEntries(["start", "end", "asyncStart", "asyncEnd", "error"].map((event) => [event, (context) => log.push([event, context.id, context.result, context.error?.message])]));
show("no subscribers", () => tracing.traceSync((x) => x, { id: 0 }, null, 1));
tracing.subscribe(handlers);
show("traceSync", () => [tracing.traceSync((x) => x * 2, { id: 1 }, null, 21), flush()]);
show("traceSync throws", () => {
  try {
    tracing.traceSync(() => {
      throw new Error("sync");
    }, { id: 2 });
  } catch (error) {
    return [error.message, flush()];
  }
});
await showAsync("tracePromise", async () => [await tracing.tracePromise(async (x) => x, { id: 3 }, null, "v"), flush()]);
await showAsync("tracePromise rejects", async () => {
  try {
    await tracing.tracePromise(async () => {
      throw new Error("async");
    }, { id: 4 });
  } catch (error) {
    return [error.message, flush()];
  }
});
await showAsync("traceCallback", async () => {
  const value = await new Promise((resolve) => tracing.traceCallback((x, callback) => setTimeout(callback, 1, null, x), -1, { id: 5 }, null, "cb", (error, result) => resolve(result)));
  return [value, flush()];
});
show("unsubscribe", () => [tracing.unsubscribe(handlers), hasSubscribers("tracing:op:start")]);
