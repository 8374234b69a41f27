/**
 * The Autobahn suite, `wstest` of the PyPI package `autobahntestsuite`: its cases as they are. It is written in Python 2.7, and
 * `setup` installs it into a folder of its own; nothing of it is changed.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Of the cases of compression the first of each kind: the others are the same with longer messages. */
const KINDS_OF_COMPRESSION = [...numbered(12, 5), ...numbered(13, 7)];

/** What takes half a minute: framing, pings, reserved bits, opcodes, fragments, UTF-8, close, limits and performance. */
export const MOST = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*", ...KINDS_OF_COMPRESSION];

/** What a peer can tell of a connection. Times and the sizes of reads are not in it. */
const SEEN = [
  ...["behavior", "behaviorClose", "remoteCloseCode", "remoteCloseReason", "closedByMe", "failedByMe", "droppedByMe"],
  ...["wasClean", "wasNotCleanReason", "received", "rxFrameStats", "txFrameStats"],
];

/** Longest time for a run, in minutes: all cases of compression take a quarter of an hour. */
const LIMIT_MINUTES = 40;

const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
const INSTALLED = "installed-requirements.txt";

/** Installs the suite unless these very versions are there, and returns how to run it. */
export function setup() {
  const python = findPython();
  const base = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ssr-host/autobahn");
  const env = { ...process.env, PYTHONUSERBASE: base, PYTHONNOUSERSITE: "" };
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  const installed = join(base, INSTALLED);
  if (!existsSync(installed) || readFileSync(installed, "utf8") !== wanted) {
    const pip = ["-m", "pip", "install", "--user", "--quiet", "--no-deps", "--no-warn-script-location", "--disable-pip-version-check"];
    const { status, stderr } = spawnSync(python, [...pip, "--requirement", REQUIREMENTS], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`pip could not install the suite\n${stderr}`);
    writeFileSync(installed, wanted);
  }
  return { python, wstest: join(base, "bin/wstest"), env };
}

/**
 * Runs cases against a server.
 * @param {string[]} cases as in the suite's specification, such as `7.*`
 * @returns {Promise<Record<string, object>>} what was seen of each case
 */
export async function run({ python, wstest, env }, url, cases) {
  const folder = mkdtempSync(join(tmpdir(), "autobahn-"));
  try {
    const specification = { outdir: join(folder, "reports"), servers: [{ agent: "echo", url }], cases, "exclude-cases": [], "exclude-agent-cases": {} };
    writeFileSync(join(folder, "spec.json"), JSON.stringify(specification));
    const limits = { timeout: LIMIT_MINUTES * 60_000, killSignal: "SIGKILL", maxBuffer: 64 << 20 };
    await promisify(execFile)(python, [wstest, "--mode", "fuzzingclient", "--spec", join(folder, "spec.json")], { env, cwd: folder, ...limits });
    const index = JSON.parse(readFileSync(join(folder, "reports/index.json"), "utf8")).echo;
    return Object.fromEntries(Object.entries(index).map(([id, { reportfile }]) => [id, seen(join(folder, "reports", reportfile))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Its texts are Python's bytes, which need not be UTF-8. */
function seen(file) {
  const report = JSON.parse(readFileSync(file, "latin1"));
  return Object.fromEntries(SEEN.map((field) => [field, report[field]]));
}

function numbered(category, kinds) {
  return Array.from({ length: kinds }, (_, kind) => `${category}.${kind + 1}.1`);
}

function findPython() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const ofPyenv = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith("2.7.")).map((name) => join(versions, name, "bin/python2.7")) : [];
  const candidates = [process.env.PYTHON2, "python2.7", "python2", ...ofPyenv].filter(Boolean);
  const found = candidates.find((python) => /^2\.7/.test(spawnSync(python, ["-c", "import pip, platform; print(platform.python_version())"], { encoding: "utf8" }).stdout ?? ""));
  if (!found) throw new Error("the Autobahn suite needs Python 2.7 with pip, such as of pyenv (`pyenv install 2.7.18`); PYTHON2 names it where it is not found");
  return found;
}
