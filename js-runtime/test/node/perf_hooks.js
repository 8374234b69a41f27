import perf, { performance as named, PerformanceObserver } from "node:perf_hooks";
import { show, showAsync } from "./support/show.js";

show("same", () => [named === performance, perf.performance === performance, perf.PerformanceObserver === PerformanceObserver]);
show("now", () => [performance.now() > 0, performance.timeOrigin > 0, performance.now() <= performance.now()]);
show("mark and measure", () => {
  performance.mark("a");
  performance.mark("b", { detail: { x: 1 } });
  const measure = performance.measure("a to b", "a", "b");
  const result = [measure.name, measure.duration >= 0, performance.getEntriesByName("b")[0].detail, performance.getEntriesByType("mark").length];
  performance.clearMarks();
  performance.clearMeasures();
  return [...result, performance.getEntries().filter(({ entryType }) => entryType === "mark").length];
});
await showAsync("observer", () => new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    observer.disconnect();
    resolve(list.getEntries().map(({ name }) => name));
  });
  observer.observe({ entryTypes: ["mark"] });
  performance.mark("seen");
}));
show("constants", () => [perf.constants.NODE_PERFORMANCE_GC_MAJOR, perf.constants.NODE_PERFORMANCE_GC_MINOR]);
