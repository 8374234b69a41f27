/** Visitors who stay: they come back when what they listen to has ended, as browsers do. */
import { request } from "node:http";
import WebSocket from "ws";

const AGAIN_MS = 100;

/** A browser waits longer, but here whoever hears nothing for so long counts as cut off. */
const SILENCE_MS = 2500;

const SAY_EVERY_MS = 250;

/** What has happened to streams: `sent` is how many were begun, `failed` how many did not end in order. */
class Streams {
  #report = this.#empty();
  /** Ends each of those that are open, without a word. */
  #open = new Set();

  #empty() {
    this.began = performance.now();
    return { sent: 0, failed: 0, failures: {}, lastFailure: 0 };
  }

  /** What has happened since the last time. */
  take() {
    const report = this.#report;
    this.#report = this.#empty();
    return report;
  }

  /** Lets all begin anew. */
  renew() {
    for (const end of [...this.#open]) end();
  }

  begins(end) {
    this.#report.sent += 1;
    this.#open.add(end);
  }

  ends(end) {
    this.#open.delete(end);
  }

  fails(reason) {
    const { failures } = this.#report;
    failures[reason] = (failures[reason] ?? 0) + 1;
    this.#report.failed += 1;
    this.#report.lastFailure = Math.round(performance.now() - this.began);
  }
}

/** One reader of server-sent events. */
export class Events extends Streams {
  constructor(url) {
    super();
    this.url = url;
    this.#listen();
  }

  #listen() {
    let isOver = false;
    const over = (reason) => {
      if (isOver) return;
      isOver = true;
      this.ends(over);
      clearTimeout(silence);
      asking.destroy();
      if (reason !== undefined) this.fails(reason);
      setTimeout(() => this.#listen(), AGAIN_MS);
    };
    const silence = setTimeout(() => over("silent"), SILENCE_MS);
    let next = 1;
    const asking = request(this.url, { agent: false }, (response) => {
      if (response.statusCode !== 200) return over(String(response.statusCode));
      response.setEncoding("utf8").on("data", (text) => {
        silence.refresh();
        for (const [, number] of text.matchAll(/"tick":(\d+)/g)) if (Number(number) !== next++) over("an event is missing");
      });
      response.on("error", ({ code }) => over(code)).on("end", () => over());
    });
    asking.on("error", ({ code }) => over(code)).end();
    this.begins(over);
  }
}

/** WebSockets that expect to hear what they have said. */
export class Sockets extends Streams {
  constructor(url, count) {
    super();
    this.url = url;
    for (let number = 0; number < count; number += 1) this.#talk();
  }

  #talk() {
    const socket = new WebSocket(this.url, "echo.v1", { handshakeTimeout: SILENCE_MS, perMessageDeflate: false });
    let [said, heard, isOver, reason] = [0, 0, false, undefined];
    const timer = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The answer to what was said a few messages ago is not there.
      if ((said - heard) * SAY_EVERY_MS > SILENCE_MS) return over("silent");
      socket.send(String((said += 1)));
    }, SAY_EVERY_MS);
    const over = (why) => {
      if (isOver) return;
      isOver = true;
      this.ends(over);
      clearInterval(timer);
      socket.terminate();
      if (why !== undefined) this.fails(why);
      setTimeout(() => this.#talk(), AGAIN_MS);
    };
    this.begins(over);
    socket.on("message", (text) => {
      if (String(text) !== String((heard += 1))) over("wrong echo");
    });
    socket.on("error", (error) => (reason ??= /response: (\d+)/.exec(error.message)?.[1] ?? error.code ?? error.message));
    // 1001: the other side goes away, and says so.
    socket.on("close", (code) => over(code === 1001 ? undefined : (reason ?? String(code))));
  }
}
