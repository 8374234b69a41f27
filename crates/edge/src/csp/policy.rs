//! From directives and hashes to the text of a policy.

use http::HeaderValue;

use super::directive::{self, Kind};
use super::{Directives, Error, Inline};

/// Directives that a script may be governed by.
const SCRIPT_DIRECTIVES: [&str; 3] = ["script-src", "script-src-elem", "script-src-attr"];

/// What is wrong with the directives one by one.
pub(super) fn problems(directives: &Directives) -> Vec<Error> {
    let check = |(name, values): &(String, Vec<String>)| {
        let result = directive::kind(name).and_then(|kind| directive::check(kind, values));
        result.err().map(|message| Error { place: name.clone(), message })
    };
    directives.0.iter().filter_map(check).collect()
}

/// What would let a script run that someone injected into a page.
pub(super) fn holes(directives: &Directives) -> Vec<Error> {
    let mut names = SCRIPT_DIRECTIVES.to_vec();
    if directives.get("script-src").is_none() && SCRIPT_DIRECTIVES[1..].iter().any(|name| directives.get(name).is_none()) {
        names.push("default-src");
    }
    let hole = |name: &&str| {
        let values = directives.get(name)?;
        let message = values.iter().find_map(|value| why_not(value))?;
        let governs = if *name == "default-src" { " (there is no `script-src`, so it is what governs scripts)" } else { "" };
        Some(Error { place: (*name).to_owned(), message: format!("{message}{governs}") })
    };
    names.iter().filter_map(hole).collect()
}

fn why_not(source: &str) -> Option<String> {
    let instead = "what the policy is there to stop. Name the file it comes from in `templates` or its text in `inline_scripts`, \
                   and an inline script is allowed by its hash";
    match &*source.to_ascii_lowercase() {
        "'unsafe-inline'" => Some(format!("`{source}` would run any script that someone injects into a page, {instead}")),
        "data:" => Some(format!("`{source}` would run any script that someone injects as a `data:` address, {instead}")),
        _ => None,
    }
}

/// The policy as it is sent.
pub(super) fn write(directives: &Directives, inline: &Inline) -> Result<HeaderValue, Error> {
    let mut written = directives.clone();
    allow(&mut written, &["script-src-elem", "script-src", "default-src"], "script-src", &inline.scripts);
    allow(&mut written, &["style-src-elem", "style-src", "default-src"], "style-src", &inline.styles);
    allow_attributes(&mut written, directives, &inline.style_attributes);
    let directive = |(name, values): &(String, Vec<String>)| match (values.is_empty(), directive::kind(name)) {
        // An empty list of sources means the same and reads as an oversight.
        (true, Ok(Kind::Sources | Kind::Ancestors)) => format!("{name} 'none'"),
        (true, _) => name.clone(),
        _ => format!("{name} {}", values.join(" ")),
    };
    let text = written.0.iter().map(directive).collect::<Vec<_>>().join("; ");
    HeaderValue::from_str(&text).map_err(|_| Error { place: "directives".to_owned(), message: format!("`{text}` is no header") })
}

/// Adds hashes to the directive that governs: the first of these that there is. A `default-src` is not widened for all kinds of
/// things; what it says is copied. Where nothing governs everything is allowed.
fn allow(directives: &mut Directives, governing: &[&str], own: &str, hashes: &[String]) {
    let Some(name) = governing.iter().find(|name| directives.get(name).is_some()) else { return };
    let sources = directives.get(name).unwrap_or_default().to_vec();
    if hashes.is_empty() || allows_all_inline(&sources) {
        return;
    }
    let name = if *name == "default-src" { own } else { name };
    directives.set(name, with(sources, hashes));
}

/// `style` attributes are allowed by hash only beside `'unsafe-hashes'`, which therefore goes into a directive of its own: in
/// `style-src` it would be about `<style>` too.
fn allow_attributes(written: &mut Directives, directives: &Directives, hashes: &[String]) {
    let governing = ["style-src-attr", "style-src", "default-src"];
    let Some(sources) = governing.iter().find_map(|name| directives.get(name)) else { return };
    if hashes.is_empty() || allows_all_inline(sources) {
        return;
    }
    let sources = with(sources.to_vec(), &["'unsafe-hashes'".to_owned()]);
    written.set("style-src-attr", with(sources, hashes));
}

/// A hash beside `'unsafe-inline'` would make browsers ignore the latter, so that less is allowed than before.
fn allows_all_inline(sources: &[String]) -> bool {
    let is_hash = |source: &String| source.starts_with("'sha");
    sources.iter().any(|source| source == "'unsafe-inline'") && !sources.iter().any(is_hash)
}

fn with(mut sources: Vec<String>, more: &[String]) -> Vec<String> {
    sources.retain(|source| source != "'none'");
    for source in more {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    sources
}
