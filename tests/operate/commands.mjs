/** Shell commands in documentation: which there are, which programs they call, and whether those know the words. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../parity/support/servers.mjs";

/** What runs on any machine that has this repository's tests. */
const HERE = ["ssr-host", "curl", "jq", "promtool", "grep", "awk", "sort", "uniq", "wc", "find", "diff", "echo", "seq", "sleep", "kill", "openssl", "node"];

/**
 * What cannot run here: it needs a daemon, an account or the network. Its subcommands, each with the options that the documentation
 * uses, of the references: https://docs.docker.com/reference/cli/docker/, https://fly.io/docs/flyctl/, https://docs.npmjs.com/cli/.
 */
const ELSEWHERE = {
  docker: {
    build: ["-t", "-f", "--build-arg", "--target"],
    "compose up": ["-f", "--build"],
    exec: [],
    images: [],
    run: ["--rm", "-p", "--read-only", "--cap-drop", "--security-opt"],
    tag: [],
  },
  fly: {
    "auth login": [],
    "checks list": [],
    deploy: ["--image", "--local-only", "--strategy"],
    launch: ["--copy-config", "--no-deploy"],
    logs: ["--no-tail"],
    "redis create": [],
    releases: ["--image"],
    "scale count": ["--region"],
    "scale memory": [],
    "scale vm": [],
    "secrets list": [],
    "secrets set": [],
    "ssh console": ["--command"],
    status: [],
  },
  npm: { audit: ["--omit"] },
};

const KEYWORDS = new Set(["do", "done", "then", "fi", "else", "!", "{", "}"]);

/** @returns {string[]} the fenced `sh` blocks of a page, without the indentation of their list */
export function blocksOf(page) {
  const text = readFileSync(join(REPOSITORY, page), "utf8");
  return Array.from(text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm), ([, indent, block]) => block.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** @returns {string[]} the indented lines of a page that call a program, if it is there */
export function indentedLinesOf(page) {
  if (!existsSync(join(REPOSITORY, page))) throw new Error(`\`${page}\` is not there`);
  return readFileSync(join(REPOSITORY, page), "utf8").split("\n").filter((line) => /^ {4}\w/.test(line)).map((line) => line.trim());
}

/**
 * The simple commands of a script, those in substitutions too, as words. Enough of the shell's grammar for what documentation has: quotes,
 * substitutions, pipes, lists, loops, comments; no here-documents.
 * @returns {string[][]}
 */
export function commandsIn(script) {
  const found = [];
  let words = [], word;
  const add = (text) => (word = (word ?? "") + text);
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const end = () => {
    endWord();
    const command = plain(words);
    if (command.length > 0) found.push(command);
    words = [];
  };
  const substitution = (from) => {
    const to = closing(script, from);
    found.push(...commandsIn(script.slice(from, to)));
    add("…");
    return to;
  };
  for (let at = 0; at < script.length; at++) {
    const char = script[at];
    if (char === "\\") script[++at] === "\n" ? endWord() : add(script[at]);
    else if (char === "'") {
      const to = script.indexOf("'", at + 1);
      add(script.slice(at + 1, to));
      at = to;
    } else if (char === '"') {
      for (add(""), at++; script[at] !== '"'; at++) {
        if (script.startsWith("$(", at)) at = substitution(at + 2);
        else add(script[at] === "\\" ? script[++at] : script[at]);
      }
    } else if (/^[$<>]\(/.test(script.slice(at, at + 2))) at = substitution(at + 2);
    else if (char === "#" && word === undefined) at = (script.indexOf("\n", at) + 1 || script.length + 1) - 2;
    else if (char === " ") endWord();
    else if ("\n;|&".includes(char) && !(char === "&" && script[at - 1] === ">")) end();
    else add(char);
  }
  end();
  return found;
}

/** Where the bracket that is open at `from` is closed. */
function closing(script, from) {
  for (let at = from, depth = 1; at < script.length; at++) {
    if (script[at] === "'") at = script.indexOf("'", at + 1);
    else if (script[at] === "(") depth++;
    else if (script[at] === ")" && --depth === 0) return at;
  }
  throw new Error(`no closing bracket: ${script.slice(from)}`);
}

/** A command without keywords, variables that it is given, and redirections. */
function plain(words) {
  let rest = words;
  while (rest.length > 0 && (KEYWORDS.has(rest[0]) || /^\w+=/.test(rest[0]))) rest = rest.slice(1);
  return rest[0] === "for" ? [] : rest;
}

/** Whether all of a script can run here. Throws for a program, subcommand or option that is not known. */
export function canRun(script) {
  return commandsIn(script).map(isHere).every(Boolean);
}

function isHere([program, ...words]) {
  if (HERE.includes(program)) return true;
  const known = ELSEWHERE[program];
  if (known === undefined) throw new Error(`\`${program}\` is neither in HERE nor in ELSEWHERE of tests/operate/commands.mjs`);
  // Options may come before the second word: `docker compose -f FILE up`.
  const plainWords = words.filter((word, at) => !word.startsWith("-") && !(words[at - 1] ?? "").startsWith("-f"));
  const name = [plainWords.slice(0, 2).join(" "), plainWords[0]].find((name) => Object.hasOwn(known, name));
  if (name === undefined) throw new Error(`\`${program} ${words.join(" ")}\`: expected one of ${Object.keys(known).join(", ")}`);
  const unknown = words.map((word) => word.split("=")[0]).find((word) => word.startsWith("-") && !known[name].includes(word));
  if (unknown !== undefined) throw new Error(`\`${program} ${name}\` has no option \`${unknown}\` in tests/operate/commands.mjs`);
  return false;
}

/** The parts of a block that can run: all of it at once, or those lines that do without what cannot. */
export function runnable(block) {
  if (canRun(block)) return [block];
  return block.replaceAll("\\\n", " ").split("\n").filter((line) => commandsIn(line).length > 0 && canRun(line));
}
