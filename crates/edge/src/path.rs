//! Path patterns of rules: `/health`, `/api/*`, `/posts/:id/comments`.
//!
//! A pattern is compared segment by segment: `:name` stands for one segment, a final `*` for all that is left (also nothing: `/api/*` is
//! `/api/`, and `/api` as well).
//!
//! # What a path may be read as
//! Routers decode percent-escapes, but do not agree on when: find-my-way takes the path apart first and so has `a%2Fb` as one parameter,
//! others decode first. And Fastify 4 ends the path at a `;`. A rule that limits must hold however the app reads the path
//! ([`Pattern::matches`]: any reading), and one that exempts only where there is no doubt ([`Pattern::surely_matches`]: every
//! reading). An app that ignores case or slashes (`caseSensitive: false`, `ignoreTrailingSlash`) is not known of here.

use std::borrow::Cow;
use std::str::FromStr;

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Exactly(String),
    Any,
}

impl Pattern {
    /// `/*`: every path.
    pub fn all() -> Pattern {
        Pattern { text: "/*".to_owned(), segments: Vec::new(), open: true }
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the rule is about this path in any reading. It is as the client wrote it and without its query.
    pub fn matches(&self, path: &str) -> bool {
        readings(path).any(|(path, decoded)| self.is(path, decoded))
    }

    /// Whether the rule is about this path in every reading.
    pub fn surely_matches(&self, path: &str) -> bool {
        readings(path).all(|(path, decoded)| self.is(path, decoded))
    }

    fn is(&self, path: &str, decoded_first: bool) -> bool {
        let path = if decoded_first { decoded(path) } else { Cow::Borrowed(path) };
        let mut rest = path.strip_prefix('/').unwrap_or(&path).split('/');
        for segment in &self.segments {
            match (segment, rest.next()) {
                (Segment::Exactly(expected), Some(actual)) if *expected == decoded(actual) => {}
                (Segment::Any, Some(actual)) if !actual.is_empty() => {}
                _ => return false,
            }
        }
        self.open || rest.next().is_none()
    }
}

/// The path as written and up to its `;`, each taken apart before and after it is decoded.
fn readings(path: &str) -> impl Iterator<Item = (&str, bool)> {
    let before_semicolon = path.split(';').next().unwrap_or(path);
    let paths = if before_semicolon.len() == path.len() { [Some(path), None] } else { [Some(path), Some(before_semicolon)] };
    let decodes = path.contains('%');
    paths.into_iter().flatten().flat_map(move |path| [(path, false), (path, true)].into_iter().take(if decodes { 2 } else { 1 }))
}

impl FromStr for Pattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Pattern, &'static str> {
        let path = text.strip_prefix('/').ok_or("a path that begins with `/`, such as `/api/*`")?;
        let (path, open) = match path.strip_suffix('*') {
            Some("") => return Ok(Pattern { text: text.to_owned(), segments: Vec::new(), open: true }),
            Some(path) => (path.strip_suffix('/').ok_or("`*` only as the whole last segment, such as `/api/*`")?, true),
            None => (path, false),
        };
        if path.contains(['*', '?', '#']) {
            return Err("a path without `?` and `#`, with `*` only as its last segment");
        }
        let segment = |text: &str| match text.strip_prefix(':') {
            Some(_) => Segment::Any,
            None => Segment::Exactly(text.to_owned()),
        };
        // Decoded before it is taken apart, as the path is.
        Ok(Pattern { text: text.to_owned(), segments: decoded(path).split('/').map(segment).collect(), open })
    }
}

/// The path with its percent-escapes decoded; as it is when they are not UTF-8.
pub fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = path.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let escape = match (byte, bytes.get(at + 1), bytes.get(at + 2)) {
            (b'%', Some(&high), Some(&low)) => hex(high).zip(hex(low)),
            _ => None,
        };
        out.push(escape.map_or(byte, |(high, low)| high << 4 | low));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_segment_by_segment() {
        let cases = [
            ("/", "/", true),
            ("/", "/a", false),
            ("/*", "/", true),
            ("/*", "/a/b", true),
            ("/health", "/health", true),
            ("/health", "/health/", false),
            ("/health", "/healthy", false),
            ("/api/*", "/api", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api/a/b", true),
            ("/api/*", "/apis", false),
            ("/posts/:id", "/posts/1", true),
            ("/posts/:id", "/posts/", false),
            ("/posts/:id", "/posts/a%2Fb", true),
            ("/posts/:id", "/posts/1;x", true),
            ("/posts/:id/comments", "/posts/1/comments", true),
            ("/api/expensive", "/api/%65xpensive", true),
            ("/api/expensive", "/api%2Fexpensive", true),
            ("/a%20b", "/a b", true),
            ("/a%2Fb", "/a/b", true),
            ("/caf\u{e9}", "/caf%C3%A9", true),
            ("/%ff", "/%ff", true),
            ("/100%", "/100%", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(pattern.parse::<Pattern>().unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn exempts_only_without_doubt() {
        let cases = [
            ("/hooks/*", "/hooks/pay", true),
            ("/hooks/*", "/hooks/p%61y", true),
            ("/hooks/*", "/hooks%2Fpay", false),
            ("/hooks", "/hooks;x", false),
            ("/hooks/*", "/hooks/pay;x", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(pattern.parse::<Pattern>().unwrap().surely_matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for text in ["", "api", "/a*", "/*/b", "/a?b=c", "*"] {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
    }
}
