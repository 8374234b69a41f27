/** Turns the samples of cache.mjs into Markdown. Medians; a ratio is the median of the ratios of the rounds. */
import { median, medianOf, number, table } from "../figures.mjs";
import { FORMS } from "../forms.mjs";
import { SLOW_MS } from "./apps.mjs";
import { SIDES } from "./sides.mjs";

/** What the project wants: how many hits the CPU of one hit of `other` pays for. */
const AIMS = [
  { other: "bare", what: "a bare axum handler", atLeast: 1 / 1.25, wanted: "≤ 1.25× its CPU" },
  { other: "map", what: "Node's `Map`, uncompressed", atLeast: 1.6 },
  { other: "map-compress", what: "Node's `Map` as deployed, compressed", atLeast: 30 },
  { other: "nginx", what: "nginx's own hit", atLeast: 1 },
];

const FORM_NAMES = Object.keys(FORMS);

/** The whole report. */
export function report({ facts, extent, page, answers, hits, rates, steady, memory, misses }) {
  const hitSides = SIDES.filter((side) => FORM_NAMES.some((form) => hits[form]?.[side.name]));
  const cells = ({ name }, cell) => FORM_NAMES.map((form) => (hits[form][name] ? cell(form, name) : "–"));
  const byForm = (title, cell) => [title, ...hitSides.map((side) => [side.title, ...cells(side, cell)])];
  return [
    "# What a cached page costs",
    extent.quick ? "**Smoke run: it shows that the script works. These figures mean nothing.**" : "",
    `Made by \`node benches/cache.mjs\`; [README.md](README.md#what-a-cached-page-costs) says what each figure is. The page is a list of the blog, ${number(page.length)} bytes (${(page.length / 1024).toFixed(1)} KiB). ` +
      `Every server alone on one core, the load on another. Medians of ${extent.rounds} rounds of ${extent.seconds} s (at a fixed rate: ${extent.steadyRounds} of ${extent.steadySeconds} s) in turns; every side was checked to answer the same page, decoded.`,
    otherPage(answers),
    "Debian's nginx has neither br nor zstd and compresses every hit anew; `@fastify/compress` has no zstd, and compresses every hit anew as well.",
    table(["", ""], Object.entries(facts), ["---", "---"]),
    "## Aims",
    aimsTable(hits, misses),
    "## Hits",
    formTable(byForm("server CPU for a hit, µs", (form, side) => number(cpuOf(hits, form, side), 1))),
    formTable(byForm("hits a second and core (1 / CPU)", (form, side) => number(1e6 / cpuOf(hits, form, side)))),
    formTable(byForm("bytes of the body", (form, side) => number(answers[form][side].bytes))),
    formTable(
      byForm("p50 / p99 at a fixed rate, ms", (form, side) => ["p50", "p99"].map((key) => number(medianOf(steady[form][side], key), 2)).join(" / ")),
      FORM_NAMES.map((form) => `${form}, ${number(rates[form])}/s`),
    ),
    `The rate is half of what the slowest side manages in that form, and what the load can send on time at most; it was ${number(latest(steady), 2)} ms late (p99).`,
    "## Memory",
    memoryTable(memory, extent, page),
    "## A thousand misses at once",
    missesTable(misses, extent),
  ]
    .filter(Boolean)
    .join("\n\n") + "\n";
}

function aimsTable(hits, misses) {
  const lines = AIMS.flatMap((aim) =>
    FORM_NAMES.filter((form) => hits[form][aim.other]).map((form) => {
      const { host, [aim.other]: other } = hits[form];
      const ratios = host.map(({ cpuMicros }, round) => other[round].cpuMicros / cpuMicros).sort((a, b) => a - b);
      const got = median(ratios);
      // An aim in the other's CPU reads the other way round.
      const shown = (ratio) => `${number(aim.wanted ? 1 / ratio : ratio, 2)}×`;
      const [first, last] = aim.wanted ? [ratios.at(-1), ratios[0]] : [ratios[0], ratios.at(-1)];
      const wanted = aim.wanted ?? `≥ ${aim.atLeast.toFixed(1)}× its hits`;
      return [aim.what, form, wanted, shown(got), `${shown(first)} – ${shown(last)}`, yesOrNo(got >= aim.atLeast)];
    }),
  );
  const renders = misses.host.map((sample) => sample.renders).sort((a, b) => a - b);
  const most = renders.at(-1);
  lines.push(["renders for a thousand misses of one page", "", "1", median(renders), `${renders[0]} – ${most}`, yesOrNo(most === 1)]);
  return table(["a hit of ssr-host beside", "form", "aim", "got", "rounds", "met"], lines, ["---", "---", "---", "--:", "---", "---"]);
}

function yesOrNo(met) {
  return met ? "yes" : "**no**";
}

function memoryTable(memory, { pages, before }, page) {
  const cell = (mib) => (Number.isNaN(mib) ? "–" : `${number((mib * 10_000) / pages)} MiB (${number((mib * 1024) / pages, 1)} KiB a page)`);
  const lines = sidesOf(memory).map(({ name, title }) => [title, cell(memory[name].identity), cell(memory[name].encoded)]);
  return [
    table(["10,000 pages", "as they are", "and a compressed form of each"], lines, ["---", "--:", "--:"]),
    "",
    `Growth of resident memory while ${number(pages)} different pages of ${number(page.length + "<!-- n=000000 -->".length)} bytes were asked for, after ${number(before)} others; of nginx without the Node behind it, and with the files of its cache, which are in memory here. ` +
      "–: keeps none.",
  ].join("\n");
}

function missesTable(misses, { clients }) {
  const figures = ["renders", "half", "last"];
  const lines = sidesOf(misses).map(({ name, title }) => [title, ...figures.map((key) => number(medianOf(misses[name], key)))]);
  return [
    table([`${number(clients)} clients`, "renders", "half have it after, ms", "all, ms"], lines, ["---", "--:", "--:", "--:"]),
    "",
    `All ask at the same time for a page that is not in the cache and that waits ${SLOW_MS} ms for its data. The app counts its renders. Medians of ${misses.host.length} pages.`,
  ].join("\n");
}

function otherPage(answers) {
  const size = answers.identity.bare?.other;
  return size && `The bare handler answers a page of its own, of ${number(size)} bytes: it was built from a \`hit.rs\` that takes none.`;
}

function formTable([title, ...lines], heads = FORM_NAMES) {
  return table([title, ...heads], lines, ["---", ...FORM_NAMES.map(() => "--:")]);
}

function sidesOf(figures) {
  return SIDES.filter(({ name }) => figures[name]);
}

function cpuOf(hits, form, side) {
  return medianOf(hits[form][side], "cpuMicros");
}

function latest(steady) {
  return Math.max(...Object.values(steady).flatMap((sides) => Object.values(sides).flat().map(({ lateP99 }) => lateP99)));
}
