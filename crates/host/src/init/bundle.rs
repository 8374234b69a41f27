//! What the app's JavaScript mentions, read from its text: packages that it imports, variables of the environment.
//!
//! Imports are found among tokens (`tokens`), so that comments and texts that speak of them are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::tokens::{Token, tokens};

/// Largest file that is read; bundles are far smaller.
const MAX: u64 = 16 << 20;

/// Directories below which nothing of the app is.
const NOT_THE_APPS: [&str; 4] = ["node_modules", ".git", ".svelte-kit", "coverage"];

/// The text of all files below `directory` (or of that file) with one of these extensions.
pub(super) fn texts(directory: &Path, extensions: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    collect(directory, extensions, &mut files);
    files.sort();
    let small = |file: &PathBuf| file.metadata().is_ok_and(|meta| meta.len() <= MAX);
    files
        .into_iter()
        .filter(small)
        .filter_map(|file| std::fs::read(file).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

fn collect(path: &Path, extensions: &[&str], files: &mut Vec<PathBuf>) {
    if path.is_file() {
        let known = path.extension().is_some_and(|extension| extensions.iter().any(|known| extension == *known));
        if known {
            files.push(path.to_owned());
        }
        return;
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries {
        // Links are not followed: they may lead in a circle.
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if !is_link && !NOT_THE_APPS.iter().any(|name| entry.file_name() == *name) {
            collect(&entry.path(), extensions, files);
        }
    }
}

/// The packages that a bundle imports from outside itself, and that the host does not provide.
pub(super) fn packages(text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    for (i, token) in tokens.iter().enumerate() {
        let (Token::Word(word), false) = (token, i > 0 && tokens[i - 1] == Token::Mark('.')) else { continue };
        let specifier = match (*word, tokens.get(i + 1), tokens.get(i + 2)) {
            ("from" | "import", Some(Token::Text(text)), _) => text,
            ("import", Some(Token::Mark('(')), Some(Token::Text(text))) => text,
            // Bundlers name it `__require`, `require2`, `require$1`.
            (word, Some(Token::Mark('(')), Some(Token::Text(text))) if word.trim_start_matches('_').starts_with("require") => {
                text
            }
            _ => continue,
        };
        if let Some(package) = package_of(specifier).filter(|_| !isolate::provides(specifier)) {
            found.insert(package.to_owned());
        }
    }
    found
}

/// The package of a specifier; none of a path, a URL, an import of the package itself.
fn package_of(specifier: &str) -> Option<&str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '-' | '_' | '.');
    if specifier.is_empty() || specifier.starts_with(['.', '/', '#', '-']) || !specifier.chars().all(allowed) {
        return None;
    }
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(end, _)| end);
    let package = &specifier[..end];
    (parts == 1 || package.contains('/')).then_some(package)
}

/// The variables that a text reads, `process.env.NAME` and `process.env["NAME"]`.
pub(super) fn variables(text: &str) -> BTreeSet<String> {
    let after = text.match_indices("process.env").map(|(place, word)| &text[place + word.len()..]);
    let name = |rest: &str| {
        let rest = match rest.strip_prefix("?.").or_else(|| rest.strip_prefix('.')) {
            Some(rest) => rest,
            None => rest.strip_prefix("[\"").or_else(|| rest.strip_prefix("['"))?,
        };
        let rest = rest.strip_prefix("[\"").or_else(|| rest.strip_prefix("['")).unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
        (end > 1 && rest.starts_with(|c: char| c.is_ascii_uppercase())).then(|| rest[..end].to_owned())
    };
    after.filter_map(name).collect()
}

/// Whether a variable of this name is likely to be nobody's business.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 8] = ["SECRET", "TOKEN", "KEY", "PASSWORD", "PASSWD", "CREDENTIALS", "DSN", "SALT"];
    // URLs of databases have a password in them.
    const URLS: [&str; 5] = ["DATABASE_URL", "REDIS_URL", "POSTGRES_URL", "MONGODB_URI", "SMTP_URL"];
    let is_part = |word: &str| name.split('_').any(|part| part == word || part.strip_suffix('S') == Some(word));
    PARTS.iter().any(|part| is_part(part)) || URLS.contains(&name)
}

/// Whether the platform or the host sets it, or a library reads it for purposes of its own.
pub(super) fn is_elsewhere(name: &str) -> bool {
    const NAMES: [&str; 22] = [
        "PORT",
        "HOST",
        "CI",
        "TERM",
        "COLORTERM",
        "FORCE_COLOR",
        "NO_COLOR",
        "HOME",
        "PATH",
        "TZ",
        "DEBUG",
        "PWD",
        "USER",
        "LANG",
        "SHELL",
        "TMPDIR",
        "PRIMARY_REGION",
        "VITEST",
        "JEST_WORKER_ID",
        "HOSTNAME",
        "TEMP",
        "TMP",
    ];
    const PREFIXES: [&str; 6] = ["NODE_", "FLY_", "SSR_HOST_", "VITE_", "SVELTE_", "READABLE_STREAM"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(found: BTreeSet<String>) -> Vec<String> {
        found.into_iter().collect()
    }

    #[test]
    fn packages_of_a_bundle() {
        let text = r##"
            import Fastify from "fastify";
            import{a as b}from"@acme/core/ssr";import"side-effect";
            export * from 'again';
            const later = await import("lazy/part.js"), old = require('old');
            import { readFile } from "node:fs/promises"; import path from 'path'; import repl from "node:repl";
            import "./chunk.js"; import "/abs.js"; import "data:text/javascript,1"; import "#own";
            Array.from("abc"); myimport("no"); x.require("no");
            import(`half-${name}`); const __require = createRequire(import.meta.url); __require("again2"), require$1('again3');
            // import "comment";
            /* import "comment" */ const text = "import 'text'", re = /import "re"/, t = `import "template" ${import("inner")}`;
        "##;
        assert_eq!(list(packages(text)), ["@acme/core", "again", "again2", "again3", "inner", "lazy", "old", "side-effect"]);
    }

    #[test]
    fn variables_of_a_text() {
        let text = r#"process.env.SESSION_SECRET, process.env["API_URL"], process.env['A1'], process.env?.OPTIONAL_ONE ?? process.env[name],
            process.env.lower, process.environment.NOT, globalThis.process.env.LAST"#;
        assert_eq!(list(variables(text)), ["A1", "API_URL", "LAST", "OPTIONAL_ONE", "SESSION_SECRET"]);
    }

    #[test]
    fn secrets() {
        for secret in ["SESSION_SECRET", "JWT_SECRETS", "BACKEND_API_KEY", "REDIS_URL", "SENTRY_DSN", "TOKEN"] {
            assert!(is_secret(secret), "{secret}");
        }
        for plain in ["COMPOSABLE_RUST_BACKEND_URL", "KEYBOARD", "MONKEY", "LOG_LEVEL", "API_URL"] {
            assert!(!is_secret(plain), "{plain}");
        }
    }
}
