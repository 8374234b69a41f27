//! What the cache has names for.

use super::super::super::setting::{Hint, Written, written};
use http::HeaderName;

/// Longest name of a build, in characters: it is a part of every key.
const LONGEST_BUILD_ID: usize = 64;

/// The name of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieName(pub String);

impl Written for CookieName {
    fn expected() -> String {
        "the name of a cookie such as `theme`".into()
    }

    /// The same characters as in the name of a header (RFC 6265 section 4.1.1), but they have a case.
    fn parse(text: &str) -> Result<Self, Hint> {
        match text.parse::<HeaderName>() {
            Ok(_) => Ok(CookieName(text.to_owned())),
            Err(_) if text.contains('=') => Err("its name alone, without `=` and a value".to_owned().into()),
            Err(_) => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(CookieName);

/// The name of a query parameter, decoded, or what several begin with: `utm_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter(pub String);

impl Written for Parameter {
    fn expected() -> String {
        "the name of a query parameter such as `fbclid`, or the beginning of some such as `utm_*`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let name = text.strip_suffix('*').unwrap_or(text);
        if name.contains('*') {
            return Err("`*` stands for any rest of a name, and so only at its end".to_owned().into());
        }
        let plain = !text.is_empty() && !name.contains(['?', '&', '=', '#']) && !name.contains(char::is_control);
        if plain { Ok(Parameter(text.to_owned())) } else { Err(Hint::default()) }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Parameter);

/// A tag: what can stand between the commas of `Cache-Tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(pub String);

impl Written for Tag {
    fn expected() -> String {
        "a tag such as `products`, without spaces and commas".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
        if plain { Ok(Tag(text.to_owned())) } else { Err(Hint::default()) }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Tag);

/// What a build of the app is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildId(pub String);

impl Written for BuildId {
    fn expected() -> String {
        format!("the name of a build such as `4f1c0d2`, without spaces, at most {LONGEST_BUILD_ID} characters")
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let plain = (1..=LONGEST_BUILD_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(BuildId(text.to_owned())) } else { Err(Hint::default()) }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(BuildId);
