/**
 * Figures that no browser reports, computed from what it does report. All times are milliseconds since the navigation began.
 * Definitions: https://web.dev/articles/tti (as Lighthouse has it: `core/computed/metrics/interactive.js`), https://web.dev/articles/cls.
 */

const QUIET_MS = 5000;
const LONG_TASK_MS = 50;
const QUIET_REQUESTS = 2;

const SHIFTS_APART_MS = 1000;
const SESSION_MS = 5000;

/**
 * Time to interactive: the end of the last long task before the first five seconds, from the first paint on, without a long task and with at
 * most two requests in flight; not before the first paint and the end of the document. `undefined` when there are no such five seconds.
 * @param {{paint: number, parsed: number, tasks: Interval[], requests: Interval[], end: number}} seen `paint`: first contentful paint;
 *   `parsed`: DOMContentLoaded; `end`: until when was looked
 */
export function timeToInteractive({ paint, parsed, tasks, requests, end }) {
  const long = tasks.filter(({ start, end }) => end - start > LONG_TASK_MS);
  const quietCPU = gaps(long, paint, end);
  const quietNetwork = gaps(crowded(requests), paint, end);
  for (const cpu of quietCPU) {
    for (const network of quietNetwork) {
      const length = Math.min(cpu.end, network.end) - Math.max(cpu.start, network.start);
      if (length >= QUIET_MS) return Math.max(cpu.start, paint, parsed);
    }
  }
  return undefined;
}

/** When more requests than that are in flight. */
function crowded(requests) {
  const changes = requests.flatMap(({ start, end }) => [{ at: start, by: 1 }, { at: end, by: -1 }]).sort((a, b) => a.at - b.at || a.by - b.by);
  const intervals = [];
  let inFlight = 0;
  for (const { at, by } of changes) {
    inFlight += by;
    if (by > 0 && inFlight === QUIET_REQUESTS + 1) intervals.push({ start: at, end: at });
    if (by < 0 && inFlight === QUIET_REQUESTS) intervals.at(-1).end = at;
  }
  return intervals;
}

/** What lies between intervals, which do not overlap. */
function gaps(intervals, from, to) {
  const found = [];
  let start = from;
  for (const busy of [...intervals].sort((a, b) => a.start - b.start)) {
    if (busy.end <= start) continue;
    if (busy.start > start) found.push({ start, end: busy.start });
    start = busy.end;
  }
  if (to > start) found.push({ start, end: to });
  return found;
}

/**
 * Cumulative layout shift: the largest sum of a session, whose shifts are less than a second apart and which is no longer than five.
 * @param {{at: number, value: number}[]} shifts in order, without those that follow an input
 */
export function cumulativeLayoutShift(shifts) {
  let [largest, sum, first, last] = [0, 0, -Infinity, -Infinity];
  for (const { at, value } of shifts) {
    if (at - last >= SHIFTS_APART_MS || at - first >= SESSION_MS) [sum, first] = [0, at];
    [sum, last] = [sum + value, at];
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** @typedef {{start: number, end: number}} Interval */
