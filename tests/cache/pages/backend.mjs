/** What the app of `apps/pages.mjs` asks at each render: counts the renders, and says what the pages are. */
import { once } from "node:events";
import { createServer } from "node:http";

export class Backend {
  /** Pages show it. */
  version = 1;
  /** It ends connections in place of answering. */
  isDown = false;
  /** How many renders there are at the same time. */
  now = 0;
  #asked = [];
  #pages = new Map();
  #held = new Map();
  #server = createServer((request, response) => this.#answer(request, response));

  static async start() {
    const backend = new Backend();
    backend.#server.listen(0, "127.0.0.1");
    await once(backend.#server, "listening");
    return backend;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /**
   * What holds for URLs that begin with `start`; the longest such start counts.
   * @param {string} start
   * @param {{headers?: Record<string, string>, fault?: string}} page
   */
  say(start, page) {
    this.#pages.set(start, { ...this.#pages.get(start), ...page });
  }

  /** Answers nothing for this URL until the function that it returns is called. */
  hold(url) {
    let release;
    this.#held.set(url, new Promise((done) => (release = done)));
    return () => {
      this.#held.delete(url);
      release();
    };
  }

  /** The instances that have rendered this URL. */
  renders(url) {
    return this.#asked.filter((one) => one.url === url).map(({ instance }) => instance);
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request, response) {
    if (this.isDown) return request.socket.destroy();
    this.#asked.push({ url: request.url, instance: request.headers["x-instance"] });
    const { version } = this;
    const starts = [...this.#pages.keys()].filter((start) => request.url.startsWith(start)).sort((a, b) => a.length - b.length);
    const { headers, fault } = Object.assign({}, ...starts.map((start) => this.#pages.get(start)));
    this.now += 1;
    await this.#held.get(request.url);
    this.now -= 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ version, headers, fault }));
  }
}
