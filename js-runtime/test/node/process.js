import processModule, { argv, cwd, env, hrtime, nextTick, pid, platform, version } from "node:process";
import { EventEmitter } from "node:events";
import { show, showAsync } from "./support/show.js";

show("same", () => [process === processModule, global === globalThis, argv === process.argv, env === process.env, nextTick === process.nextTick]);
show("toString", () => String(process));
show("version", () => [/^v20\./.test(version), process.versions.node === version.slice(1), process.release.name]);
show("facts", () => [typeof pid, platform === process.platform, typeof process.arch, Array.isArray(argv), Array.isArray(process.execArgv), cwd() === process.cwd(), typeof process.title]);
show("env", () => {
  process.env.SSR_TEST = 5;
  process.env.SSR_UNDEFINED = undefined;
  const result = [process.env.SSR_TEST, process.env.SSR_UNDEFINED, process.env.NO_SUCH, "SSR_TEST" in process.env, Object.keys(process.env).includes("SSR_TEST")];
  delete process.env.SSR_TEST;
  delete process.env.SSR_UNDEFINED;
  return [...result, process.env.SSR_TEST, typeof process.env.PATH];
});
show("env symbol", () => {
  process.env.X = Symbol("x");
});
show("hrtime", () => {
  const start = process.hrtime();
  const [seconds, nanoseconds] = hrtime(start);
  return [start.length, seconds, nanoseconds >= 0 && nanoseconds < 1e9, typeof process.hrtime.bigint(), process.hrtime.bigint() <= process.hrtime.bigint()];
});
show("hrtime bad", () => process.hrtime(1));
show("hrtime bad length", () => process.hrtime([1]));
show("uptime", () => process.uptime() >= 0);
show("memoryUsage", () => [Object.keys(process.memoryUsage()), process.memoryUsage().heapUsed > 0, process.memoryUsage.rss() > 0]);
show("emitter", () => {
  const seen = [];
  process.on("custom", (value) => seen.push(value));
  process.once("custom", (value) => seen.push(`once ${value}`));
  process.emit("custom", 1);
  process.emit("custom", 2);
  process.removeAllListeners("custom");
  return [process instanceof EventEmitter, seen, process.listenerCount("custom")];
});
for (const event of ["unhandledRejection", "uncaughtException", "SIGTERM", "SIGINT", "exit", "beforeExit", "warning"]) {
  show(`on ${event}`, () => {
    const listener = () => {};
    process.on(event, listener);
    const count = process.listenerCount(event);
    process.off(event, listener);
    return count > 0;
  });
}
await showAsync("emitWarning", () => new Promise((resolve) => {
  process.env.NODE_NO_WARNINGS = "1";
  const seen = [];
  process.on("warning", (warning) => {
    seen.push([warning.name, warning.message, warning.code, warning.detail]);
    if (seen.length === 3) resolve(seen);
  });
  process.emitWarning("plain");
  process.emitWarning("typed", "CustomWarning", "C001");
  process.emitWarning("options", { type: "OptionWarning", code: "C002", detail: "more" });
}));
show("emitWarning bad", () => process.emitWarning(5));
show("exitCode", () => {
  process.exitCode = 0;
  const result = process.exitCode;
  process.exitCode = undefined;
  return result;
});
show("exitCode bad", () => {
  process.exitCode = 1.5;
});
show("stdout", () => [typeof process.stdout.write, process.stdout.fd, process.stderr.fd, Boolean(process.stdout.isTTY), process.stdout.writable]);
await showAsync("stdout callback", () => new Promise((resolve) => process.stdout.write("written\n", resolve)));
show("stdout bytes", () => process.stdout.write(Buffer.from("bytes é\n")));
show("stdout encoding", () => process.stdout.write("686578200a", "hex"));
show("stdout bad", () => process.stdout.write(5));
show("features", () => typeof process.features);
show("config", () => Object.keys(process.config));
show("getBuiltinModule", () => [process.getBuiltinModule("node:path") === process.getBuiltinModule("path"), process.getBuiltinModule("nope")]);
