/** The app that stands behind the proxy, as Fly runs it: machines with an address each, and names that list those that are started. */
import { join, resolve } from "node:path";
import { REPOSITORY, need } from "../parity/support/servers.mjs";
import { ask } from "./ask.mjs";
import { until } from "./network.mjs";

const PORT = 8080;
const APP = "my-rust-backend";
const READY_MS = 10_000;

function binary() {
  const { BACKEND_BIN, CARGO_TARGET_DIR } = process.env;
  const path = resolve(REPOSITORY, BACKEND_BIN ?? join(CARGO_TARGET_DIR ?? "examples/backend/target", "release/backend"));
  return need(path, "run `cargo build --release --manifest-path examples/backend/Cargo.toml`, or set BACKEND_BIN");
}

export class App {
  /** Those that are started, in the order of their start. */
  machines = [];
  /** What has arrived: method and URL of each request, and how often. */
  arrived = new Map();
  #started = 0;

  constructor(network, names) {
    Object.assign(this, { network, names });
  }

  /**
   * Starts a machine, at an address that nobody has had.
   * @param {{publish?: boolean}} [options] whether names list it as soon as it is well
   */
  async start({ publish = true } = {}) {
    const number = (this.#started += 1);
    const machine = new Machine(`machine-${number}`, await this.network.join(`fdaa:0:1::b:${number.toString(16)}`), this.arrived);
    await machine.run();
    this.machines.push(machine);
    if (publish) this.publish();
    return machine;
  }

  /** Forgets a machine: names do not list it any more. */
  remove(machine) {
    this.machines = this.machines.filter((other) => other !== machine);
    this.publish();
  }

  /** Lets names list what there is. */
  publish(machines = this.machines) {
    const addresses = machines.map(({ place }) => place.address);
    this.names.set(`${APP}.internal`, { AAAA: addresses });
    this.names.set(`top1.nearest.of.${APP}.internal`, { AAAA: addresses.slice(0, 1) });
    this.names.set("_instances.internal", { TXT: [machines.map(({ name, place }) => `instance=${name},app=${APP},ip=${place.address},region=ams`).join(";")] });
  }

  stop() {
    return Promise.all(this.machines.map((machine) => machine.off("SIGKILL")));
  }
}

/** One machine with the backend in it. */
class Machine {
  /** How many requests have arrived. */
  requests = 0;

  constructor(name, place, arrived) {
    Object.assign(this, { name, place, arrived });
    this.url = `http://[${place.address}]:${PORT}`;
  }

  /** Starts the program, and waits until it is well. */
  async run() {
    this.process = this.place.start(this.name, binary(), [], { NAME: this.name, LOG: "requests", FAULTS: "on" });
    await this.process.says(/listens/);
    this.process.onLine((line) => this.#note(line));
    await until(`${this.name} is well`, () => ask(`${this.url}/health`).then(({ status }) => status === 200, () => false), READY_MS);
  }

  /** The program ends, and the machine with it: nobody answers at its address any more. */
  async off(signal = "SIGTERM") {
    const how = await this.process.stop(signal);
    await this.place.leave();
    return how;
  }

  /** Lets it fail in some way: examples/backend/README.md. */
  async fail(fault) {
    const { status } = await ask(`${this.url}/faults`, { method: "PUT", body: JSON.stringify(fault), headers: { "content-type": "application/json" } });
    if (status !== 204) throw new Error(`${this.name} answers ${status} to a fault`);
  }

  #note(line) {
    if (!line.includes(" /api/")) return;
    this.requests += 1;
    this.arrived.set(line, (this.arrived.get(line) ?? 0) + 1);
  }
}
