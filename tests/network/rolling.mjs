/** What is done to a fleet while visitors keep coming, and what became of them. */
import { BALANCERS, Server } from "./fleet.mjs";
import { sleep } from "./network.mjs";
import { Visitors } from "./rolling-load.mjs";

const SERVERS = 3;
const PORT = 3000;

/** Before and after it. Longer than nginx leaves a server alone that has failed. */
const SETTLES_MS = 1500;

/**
 * What can happen. Each is given the fleet, and waits until it is over.
 * @type {Record<string, {title: string, act(fleet: Fleet): Promise<void>}>}
 */
export const ACTS = {
  rolling: {
    title: "each is restarted in turn (SIGTERM)",
    act: (fleet) => inTurn(fleet, "SIGTERM"),
  },
  killed: {
    title: "each is killed in turn (SIGKILL)",
    act: (fleet) => inTurn(fleet, "SIGKILL"),
  },
  blueGreen: {
    title: "a second fleet takes over, the first is ended (SIGTERM)",
    async act(fleet) {
      const old = fleet.servers;
      await fleet.second();
      await fleet.balancer.pointAt(fleet.servers);
      await Promise.all(old.map((server) => fleet.end(server, "SIGTERM")));
    },
  },
};

async function inTurn(fleet, signal) {
  for (const server of fleet.servers) {
    await fleet.end(server, signal);
    await server.run();
    await sleep(SETTLES_MS);
  }
}

/** Servers of one kind and a balancer. */
class Fleet {
  servers = [];
  places = [];
  executed = new Map();
  /** How many servers did not end by themselves. */
  forced = 0;

  constructor(network, kind) {
    Object.assign(this, { network, kind });
  }

  async #add(place, port) {
    this.servers.push(await new Server(place, this.kind, port, this.executed).run());
  }

  async start(balancer) {
    for (let count = 1; count <= SERVERS; count += 1) {
      this.places.push(await this.network.join(`fdaa:0:1::d:${count}`));
      await this.#add(this.places.at(-1), PORT);
    }
    this.balancer = await BALANCERS[balancer].start(this.network, this.servers);
  }

  async end(server, signal) {
    if (await server.end(signal)) this.forced += 1;
  }

  /** As many again, at another port of the same machines; the first ones go on. */
  async second() {
    const old = this.servers;
    this.servers = [];
    for (const { place, port } of old) await this.#add(place, port + 1);
  }

  async stop() {
    await this.balancer?.stop();
    await Promise.all(this.servers.map((server) => server.process.stop("SIGKILL")));
    await Promise.all(this.places.map((place) => place.leave()));
  }
}

/**
 * Lets something happen to a new fleet.
 * @param {import("./network.mjs").Network} network
 * @param {{act: keyof ACTS, kind: string, balancer: keyof BALANCERS}} what
 * @returns {Promise<Outcome>}
 */
export async function run(network, { act, kind, balancer }) {
  const fleet = new Fleet(network, kind);
  let visitors;
  try {
    await fleet.start(balancer);
    visitors = new Visitors(fleet.balancer.url);
    await sleep(SETTLES_MS);
    const began = performance.now();
    await ACTS[act].act(fleet);
    const took = performance.now() - began;
    await sleep(SETTLES_MS);
    const result = await visitors.end();
    // What servers have said is read.
    await sleep(100);
    const times = [...fleet.executed.values()];
    return { took, ...result, forced: fleet.forced, twice: times.filter((count) => count > 1).length, lost: result.orders.sent - fleet.executed.size };
  } finally {
    visitors?.stop();
    await fleet.stop();
  }
}

/**
 * @typedef {object} Outcome
 * @property {number} took milliseconds
 * @property {import("./rolling-load.mjs").Result} pages
 * @property {import("./rolling-load.mjs").Result} orders
 * @property {import("./rolling-load.mjs").Result} slow
 * @property {number} forced servers that did not end by themselves and were killed
 * @property {number} twice orders that were executed more than once
 * @property {number} lost orders that were never executed
 */
