/** Turns samples into the Markdown report. Medians everywhere; ratios are ssr-host / Node, of the medians. */
import { medianOf, number, table } from "./figures.mjs";
import { AIMS, APPS, CONNECTIONS, ROWS, SIDES } from "./scenarios.mjs";

const SIDE_TITLES = { node: "Node", "ssr-host": "ssr-host" };

const START_FIGURES = [
  { key: "firstOk", title: "first 200, ms", digits: 0 },
  { key: "firstPage", title: "first page, ms", digits: 0 },
  { key: "rssIdle", title: "RSS idle, MiB", digits: 0 },
  { key: "anonymousIdle", title: "of it anonymous, MiB", digits: 0 },
];
const LATENCIES = [
  { key: "p50", title: "p50, ms", digits: 2 },
  { key: "p99", title: "p99, ms", digits: 2 },
  { key: "p999", title: "p99.9, ms", digits: 2 },
];
const CPU = { key: "cpuMicros", title: "server CPU/request, µs", digits: 0 };
const LOAD_FIGURES = [
  { key: "requestsPerSecond", title: "requests/s", digits: 0 },
  ...LATENCIES,
  CPU,
  { key: "coresUsed", title: "cores used", digits: 2, ratio: false },
  { key: "rssLoaded", title: "RSS loaded, MiB", digits: 0 },
];
const STEADY_FIGURES = [{ key: "rate", title: "requests/s", digits: 0, ratio: false }, ...LATENCIES, CPU];

/** The whole report. */
export function report({ facts, extent, results }) {
  const parts = [
    "# ssr-host and Node + Fastify on the same bundles",
    extent.quick ? "**Smoke run: it shows that the script works. These figures mean nothing.**" : "",
    `Made by \`node benches/load.mjs\`; [README.md](README.md) says what each figure is. Medians of pairs taken in turns ` +
      `(${extent.pairs} for load, ${extent.starts} for start-up), ${extent.load} s each after ${extent.warmUp} s of warm-up, ${CONNECTIONS} connections. Logging is off except where a row says otherwise. ` +
      "Ratios are ssr-host / Node.",
    factsTable(facts),
    "## Aims",
    aimsTable(results),
    ...results.flatMap(modeParts),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function modeParts({ mode, start, load, steady }) {
  const parts = [
    `## ${mode.title}`,
    "### Start and idle memory",
    compared("app", START_FIGURES, rowsOf(start, (name) => APPS[name].title)),
    "### Load",
    compared("row", LOAD_FIGURES, rowsOf(load, titleOfRow)),
  ];
  const pairs = Object.values(load)[0].node.length;
  if (pairs > 1) parts.push(`Largest spread of requests/s between the pairs of a row: ${(100 * largestSpread(load)).toFixed(0)} %.`);
  if (Object.keys(steady).length > 0) {
    parts.push(
      "### Load at a fixed rate: half of what Node manages, the same for both",
      compared("row", STEADY_FIGURES, rowsOf(steady, titleOfRow)),
      `The load itself was at most ${largestLateness(steady).toFixed(2)} ms late (p99).`,
    );
  }
  return parts;
}

function rowsOf(samples, titleOf) {
  return Object.entries(samples).map(([name, sides]) => ({ title: titleOf(name), sides }));
}

function titleOfRow(name) {
  return ROWS.find((row) => row.name === name).title;
}

/** Three lines a row: Node, ssr-host, ratio. */
function compared(heading, figures, rows) {
  const lines = rows.flatMap(({ title, sides }) => [
    ...SIDES.map((side, index) => [index === 0 ? title : "", SIDE_TITLES[side], ...figures.map(({ key, digits }) => number(medianOf(sides[side], key), digits))]),
    ["", "**ratio**", ...figures.map(({ key, ratio: wanted = true }) => (wanted ? `**${times(ratio(sides, key))}**` : ""))],
  ]);
  return table([heading, "", ...figures.map(({ title }) => title)], lines, ["---", "---", ...figures.map(() => "--:")]);
}

function aimsTable(results) {
  const lines = AIMS.flatMap((aim) => {
    const result = results.find(({ mode }) => mode.name === aim.mode);
    const sides = aim.load ? result.load[aim.load] : result.start[aim.start];
    // Absent in a run of only some rows.
    if (!sides) return [];
    const got = ratio(sides, aim.figure);
    const met = aim.atMost === undefined ? got >= aim.atLeast : got <= aim.atMost;
    const wanted = aim.atMost === undefined ? `≥ ${aim.atLeast}×` : `≤ ${aim.atMost}×`;
    return [[aim.what, wanted, times(got), met ? "yes" : "**no**"]];
  });
  return lines.length > 0 ? table(["figure", "aim", "ratio", "met"], lines, ["---", "--:", "--:", "---"]) : "None of the rows measured has one.";
}

function factsTable(facts) {
  return table(["", ""], Object.entries(facts), ["---", "---"]);
}

/** How far apart the pairs were: what a difference must exceed to mean anything. */
function largestSpread(load) {
  const spread = (samples) => {
    const values = samples.map((sample) => sample.requestsPerSecond);
    return (Math.max(...values) - Math.min(...values)) / medianOf(samples, "requestsPerSecond");
  };
  return Math.max(...Object.values(load).flatMap((sides) => SIDES.map((side) => spread(sides[side]))));
}

function largestLateness(steady) {
  return Math.max(...Object.values(steady).flatMap((sides) => SIDES.flatMap((side) => sides[side].map(({ lateP99 }) => lateP99))));
}

function ratio(sides, key) {
  return medianOf(sides["ssr-host"], key) / medianOf(sides.node, key);
}

/** Two digits that mean something: 1.44×, 0.0023×. */
function times(value) {
  if (Number.isNaN(value)) return "–";
  return `${value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(2)}×`;
}
