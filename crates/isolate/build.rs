//! Embeds every JavaScript file an isolate can load into two sorted tables (specifier, source).
//!
//! deno_core 0.413 records the scripts of an extension by path and reads them while a snapshot is made; without a
//! snapshot it would read them from the build machine's disk at run time. So their sources go into the binary here, next
//! to `js-runtime/`, and `src/extension.rs` hands both tables to every runtime. Nothing is listed by hand: a new file in
//! `js-runtime/` is available under the specifier that its path gives.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

mod patches;

use patches::PATCHES;

/// The deno crates whose scripts `core.loadExtScript("ext:<crate>/<file>")` may ask for.
const DENO_CRATES: [&str; 4] = ["deno_webidl", "deno_web", "deno_fetch", "deno_crypto"];

/// Scripts of deno crates that we do not link, replaced by a file of ours.
const REPLACED: [(&str, &str); 3] = [
    ("ext:deno_net/02_tls.js", "web/replaced/tls.js"),
    ("ext:deno_telemetry/telemetry.ts", "web/replaced/telemetry.js"),
    ("ext:deno_telemetry/util.ts", "web/replaced/telemetry_util.js"),
];

/// Files of `js-runtime/` that app modules import under another name than their path gives.
const PACKAGES: [(&str, &str); 12] = [
    ("module/commonjs.js", "node:ssr-host/commonjs"),
    ("fastify/fastify.js", "node:fastify"),
    ("fastify/static.js", "node:@fastify/static"),
    ("fastify/rate-limit.js", "node:@fastify/rate-limit"),
    ("fastify/compress.js", "node:@fastify/compress"),
    ("fastify/cookie.js", "node:@fastify/cookie"),
    ("fastify/http-proxy.js", "node:@fastify/http-proxy"),
    ("fastify/reply-from.js", "node:@fastify/reply-from"),
    ("dompurify/index.js", "node:isomorphic-dompurify"),
    ("host/index.js", "node:ssr-host"),
    ("host/fly.js", "node:ssr-host/fly"),
    ("ioredis/index.js", "node:ioredis"),
];

fn main() {
    let manifest_dir = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let js_runtime = manifest_dir.join("../../js-runtime").canonicalize().expect("js-runtime/ lies in the workspace");
    println!("cargo::rerun-if-changed={}", js_runtime.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=patches.rs");

    let mut scripts = deno_scripts(&manifest_dir);
    scripts.extend(REPLACED.map(|(specifier, file)| (specifier.to_owned(), js_runtime.join(file))));
    let mut modules = Vec::new();
    walk(&js_runtime, &js_runtime, &mut modules);

    let mut out = String::new();
    table(&mut out, "SCRIPTS", scripts);
    table(&mut out, "MODULES", modules);
    let path = Path::new(&std::env::var("OUT_DIR").expect("set by cargo")).join("sources.rs");
    std::fs::write(path, out).expect("OUT_DIR is writable");
}

/// Asks cargo where the deno crates lie and takes their top-level scripts.
fn deno_scripts(manifest_dir: &Path) -> Vec<(String, PathBuf)> {
    // `metadata` wants every package of the lock file, a build only those it compiles: on a fresh machine some are still missing,
    // and cargo may fetch them.
    let metadata = metadata(manifest_dir, &["--offline"]).or_else(|_| metadata(manifest_dir, &[]));
    let metadata = metadata.unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    let mut scripts = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("name");
        if !DENO_CRATES.contains(&name) {
            continue;
        }
        let dir = Path::new(package["manifest_path"].as_str().expect("manifest_path")).parent().expect("a directory");
        for entry in std::fs::read_dir(dir).expect("crate sources") {
            let path = entry.expect("readable").path();
            if path.extension().is_some_and(|e| e == "js") {
                let file = path.file_name().expect("has a name").to_string_lossy().into_owned();
                scripts.push((format!("ext:{name}/{file}"), path));
            }
        }
    }
    scripts
}

fn metadata(manifest_dir: &Path, network: &[&str]) -> Result<serde_json::Value, String> {
    let output = Command::new(std::env::var("CARGO").expect("set by cargo"))
        .args(["metadata", "--format-version=1", "--filter-platform"])
        .arg(std::env::var("TARGET").expect("set by cargo"))
        .args(network)
        .arg("--manifest-path")
        .arg(manifest_dir.join("Cargo.toml"))
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn walk(root: &Path, dir: &Path, modules: &mut Vec<(String, PathBuf)>) {
    for entry in std::fs::read_dir(dir).expect("js-runtime is readable") {
        let path = entry.expect("readable").path();
        let relative = path.strip_prefix(root).expect("below root").to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            if !matches!(relative.as_str(), "test" | "node_modules" | "web/replaced") {
                walk(root, &path, modules);
            }
        } else if path.extension().is_some_and(|e| e == "js") {
            modules.push((specifier(&relative), path));
        }
    }
}

/// `node/fs/promises.js` is `node:fs/promises`; a package facade has its package's name; all else is internal.
fn specifier(relative: &str) -> String {
    if let Some((_, specifier)) = PACKAGES.iter().find(|(file, _)| *file == relative) {
        return (*specifier).to_owned();
    }
    match relative.strip_prefix("node/").and_then(|file| file.strip_suffix(".js")) {
        Some(name) if !is_internal_node_file(name) => format!("node:{name}"),
        _ => format!("ext:ssr_host/{relative}"),
    }
}

/// Files below `js-runtime/node` that are not a module of Node's.
fn is_internal_node_file(name: &str) -> bool {
    matches!(name, "globals" | "unsupported") || name.starts_with("internal/")
}

fn table(out: &mut String, name: &str, mut entries: Vec<(String, PathBuf)>) {
    entries.sort();
    writeln!(out, "/// Sorted by specifier, ASCII only: deno_core looks sources up by binary search and hands them to V8 as one-byte strings.").expect("a string");
    writeln!(out, "pub(crate) static {name}: &[(&str, &str)] = &[").expect("a string");
    for (specifier, path) in entries {
        let mut source = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (_, find, replacement) in PATCHES.iter().filter(|(script, ..)| *script == specifier) {
            assert_eq!(source.matches(find).count(), 1, "{specifier}: a patch does not match once: {find}");
            source = source.replace(find, replacement);
        }
        writeln!(out, "    ({specifier:?}, {:?}),", to_ascii(&source)).expect("a string");
    }
    writeln!(out, "];").expect("a string");
}

/// Non-ASCII characters become `\uXXXX`, which means the same in a string or regular expression and nothing in a comment.
fn to_ascii(source: &str) -> String {
    let mut ascii = String::with_capacity(source.len());
    for c in source.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(ascii, "\\u{unit:04x}").expect("a string");
            }
        }
    }
    ascii
}
