import module, { builtinModules, createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { show } from "./support/show.js";

const require = createRequire(import.meta.url);
show("require cjs", () => [require("./fixtures/answer.cjs").answer, require("./fixtures/answer.cjs") === require("./fixtures/answer.cjs"), require("./fixtures/answer.cjs").dirname]);
show("require json", () => require("./fixtures/data.json"));
show("require builtin", () => [require("path") === path, require("node:path") === path, require("events") === require("events").EventEmitter]);
show("resolve", () => require.resolve("./fixtures/answer.cjs").endsWith("/fixtures/answer.cjs"));
show("missing", () => {
  try {
    require("./nope.cjs");
  } catch (error) {
    return error.code;
  }
});
show("createRequire path", () => createRequire(`${path.dirname(require.resolve("./fixtures/answer.cjs"))}/x.js`)("./data.json"));
show("createRequire bad", () => createRequire("relative.js"));
show("isBuiltin", () => ["fs", "node:fs", "fs/promises", "node:test", "test", "nope", "node:nope", "wss", 5, undefined].map(isBuiltin));
show("builtinModules", () => [Array.isArray(builtinModules), builtinModules.includes("fs"), builtinModules.includes("fs/promises"), builtinModules.includes("node:fs"), builtinModules.every((name) => isBuiltin(name))]);
show("default", () => [typeof module, module.createRequire === createRequire, module.builtinModules === builtinModules, typeof module.Module]);
