/**
 * The tables of docs/ROLLING.md: what visitors notice when a fleet is restarted, killed or replaced, of ssr-host and of Node.
 * `node tests/network/rolling-table.mjs --write` writes them (twelve minutes), without `--write` it prints; `--rounds` is how often each happens (3).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../parity/support/servers.mjs";
import { BALANCERS } from "./fleet.mjs";
import { enter } from "./inside.mjs";
import { Network } from "./network.mjs";
import { ACTS, run } from "./rolling.mjs";

const PAGE = join(REPOSITORY, "docs/ROLLING.md");
const [BEGIN, END] = ["<!-- begin of what rolling-table.mjs writes -->", "<!-- end -->"];

const ROWS = [
  { act: "rolling", kind: "ssr-host" },
  { act: "blueGreen", kind: "ssr-host" },
  { act: "killed", kind: "ssr-host" },
  { act: "rolling", kind: "node, app.close()" },
  { act: "rolling", kind: "node" },
];

const { values: options } = parseArgs({ options: { write: { type: "boolean" }, rounds: { type: "string", default: "3" } } });
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is \`${options.rounds}\`: expected a whole number of at least 1`);
const impossible = enter();
if (impossible !== undefined) throw new Error(impossible);

const failures = (outcomes, kind) => {
  const failed = sum(outcomes, (outcome) => outcome[kind].failed);
  const reasons = new Set(outcomes.flatMap((outcome) => Object.keys(outcome[kind].failures)));
  return `${sum(outcomes, (outcome) => outcome[kind].sent)} / ${failed}${failed > 0 ? ` (${[...reasons].sort().join(", ")})` : ""}`;
};
const sum = (outcomes, of) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
const line = (cells) => `| ${cells.join(" | ")} |`;

async function row(network, balancer, { act, kind }) {
  const outcomes = [];
  for (let round = 0; round < rounds; round += 1) {
    const outcome = await run(network, { act, kind, balancer });
    process.stderr.write(`${balancer}, ${kind}, ${act}: ${JSON.stringify(outcome)}\n`);
    outcomes.push(outcome);
  }
  return line([
    kind,
    ACTS[act].title,
    ...["pages", "slow", "orders"].map((kind) => failures(outcomes, kind)),
    sum(outcomes, ({ twice }) => twice),
    sum(outcomes, ({ lost }) => lost),
    sum(outcomes, ({ pages, slow }) => pages.repeated + slow.repeated),
    sum(outcomes, ({ forced }) => forced),
  ]);
}

const network = new Network();
const parts = [];
for (const balancer of Object.keys(BALANCERS)) {
  const head = ["server", "", "pages / failed", "slow pages / failed", "orders / failed", "executed twice", "not executed", "asked again by clients", "had to be killed"];
  const rows = [line(head), line(head.map((_, column) => (column < 2 ? "---" : "--:")))];
  for (const what of ROWS) rows.push(await row(network, balancer, what));
  parts.push(`### ${balancer}\n\n${rows.join("\n")}`);
}
network.end();

const text = `${BEGIN}\n\n${parts.join("\n\n")}\n\n${END}`;
if (options.write) {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no place for the tables: expected \`${BEGIN}\` and then \`${END}\``);
  writeFileSync(PAGE, page.slice(0, begin) + text + page.slice(end + END.length));
} else console.log(text);
process.exit(0);
