/**
 * Core Web Vitals of the example, served by ssr-host and visited for the first time, with the network and the CPU of a phone and with those of
 * a desktop: medians, below what the project wants. How they are measured, beside Node: benches/vitals.mjs.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AIMS, median } from "../../benches/lib/vitals/aims.mjs";
import { cumulativeLayoutShift, timeToInteractive } from "../../benches/lib/vitals/interactive.mjs";
import { startSide } from "../../benches/lib/vitals/sides.mjs";
import { openBrowser, PAGES, visit } from "../../benches/lib/vitals/visit.mjs";
import { need } from "../parity/support/servers.mjs";

const VISITS = 3;

/** Whoever else works on the machine only adds to the figures: a round that is good enough is believed. */
const ROUNDS = 4;

describe("a first visit", () => {
  let server;
  let browser;
  before(async () => {
    need(process.env.CHROMIUM ?? "/usr/bin/chromium", "install Chromium, or set CHROMIUM");
    need("tests/node_modules/playwright-core", "run `npm ci` in tests");
    server = await startSide("ssr-host");
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const condition of ["mobile", "desktop"]) {
    for (const page of Object.keys(PAGES)) {
      it(`${page}, ${condition}`, { timeout: 600_000 }, async (test) => {
        let missed;
        for (let round = 0; round < ROUNDS; round += 1) {
          const visits = [];
          for (let count = 0; count < VISITS; count += 1) visits.push(await visit(browser, server.origin, page, condition));
          const aims = AIMS.filter(({ conditions }) => conditions.includes(condition));
          const medians = aims.map(({ key, title, below, unit }) => ({ title, unit, below, is: median(visits, key) }));
          test.diagnostic(medians.map(({ title, is, unit }) => `${title} ${Math.round(is * 1000) / 1000} ${unit}`).join(", "));
          missed = medians.filter(({ is, below }) => !(is < below));
          if (missed.length === 0) return;
        }
        assert.deepEqual(missed, []);
      });
    }
  }
});

describe("time to interactive", () => {
  const seen = { paint: 1000, parsed: 900, tasks: [], requests: [], end: 20_000 };
  const tti = (changes) => timeToInteractive({ ...seen, ...changes });

  it("is the first paint when nothing happens after it", () => assert.equal(tti({}), 1000));
  it("is not before the document has been read", () => assert.equal(tti({ parsed: 1400 }), 1400));
  it("is the end of the last long task before five quiet seconds", () => {
    assert.equal(tti({ tasks: [{ start: 1500, end: 1600 }, { start: 4000, end: 4051 }] }), 4051);
    assert.equal(tti({ tasks: [{ start: 7000, end: 7100 }] }), 1000, "six seconds were quiet before it");
    assert.equal(tti({ tasks: [{ start: 1500, end: 1550 }] }), 1000, "fifty milliseconds are not long");
  });
  it("waits until no more than two requests are in flight", () => {
    const request = { start: 1000, end: 6500 };
    assert.equal(tti({ tasks: [{ start: 1100, end: 1200 }], requests: [request, request] }), 1200);
    // The five seconds then begin with the end of the third; the task before them is still the last one.
    assert.equal(tti({ tasks: [{ start: 1100, end: 1200 }, { start: 6000, end: 6100 }], requests: [request, request, request] }), 6100);
  });
  it("is unknown when five seconds were never quiet", () => assert.equal(tti({ end: 5999 }), undefined));
});

describe("layout shift", () => {
  it("is the worst session, not the sum", () => {
    assert.equal(cumulativeLayoutShift([]), 0);
    assert.equal(cumulativeLayoutShift([{ at: 0, value: 0.25 }, { at: 999, value: 0.25 }, { at: 2000, value: 0.125 }]), 0.5);
  });
  it("begins a new session after five seconds", () => {
    const shifts = Array.from({ length: 8 }, (_, index) => ({ at: index * 900, value: 0.125 }));
    assert.equal(cumulativeLayoutShift(shifts), 0.75, "those at 0 to 4500");
  });
});
