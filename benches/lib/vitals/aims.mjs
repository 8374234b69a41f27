import { median as medianOfValues } from "../figures.mjs";

/** What the project wants of a first visit: the column "Excellent" of the library's deployment guide. */
export const AIMS = [
  // By definition this is the server's part. The latency that DevTools adds is not in it, the work of a slower browser partly is.
  { key: "firstByte", title: "TTFB", unit: "ms", below: 100, conditions: ["desktop"] },
  { key: "firstPaint", title: "FCP", unit: "ms", below: 1000, conditions: ["mobile", "desktop"] },
  { key: "largestPaint", title: "LCP", unit: "ms", below: 1500, conditions: ["mobile", "desktop"] },
  { key: "interactive", title: "TTI", unit: "ms", below: 2500, conditions: ["mobile", "desktop"] },
  { key: "shift", title: "CLS", unit: "", below: 0.05, conditions: ["mobile", "desktop"] },
  { key: "scriptGzipped", title: "JavaScript, as gzip", unit: "B", below: 70_000, conditions: ["mobile", "desktop"] },
];

/** Other figures that are shown. */
export const ALSO = [
  { key: "scriptSent", title: "JavaScript, as sent", unit: "B" },
  { key: "allSent", title: "all bodies, as sent", unit: "B" },
];

/** The median of one figure of several visits; one that was not there in time is larger than any. */
export function median(visits, key) {
  return medianOfValues(visits.map((visit) => visit[key] ?? Infinity));
}
