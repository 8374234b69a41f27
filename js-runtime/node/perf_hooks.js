/** `node:perf_hooks`: the web's `performance`. What measures Node's own event loop is absent. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

export const {
  performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver,
  PerformanceObserverEntryList,
} = globalThis;

const loud = (name) => loudFunction("perf_hooks", name);
export const createHistogram = loud("createHistogram");
export const monitorEventLoopDelay = loud("monitorEventLoopDelay");
export const PerformanceResourceTiming = loud("PerformanceResourceTiming");

/** Node's additions to `performance`. */
for (const name of ["eventLoopUtilization", "timerify"]) {
  if (!(name in performance)) {
    Object.defineProperty(performance, name, {
      value: loud(`performance.${name}`), configurable: true, writable: true, enumerable: false,
    });
  }
}

export const constants = Object.freeze({
  NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16, NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32, NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
});

export default {
  constants, createHistogram, monitorEventLoopDelay, performance, Performance, PerformanceEntry, PerformanceMark,
  PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming,
};
