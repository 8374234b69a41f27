/** What Linux says about a process: CPU time, memory, CPUs it may use. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** User and system time of all threads so far, ended ones included, in seconds. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in parentheses and may contain anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MiB. */
export function rssMiB(pid) {
  return memoryMiB(pid, "VmRSS");
}

/** The part of the resident memory that is no file: heaps and stacks, without the pages of programs and libraries. */
export function anonymousMiB(pid) {
  return memoryMiB(pid, "RssAnon");
}

/** A process and those it has started, and so on. */
export function withDescendants(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return [pid, ...children.map(Number).flatMap(withDescendants)];
}

/** The CPUs this process may use, in order. */
export function allowedCpus() {
  return statusField("self", "Cpus_allowed_list").split(",").flatMap(expandRange);
}

/** Binds all threads of a process to these CPUs. */
export function pin(pid, cpus) {
  execFileSync("taskset", ["-acp", cpus.join(","), String(pid)], { stdio: "ignore" });
}

/** How many files this process may have open, and those it starts. */
export function openFiles() {
  return Number(readFileSync("/proc/self/limits", "utf8").match(/^Max open files\s+(\d+)/m)[1]);
}

function memoryMiB(pid, field) {
  return Number(statusField(pid, field).split(" ")[0]) / 1024;
}

function statusField(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const match = status.match(new RegExp(`^${name}:\\s*(.*)$`, "m"));
  if (!match) throw new Error(`process ${pid} has ended`);
  return match[1];
}

/** "0-2" is 0, 1, 2. */
function expandRange(range) {
  const [first, last = first] = range.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
