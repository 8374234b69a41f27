import { show } from "./support/show.js";

for (const name of ["process", "Buffer", "console", "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate", "queueMicrotask", "global"]) {
  show(name, () => {
    const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
    return [typeof globalThis[name], writable ?? true, enumerable, configurable];
  });
}
show("replace", () => {
  const saved = globalThis.setTimeout;
  globalThis.setTimeout = () => "mine";
  const result = setTimeout();
  globalThis.setTimeout = saved;
  return [result, setTimeout === saved];
});
show("process is an emitter", () => typeof process.on);
show("names", () => [setTimeout.name, Buffer.name, clearTimeout.name, setImmediate.name]);
