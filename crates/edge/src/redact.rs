//! What a log may say of a URL: everything but the values of query parameters that are secrets by their name.
//!
//! People put tokens into links (password resets, signed URLs, OAuth codes), and logs are read by more people than such a link is for.

use std::borrow::Cow;
use std::sync::OnceLock;

use http::Uri;

/// What a value is replaced with.
pub const MASK: &str = "***";

/// Names of parameters whose values are not logged, unless the operator chooses others. A longer name counts when it ends in one of
/// these as a word: `user_token`, `apiKey`, `X-Amz-Signature`.
pub const NAMES: [&str; 17] = [
    "auth",
    "code",
    "cookie",
    "credential",
    "hash",
    "hmac",
    "jwt",
    "key",
    "otp",
    "passwd",
    "password",
    "pin",
    "secret",
    "session",
    "sig",
    "signature",
    "token",
];

static CHOSEN: OnceLock<Vec<String>> = OnceLock::new();

/// Chooses the names for this process. The first call counts.
pub fn choose(names: &[String]) {
    let _ = CHOSEN.set(names.iter().map(|name| name.to_ascii_lowercase()).collect());
}

/// The path and the query of a request as a log may show them.
pub fn target(uri: &Uri) -> Cow<'_, str> {
    match uri.path_and_query() {
        None => Cow::Owned(uri.to_string()),
        Some(target) => {
            let shown = match (target.query(), CHOSEN.get()) {
                (None, _) => None,
                (Some(query), Some(names)) => masked(target.path(), query, |word| names.iter().any(|name| name == word)),
                (Some(query), None) => masked(target.path(), query, |word| NAMES.contains(&word)),
            };
            shown.map_or(Cow::Borrowed(target.as_str()), Cow::Owned)
        }
    }
}

/// The target with masks; `None`: it needs none.
fn masked(path: &str, query: &str, is_secret: impl Fn(&str) -> bool) -> Option<String> {
    let hides =
        |pair: &str| pair.split_once('=').is_some_and(|(name, value)| !value.is_empty() && names_secret(name, &is_secret));
    if !query.split('&').any(hides) {
        return None;
    }
    let mut text = format!("{path}?");
    for (at, pair) in query.split('&').enumerate() {
        if at > 0 {
            text.push('&');
        }
        text.push_str(if hides(pair) { &pair[..=pair.find('=').unwrap_or(0)] } else { pair });
        if hides(pair) {
            text.push_str(MASK);
        }
    }
    Some(text)
}

/// Whether a name is one of a secret, or ends in such a word. `%5f` and the like are read as what they stand for, as the app does it.
fn names_secret(name: &str, is_secret: &impl Fn(&str) -> bool) -> bool {
    let name = decoded(name);
    if is_secret(&name.to_ascii_lowercase()) {
        return true;
    }
    // The last word: behind the last character that is no letter or digit (`filter[token]` ends in one), or from the last capital
    // that follows a small letter.
    let trimmed = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let from = trimmed.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let word = &trimmed[from..];
    let bytes = word.as_bytes();
    let capital = (1..bytes.len()).rev().find(|at| bytes[*at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
    is_secret(&word.to_ascii_lowercase()) || capital.is_some_and(|at| is_secret(&word[at..].to_ascii_lowercase()))
}

/// A name without its percent signs; what is no ASCII then is no name of ours either.
fn decoded(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return Cow::Borrowed(name);
    }
    let hex = |digit: u8| char::from(digit).to_digit(16);
    let bytes = name.as_bytes();
    let (mut text, mut at) = (String::with_capacity(name.len()), 0);
    while at < bytes.len() {
        let code =
            (bytes[at] == b'%' && at + 2 < bytes.len()).then(|| Some(hex(bytes[at + 1])? * 16 + hex(bytes[at + 2])?)).flatten();
        match code {
            Some(code) => {
                text.push(u8::try_from(code).map_or('?', char::from));
                at += 3;
            }
            None => {
                text.push(if bytes[at].is_ascii() { char::from(bytes[at]) } else { '?' });
                at += 1;
            }
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        target(&text.parse().unwrap()).into_owned()
    }

    #[test]
    fn secrets_are_told_by_their_names() {
        let cases = [
            ("/reset?token=abc", "/reset?token=***"),
            ("/?TOKEN=abc&page=2", "/?TOKEN=***&page=2"),
            ("/cb?code=x&state=y", "/cb?code=***&state=y"),
            ("/?apiKey=1&api_key=2&api-key=3", "/?apiKey=***&api_key=***&api-key=***"),
            ("/?X-Amz-Signature=1&X-Amz-Date=2", "/?X-Amz-Signature=***&X-Amz-Date=2"),
            ("/?user%5Ftoken=1&%74oken=2", "/?user%5Ftoken=***&%74oken=***"),
            ("/?filter[token]=1&accessToken=2", "/?filter[token]=***&accessToken=***"),
            ("/?token=a=b", "/?token=***"),
            ("/?token=&token", "/?token=&token"),
            ("/?a&b=&c=%zz&token=1", "/?a&b=&c=%zz&token=***"),
            ("/?keyword=1&monkey=2&tokens=3&pinned=4", "/?keyword=1&monkey=2&tokens=3&pinned=4"),
            ("/token=1?q=%", "/token=1?q=%"),
            ("/", "/"),
        ];
        for (target, expected) in cases {
            assert_eq!(shown(target), expected);
        }
    }

    #[test]
    fn what_needs_no_mask_is_not_copied() {
        assert!(matches!(target(&"/a?b=c".parse().unwrap()), Cow::Borrowed("/a?b=c")));
        assert_eq!(shown("http://a.example/b?token=1"), "/b?token=***");
    }
}
