/**
 * A first visit: a fresh profile, nothing cached, the network and the CPU as slow as wanted. What the browser's own observers and its record
 * of requests say becomes the figures of https://web.dev/articles/vitals.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { cumulativeLayoutShift, timeToInteractive } from "./interactive.mjs";

const ROOT = resolve(import.meta.dirname, "../../..");

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** So long must nothing have happened before a visit is over, a little more than what "interactive" asks for. */
const QUIET_MS = 5300;
const VISIT_LIMIT_MS = 60_000;

const kilobits = (count) => (count * 1024) / 8;
const MOBILE = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1350, height: 940 } };

/**
 * How slow a visitor's network and machine are. `latency` is what DevTools adds between a request and the head of its answer: a round trip.
 * It adds nothing to the making of a connection, which is one more round trip in life. `lighthouse` makes up for that as Lighthouse's
 * `throttlingMethod: devtools` does (`core/config/constants.js`): 3.75 round trips for every request, nine tenths of the rate.
 */
export const CONDITIONS = {
  mobile: {
    title: "slow 4G, phone: 150 ms for each request, 1.6 Mbit/s down, 750 kbit/s up, CPU 4 times slower",
    context: MOBILE,
    cpu: 4,
    network: { latency: 150, downloadThroughput: kilobits(1.6 * 1024), uploadThroughput: kilobits(750) },
  },
  lighthouse: {
    title: "the same as Lighthouse does it with DevTools: 562.5 ms for each request, 1.44 Mbit/s down, 675 kbit/s up, CPU 4 times slower",
    context: MOBILE,
    cpu: 4,
    network: { latency: 562.5, downloadThroughput: kilobits(1.6 * 1024 * 0.9), uploadThroughput: kilobits(750 * 0.9) },
  },
  desktop: { title: "desktop, nothing slowed down", context: DESKTOP, cpu: 1 },
};

/** What is visited, and what shows that a script has taken it over: an interaction and its effect, without a new page. */
export const PAGES = {
  list: { title: "list page `/`", path: "/", prove: proveList },
  detail: { title: "detail page `/posts/1`", path: "/posts/1", prove: proveDetail },
};

/** Starts Chromium: the system's, or what CHROMIUM names. */
export async function openBrowser() {
  const { chromium } = createRequire(join(ROOT, "tests/package.json"))("playwright-core");
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {keyof PAGES} pageName
 * @param {keyof CONDITIONS} conditionName
 * @returns {Promise<Figures>}
 */
export async function visit(browser, origin, pageName, conditionName) {
  const condition = CONDITIONS[conditionName];
  const context = await browser.newContext({ locale: "en-US", ...condition.context });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(VISIT_LIMIT_MS);
    const failures = [];
    page.on("pageerror", ({ message }) => failures.push(`uncaught: ${message}`));
    page.on("requestfailed", (request) => failures.push(`failed: ${request.url()}`));
    await slowDown(await context.newCDPSession(page), condition);
    await page.addInitScript(observe);
    const response = await page.goto(origin + PAGES[pageName].path, { waitUntil: "load" });
    if (response.status() !== 200) failures.push(`status ${response.status()}`);
    const seen = await untilQuiet(page);
    await page.evaluate(() => (window.__mark = "still here"));
    await PAGES[pageName].prove(page);
    if ((await page.evaluate(() => window.__mark)) !== "still here") failures.push("a click has loaded a new page");
    if (failures.length > 0) throw new Error(`${origin}${PAGES[pageName].path}: ${failures.join(", ")}`);
    return { ...figures(seen), ...(await gzipped(seen)) };
  } finally {
    await context.close();
  }
}

async function slowDown(session, { cpu, network }) {
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  if (network) await session.send("Network.emulateNetworkConditions", { offline: false, ...network });
  if (cpu > 1) await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
}

/** Runs in the page, before anything of it: notes what the browser reports. */
function observe() {
  const seen = (window.__seen = { paints: [], largest: [], shifts: [], tasks: [] });
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("paint", ({ name, startTime }) => seen.paints.push({ name, at: startTime }));
  watch("largest-contentful-paint", ({ startTime, element }) => seen.largest.push({ at: startTime, element: element?.tagName }));
  watch("layout-shift", ({ startTime, value, hadRecentInput }) => hadRecentInput || seen.shifts.push({ at: startTime, value }));
  watch("longtask", ({ startTime, duration }) => seen.tasks.push({ start: startTime, end: startTime + duration }));
}

/** Waits until nothing has happened for long enough; gives all that was seen. */
async function untilQuiet(page) {
  const deadline = performance.now() + VISIT_LIMIT_MS;
  while (performance.now() < deadline) {
    await page.waitForTimeout(500);
    const seen = await page.evaluate(report);
    const last = Math.max(seen.parsed, ...seen.paints.map(({ at }) => at), ...seen.tasks.map(({ end }) => end), ...seen.requests.map(({ end }) => end));
    if (seen.end - last >= QUIET_MS) return seen;
  }
  throw new Error(`${page.url()} is not quiet within ${VISIT_LIMIT_MS} ms`);
}

/** Runs in the page. */
function report() {
  const [document] = performance.getEntriesByType("navigation");
  const resources = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith("http"));
  const entries = [document, ...resources];
  return {
    ...window.__seen,
    parsed: document.domContentLoadedEventEnd,
    firstByte: document.responseStart - document.requestStart,
    requests: entries.map(({ startTime, responseEnd }) => ({ start: startTime, end: responseEnd })),
    bodies: entries.map(({ name, encodedBodySize, decodedBodySize }) => ({ name, sent: encodedBodySize, decoded: decodedBodySize })),
    end: performance.now(),
  };
}

function figures(seen) {
  const paint = seen.paints.find(({ name }) => name === "first-contentful-paint")?.at;
  if (paint === undefined || seen.largest.length === 0) throw new Error("the page was never painted");
  return {
    firstByte: seen.firstByte,
    firstPaint: paint,
    largestPaint: seen.largest.at(-1).at,
    interactive: timeToInteractive({ ...seen, paint }),
    shift: cumulativeLayoutShift(seen.shifts),
    scriptSent: sum(scripts(seen), "sent"),
    allSent: sum(seen.bodies, "sent"),
  };
}

const isScript = ({ name }) => new URL(name).pathname.endsWith(".js");
const scripts = ({ bodies }) => bodies.filter(isScript);
const sum = (items, key) => items.reduce((total, item) => total + item[key], 0);

/** Bytes of all scripts that were loaded, each as gzip: whatever the server has sent them as. */
async function gzipped(seen) {
  let bytes = 0;
  for (const { name, decoded } of scripts(seen)) {
    const response = await fetch(name, { headers: { "accept-encoding": "identity" } });
    const body = Buffer.from(await response.arrayBuffer());
    if (body.length !== decoded) throw new Error(`${name} has ${body.length} bytes, the browser got ${decoded}`);
    bytes += gzipSync(body, { level: 9 }).length;
  }
  return { scriptGzipped: bytes };
}

/** A tag filters the list. */
async function proveList(page) {
  const before = await page.locator("article").count();
  await page.locator("article ul a", { hasText: "web" }).first().click();
  await page.waitForFunction((count) => document.querySelectorAll("article").length < count, before);
}

/** The button counts a like. */
async function proveDetail(page) {
  const likes = async () => Number((await page.locator(".likes").innerText()).replace(/\D/g, ""));
  const before = await likes();
  await page.locator(".button").click();
  await page.locator(".button[aria-pressed=true]").waitFor();
  const after = await likes();
  if (after !== before + 1) throw new Error(`after a click there are ${after} likes, before it ${before}`);
}

/**
 * @typedef {object} Figures milliseconds, and bytes of bodies as they were sent
 * @property {number} firstByte from the request's being sent to the first byte of the answer
 * @property {number} firstPaint
 * @property {number} largestPaint
 * @property {number | undefined} interactive
 * @property {number} shift
 * @property {number} scriptSent
 * @property {number} scriptGzipped
 * @property {number} allSent
 */
