/**
 * The table of faults: what happens to requests through ssr-host, and through nginx, while backends fail in every way.
 * `node tests/network/table.mjs --write` writes docs/PROXY-FAULTS.md (about nine minutes), without it prints; `--quick` has shorter faults,
 * `--only nginx` one of the two, and a further word only the faults whose names have it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY } from "../parity/support/servers.mjs";
import { FAULTS, setUp } from "./faults.mjs";
import { enter } from "./inside.mjs";

const OPTIONS = { write: { type: "boolean" }, quick: { type: "boolean" }, only: { type: "string" } };
const PAGE = join(REPOSITORY, "docs/PROXY-FAULTS.md");

async function measure(kind, { quick, word }) {
  const bed = await setUp(kind, { ttl: quick ? 2 : 5 });
  const results = [];
  try {
    for (const fault of FAULTS.filter(({ name }) => name.includes(word))) {
      const lasts = fault.seconds[quick ? 1 : 0] * 1000;
      const result = await bed.run(fault, { lasts, settles: quick ? 1500 : 4000 });
      process.stderr.write(`${kind}: ${fault.name}: ${JSON.stringify({ ...result, fault: undefined })}\n`);
      results.push({ ...result, lasts });
    }
  } finally {
    await bed.tearDown();
  }
  return results;
}

const { values: options, positionals: [word = ""] } = parseArgs({ options: OPTIONS, allowPositionals: true });
const impossible = enter();
if (impossible !== undefined) throw new Error(impossible);
for (const kind of ["ssr-host", "nginx"].filter((kind) => [undefined, kind].includes(options.only))) console.log(await measure(kind, { ...options, word }));
process.exit(0);
