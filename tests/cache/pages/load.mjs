/** Visitors who ask all instances for a handful of pages, without a pause in the tests, and look at what they get. */
import assert from "node:assert/strict";
import { ask, sleep } from "./ask.mjs";
import { versionOf } from "./text.mjs";

const VISITORS = 4;
const PAUSE_MS = 8;
const LANGUAGES = ["en", "de"];

/** One of so many requests is for a page that nobody has asked for before; all instances are asked for it. */
const COLD = 12;

/** Far more than what a pause of Redis may cost, and less than what any of the limits that might be run into lasts. */
const LONGEST_MS = 1000;

export class Load {
  /** Pages of earlier versions are wrong. */
  floor = 1;
  #faults = [];
  #asked = 0;
  #slowest = { ms: 0 };
  #stopped = false;
  #visitors;

  /**
   * @param {{port: number, name: string}[]} instances
   * @param {string[]} urls
   * @param {import("./backend.mjs").Backend} backend
   */
  constructor(instances, urls, backend) {
    Object.assign(this, { instances, urls, backend });
    this.#visitors = Promise.all(Array.from({ length: VISITORS }, (_, number) => this.#visit(number)));
  }

  async stop() {
    this.#stopped = true;
    await this.#visitors;
  }

  /** All since the last time was well, and there was something. */
  check() {
    const [faults, asked, slowest] = [this.#faults, this.#asked, this.#slowest];
    [this.#faults, this.#asked, this.#slowest] = [[], 0, { ms: 0 }];
    assert.deepEqual(faults, []);
    assert.ok(asked > 0, "somebody has asked");
    assert.ok(slowest.ms < LONGEST_MS, `nobody waits for long: ${JSON.stringify(slowest)}`);
  }

  async #visit(visitor) {
    for (let count = visitor; !this.#stopped; count += 1) {
      const cold = count % COLD === 0;
      const url = cold ? `/cold/${visitor}-${count}` : this.urls[count % this.urls.length];
      const instances = cold ? this.instances : [this.instances[(count + visitor) % this.instances.length]];
      for (const instance of instances) await this.#look(instance, url, LANGUAGES[(count >> 1) % 2]);
      await sleep(PAUSE_MS);
    }
  }

  async #look({ port, name }, url, language) {
    const { floor } = this;
    this.#asked += 1;
    const answer = await ask(port, url, { headers: { "accept-language": language } }).catch((error) => ({ status: String(error) }));
    if (answer.ms > this.#slowest.ms) this.#slowest = { ms: answer.ms, url, name, cache: answer.cache };
    const version = answer.status === 200 ? versionOf(answer.body.toString(), { url, language, build: "one" }) : undefined;
    if (version >= floor && version <= this.backend.version) return;
    const body = answer.body?.toString().slice(0, 200);
    this.#faults.push({ name, url, language, status: answer.status, cache: answer.cache, body, floor });
  }
}
