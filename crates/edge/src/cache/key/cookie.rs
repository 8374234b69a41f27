//! Cookies as the `cookie` package takes a header apart: at each `;`, then at the first `=`, without the spaces around.

use http::HeaderMap;
use http::header::COOKIE;

/// Names and values of a header line. What has no `=` is no cookie.
pub(in crate::cache) fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    line.split(|byte| *byte == b';').filter_map(pair)
}

fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr::memchr(b'=', text)?;
    Some((text[..equals].trim_ascii(), text[equals + 1..].trim_ascii()))
}

/// The values of all cookies of this name, in order and not decoded. `None`: parsers may disagree on them.
///
/// The package takes the first; another one may take the last.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &str) -> Option<impl Iterator<Item = &'a [u8]>> {
    let mut lines = headers.get_all(COOKIE).iter();
    let line = lines.next().map_or(&[][..], http::HeaderValue::as_bytes);
    // A header's bytes are characters to JavaScript, so a name beyond ASCII is not its own bytes.
    if lines.next().is_some() || !name.is_ascii() || is_odd(line) {
        return None;
    }
    Some(pairs(line).filter(move |(key, _)| *key == name.as_bytes()).map(|(_, value)| value))
}

fn is_odd(line: &[u8]) -> bool {
    let blank = |text: &[u8]| text.trim_ascii().is_empty();
    memchr::memchr2(b'"', b',', line).is_some()
        || line.split(|byte| *byte == b';').any(|text| !blank(text) && pair(text).is_none_or(|(key, _)| key.is_empty()))
}
