/**
 * A browser on the example, served by ssr-host: it hydrates without a complaint, navigates on the client, goes back, changes the
 * language; and without JavaScript the pages can be read. Chromium is the system's (CHROMIUM names another); nothing is downloaded.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { BLOG_BUILDS, need, needBlog, startHost } from "../parity/support/servers.mjs";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

describe("examples/blog in a browser", () => {
  let server;
  let browser;
  let context;
  let page;
  /** What the page complained about. */
  let complaints;
  let origin;

  before(async () => {
    const [, entry, script] = BLOG_BUILDS[0];
    const executablePath = need(process.env.CHROMIUM ?? "/usr/bin/chromium", "install Chromium, or set CHROMIUM");
    need("tests/node_modules/playwright-core", "run `npm ci` in tests");
    server = await startHost(needBlog(entry, script), { RATE_LIMIT_MAX: "100000" });
    origin = `http://127.0.0.1:${server.port}`;
    const { chromium } = await import("playwright-core");
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Opens a fresh profile, so that nothing is cached from the test before. */
  async function open(options = {}) {
    context = await browser.newContext({ locale: "en-US", ...options });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  }

  /** Loads a page and leaves a mark in its window, which a full page load would wipe out. */
  async function load(path) {
    const response = await page.goto(origin + path, { waitUntil: "networkidle" });
    await page.evaluate(() => (window.__mark = "still here"));
    return response;
  }
  const mark = () => page.evaluate(() => window.__mark);
  const heading = () => page.locator("h1").innerText();
  const path = () => page.evaluate(() => location.pathname + location.search);

  /** Back, at a reader's pace: the library ignores a step back that comes less than 50 ms after a step forward. */
  async function goBack() {
    await page.waitForTimeout(100);
    await page.goBack();
  }

  describe("with JavaScript", () => {
    beforeEach(() => open());
    afterEach(async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    });

    it("hydrates the list without a complaint, and changes nothing that can be seen", async () => {
      const plain = await browser.newContext({ locale: "en-US", javaScriptEnabled: false });
      const served = await plain.newPage();
      await served.goto(`${origin}/`);
      const before = await served.locator("body").innerText();
      await plain.close();
      const response = await load("/");
      assert.equal(response.status(), 200);
      assert.equal(await page.locator("body").innerText(), before);
      assert.equal(await page.locator("article").count(), 20);
    });

    it("navigates on the client, back and forward", async () => {
      await load("/");
      const title = await page.title();
      await page.locator("article h2 a").first().click();
      await page.locator(".body").waitFor();
      assert.equal(await path(), "/posts/1");
      assert.equal(await heading(), "A page is a promise");
      assert.notEqual(await page.title(), title);
      await page.locator(".actions a").click();
      await page.locator("ol").waitFor();
      assert.equal(await path(), "/posts/1/comments");
      await goBack();
      await page.locator(".body").waitFor();
      assert.equal(await heading(), "A page is a promise");
      await goBack();
      await page.locator("article h2").first().waitFor();
      assert.equal(await path(), "/");
      assert.equal(await page.title(), title);
      await page.goForward();
      await page.locator(".body").waitFor();
      assert.equal(await path(), "/posts/1");
      assert.equal(await mark(), "still here", "no full page load");
    });

    it("filters by tag and keeps what the address says", async () => {
      await load("/");
      await page.locator("article ul a", { hasText: "web" }).first().click();
      await page.waitForURL("**/?tag=web");
      await page.waitForFunction(() => document.querySelectorAll("article").length < 20);
      const filtered = await page.locator("article").count();
      assert.equal(await mark(), "still here");
      await page.reload({ waitUntil: "networkidle" });
      assert.equal(await page.locator("article").count(), filtered, "the server renders the same list");
    });

    it("changes the language on the client", async () => {
      await load("/posts/1");
      const english = await page.locator(".button").innerText();
      await page.locator("header nav a[hreflang=fr]").click();
      await page.waitForFunction((text) => document.querySelector(".button").innerText !== text, english);
      assert.equal(await path(), "/posts/1?lang=fr");
      assert.equal(await page.locator("header nav a[hreflang=fr]").getAttribute("aria-current"), "true");
      assert.equal(await mark(), "still here");
      await goBack();
      await page.waitForFunction((text) => document.querySelector(".button").innerText === text, english);
    });

    it("keeps state: a like counts once and is taken back", async () => {
      await load("/posts/1");
      const likes = () => page.locator(".likes").innerText();
      const button = page.locator(".button");
      const first = await likes();
      await button.click();
      assert.equal(await button.getAttribute("aria-pressed"), "true");
      const number = (text) => Number(text.replace(/\D/g, ""));
      assert.equal(number(await likes()), number(first) + 1);
      await button.click();
      assert.equal(await likes(), first);
    });

    it("hydrates a page whose state holds `</script>`, and runs nothing from it", async () => {
      await load("/posts/unsafe");
      assert.equal(await page.evaluate(() => window.__injected), undefined);
      assert.match(await page.locator("pre").innerText(), /<\/script><script>window.__injected/);
      await page.locator(".button").click();
      assert.equal(await page.locator(".button").getAttribute("aria-pressed"), "true", "it is hydrated");
      await page.locator("header .name").click();
      await page.locator("article h2").first().waitFor();
      assert.equal(await mark(), "still here");
    });
  });

  it("shows a hydrated 404 page", async () => {
    await open();
    const response = await load("/nothing/here");
    assert.equal(response.status(), 404);
    // Chromium itself reports the status of the page as an error.
    assert.deepEqual(complaints.filter((complaint) => !complaint.includes("status of 404")), []);
    await page.locator("main a").first().click();
    await page.locator("article h2").first().waitFor();
    assert.equal(await path(), "/");
    assert.equal(await mark(), "still here", "it is hydrated");
    await context.close();
  });

  it("can be read without JavaScript", async () => {
    await open({ javaScriptEnabled: false, locale: "fr-FR" });
    const follow = (locator) => Promise.all([page.waitForEvent("load"), locator.click()]);
    await page.goto(`${origin}/`);
    assert.equal(await page.locator("html").getAttribute("lang"), "fr", "from Accept-Language");
    assert.equal(await page.locator("article").count(), 20);
    await follow(page.locator("header nav a[hreflang=en]"));
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await follow(page.locator("article h2 a").first());
    assert.equal(await page.locator("h1").innerText(), "A page is a promise");
    assert.ok((await page.locator(".body").innerText()).length > 200);
    await follow(page.locator(".actions a"));
    assert.ok((await page.locator("ol li").count()) > 0);
    await context.close();
  });
});
