//! The app's server bundle: where it lies, how its imports resolve, what it imports. Shared by all isolates.
//!
//! Resolution is Node's (ESM and CommonJS algorithms, `exports`/`imports` conditions, symlinked trees), done by
//! `oxc_resolver`. Names that the host provides win over `node_modules`: built-ins, and the packages that have a native
//! facade.

pub(crate) mod cjs;
pub(crate) mod code_cache;
pub(crate) mod loader;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use deno_core::ModuleSpecifier;
use oxc_resolver::{ResolveOptions, Resolver};
use parking_lot::Mutex;

use crate::error::{Error, Failure};

/// One server bundle.
pub(crate) struct Bundle {
    /// Absolute path of the entry, links resolved.
    pub(crate) entry: PathBuf,
    /// What the app may read: the nearest directory above the entry with a package.json, else the entry's parent's parent.
    pub(crate) root: PathBuf,
    /// `process.argv`.
    pub(crate) argv: Vec<String>,
    /// When the host started.
    pub(crate) started: SystemTime,
    pub(crate) code_cache: code_cache::Store,
    esm: Resolver,
    cjs: Resolver,
    imports: Mutex<Imports>,
}

/// What the bundle asked for, for `ssr-host check`.
#[derive(Debug, Default, Clone)]
pub(crate) struct Imports {
    /// Modules that the host provides and the bundle imports.
    pub(crate) provided: BTreeSet<String>,
    /// Specifier → importer, of what was not found or is not supported.
    pub(crate) missing: BTreeMap<String, String>,
}

/// Where an import leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A module that the host provides: its specifier (`node:…`).
    Provided(String),
    /// A file, links resolved.
    File(PathBuf),
}

/// How a file is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Esm,
    CommonJs,
    Json,
}

/// Which of Node's two algorithms resolves a specifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Importer {
    Import,
    Require,
}

impl Bundle {
    /// Finds the entry; nothing is parsed yet.
    ///
    /// # Errors
    /// [`Error::Startup`] when it is missing or not a file.
    pub(crate) fn open(entry: &Path, args: &[String], code_cache: Option<PathBuf>) -> Result<Bundle, Error> {
        let shown = entry.display();
        let fail = |message: String, hint: &str| Error::Startup(Failure::new(message).with_hint(hint));
        let entry = entry.canonicalize().map_err(|e| {
            fail(
                format!("`{shown}` cannot be opened: {}", io_text(&e)),
                "build the app first (npm run build), or give the path of its server bundle: ssr-host dist/server/index.js",
            )
        })?;
        if entry.is_dir() {
            return Err(fail(
                format!("`{shown}` is a directory: expected the server bundle's entry file"),
                "for a Vite build it is usually dist/server/index.js",
            ));
        }
        let root = app_root(&entry);
        let mut argv = vec![std::env::current_exe().unwrap_or_default().display().to_string(), entry.display().to_string()];
        argv.extend_from_slice(args);
        Ok(Bundle {
            root,
            argv,
            started: SystemTime::now(),
            code_cache: code_cache::Store::new(code_cache),
            esm: Resolver::new(options("import")),
            cjs: Resolver::new(ResolveOptions { fully_specified: false, ..options("require") }),
            imports: Mutex::default(),
            entry,
        })
    }

    /// The entry as a `file:` URL.
    pub(crate) fn entry_url(&self) -> ModuleSpecifier {
        ModuleSpecifier::from_file_path(&self.entry).expect("the entry is an absolute path")
    }

    /// What has been imported so far.
    pub(crate) fn imports(&self) -> Imports {
        self.imports.lock().clone()
    }

    /// Resolves `specifier` as `importer` sees it.
    ///
    /// # Errors
    /// A message in Node's words that names the specifier and the importer.
    pub(crate) fn resolve(&self, specifier: &str, importer: &Path, how: Importer) -> Result<Target, ResolveError> {
        if let Some(provided) = provided(specifier) {
            self.imports.lock().provided.insert(provided.trim_start_matches("node:").to_owned());
            return Ok(Target::Provided(provided));
        }
        let shown = importer.display().to_string();
        let resolved = if is_builtin(specifier) {
            Err(ResolveError::unsupported_builtin(specifier))
        } else if let Some(path) = path_of_url(specifier, importer, how) {
            let file = path.canonicalize().ok().filter(|path| path.is_file());
            file.map(Target::File).ok_or_else(|| ResolveError::not_found(specifier, &shown, how))
        } else {
            let resolver = if how == Importer::Import { &self.esm } else { &self.cjs };
            let directory = importer.parent().unwrap_or(Path::new("/"));
            match resolver.resolve(directory, specifier) {
                Ok(resolution) => Ok(Target::File(resolution.into_path_buf())),
                Err(error) => Err(ResolveError::from_resolver(specifier, &shown, how, &error)),
            }
        };
        if resolved.is_err() {
            self.imports.lock().missing.insert(specifier.to_owned(), shown);
        }
        resolved
    }

    /// How Node would run the file at `path`, whose text is `source`.
    pub(crate) fn format(&self, path: &Path, source: &str) -> Format {
        match path.extension().and_then(|e| e.to_str()) {
            Some("mjs") => Format::Esm,
            Some("cjs") => Format::CommonJs,
            Some("json") => Format::Json,
            _ => match package_type(path).as_deref() {
                Some("module") => Format::Esm,
                Some("commonjs") => Format::CommonJs,
                // No "type": Node 22 looks at the syntax. Node 20 would take it for CommonJS and fail on the first import.
                _ if cjs::has_esm_syntax(source) => Format::Esm,
                _ => Format::CommonJs,
            },
        }
    }
}

/// A specifier that leads nowhere.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[error("{message}")]
#[property("code" = self.code)]
pub(crate) struct ResolveError {
    pub(crate) message: String,
    pub(crate) code: &'static str,
}

impl ResolveError {
    fn unsupported_builtin(specifier: &str) -> Self {
        let name = specifier.trim_start_matches("node:");
        ResolveError {
            message: format!(
                "`node:{name}` is not supported by ssr-host (docs/COMPATIBILITY.md lists the Node modules that are)"
            ),
            code: "ERR_UNKNOWN_BUILTIN_MODULE",
        }
    }

    fn not_found(specifier: &str, importer: &str, how: Importer) -> Self {
        if how == Importer::Require {
            return ResolveError {
                message: format!("Cannot find module '{specifier}'\nRequire stack:\n- {importer}"),
                code: "MODULE_NOT_FOUND",
            };
        }
        let what = if is_bare(specifier) {
            format!("Cannot find package '{}'", package_name(specifier))
        } else {
            format!("Cannot find module '{specifier}'")
        };
        ResolveError { message: format!("{what} imported from {importer}"), code: "ERR_MODULE_NOT_FOUND" }
    }

    fn from_resolver(specifier: &str, importer: &str, how: Importer, error: &oxc_resolver::ResolveError) -> Self {
        match error {
            oxc_resolver::ResolveError::NotFound(_) | oxc_resolver::ResolveError::MatchedAliasNotFound(..) => {
                Self::not_found(specifier, importer, how)
            }
            oxc_resolver::ResolveError::PackagePathNotExported { .. } => {
                ResolveError { message: format!("{error}, imported from {importer}"), code: "ERR_PACKAGE_PATH_NOT_EXPORTED" }
            }
            other => ResolveError {
                message: format!("Cannot resolve '{specifier}' imported from {importer}: {other}"),
                code: "ERR_MODULE_NOT_FOUND",
            },
        }
    }
}

fn options(condition: &str) -> ResolveOptions {
    ResolveOptions {
        condition_names: vec!["node".into(), condition.into()],
        extensions: vec![".js".into(), ".json".into(), ".node".into()],
        fully_specified: true,
        main_fields: vec!["main".into()],
        builtin_modules: false,
        ..ResolveOptions::default()
    }
}

/// Whether an app that imports `specifier` needs no package for it: the host provides it, or Node would.
pub fn provides(specifier: &str) -> bool {
    provided(specifier).is_some() || is_builtin(specifier)
}

/// The host's specifier for `specifier` if the host provides it: `path`, `node:path`, `fastify`.
fn provided(specifier: &str) -> Option<String> {
    let full = if specifier.starts_with("node:") { specifier.to_owned() } else { format!("node:{specifier}") };
    crate::runtime::source_of(&full).map(|_| full)
}

fn is_builtin(specifier: &str) -> bool {
    specifier.starts_with("node:") || nodejs_built_in_modules::is_nodejs_builtin_module(specifier)
}

fn is_bare(specifier: &str) -> bool {
    !specifier.starts_with(['.', '/', '#']) && !specifier.contains(':')
}

fn package_name(specifier: &str) -> &str {
    let segments = if specifier.starts_with('@') { 2 } else { 1 };
    specifier.match_indices('/').nth(segments - 1).map_or(specifier, |(end, _)| &specifier[..end])
}

/// The file that a specifier names as a URL: `file:` ones, and for `import` the relative and absolute ones too (so `%20` is a
/// space, and nothing is looked for).
fn path_of_url(specifier: &str, importer: &Path, how: Importer) -> Option<PathBuf> {
    let relative = specifier.starts_with("./") || specifier.starts_with("../") || specifier.starts_with('/');
    let is_url = specifier.starts_with("file:") || (relative && how == Importer::Import);
    if !is_url {
        return None;
    }
    ModuleSpecifier::from_file_path(importer).ok()?.join(specifier).ok()?.to_file_path().ok()
}

fn io_text(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file",
        std::io::ErrorKind::PermissionDenied => "permission denied",
        _ => "it is not readable",
    }
}

fn app_root(entry: &Path) -> PathBuf {
    let directory = entry.parent().unwrap_or(Path::new("/"));
    let with_package = directory.ancestors().find(|dir| dir.join("package.json").is_file());
    with_package.or_else(|| directory.parent()).unwrap_or(directory).to_path_buf()
}

/// The `type` of the package.json that governs `path`, if there is one and it says so.
fn package_type(path: &Path) -> Option<String> {
    for directory in path.ancestors().skip(1) {
        if let Ok(text) = std::fs::read(directory.join("package.json")) {
            let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
            return package["type"].as_str().map(str::to_owned);
        }
        // A package's scope ends at the folder it was installed into.
        if directory.file_name().is_some_and(|name| name == "node_modules") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names() {
        for (specifier, name) in [("clsx", "clsx"), ("clsx/lite", "clsx"), ("@a/b", "@a/b"), ("@a/b/c/d", "@a/b")] {
            assert_eq!(package_name(specifier), name);
        }
    }

    #[test]
    fn a_missing_entry_is_named() {
        let error = Bundle::open(Path::new("/no/such/index.js"), &[], None).err().expect("it does not exist");
        assert!(error.to_string().starts_with("`/no/such/index.js` cannot be opened: no such file"), "{error}");
    }
}
