//! Which file is the app, and what to say when there is none.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// Where a Vite build puts the server bundle.
const BUILT: &str = "dist/server/index.js";

/// The example of this repository, for a first look without an app.
const EXAMPLE: &str = "examples/blog/dist/server/index.js";

/// The entry that was named, or the one found in the usual places.
pub(super) fn find(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = named {
        return existing(path);
    }
    let Some(path) = found() else {
        bail!(
            "no app to serve: there is no `{BUILT}` here\n  hint: build the app first, or name its bundle: `ssr-host path/to/server.js`"
        );
    };
    crate::absolute(&path)
}

/// The one in the usual places.
pub(super) fn found() -> Option<PathBuf> {
    candidates().into_iter().find(|path| path.is_file())
}

/// `path`, made absolute, when it is a file.
pub(super) fn existing(path: &Path) -> anyhow::Result<PathBuf> {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => bail!("`{shown}` is a directory\n  hint: {}", inside(path)),
        Ok(_) => crate::absolute(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!("`{shown}` does not exist\n  hint: build the app first, and name its server bundle, for instance `{BUILT}`")
        }
        Err(error) => bail!("cannot read `{shown}`: {error}"),
    }
}

/// `cargo run` sets CARGO_MANIFEST_DIR to this crate: from there the example is found whatever the directory.
fn candidates() -> Vec<PathBuf> {
    let crate_dir = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let workspace = crate_dir.map(|dir| dir.join("../..").join(EXAMPLE)).and_then(|path| path.canonicalize().ok());
    [BUILT, EXAMPLE].into_iter().map(PathBuf::from).chain(workspace).collect()
}

fn inside(directory: &Path) -> String {
    let likely = [BUILT, "server/index.js", "index.js"].into_iter().map(|name| directory.join(name)).find(|path| path.is_file());
    match likely {
        Some(path) => format!("name the file: `{}`", path.display()),
        None => "name the server bundle in it".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cases = [(directory.to_owned(), "is a directory"), (directory.join("missing.js"), "does not exist")];
        for (path, expected) in cases {
            let error = find(Some(&path)).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("hint:"), "{error}");
        }
    }
}
