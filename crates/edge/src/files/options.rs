//! The options of a plug-in call, checked once.
//!
//! Options that concern routes (`prefix`, `wildcard`, `decorateReply`, …) are JavaScript's and ignored here.

use std::path::{Path, PathBuf};

use http::HeaderValue;
use serde_json::{Map, Value};

/// Upstream's bound of `maxAge`: a year.
const MAX_AGE_MILLIS: f64 = 60.0 * 60.0 * 24.0 * 365.0 * 1000.0;

/// Units of an age written as text (`@lukeed/ms`), by their first letters.
const UNITS: [(&str, f64); 8] =
    [("ms", 1.0), ("mil", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7), ("w", 6.048e8), ("y", 3.155_76e10)];

/// Options by which an app decides how long files may be cached. `setHeaders` is a function, of which JavaScript says that it is there.
const CACHING: [&str; 5] = ["cacheControl", "maxAge", "maxage", "immutable", "setHeaders"];

/// What to do with a path that has a segment starting with a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dotfiles {
    Allow,
    Deny,
    Ignore,
}

/// Checked options of a mount.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) roots: Vec<PathBuf>,
    pub(super) index: Vec<String>,
    /// Whether a directory without its slash is answered with its index: upstream does so for a list or the default only.
    pub(super) index_without_slash: bool,
    pub(super) extensions: Vec<String>,
    pub(super) dotfiles: Dotfiles,
    pub(super) etag: bool,
    pub(super) last_modified: bool,
    pub(super) accept_ranges: bool,
    pub(super) cache_control: bool,
    pub(super) cache_control_value: HeaderValue,
    pub(super) redirect: bool,
    pub(super) pre_compressed: bool,
    /// The app said something about compressed neighbours, about how long files may be cached: the host has no say in it then.
    pub(super) chose_neighbours: bool,
    pub(super) chose_caching: bool,
}

impl Options {
    pub(super) fn parse(value: &Value) -> Result<Self, String> {
        let options = value.as_object().ok_or("the options must be an object")?;
        if options.get("list").is_some_and(truthy) {
            return Err("the option `list` (directory listings) is not supported by ssr-host".into());
        }
        let index = options.get("index").filter(|value| !value.is_null());
        Ok(Options {
            roots: roots(options)?,
            index: index.map_or(Ok(vec!["index.html".into()]), |value| names(value, "index"))?,
            index_without_slash: index.is_none_or(Value::is_array),
            extensions: given(options, "extensions").map_or(Ok(Vec::new()), |value| names(value, "extensions"))?,
            dotfiles: dotfiles(options)?,
            etag: flag(options, "etag", true),
            last_modified: flag(options, "lastModified", true),
            accept_ranges: flag(options, "acceptRanges", true),
            cache_control: flag(options, "cacheControl", true),
            cache_control_value: cache_control(options)?,
            redirect: options.get("redirect") == Some(&Value::Bool(true)),
            pre_compressed: flag(options, "preCompressed", false),
            chose_neighbours: given(options, "preCompressed").is_some(),
            chose_caching: CACHING.iter().any(|name| given(options, name).is_some()),
        })
    }
}

fn given<'a>(options: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    options.get(name).filter(|value| !value.is_null())
}

fn flag(options: &Map<String, Value>, name: &str, default: bool) -> bool {
    given(options, name).map_or(default, truthy)
}

/// JavaScript's `Boolean(value)`.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// `normalizeList`: a string, a list of strings, or false.
fn names(value: &Value, option: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("{option} option must be array of strings or false");
    match value {
        Value::String(name) => Ok(vec![name.clone()]),
        Value::Bool(false) => Ok(Vec::new()),
        Value::Array(list) => list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect(),
        _ => Err(wrong()),
    }
}

fn roots(options: &Map<String, Value>) -> Result<Vec<PathBuf>, String> {
    match given(options, "root") {
        None => Err("\"root\" option is required".into()),
        Some(Value::String(path)) => Ok(vec![root(path)?]),
        Some(Value::Array(paths)) if paths.is_empty() => Err("\"root\" option array requires one or more paths".into()),
        Some(Value::Array(paths)) => {
            let roots = paths.iter().map(|path| root(path.as_str().ok_or("\"root\" option must be a string")?));
            let roots = roots.collect::<Result<Vec<_>, String>>()?;
            match roots.iter().enumerate().any(|(i, root)| roots[..i].contains(root)) {
                true => Err("\"root\" option array contains one or more duplicate paths".into()),
                false => Ok(roots),
            }
        }
        Some(_) => Err("\"root\" option must be a string or array of strings".into()),
    }
}

fn root(path: &str) -> Result<PathBuf, String> {
    let root = Path::new(path);
    if !root.is_absolute() {
        return Err(format!("\"root\" option must be an absolute path, not \"{path}\""));
    }
    match std::fs::metadata(root) {
        Ok(meta) if meta.is_dir() => Ok(root.to_owned()),
        Ok(_) => Err(format!("\"root\" option must point to a directory: \"{path}\" is a file")),
        Err(error) => Err(format!("\"root\" path \"{path}\" must exist: {error}")),
    }
}

fn dotfiles(options: &Map<String, Value>) -> Result<Dotfiles, String> {
    match given(options, "dotfiles").map(Value::as_str) {
        None | Some(Some("allow")) => Ok(Dotfiles::Allow),
        Some(Some("deny")) => Ok(Dotfiles::Deny),
        Some(Some("ignore")) => Ok(Dotfiles::Ignore),
        Some(_) => Err("dotfiles option must be \"allow\", \"deny\", or \"ignore\"".into()),
    }
}

fn cache_control(options: &Map<String, Value>) -> Result<HeaderValue, String> {
    let age = given(options, "maxAge").filter(|value| truthy(value)).or_else(|| given(options, "maxage"));
    let millis = match age {
        None => 0.0,
        Some(Value::String(text)) => {
            parse_age(text).ok_or_else(|| format!("maxAge option \"{text}\" is not a time such as \"1d\""))?
        }
        Some(value) => value.as_f64().unwrap_or(0.0),
    };
    let seconds = (millis.clamp(0.0, MAX_AGE_MILLIS) / 1000.0).floor();
    let immutable = if flag(options, "immutable", false) { ", immutable" } else { "" };
    HeaderValue::try_from(format!("public, max-age={seconds}{immutable}")).map_err(|error| error.to_string())
}

/// `"2 days"` in milliseconds.
fn parse_age(text: &str) -> Option<f64> {
    let split = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-')).unwrap_or(text.len());
    let number: f64 = text[..split].parse().ok()?;
    let unit = text[split..].trim().to_ascii_lowercase();
    let factor = if unit.is_empty() { 1.0 } else { UNITS.iter().find(|(name, _)| unit.starts_with(name))?.1 };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_the_option_that_is_wrong() {
        let file = std::env::current_exe().unwrap();
        let cases = [
            (json!({}), "\"root\" option is required"),
            (json!({"root": "relative"}), "absolute"),
            (json!({"root": "/does/not/exist"}), "\"/does/not/exist\" must exist"),
            (json!({"root": file.to_str()}), "must point to a directory"),
            (json!({"root": []}), "one or more"),
            (json!({"root": ["/", "/"]}), "duplicate"),
            (json!({"root": 1}), "string or array"),
            (json!({"root": "/", "dotfiles": "x"}), "dotfiles option"),
            (json!({"root": "/", "index": 1}), "index option"),
            (json!({"root": "/", "extensions": [1]}), "extensions option"),
            (json!({"root": "/", "maxAge": "soon"}), "maxAge option"),
            (json!({"root": "/", "list": true}), "not supported by ssr-host"),
        ];
        for (options, expected) in cases {
            let error = Options::parse(&options).unwrap_err();
            assert!(error.contains(expected), "{options}: {error}");
        }
    }

    #[test]
    fn reads_ages_as_lukeed_ms() {
        for (text, millis) in [
            ("1d", 8.64e7),
            ("2 days", 1.728e8),
            ("10ms", 10.0),
            ("5m", 3e5),
            ("1.5h", 5.4e6),
            ("100", 100.0),
            ("1y", 3.155_76e10),
        ] {
            assert_eq!(parse_age(text), Some(millis), "{text}");
        }
        assert_eq!(parse_age("d"), None);
    }
}
