/**
 * Whatever an attacker asks first, a victim gets the answer of a host without a cache, and the other way round. Every case is played
 * with the attacker first and with the victim first. So that it can fail, a case's requests have different answers, and
 * the victim's page is one that is stored unless the case says that it never may be.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { converse } from "../parity/support/client.mjs";
import { comparable, isHit } from "./attacks/answer.mjs";
import { ATTACKS, ATTACKS_ON_FETCH } from "./attacks/cases.mjs";
import { serveAll } from "./support.mjs";

/** As dangerous as an operator can make it: what says nothing of its freshness is kept for a minute, whatever it is. */
const SETTINGS = `
[cache]
enabled = true

[[cache.rules]]
path = "/:run/marketing"
ignore_query = ["utm_*", "fbclid"]
ttl = "60s"

[[cache.rules]]
path = "/:run/marketing-url"
ignore_query = ["utm_*"]

[[cache.rules]]
path = "/:run/semicolons"
ignore_query = ["utm_*"]

[[cache.rules]]
path = "/:run/theme"
cookies = ["theme"]

[[cache.rules]]
path = "/*"
ttl = "60s"
`;

/** PORT_OF_CACHE and PORT_OF_APP: another cache and the app behind it, to see which cases another cache loses. */
const { PORT_OF_CACHE, PORT_OF_APP } = process.env;

const APPS = [
  ["a Fastify app", "apps/shop.mjs", ATTACKS],
  ["a fetch handler", "apps/shop-fetch.mjs", ATTACKS_ON_FETCH],
];

for (const [name, entry, attacks] of APPS) describe(`attacks on the cache of ${name}`, () => {
  let cached;
  let plain;
  let runs = 0;
  before(async () => {
    if (PORT_OF_CACHE) return ([cached, plain] = [PORT_OF_CACHE, PORT_OF_APP].map((port) => ({ port: Number(port) })));
    [cached, plain] = await serveAll([[entry, { settings: SETTINGS }], [entry]]);
  });
  after(() => Promise.all([cached?.stop?.(), plain?.stop?.()]));

  for (const [group, cases] of Object.entries(attacks)) {
    describe(group, () => {
      for (const one of cases) {
        it(`${one.name}: the attacker first`, async () => {
          const play = await Play.begin(one, `a${(runs += 1)}`, { cached, plain });
          await play.attack();
          await play.attack();
          await play.victim();
          await play.victim();
          await play.attack();
          await play.checkStored();
        });
        it(`${one.name}: the victim first`, async () => {
          const play = await Play.begin(one, `v${(runs += 1)}`, { cached, plain });
          await play.victim();
          await play.victim();
          await play.attack();
          await play.attack();
          await play.victim();
          await play.checkStored();
        });
      }
    });
  }
});

/** One run of a case: knows what a host without a cache answers, and holds the cached one to that. */
class Play {
  constructor(one, run, servers) {
    this.one = one;
    this.run = run;
    this.servers = servers;
  }

  static async begin(one, run, servers) {
    const play = new Play(one, run, servers);
    play.expected = await play.#ask("plain", one.victim);
    play.attacks = [];
    for (const request of one.attack) play.attacks.push(await play.#ask("plain", request));
    const differs = play.attacks.some((answer) => !sameAnswer(answer, play.expected));
    if ((one.same ?? false) !== "perhaps") assert.equal(differs, !one.same, "with no cache, attacker and victim get the answers that the case is about");
    return play;
  }

  async attack() {
    for (const [index, request] of this.one.attack.entries()) {
      const answer = await this.#ask("cached", request);
      if (!this.one.rewritten) assertSame(answer, this.attacks[index], "the attacker");
    }
  }

  async victim() {
    assertSame(await this.#ask("cached", this.one.victim), this.expected, "the victim");
  }

  /** The page is one that is kept, or never is. The attacker's last request may have been a change. */
  async checkStored() {
    const answers = [await this.#ask("cached", this.one.victim), await this.#ask("cached", this.one.victim)];
    for (const answer of answers) assertSame(answer, this.expected, "the victim");
    if (PORT_OF_CACHE || this.one.stored === "perhaps") return;
    assert.equal(isHit(answers[1]), this.one.stored, "whether the victim's page is stored");
  }

  #ask(server, { method, bytes }) {
    return converse(this.servers[server].port, { parts: [bytes(this.run)], methods: [method] });
  }
}

/** An ETag is what a cache may add. */
const added = (expected) => new Set(comparable(expected).responses.some(({ headers }) => headers.some((line) => line.startsWith("etag:"))) ? [] : ["etag"]);

const sameAnswer = (one, other) => JSON.stringify(comparable(one)) === JSON.stringify(comparable(other));

function assertSame(actual, expected, who) {
  const ignored = added(expected);
  assert.deepEqual(comparable(actual, ignored), comparable(expected, ignored), `${who} gets what a host without a cache answers`);
}
