/**
 * Puts a script into namespaces of its own (network, mounts, processes): what it sets up there is nobody else's, several can run at once,
 * and the kernel takes all of it away with the script, in whatever way that ends.
 */
import { spawnSync } from "node:child_process";

const MARK = "TEST_NETWORK";

/** Without root a user namespace is tried: root in there, nobody outside. */
const NAMESPACES = [...(process.getuid() === 0 ? [] : ["--map-root-user"]), "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** The tools that networks are made of, and their packages. */
const TOOLS = { ip: "iproute2", nft: "nftables", unshare: "util-linux", nsenter: "util-linux", setpriv: "util-linux" };

/**
 * Runs this script once more, inside, and ends when that ends. Returns inside only: `undefined`, or outside why it is impossible.
 * @returns {string | undefined}
 */
export function enter() {
  if (process.env[MARK] !== undefined) return undefined;
  const missing = Object.keys(TOOLS).filter((tool) => spawnSync(tool, ["--version"]).error?.code === "ENOENT");
  if (missing.length > 0) throw new Error(`${missing.map((tool) => `\`${tool}\``).join(", ")} missing: install ${missing.map((tool) => TOOLS[tool]).join(", ")}`);
  const attempt = spawnSync("unshare", [...NAMESPACES, "true"], { encoding: "utf8" });
  if (attempt.status !== 0) {
    const reason = `needs root, for network namespaces: ${attempt.stderr.trim()}`;
    if (process.getuid() === 0) throw new Error(reason);
    return reason;
  }
  // Should this process be killed, so is what it has started.
  const again = ["--pdeathsig", "KILL", "unshare", ...NAMESPACES, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync("setpriv", again, { stdio: "inherit", env: { ...process.env, [MARK]: "inside" } });
  process.exit(status ?? 1);
}
