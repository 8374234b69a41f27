/**
 * Visitors of a fleet, in a process of their own, who come whether or not the ones before have been served: pages over connections that are kept,
 * orders over one each, pages that come slowly. Every request is counted.
 *
 * A browser that finds a kept connection closed asks once more for what is safe to ask for (RFC 9112, section 9.3.1); so do these, and count it.
 */
import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { Tally } from "./load.mjs";

const SELF = fileURLToPath(import.meta.url);
const TICK_MS = 5;
const GIVE_UP_MS = 30_000;

/** Requests a second. */
export const RATES = { pages: 40, orders: 10, slow: 2 };

const SLOW_BODY = Array.from({ length: 30 }, (_, index) => `${index + 1}\n`).join("");
const GONE = new Set(["ECONNRESET", "EPIPE"]);

const KINDS = {
  pages: {
    path: "page",
    keeps: true,
    isRight: (number, status, body) => status === 200 && body.startsWith(`<h1>${number}</h1>`) && body.endsWith(`<!-- end of ${number} -->`),
  },
  orders: { path: "orders", method: "POST", isRight: (number, status, body) => status === 201 && body === `{"number":${number}}` },
  slow: { path: "slow", keeps: true, isRight: (number, status, body) => status === 200 && body === SLOW_BODY },
};

class Arrivals {
  #tally = new Tally();
  #number = 0;
  #repeated = 0;

  constructor(url, kind, rate) {
    Object.assign(this, { url, ...KINDS[kind] });
    this.agent = this.keeps ? new Agent({ keepAlive: true }) : false;
    const began = performance.now();
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) * rate) / 1000);
      while (this.#number < due) this.#send((this.#number += 1), performance.now());
    }, TICK_MS);
  }

  #send(number, started, isRepeated = false) {
    if (!isRepeated) this.#tally.sent += 1;
    let isOver = false;
    const settle = (failure) => {
      if (!isOver) this.#tally.settle(failure, performance.now() - started);
      isOver = true;
    };
    const asking = request(`${this.url}/${this.path}/${number}`, { method: this.method, agent: this.agent, signal: AbortSignal.timeout(GIVE_UP_MS) });
    asking.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece));
      response.on("error", ({ code }) => settle(`cut (${code})`));
      response.on("end", () => settle(this.isRight(number, response.statusCode, text) ? undefined : response.statusCode < 300 ? "wrong body" : String(response.statusCode)));
    });
    asking.on("error", ({ code, name }) => {
      const isClosed = asking.reusedSocket && GONE.has(code) && !asking.res;
      if (!isClosed || isRepeated) return settle(name === "AbortError" || name === "TimeoutError" ? "no answer" : code);
      isOver = true;
      this.#repeated += 1;
      this.#send(number, started, true);
    });
    asking.end();
  }

  /** No more come; what has become of those who did. */
  async end() {
    clearInterval(this.timer);
    while (this.#tally.settled < this.#tally.sent) await new Promise((wake) => setTimeout(wake, TICK_MS));
    return { ...this.#tally.report(), repeated: this.#repeated };
  }
}

/** The visitors, seen from the test. */
export class Visitors {
  #child = fork(SELF, ["visitors"]);

  /** @param {string} url the balancer */
  constructor(url) {
    this.#child.send(url);
  }

  /**
   * Lets no more come, and waits for those who are there.
   * @returns {Promise<{pages: Result, orders: Result, slow: Result}>}
   */
  async end() {
    const result = new Promise((done, fail) => this.#child.once("message", done).once("exit", () => fail(new Error("the visitors are gone"))));
    this.#child.send("end");
    return result.finally(() => this.stop());
  }

  stop() {
    this.#child.kill("SIGKILL");
  }
}

/** @typedef {{sent: number, failed: number, failures: Record<string, number>, repeated: number, p50: number, p99: number, max: number}} Result */

if (process.argv[1] === SELF && process.argv[2] === "visitors") {
  let groups;
  process.on("message", async (message) => {
    if (message !== "end") return void (groups = Object.keys(RATES).map((kind) => [kind, new Arrivals(message, kind, RATES[kind])]));
    process.send(Object.fromEntries(await Promise.all(groups.map(async ([kind, group]) => [kind, await group.end()]))));
  });
}
