//! Which attribute values may stand where a URL can stand: DOMPurify's `ALLOWED_URI_REGEXP`, its default and the app's own.
//!
//! An app's `RegExp` is translated to the `regex` crate, which has no look-around and no back-references;
//! an expression that needs them is refused rather than approximated.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;
use serde::Deserialize;

use super::Error;

/// A JavaScript `RegExp`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsRegExp {
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) flags: String,
}

#[derive(Debug)]
pub(super) enum UriRule {
    Default,
    Custom(Regex),
}

impl UriRule {
    pub(super) fn new(custom: Option<&JsRegExp>) -> Result<Self, Error> {
        custom.map_or(Ok(Self::Default), |regexp| translate(regexp).map(Self::Custom))
    }

    /// Judges a value whose white space has been taken out with [`compact`].
    pub(super) fn allows(&self, compact: &str) -> bool {
        match self {
            Self::Default => allowed_by_default(compact),
            Self::Custom(regex) => regex.is_match(compact),
        }
    }
}

const SCHEMES: [&str; 11] = ["http", "https", "ftp", "ftps", "mailto", "tel", "callto", "sms", "cid", "xmpp", "matrix"];

/// dompurify/src/regexp.ts, `IS_ALLOWED_URI`:
/// `/^(?:(?:(?:f|ht)tps?|mailto|tel|callto|sms|cid|xmpp|matrix):|[^a-z]|[a-z+.\-]+(?:[^a-z+.\-:]|$))/i`
fn allowed_by_default(value: &str) -> bool {
    let Some(first) = value.chars().next() else {
        return false;
    };
    if !first.is_ascii_alphabetic() {
        return true;
    }
    let is_scheme = |c: char| c.is_ascii_alphabetic() || matches!(c, '+' | '.' | '-');
    match value.split_once(|c| !is_scheme(c)) {
        Some((scheme, _)) if value.as_bytes()[scheme.len()] == b':' => {
            SCHEMES.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme))
        }
        _ => true,
    }
}

/// dompurify/src/regexp.ts, `IS_SCRIPT_OR_DATA`: `/^(?:\w+script|data):/i`
pub(super) fn is_script_or_data(compact: &str) -> bool {
    let Some((scheme, _)) = compact.split_once(':') else {
        return false;
    };
    let scheme = scheme.to_ascii_lowercase();
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    scheme == "data" || scheme.strip_suffix("script").is_some_and(word)
}

/// Takes white space out: dompurify/src/regexp.ts, `ATTR_WHITESPACE`.
pub(super) fn compact(value: &str) -> String {
    let is_white = |c: char| matches!(c, '\0'..='\u{20}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{2029}' | '\u{205f}' | '\u{3000}');
    value.chars().filter(|&c| !is_white(c)).collect()
}

fn unsupported(what: &str) -> Error {
    Error::Options(format!("ALLOWED_URI_REGEXP with {what} is not supported by ssr-host"))
}

fn translate(regexp: &JsRegExp) -> Result<Regex, Error> {
    let mut pattern = String::from("(?");
    for flag in regexp.flags.chars() {
        match flag {
            'i' | 's' | 'm' => pattern.push(flag),
            // DOMPurify starts every test at index 0, so these change nothing for a single test.
            'g' | 'd' | 'u' => {}
            other => return Err(unsupported(&format!("the flag {other}"))),
        }
    }
    if pattern.len() == 2 {
        pattern.clear();
    } else {
        pattern.push(')');
    }
    let mut chars = regexp.source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => pattern.push_str(&escape(&mut chars, false)?),
            '[' => class(&mut chars, &mut pattern)?,
            '(' => group(&mut chars, &mut pattern)?,
            '^' | '$' | '|' | '.' | '*' | '+' | '?' | ')' | '{' | '}' => pattern.push(c),
            other => pattern.push_str(&regex::escape(&other.to_string())),
        }
    }
    Regex::new(&pattern).map_err(|_| unsupported(&format!("/{}/{}", regexp.source, regexp.flags)))
}

fn group(chars: &mut Peekable<Chars<'_>>, pattern: &mut String) -> Result<(), Error> {
    pattern.push('(');
    if chars.next_if_eq(&'?').is_some() {
        match chars.next() {
            Some(':') => pattern.push_str("?:"),
            _ => return Err(unsupported("look-around or a named group")),
        }
    }
    Ok(())
}

fn class(chars: &mut Peekable<Chars<'_>>, pattern: &mut String) -> Result<(), Error> {
    pattern.push('[');
    if chars.next_if_eq(&'^').is_some() {
        pattern.push('^');
    }
    if chars.peek() == Some(&']') {
        return Err(unsupported("an empty class"));
    }
    // A hyphen is a range only between two single characters; elsewhere it stands for itself.
    let mut after_single = false;
    while let Some(c) = chars.next() {
        match c {
            ']' => {
                pattern.push(']');
                return Ok(());
            }
            '-' if after_single && chars.peek().is_some_and(|next| !matches!(next, ']' | '\\')) => {
                pattern.push('-');
                let end = chars.next().unwrap_or_default();
                pattern.push_str(&literal(end));
                after_single = false;
            }
            '\\' => {
                let escaped = escape(chars, true)?;
                after_single = escaped.starts_with('\\') || escaped.chars().count() == 1;
                pattern.push_str(&escaped);
            }
            other => {
                pattern.push_str(&literal(other));
                after_single = true;
            }
        }
    }
    Err(unsupported("an unclosed class"))
}

fn literal(c: char) -> String {
    if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() }
}

/// Translates one escape; `\d`, `\w` and `\s` mean less in JavaScript than in the `regex` crate.
fn escape(chars: &mut Peekable<Chars<'_>>, in_class: bool) -> Result<String, Error> {
    let c = chars.next().ok_or_else(|| unsupported("a lone backslash"))?;
    Ok(match c {
        'd' => "[0-9]".into(),
        'D' => "[^0-9]".into(),
        'w' => "[A-Za-z0-9_]".into(),
        'W' => "[^A-Za-z0-9_]".into(),
        's' => "[\\s\\x{feff}]".into(),
        'S' => "[^\\s\\x{feff}]".into(),
        't' | 'n' | 'r' | 'f' | 'v' => format!("\\{c}"),
        'b' if !in_class => "(?-u:\\b)".into(),
        'x' => code_point(chars, 2)?,
        'u' => code_point(chars, 4)?,
        c if c.is_ascii_punctuation() => literal(c),
        other => return Err(unsupported(&format!("\\{other}"))),
    })
}

fn code_point(chars: &mut Peekable<Chars<'_>>, digits: usize) -> Result<String, Error> {
    let hex: String = chars.by_ref().take(digits).collect();
    if hex.len() == digits && hex.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(format!("\\x{{{hex}}}"))
    } else {
        Err(unsupported("an unusual \\u or \\x escape"))
    }
}
