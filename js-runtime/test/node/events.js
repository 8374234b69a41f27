import EventEmitter, { EventEmitterAsyncResource, captureRejectionSymbol, errorMonitor, getEventListeners, on, once, setMaxListeners } from "node:events";
import { inherits } from "node:util";
import { show, showAsync, text } from "./support/show.js";

const log = [];
const flush = () => log.splice(0);

show("statics", () => [EventEmitter.EventEmitter === EventEmitter, EventEmitter.once === once, EventEmitter.defaultMaxListeners,
  EventEmitter.errorMonitor === errorMonitor, String(captureRejectionSymbol), String(errorMonitor)]);
show("order", () => {
  const e = new EventEmitter();
  e.on("x", (...args) => log.push(["a", ...args]));
  e.prependListener("x", () => log.push("first"));
  e.once("x", function () {
    log.push(this === e);
  });
  e.prependOnceListener("x", () => log.push("once first"));
  return [e.emit("x", 1, 2, 3, 4), e.emit("x"), e.emit("y"), flush(), e.listenerCount("x"), e.eventNames()];
});
show("remove", () => {
  const e = new EventEmitter();
  const f = () => log.push("f");
  const g = () => log.push("g");
  e.on("removeListener", (type, fn) => log.push(`removed ${String(type)} ${fn === f}`));
  e.on("newListener", (type) => log.push(`new ${String(type)}`));
  e.on("x", f).once("x", f).on("x", g).addListener(Symbol.for("s"), f);
  e.off("x", f);
  e.emit("x");
  e.removeAllListeners("x");
  e.removeAllListeners();
  return [flush(), e.eventNames(), e.listenerCount("x")];
});
show("remove while emitting", () => {
  const e = new EventEmitter();
  const g = () => log.push("g");
  e.on("x", () => e.removeListener("x", g));
  e.on("x", g);
  e.emit("x");
  e.emit("x");
  return flush();
});
show("listeners", () => {
  const e = new EventEmitter();
  const f = () => {};
  e.once("x", f);
  return [e.listeners("x")[0] === f, e.rawListeners("x")[0] === f, e.rawListeners("x")[0].listener === f,
    getEventListeners(e, "x").length, e.listenerCount("x", f)];
});
show("error", () => new EventEmitter().emit("error", new TypeError("boom")));
show("error value", () => new EventEmitter().emit("error", { a: 1 }));
show("error none", () => new EventEmitter().emit("error"));
show("errorMonitor", () => {
  const e = new EventEmitter();
  e.on(errorMonitor, (error) => log.push(`monitor ${error.message}`));
  e.on("error", (error) => log.push(`error ${error.message}`));
  e.emit("error", new Error("m"));
  return flush();
});
show("not a function", () => new EventEmitter().on("x", 1));
show("once not a function", () => new EventEmitter().once("x"));
show("max", () => {
  const e = new EventEmitter();
  e.setMaxListeners(3);
  setMaxListeners(5, e, new EventTarget());
  return e.getMaxListeners();
});
show("max error", () => new EventEmitter().setMaxListeners(-1));
show("inherits", () => {
  function Old() {
    EventEmitter.call(this);
  }
  inherits(Old, EventEmitter);
  const o = new Old();
  o.on("x", () => log.push("old"));
  o.emit("x");
  return [flush(), Old.super_ === EventEmitter, o instanceof EventEmitter];
});
show("own keys", () => Object.keys(new EventEmitter()));

await showAsync("once()", async () => {
  const e = new EventEmitter();
  setTimeout(() => e.emit("x", 1, 2), 1);
  return await once(e, "x");
});
await showAsync("once() error", async () => {
  const e = new EventEmitter();
  setTimeout(() => e.emit("error", new Error("bad")), 1);
  return await once(e, "x");
});
await showAsync("once() abort", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  return await once(new EventEmitter(), "x", { signal: controller.signal });
});
await showAsync("once(EventTarget)", async () => {
  const target = new EventTarget();
  setTimeout(() => target.dispatchEvent(new Event("x")), 1);
  return (await once(target, "x"))[0].type;
});
await showAsync("on()", async () => {
  const e = new EventEmitter();
  setTimeout(() => {
    e.emit("x", 1);
    e.emit("x", 2);
    setTimeout(() => e.emit("x", 3), 1);
  }, 1);
  const seen = [];
  for await (const args of on(e, "x")) {
    seen.push(args);
    if (args[0] === 3) break;
  }
  return [seen, e.listenerCount("x")];
});
await showAsync("on() close", async () => {
  const e = new EventEmitter();
  setTimeout(() => {
    e.emit("x", 1);
    e.emit("end");
  }, 1);
  const seen = [];
  for await (const args of on(e, "x", { close: ["end"] })) seen.push(args);
  return seen;
});
await showAsync("on() error", async () => {
  const e = new EventEmitter();
  setTimeout(() => e.emit("error", new Error("late")), 1);
  for await (const args of on(e, "x")) log.push(args);
});
await showAsync("on() abort", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  for await (const args of on(new EventEmitter(), "x", { signal: controller.signal })) log.push(args);
});
await showAsync("captureRejections", async () => {
  const e = new EventEmitter({ captureRejections: true });
  e.on("x", async () => {
    throw new Error("captured");
  });
  e.emit("x");
  return (await once(e, "error").catch((error) => [error])).map(text);
});
await showAsync("captureRejectionSymbol", async () => {
  const e = new EventEmitter({ captureRejections: true });
  const caught = new Promise((resolve) => {
    e[captureRejectionSymbol] = (error, type, ...args) => resolve([error.message, type, args]);
  });
  e.on("x", async () => {
    throw new Error("symbol");
  });
  e.emit("x", 7);
  return await caught;
});
show("EventEmitterAsyncResource", () => {
  const e = new EventEmitterAsyncResource({ name: "Q" });
  e.on("x", () => log.push("ran"));
  e.emit("x");
  return [flush(), typeof e.asyncId];
});
