/** Turns the samples of proxy.mjs into Markdown. Medians; a ratio is the median of the ratios of the rounds. */
import { median, medianOf, number, table } from "../figures.mjs";
import { AIMS, CASES, EVENTS } from "./cases.mjs";

const STEADY = CASES.filter(({ steady }) => steady);

/** The whole report. */
export function report({ facts, extent, sides, loads, rates, steady, events, idle, loaded, sockets }) {
  const proxies = sides.filter(({ proxy }) => proxy);
  const perCase = (title, of, cell) => table([title, ...CASES.map((test) => test.title)], of.map((side) => [side.title, ...CASES.map((test) => cell(loads[test.name][side.name]))]));
  const parts = [
    "# What a request to a backend costs on its way",
    extent.quick ? "**Smoke run: it shows that the script works. These figures mean nothing.**" : "",
    `Made by \`node benches/proxy.mjs\`; [README.md](README.md#what-the-proxy-costs) says what each figure is. Every proxy alone on one core, backend and load on another. Medians of ${extent.rounds} rounds of ${extent.seconds} s ` +
      `(at a fixed rate: ${extent.steadyRounds} of ${extent.steadySeconds} s, events: ${extent.eventRounds} of ${extent.eventSeconds} s) in turns; every side was checked to give the backend's own answers.`,
    table(["", ""], Object.entries(facts).filter(([, value]) => value !== undefined), ["---", "---"]),
    "## Aims",
    aimsTable(sides, loads),
    "## Requests",
    perCase("CPU of the proxy for a request, µs", proxies, (samples) => number(medianOf(samples, "cpuMicros"), 1)),
    perCase("requests a second and core (1 / CPU)", proxies, (samples) => number(1e6 / medianOf(samples, "cpuMicros"))),
    perCase("requests a second, measured (cores used)", sides, (samples) => `${number(medianOf(samples, "requestsPerSecond"))} (${number(medianOf(samples, "coresUsed"), 2)})`),
    "Where less than 0.95 of the core was used, backend and load were the limit of what was measured, not the proxy. Of the backend itself, the core is the one that the load is on.",
    "## Latency",
    table(["p50 / p99 at a fixed rate, ms", ...STEADY.map((test) => `${test.title}, ${number(rates[test.name])}/s`)], sides.map((side) => [side.title, ...STEADY.map((test) => `${latency(steady[test.name][side.name], "p50")} / ${latency(steady[test.name][side.name], "p99")}`)])),
    table(["added to the backend's own", ...STEADY.map(({ title }) => title)], proxies.map((side) => [side.title, ...STEADY.map((test) => added(steady[test.name], side.name))])),
    `The rate is a quarter of what the slowest side manages, and what the load can send on time at most; it was ${number(latest(steady), 2)} ms late (p99). The backend is on the core of the proxy here.`,
    "## Server-sent events",
    table(["", "CPU of the proxy for an event, µs", "p50 / p99 on the way, ms"], sides.map((side) => [side.title, ...eventCells(side, events)])),
    `${number(EVENTS.clients)} clients, ${EVENTS.perSecond} events a second for each, from a backend in Node.`,
    "## Memory",
    table(["", "idle, MiB", "after the load, MiB", `with ${number(extent.sockets)} idle WebSockets, MiB`, "a WebSocket, KiB"], proxies.map((side) => memoryCells(side, { idle, loaded, sockets }))),
    "Resident memory of all processes of the side; with WebSockets, of fresh ones. That of ssr-host has the app in it, ready to render; nginx has its tables for 32,768 connections from the start.",
  ];
  return parts.filter(Boolean).join("\n\n") + "\n";
}

function aimsTable(sides, loads) {
  const lines = AIMS.filter(({ other }) => sides.some(({ name }) => name === other)).flatMap(({ other, atLeast }) =>
    CASES.filter((test) => loads[test.name].host).map((test) => {
      const { host, [other]: others } = loads[test.name];
      const ratios = host.map(({ cpuMicros }, round) => others[round].cpuMicros / cpuMicros).sort((a, b) => a - b);
      const got = median(ratios);
      const measured = medianOf(host, "requestsPerSecond") / medianOf(others, "requestsPerSecond");
      const { title } = sides.find(({ name }) => name === other);
      const shown = (ratio) => `${number(ratio, 2)}×`;
      return [title, test.title, `≥ ${atLeast}×`, shown(got), `${shown(ratios[0])} – ${shown(ratios.at(-1))}`, shown(measured), got >= atLeast ? "yes" : "**no**"];
    }),
  );
  return table(["requests a second and core of ssr-host beside", "case", "aim", "got", "rounds", "as measured", "met"], lines, ["---", "---", "---", "--:", "---", "--:", "---"]);
}

function eventCells({ name, proxy }, events) {
  const samples = events[name];
  return [proxy ? number(medianOf(samples, "cpuMicros"), 1) : "–", `${latency(samples, "p50")} / ${latency(samples, "p99")}`];
}

function memoryCells({ name, title }, { idle, loaded, sockets }) {
  const { after, kiB } = sockets[name];
  return [title, number(idle[name]), number(loaded[name]), number(after), number(kiB, 1)];
}

function added(samples, name) {
  return ["p50", "p99"].map((key) => number(medianOf(samples[name], key) - medianOf(samples.direct, key), 2)).join(" / ");
}

function latency(samples, key) {
  return number(medianOf(samples, key), 2);
}

function latest(steady) {
  return Math.max(...Object.values(steady).flatMap((sides) => Object.values(sides).flat().map(({ lateP99 }) => lateP99)));
}
