/** What every comparison does: its options, and the order of its measurements. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/**
 * The options of the command line; `--help` and mistakes end the program.
 * @param {string} help what `--help` prints
 * @param {Record<string, object>} options those besides `--quick`, `--write` and `--help`
 * @param {(values: object) => string | undefined} [wrong] what is wrong with them, if anything is
 */
export function readOptions(help, options, wrong = () => undefined) {
  const flag = { type: "boolean", default: false };
  try {
    const { values } = parseArgs({ options: { quick: flag, write: flag, help: flag, ...options } });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const problem = wrong(values);
    if (problem) throw new Error(problem);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

/** `--only NAME`, which may be repeated. */
export const ONLY = { only: { type: "string", multiple: true } };

/** Samples by side. Whoever is first in a round is last in the next. */
export async function inTurns(rounds, sides, label, measure) {
  const samples = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? sides.toReversed() : sides) {
      process.stderr.write(`${label}, ${side.name} ${round + 1}/${rounds}\n`);
      samples[side.name].push(await measure(side));
    }
  }
  return samples;
}

export function nginxVersion() {
  return spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr.trim().split("/").at(-1);
}
