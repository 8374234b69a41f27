// What the ES module that stands for a CommonJS file imports (crates/isolate/src/bundle/cjs.rs): app code cannot import
// `ext:` modules, so this one goes by a `node:` name.
export { requireFile } from "ext:ssr_host/module/require.js";
