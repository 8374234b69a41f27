/**
 * What happens to backends, names and the way to them, while visitors keep coming. Each fault is an act with its own end; what became of
 * the requests meanwhile is the result.
 */
import { startHost, startNginx } from "./hosts.mjs";
import { Load } from "./load.mjs";
import { App } from "./machines.mjs";
import { NameServer } from "./dns.mjs";
import { NAME_SERVER, Network, sleep, until } from "./network.mjs";

const BACKENDS = 3;

/** Through each of two hosts. */
export const RATES = { reads: 200, writes: 5, sockets: 3 };

/** How long a fault may have an effect after its end: ejected backends come back, names are asked for again. */
const STEADY_MS = 60_000;

/**
 * Two hosts, three backends, and visitors.
 * @param {"ssr-host" | "nginx"} kind
 * @param {{ttl?: number}} options how long names hold, in seconds
 */
export async function setUp(kind, { ttl = 5 } = {}) {
  const network = new Network();
  const names = await NameServer.start(NAME_SERVER);
  names.ttl = ttl;
  const app = new App(network, names);
  for (let count = 0; count < BACKENDS; count += 1) await app.start();
  const start = kind === "nginx" ? startNginx : startHost;
  const hosts = await Promise.all(["fdaa:0:1::a:1", "fdaa:0:1::a:2"].map((address) => start(network, address)));
  const load = new Load(hosts.map(({ url }) => url), RATES);
  return new Bed({ network, names, app, hosts, load });
}

class Bed {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Waits until all is as if nothing had been: every backend has its share, and nothing fails. */
  async steady() {
    const { app, load } = this;
    await until("all backends are used, and nothing fails", async () => {
      await load.take();
      const before = app.machines.map(({ requests }) => requests);
      await sleep(500);
      const { reads } = await load.take();
      return reads.failed === 0 && app.machines.every(({ requests }, index) => requests - before[index] >= 3);
    }, STEADY_MS);
  }

  /**
   * Lets one of the faults happen.
   * @param {Fault} fault
   * @param {{lasts: number, settles: number}} times in milliseconds: the fault itself, and what is counted after its end
   */
  async run(fault, { lasts, settles }) {
    // Those who stay are with all backends again, also with the one that is about to fail.
    await this.load.renew();
    await this.steady();
    this.app.arrived.clear();
    const retried = await this.#retried();
    await this.load.take();
    const began = performance.now();
    await fault.act(this, lasts);
    const took = performance.now() - began;
    await sleep(settles);
    const result = await this.load.take();
    return { fault, took, ...result, retried: (await this.#retried()) - retried, twice: this.#twice() };
  }

  async #retried() {
    return (await Promise.all(this.hosts.map((host) => host.retried()))).reduce((sum, count) => sum + count, 0);
  }

  /** Writes that have reached backends more than once. */
  #twice() {
    return [...this.app.arrived].filter(([line, times]) => line.startsWith("POST ") && times > 1).length;
  }

  async tearDown() {
    this.load.stop();
    await Promise.all(this.hosts.map((host) => host.stop()));
    await Promise.all([this.app.stop(), this.names.stop()]);
    this.network.end();
  }
}

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {(bed: Bed, lasts: number) => Promise<void>} act begins it, waits, and ends it
 * @property {[full: number, quick: number]} seconds how long it lasts
 * @property {number} most how many of all reads may fail, as a share
 */

/** @type {Fault[]} */
export const FAULTS = [
  {
    name: "a backend is stopped (SIGTERM), and its machine goes",
    seconds: [5, 2],
    most: 0,
    async act({ app }, lasts) {
      const [machine] = app.machines;
      app.remove(machine);
      await machine.off("SIGTERM");
      await sleep(lasts);
      await app.start();
    },
  },
  {
    name: "a backend is killed (SIGKILL), and started again at its address",
    seconds: [5, 2],
    most: 0,
    async act({ app: { machines: [machine] } }, lasts) {
      await machine.process.stop("SIGKILL");
      await sleep(lasts);
      await machine.run();
    },
  },
  {
    name: "a machine is gone from one moment to the next, and names do not know",
    seconds: [8, 4],
    most: 0,
    async act({ app }, lasts) {
      const [machine] = app.machines;
      machine.place.cutOff();
      await machine.off("SIGKILL");
      await sleep(lasts);
      app.remove(machine);
      await app.start();
    },
  },
  {
    name: "a backend is paused (SIGSTOP)",
    seconds: [10, 4],
    most: 0,
    async act({ app: { machines: [{ process }] } }, lasts) {
      process.signal("SIGSTOP");
      await sleep(lasts);
      process.signal("SIGCONT");
    },
  },
  {
    name: "the way to a backend is cut",
    seconds: [10, 4],
    most: 0,
    async act({ app: { machines: [{ place }] } }, lasts) {
      place.cutOff();
      await sleep(lasts);
      place.reconnect();
    },
  },
  {
    name: "a backend is replaced by one at another address",
    seconds: [8, 4],
    most: 0,
    async act({ app }, lasts) {
      const [old] = app.machines;
      await app.start();
      app.remove(old);
      await old.off("SIGTERM");
      await sleep(lasts);
    },
  },
  {
    name: "a backend answers 500 to everything",
    seconds: [8, 3],
    most: 0.05,
    act: ({ app: { machines: [machine] } }, lasts) => failing(machine, { status: 500 }, lasts),
  },
  {
    name: "a backend takes 2 s longer",
    seconds: [8, 4],
    most: 0,
    act: ({ app: { machines: [machine] } }, lasts) => failing(machine, { delay: 2000 }, lasts),
  },
  {
    name: "a backend cuts its answers short",
    seconds: [8, 3],
    most: 0.05,
    act: ({ app: { machines: [machine] } }, lasts) => failing(machine, { cut: true }, lasts),
  },
  {
    name: "the name server does not answer",
    seconds: [15, 6],
    most: 0,
    act: ({ names }, lasts) => nameServerThat(names, "silent", lasts),
  },
  {
    name: "the name server fails (SERVFAIL)",
    seconds: [15, 6],
    most: 0,
    act: ({ names }, lasts) => nameServerThat(names, "fails", lasts),
  },
  {
    name: "all backends are gone, then others are there",
    seconds: [5, 2],
    // While there is none nothing can be answered; that it is over soon is what the next fault waits for.
    most: 1,
    async act({ app }, lasts) {
      const machines = app.machines.splice(0);
      app.publish();
      await Promise.all(machines.map((machine) => machine.off("SIGTERM")));
      await sleep(lasts);
      for (let count = 0; count < BACKENDS; count += 1) await app.start();
    },
  },
  {
    name: "all backends are deployed anew, one after the other",
    seconds: [8, 3],
    most: 0,
    async act({ app }, lasts) {
      for (const machine of [...app.machines]) {
        app.remove(machine);
        await machine.off("SIGTERM");
        await app.start();
        await sleep(lasts);
      }
    },
  },
];

async function failing(machine, fault, lasts) {
  await machine.fail(fault);
  await sleep(lasts);
  await machine.fail({});
}

async function nameServerThat(names, mode, lasts) {
  names.mode = mode;
  await sleep(lasts);
  names.mode = "answers";
}
