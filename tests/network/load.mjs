/**
 * Visitors in a process of their own, who come whether or not the ones before have been served (an open loop): requests at a fixed rate through
 * each host, readers of server-sent events, WebSockets. Everything is counted: what was sent, what came of it, and when.
 *
 * Started by `Load`; talks with it over the channel of `fork`.
 */
import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { Events, Sockets } from "./streams.mjs";

const SELF = fileURLToPath(import.meta.url);
const TICK_MS = 5;

/** Longer than all deadlines of a host together. */
const GIVE_UP_MS = 20_000;

/** What has happened to the requests of one kind that were sent in one phase. */
export class Tally {
  sent = 0;
  settled = 0;
  /** How often each kind of failure: a status, an error of the network, or `wrong body`. */
  failures = {};
  /** When the last of the failures was seen, in milliseconds since the phase began. */
  lastFailure = 0;
  latencies = [];
  #began = performance.now();

  settle(failure, ms) {
    this.settled += 1;
    this.latencies.push(ms);
    if (failure === undefined) return;
    this.failures[failure] = (this.failures[failure] ?? 0) + 1;
    this.lastFailure = performance.now() - this.#began;
  }

  report() {
    const { sent, failures, lastFailure } = this;
    const sorted = this.latencies.sort((a, b) => a - b);
    const at = (share) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
    return { sent, failed, failures, lastFailure: Math.round(lastFailure), p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}

/** Requests of one kind at a fixed rate. */
class Arrivals {
  #agent = new Agent({ keepAlive: true });
  #number = 0;
  #tally = new Tally();

  /**
   * @param {string} url
   * @param {number} rate per second
   * @param {(number: number) => {method: string, path: string, body?: string, expect(status: number, body: string): boolean}} make
   */
  constructor(url, rate, make) {
    Object.assign(this, { url, make });
    const began = performance.now();
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) * rate) / 1000);
      while (this.#number < due) this.#send((this.#number += 1));
    }, TICK_MS);
  }

  /** What has come of all that was sent since the last time; waits for what is on its way. */
  async take() {
    const tally = this.#tally;
    this.#tally = new Tally();
    while (tally.settled < tally.sent) await new Promise((wake) => setTimeout(wake, TICK_MS));
    return tally.report();
  }

  #send(number) {
    const tally = this.#tally;
    const started = performance.now();
    const { method, path, body, expect } = this.make(number);
    tally.sent += 1;
    let isOver = false;
    const settle = (failure) => {
      if (isOver) return;
      isOver = true;
      tally.settle(failure, performance.now() - started);
    };
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const asking = request(`${this.url}${path}`, { method, agent: this.#agent, headers, signal: AbortSignal.timeout(GIVE_UP_MS) });
    asking.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece));
      response.on("error", ({ code }) => settle(`cut (${code})`));
      response.on("end", () => {
        const { statusCode: status } = response;
        if (expect(status, text)) settle();
        else settle(status < 300 ? "wrong body" : String(status));
      });
    });
    asking.on("error", ({ code, name }) => settle(name === "AbortError" || name === "TimeoutError" ? "no answer" : code)).end(body);
  }
}

const read = (number) => {
  const id = 1 + (number % 10);
  return { method: "GET", path: `/api/posts/${id}?n=${number}`, expect: (status, body) => status === 200 && idOf(body) === id };
};

const write = (number) => {
  const body = JSON.stringify({ title: `number ${number}` });
  const expect = (status, text) => status === 201 && text.includes(`"number ${number}"`);
  return { method: "POST", path: `/api/posts?n=${number}`, body, expect };
};

function idOf(text) {
  try {
    return JSON.parse(text).id;
  } catch {
    return undefined;
  }
}

/** The visitors, seen from the test. */
export class Load {
  #child = fork(SELF, ["visitors"]);
  #waiting = [];

  /**
   * @param {string[]} urls the hosts
   * @param {{reads: number, writes: number, sockets: number}} rates of each host: requests a second, and how many WebSockets
   */
  constructor(urls, rates) {
    this.#child.on("message", (report) => this.#waiting.shift()(report));
    this.#child.send({ urls, rates });
  }

  /**
   * What has happened since the last time.
   * @returns {Promise<{reads: object, writes: object, events: object, sockets: object}>}
   */
  take() {
    return this.#do("take");
  }

  /** Lets those who stay begin anew. */
  renew() {
    return this.#do("renew");
  }

  #do(what) {
    return new Promise((done) => {
      this.#waiting.push(done);
      this.#child.send(what);
    });
  }

  stop() {
    this.#child.kill("SIGKILL");
  }
}

/** Several tallies as one. */
function sum(reports) {
  const failures = {};
  for (const [kind, count] of reports.flatMap((report) => Object.entries(report.failures ?? {}))) failures[kind] = (failures[kind] ?? 0) + count;
  const most = (field) => Math.max(...reports.map((report) => report[field] ?? 0));
  const all = (field) => reports.reduce((sum, report) => sum + (report[field] ?? 0), 0);
  return { sent: all("sent"), failed: all("failed"), failures, lastFailure: most("lastFailure"), p50: most("p50"), p99: most("p99"), max: most("max") };
}

function visit({ urls, rates }) {
  // Numbers are told apart by host: what one request did is looked up by them.
  const numbered = (make, host) => (number) => make(number * urls.length + host);
  const groups = {
    reads: urls.map((url, host) => new Arrivals(url, rates.reads, numbered(read, host))),
    writes: urls.map((url, host) => new Arrivals(url, rates.writes, numbered(write, host))),
    events: urls.map((url) => new Events(`${url}/api/events?every=250`)),
    sockets: urls.map((url) => new Sockets(`${url.replace("http", "ws")}/api/ws`, rates.sockets)),
  };
  const take = async () => {
    const taken = Object.entries(groups).map(async ([name, group]) => [name, sum(await Promise.all(group.map((one) => one.take())))]);
    return Object.fromEntries(await Promise.all(taken));
  };
  const renew = async () => [...groups.events, ...groups.sockets].forEach((stream) => stream.renew());
  return { take, renew };
}

if (process.argv[1] === SELF && process.argv[2] === "visitors") {
  let visitors;
  process.on("message", async (message) => {
    if (typeof message === "string") process.send((await visitors[message]()) ?? null);
    else visitors = visit(message);
  });
}
