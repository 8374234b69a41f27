//! `[csp]`: the content security policy.

use std::path::PathBuf;

use edge::path::Pattern;

use super::super::declare::{meant, settings};
use super::super::setting::{Hint, Map, Range, Reading, Setting, Written, written};
use super::super::tree::{Data, Origin, Value};
use super::checks::Checks;

settings! {
    /// The content security policy.
    pub struct Csp {
        /// Send a policy where the app has sent none.
        enabled: bool = false,
        /// Replace the app's own policy.
        r#override: bool = false,
        /// Only report what it would refuse (`Content-Security-Policy-Report-Only`).
        report_only: bool = false,
        /// Files whose inline `<script>` and `<style>` are allowed, by hash.
        templates: Vec<PathBuf> = [],
        /// Texts of inline scripts that are allowed, by hash.
        inline_scripts: Vec<String> = [],
        /// Hashes of further inline scripts, such as `'sha256-…'`.
        hashes: Vec<Hash> = [],
        /// Other policies for some paths: the first that matches holds.
        rules: Vec<CspRule> = [],
        /// The policy: each directive with its sources. What is set here is added to the default; `false` leaves a directive out.
        directives: Map<Directive, Option<Sources>> = {
            "default-src" = ["'self'"],
            "base-uri" = ["'none'"],
            "object-src" = ["'none'"],
            "frame-ancestors" = ["'self'"],
            "form-action" = ["'self'"],
            "img-src" = ["'self'", "data:"]
        },
    }
}

settings! {
    /// What differs for some paths.
    pub struct CspRule {
        /// Which paths.
        path: Pattern = required,
        /// As `csp.enabled`.
        enabled: Option<bool> = (unset "as for all paths"),
        /// As `csp.report_only`.
        report_only: Option<bool> = (unset "as for all paths"),
        /// Directives that replace those of the same name.
        directives: Map<Directive, Option<Sources>> = {},
    }
}

/// Sources that mean something only in single quotes; without them they are names of hosts.
const KEYWORDS: [&str; 13] = [
    "self",
    "none",
    "unsafe-inline",
    "unsafe-eval",
    "strict-dynamic",
    "unsafe-hashes",
    "report-sample",
    "wasm-unsafe-eval",
    "inline-speculation-rules",
    "report-sha256",
    "report-sha384",
    "report-sha512",
    "trusted-types-eval",
];

/// The name of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive(pub String);

impl Written for Directive {
    fn expected() -> String {
        "a directive such as `script-src`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let known: Vec<_> = edge::csp::names().collect();
        if known.contains(&text) { Ok(Directive(text.to_owned())) } else { Err(meant(text, &known)) }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Directive);

/// The sources of a directive: a list, or one text as in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources(pub Vec<String>);

impl Setting for Sources {
    fn expected(_: Range) -> String {
        "a list of sources such as `[\"'self'\", \"https://cdn.example\"]`".into()
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let texts: Option<Vec<&str>> = match &value.data {
            Data::List(items) => items.iter().map(Value::text).collect(),
            _ => value.text().map(|text| text.split_whitespace().collect()),
        };
        let Some(texts) = texts else {
            reading.wrong_kind(value, Self::expected(range));
            return None;
        };
        let wrong: Vec<_> = texts.iter().filter_map(|text| wrong_source(text).map(|hint| (text, hint))).collect();
        for (text, hint) in &wrong {
            reading.refuse(value, format!("has the source `{text}`")).hint(hint.as_str());
        }
        wrong.is_empty().then(|| Sources(texts.into_iter().map(str::to_owned).collect()))
    }

    fn write(&self) -> Option<Data> {
        let item = |source: &String| Value { data: Data::Text(source.clone()), origin: Origin::Default };
        Some(Data::List(self.0.iter().map(item).collect()))
    }

    fn is_off(value: &Value) -> bool {
        value.data == Data::Bool(false) || value.word() == Some("false")
    }
}

/// Why a text cannot be a source.
fn wrong_source(text: &str) -> Option<String> {
    if text.is_empty() || text.contains([';', ',']) || text.contains(char::is_whitespace) {
        return Some("a source has no spaces, `;` or `,`: each is an item of the list".into());
    }
    let quoted = ["nonce-", "sha256-", "sha384-", "sha512-"].iter().any(|start| text.starts_with(start));
    (quoted || KEYWORDS.contains(&text)).then(|| format!("in single quotes, which are part of it: `'{text}'`"))
}

/// The hash of an inline script, with its single quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash(pub String);

impl Written for Hash {
    fn expected() -> String {
        "a hash such as `'sha256-…'`, in base64".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let plain = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
        // Digests of 32, 48 and 64 bytes in base64.
        let known = [("sha256-", 44), ("sha384-", 64), ("sha512-", 88)];
        let base64 = |digest: &str| digest.chars().all(|c| c.is_ascii_alphanumeric() || "+/-_=".contains(c));
        let is_hash = |(start, length)| plain.strip_prefix(start).is_some_and(|digest| digest.len() == length && base64(digest));
        if known.into_iter().any(is_hash) { Ok(Hash(format!("'{plain}'"))) } else { Err(Hint::default()) }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Hash);

impl Csp {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        for (i, template) in self.templates.iter().enumerate() {
            checks.file(&format!("csp.templates[{i}]"), Some(template));
        }
    }
}
