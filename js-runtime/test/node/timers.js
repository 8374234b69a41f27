import timers, { setTimeout as timeout } from "node:timers";
import * as promises from "node:timers/promises";
import { show, showAsync } from "./support/show.js";

const order = [];
const log = (value) => () => order.push(value);
const flush = () => order.splice(0);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

show("globals", () => [timers.setTimeout === setTimeout, timers.setImmediate === setImmediate, timers.promises.setTimeout === promises.setTimeout, timeout === setTimeout]);
show("Timeout", () => {
  const timer = setTimeout(() => {}, 10);
  const result = [timer.constructor.name, timer.hasRef(), timer.unref() === timer, timer.hasRef(), timer.ref().hasRef(), typeof +timer, typeof `${timer}`, timer.refresh() === timer];
  clearTimeout(timer);
  return result;
});
show("Interval unref", () => setInterval(() => {}, 1000).unref().hasRef());
show("Immediate", () => {
  const immediate = setImmediate(() => {});
  const result = [immediate.constructor.name, immediate.hasRef(), immediate.unref().hasRef(), immediate.ref().hasRef()];
  clearImmediate(immediate);
  return result;
});
await showAsync("arguments", () => new Promise((resolve) => setTimeout((...args) => resolve(args), 1, "a", 2)));
await showAsync("this", () => new Promise((resolve) => {
  const timer = setTimeout(function () {
    resolve(this === timer);
  }, 1);
}));
await showAsync("order", async () => {
  setTimeout(log("t10"), 10);
  setTimeout(log("t1"), 1);
  setImmediate(log("immediate"));
  process.nextTick(log("tick"));
  queueMicrotask(log("microtask"));
  Promise.resolve().then(log("then"));
  log("sync")();
  await wait(30);
  const seen = flush();
  return [seen[0], seen.indexOf("t1") < seen.indexOf("t10"), seen.includes("immediate"), seen.length];
});
await showAsync("tick before promise", async () => {
  await new Promise((resolve) => setImmediate(() => {
    Promise.resolve().then(log("then 1")).then(log("then 2"));
    process.nextTick(log("tick 1"));
    process.nextTick(() => {
      log("tick 2")();
      process.nextTick(log("tick 3"));
      Promise.resolve().then(log("then of tick 2"));
    });
    queueMicrotask(log("microtask"));
    log("sync")();
    setImmediate(resolve);
  }));
  return flush();
});
await showAsync("ticks between timers", async () => {
  await new Promise((resolve) => {
    setTimeout(() => {
      log("timer 1")();
      process.nextTick(log("tick"));
      Promise.resolve().then(log("then"));
    }, 5);
    setTimeout(() => {
      log("timer 2")();
      resolve();
    }, 5);
  });
  return flush();
});
await showAsync("ticks between immediates", async () => {
  await new Promise((resolve) => {
    setImmediate(() => {
      log("immediate 1")();
      process.nextTick(log("tick"));
      Promise.resolve().then(log("then"));
    });
    setImmediate(() => {
      log("immediate 2")();
      resolve();
    });
  });
  return flush();
});
await showAsync("nextTick arguments", () => new Promise((resolve) => process.nextTick((...args) => resolve(args), 1, 2, 3, 4, 5)));
await showAsync("clear", async () => {
  clearTimeout(setTimeout(log("cleared"), 1));
  clearTimeout(+setTimeout(log("cleared by number"), 1));
  clearInterval(setInterval(log("cleared interval"), 1));
  clearImmediate(setImmediate(log("cleared immediate")));
  setTimeout(log("closed"), 1).close();
  clearTimeout(undefined);
  clearTimeout({});
  clearTimeout(123456);
  clearImmediate(null);
  await wait(15);
  return flush();
});
await showAsync("interval", async () => {
  let count = 0;
  await new Promise((resolve) => {
    const interval = setInterval(() => {
      if (++count === 3) {
        clearInterval(interval);
        resolve();
      }
    }, 1);
  });
  await wait(10);
  return count;
});
await showAsync("refresh after run", async () => {
  let count = 0;
  const timer = setTimeout(() => count++, 2);
  await wait(20);
  timer.refresh();
  await wait(20);
  return count;
});
show("bad callback", () => setTimeout("code", 1));
show("bad immediate", () => setImmediate());
show("bad interval", () => setInterval(1));
show("bad tick", () => process.nextTick("x"));
await showAsync("promises.setTimeout", async () => promises.setTimeout(1, "value"));
await showAsync("promises.setImmediate", async () => promises.setImmediate("value"));
await showAsync("promises.setInterval", async () => {
  const seen = [];
  for await (const value of promises.setInterval(1, "v")) if (seen.push(value) === 3) break;
  return seen;
});
await showAsync("promises abort", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort("why"), 1);
  try {
    await promises.setTimeout(1000, null, { signal: controller.signal });
  } catch (error) {
    return [error.name, error.code, error.message, error.cause];
  }
});
await showAsync("promises aborted", async () => promises.setImmediate(null, { signal: AbortSignal.abort() }));
await showAsync("promises bad", async () => promises.setTimeout("x"));
await showAsync("promises bad options", async () => promises.setTimeout(1, 1, { ref: 1 }));
await showAsync("scheduler", async () => [await promises.scheduler.wait(1), await promises.scheduler.yield()]);
