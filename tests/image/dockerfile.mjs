/**
 * Reads a Dockerfile as far as the tests need it: stages, what each copies from where, and with what its containers start. What it does not
 * know is an error, so that nothing is checked by being overlooked.
 */
import { readFileSync } from "node:fs";

const KNOWN = ["ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "STOPSIGNAL", "USER", "WORKDIR"];

/** Instructions that a stage takes over from the stage it is made from. */
const INHERITED = ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER", "WORKDIR"];

/**
 * @typedef {{name: string, rest: string, line: number}} Instruction
 * @typedef {{name: string, base: string, instructions: Instruction[]}} Stage
 */

/**
 * @param {string} path
 * @returns {{args: Instruction[], stages: Stage[]}} `args` stand before the first stage
 */
export function readDockerfile(path) {
  const args = [];
  const stages = [];
  for (const instruction of instructions(readFileSync(path, "utf8"))) {
    if (!KNOWN.includes(instruction.name)) throw new Error(`${path}:${instruction.line}: \`${instruction.name}\` is not known here`);
    if (instruction.name === "FROM") {
      const [, base, name] = /^(?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(instruction.rest) ?? [];
      if (!base) throw new Error(`${path}:${instruction.line}: \`FROM ${instruction.rest}\`: expected \`FROM image AS stage\``);
      stages.push({ name: name ?? "", base, instructions: [] });
    } else {
      (stages.at(-1)?.instructions ?? args).push(instruction);
    }
  }
  return { args, stages };
}

/** Joins continued lines, leaves out comments and the bodies of `RUN <<EOF`. */
function* instructions(text) {
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i += 1) {
    if (/^\s*(#|$)/.test(lines[i])) continue;
    const line = i + 1;
    let whole = lines[i];
    while (whole.endsWith("\\")) {
      i += 1;
      if (!/^\s*#/.test(lines[i])) whole = `${whole.slice(0, -1).trimEnd()} ${lines[i].trim()}`;
    }
    const heredoc = /<<-?["']?(\w+)["']?/.exec(whole)?.[1];
    if (heredoc) while (lines[(i += 1)]?.trim() !== heredoc) if (i >= lines.length) throw new Error(`line ${line}: no end of <<${heredoc}`);
    const [, name, rest] = /^\s*(\w+)\s+(.*)$/.exec(whole) ?? [];
    if (!name) throw new Error(`line ${line}: \`${whole}\` is no instruction`);
    yield { name, rest, line };
  }
}

/** What a `COPY` copies: flags, sources, target. */
export function copy({ rest }) {
  const words = rest.split(/\s+/);
  const flags = Object.fromEntries(words.filter((word) => word.startsWith("--")).map((word) => word.slice(2).split("=")));
  const paths = words.filter((word) => !word.startsWith("--"));
  return { from: flags.from, sources: paths.slice(0, -1), target: paths.at(-1) };
}

/**
 * With what a container of this stage starts, as Docker would: entry point and command, environment, user, directory, health check.
 * @param {{stages: Stage[]}} file
 * @param {string} name
 */
export function runtime(file, name) {
  const stage = file.stages.find((stage) => stage.name === name);
  if (!stage) return { base: name, env: {} };
  const result = runtime(file, stage.base);
  for (const { name, rest } of stage.instructions) {
    if (!INHERITED.includes(name)) continue;
    if (name === "ENV") Object.assign(result.env, Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
    else if (name === "HEALTHCHECK") result.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(rest)[1]);
    else result[name.toLowerCase()] = /^\[/.test(rest) ? JSON.parse(rest) : rest;
  }
  return result;
}
