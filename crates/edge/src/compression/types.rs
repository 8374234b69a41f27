//! Which media types are worth compressing: a table, because it is a matter of data.
//!
//! Text, what is built on it, and the few binary formats that are not compressed by themselves (fonts other than WOFF, WebAssembly).
//! Images, video, archives and WOFF2 are compressed already; SVG is text (`+xml`). `text/event-stream` never is in: see
//! [`crate::compression`].

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// The table of the host.
const DEFAULT: &str = include_str!("types.txt");

/// The regular expression of `@fastify/compress` 7, which it looks at before mime-db.
const FASTIFY: &str = "text/*\n+json\n/json\n+text\n/text\n+xml\n/xml\n/octet-stream";

/// The types that mime-db 1.54 (MIT) calls compressible; `@fastify/compress` 7 depends on it.
static MIME_DB: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("mime_db.txt").lines().collect());

static DEFAULT_PATTERNS: LazyLock<Arc<[Pattern]>> = LazyLock::new(|| patterns(DEFAULT));
static FASTIFY_PATTERNS: LazyLock<Arc<[Pattern]>> = LazyLock::new(|| patterns(FASTIFY));

/// A set of media types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types {
    patterns: Arc<[Pattern]>,
    mime_db: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Exactly(Box<str>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
}

impl Default for Types {
    fn default() -> Self {
        Types { patterns: DEFAULT_PATTERNS.clone(), mime_db: false }
    }
}

impl Types {
    /// The set that these texts describe: `application/json` is that type, `text/*` all that begin so, `+json` all that end so.
    ///
    /// # Errors
    /// The text that is none of these, with what was expected.
    pub fn parse<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, String> {
        let parse = |text: T| Pattern::parse(text.as_ref());
        Ok(Types { patterns: texts.into_iter().map(parse).collect::<Result<_, _>>()?, mime_db: false })
    }

    /// What `@fastify/compress` 7 takes without `customTypes`.
    pub fn fastify() -> Self {
        Types { patterns: FASTIFY_PATTERNS.clone(), mime_db: true }
    }

    /// What `@fastify/compress` 7 takes when its `customTypes` (which only JavaScript can ask) said no: what mime-db calls
    /// compressible.
    pub fn mime_db() -> Self {
        Types { patterns: Arc::new([]), mime_db: true }
    }

    /// Every type: `customTypes` said yes.
    pub fn all() -> Self {
        Types { patterns: Arc::new([Pattern::StartsWith("".into())]), mime_db: false }
    }

    /// The texts of the table of the host, as [`Types::parse`] takes them.
    pub fn default_texts() -> impl Iterator<Item = &'static str> {
        DEFAULT.lines()
    }

    /// Whether the set holds this `content-type`; its parameters do not matter.
    pub fn contains(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/event-stream") {
            return false;
        }
        self.patterns.iter().any(|pattern| match pattern {
            Pattern::Exactly(text) => essence.eq_ignore_ascii_case(text),
            Pattern::StartsWith(text) => essence.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text)),
            Pattern::EndsWith(text) => {
                let start = essence.len().checked_sub(text.len());
                start.and_then(|start| essence.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(text))
            }
        }) || self.mime_db && MIME_DB.contains(essence.to_ascii_lowercase().as_str())
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let is_token = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        let pattern = match lower.split_once('/') {
            None => lower.strip_prefix('+').filter(|suffix| is_token(suffix)).map(|_| Pattern::EndsWith(lower.as_str().into())),
            Some(("", suffix)) if is_token(suffix) => Some(Pattern::EndsWith(lower.as_str().into())),
            Some((kind, "*")) if is_token(kind) => Some(Pattern::StartsWith(format!("{kind}/").into())),
            Some((kind, subtype)) if is_token(kind) && is_token(subtype) => Some(Pattern::Exactly(lower.as_str().into())),
            Some(_) => None,
        };
        pattern.ok_or_else(|| format!("`{text}`: expected a media type such as `application/json`, `text/*` or `+json`"))
    }
}

/// Tables that are part of the program; the tests read them all.
fn patterns(table: &str) -> Arc<[Pattern]> {
    table.lines().filter_map(|line| Pattern::parse(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_well_formed() {
        for table in [DEFAULT, FASTIFY] {
            assert!(Types::parse(table.lines()).is_ok());
        }
        assert_eq!(Types::parse(Types::default_texts()).unwrap(), Types::default());
    }

    #[test]
    fn text_is_compressed_and_what_is_compressed_is_not() {
        let compressible = [
            "text/html",
            "text/html; charset=utf-8",
            "TEXT/CSS",
            "application/json",
            "application/json ;charset=utf-8",
            "application/ld+json",
            "application/problem+json; charset=utf-8",
            "image/svg+xml",
            "application/javascript; charset=UTF-8",
            "application/manifest+json",
            "application/wasm",
            "application/x-ndjson",
            "font/ttf",
        ];
        let not = [
            "text/event-stream",
            "text/event-stream; charset=utf-8",
            "image/png",
            "image/vnd.microsoft.icon",
            "video/mp4",
            "font/woff2",
            "application/gzip",
            "application/zip",
            "application/octet-stream",
            "application/pdf",
            "application/jsonx",
            "",
        ];
        let types = Types::default();
        for kind in compressible {
            assert!(types.contains(kind), "{kind}");
        }
        for kind in not {
            assert!(!types.contains(kind), "{kind}");
            assert!(!Types::all().contains(kind) || !kind.contains("event-stream"));
        }
    }

    #[test]
    fn names_what_is_no_type() {
        for text in ["", "json", "*/*", "text/", "+", "a/b/c", "text/html;charset=x", "text/ht ml"] {
            let error = Types::parse([text]).unwrap_err();
            assert!(error.starts_with(&format!("`{text}`: expected a media type")), "{error}");
        }
    }
}
