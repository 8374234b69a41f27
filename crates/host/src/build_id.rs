//! What tells builds of the app apart, so that a page of one is never served by another: a hash of what is deployed.
//!
//! Instances of one build must come to the same name wherever it lies and whenever it was copied there, so paths are relative and
//! times do not count. In it are
//! - this host's version, because the host has a hand in what pages are;
//! - the files beside and below the entry, by name and contents;
//! - what npm and the like have written about `node_modules`, which itself is left out: it is large, and made from that;
//! - the static files, by name and size: bundlers put a hash into the names of those that change.
//!
//! Left out are names that begin with a dot, and directories that are links.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Files of a directory that are looked at.
const MAX_FILES: usize = 20_000;

/// Bytes of contents that are read; what comes after counts by its size.
const MAX_BYTES: u64 = 64 << 20;

/// Directories of a path below the root.
const MAX_DEPTH: usize = 32;

/// Characters of the name: 64 bits, which no two builds of an app share by accident.
const LENGTH: usize = 16;

/// Where what is installed stands, beside the app's package.json.
const LOCKS: [&str; 7] =
    ["package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/// The name of the build whose server bundle is `entry`, and whose static files lie in `directories`. Blocks: it reads the bundle.
pub fn of(entry: &Path, directories: &[PathBuf]) -> String {
    let mut build = Build { hash: Sha256::new(), left: MAX_BYTES };
    build.add(env!("CARGO_PKG_VERSION").as_bytes());
    build.add(entry.file_name().unwrap_or_default().as_encoded_bytes());
    if let Some(directory) = entry.parent() {
        build.directory(directory, Build::contents);
    }
    let root = entry.ancestors().skip(1).find(|directory| directory.join("package.json").is_file());
    for file in root.into_iter().flat_map(|root| LOCKS.map(|name| root.join(name))) {
        if file.is_file() {
            build.contents(&file);
        }
    }
    for directory in directories {
        build.directory(directory, Build::size);
    }
    let mut name: String = build.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    name.truncate(LENGTH);
    name
}

struct Build {
    hash: Sha256,
    /// Bytes of contents that may still be read.
    left: u64,
}

impl Build {
    /// Adds a field; its length first, so that no two lists of fields are the same bytes.
    fn add(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }

    /// Adds the files below `root`: their paths in it, and what `add` adds of each.
    fn directory(&mut self, root: &Path, add: fn(&mut Self, &Path)) {
        let files = files(root);
        if files.len() >= MAX_FILES {
            tracing::warn!("`{}` has very many files: set cache.build_id, such as to a commit", root.display());
        }
        self.add(&(files.len() as u64).to_le_bytes());
        for file in &files {
            self.add(file.strip_prefix(root).unwrap_or(file).as_os_str().as_encoded_bytes());
            add(self, file);
        }
    }

    fn contents(&mut self, file: &Path) {
        let size = std::fs::metadata(file).map_or(0, |meta| meta.len());
        let Some(left) = self.left.checked_sub(size) else { return self.size(file) };
        self.left = left;
        match digest(file, size) {
            Ok(digest) => self.add(&digest),
            Err(error) => self.add(error.kind().to_string().as_bytes()),
        }
    }

    fn size(&mut self, file: &Path) {
        let size = std::fs::metadata(file).map_or(0, |meta| meta.len());
        self.add(&size.to_le_bytes());
    }
}

/// The hash of a file's contents, of at most `size` bytes: it may be growing.
fn digest(file: &Path, size: u64) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?.take(size), &mut hash)?;
    Ok(hash.finalize().into())
}

/// The regular files below a directory, in the order of their names.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(directory, &mut files, MAX_DEPTH);
    files
}

/// Collects the regular files below a directory, each directory in the order of its names.
fn walk(directory: &Path, files: &mut Vec<PathBuf>, depth: usize) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        if files.len() >= MAX_FILES || name == "node_modules" || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => walk(&path, files, depth - 1),
            // Also what a link leads to.
            Ok(kind) if !kind.is_dir() && path.is_file() => files.push(path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    /// An app in a directory of its own.
    struct App(tempfile::TempDir);

    impl App {
        fn new() -> App {
            let app = App(tempfile::tempdir().unwrap());
            for (name, text) in [
                ("package.json", "{}"),
                ("package-lock.json", "{}"),
                ("server/index.js", "import './page.js'"),
                ("server/page.js", "a"),
                ("client/a.css", "a"),
            ] {
                app.write(name, text);
            }
            app
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.0.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        fn id(&self) -> String {
            of(&self.0.path().join("server/index.js"), &[self.0.path().join("client")])
        }
    }

    #[test]
    fn the_same_wherever_and_whenever_it_was_copied() {
        let (one, other) = (App::new(), App::new());
        let old = SystemTime::now() - Duration::from_secs(100_000);
        File::options().write(true).open(other.0.path().join("server/page.js")).unwrap().set_modified(old).unwrap();
        assert_eq!(one.id(), other.id());
        assert!(one.id().len() == LENGTH && one.id().chars().all(|c| c.is_ascii_hexdigit()), "{}", one.id());
        // What is not the app.
        for name in ["server/node_modules/a/index.js", "server/.cache/a", "README.md"] {
            one.write(name, "x");
        }
        assert_eq!(one.id(), other.id());
    }

    #[test]
    fn another_with_every_change() {
        let app = App::new();
        let mut ids = vec![app.id()];
        for (name, text) in [
            ("server/page.js", "b"),
            ("server/page.js", ""),
            ("server/new.js", ""),
            ("server/deep/new.html", "x"),
            ("package-lock.json", "{ }"),
            ("client/a.css", "ab"),
            ("client/b.css", ""),
        ] {
            app.write(name, text);
            ids.push(app.id());
        }
        std::fs::rename(app.0.path().join("server/new.js"), app.0.path().join("server/other.js")).unwrap();
        ids.push(app.id());
        ids.push(of(&app.0.path().join("server/page.js"), &[app.0.path().join("client")]));
        ids.push(of(&app.0.path().join("server/index.js"), &[]));
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn links_that_go_in_circles_end() {
        let app = App::new();
        std::os::unix::fs::symlink(app.0.path(), app.0.path().join("server/up")).unwrap();
        assert_eq!(app.id(), App::new().id());
    }
}
