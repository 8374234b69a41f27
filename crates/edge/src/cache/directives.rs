//! What a response says about its caching: `Cache-Control` (RFC 9111 section 5.2) or a targeted field in its place (RFC 9213).
//!
//! Whatever is unclear is read as the more restrictive of its meanings: of a directive that comes twice the smaller number holds, a number
//! that is none is zero, and a quote that does not end hides nothing.

mod targeted;

use std::time::Duration;

use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName};

/// What a number that is too large stands for (RFC 9111 section 1.2.2).
pub(super) const MAX_SECONDS: u32 = 1 << 31;

/// The field that is about this cache alone, and does not leave it.
pub(super) const OWN: HeaderName = HeaderName::from_static("ssr-host-cache-control");

/// The directives of a response, as far as a shared cache follows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Directives {
    /// They come from a targeted field: `Cache-Control` and `Expires` do not count.
    pub(super) targeted: bool,
    pub(super) no_store: bool,
    pub(super) no_cache: bool,
    pub(super) private: bool,
    pub(super) public: bool,
    pub(super) must_revalidate: bool,
    pub(super) proxy_revalidate: bool,
    pub(super) max_age: Option<Duration>,
    pub(super) s_maxage: Option<Duration>,
    pub(super) stale_while_revalidate: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
    /// Headers that must not be kept: those that `no-cache` and `private` name.
    pub(super) fields: Vec<HeaderName>,
}

impl Directives {
    /// Those of the first field in the order of RFC 9213 section 2.2 that is there and can be read.
    pub(super) fn of(headers: &HeaderMap) -> Directives {
        [OWN, HeaderName::from_static("cdn-cache-control")]
            .iter()
            .find_map(|name| targeted::parse(headers, name))
            .unwrap_or_else(|| Directives::cache_control(headers))
    }

    fn cache_control(headers: &HeaderMap) -> Directives {
        let mut directives = Directives::default();
        for line in headers.get_all(CACHE_CONTROL) {
            for element in elements(line.as_bytes()) {
                let (name, value) = match memchr::memchr(b'=', element) {
                    Some(at) => (&element[..at], Some(unquoted(element[at + 1..].trim_ascii()))),
                    None => (element, None),
                };
                directives.add(&name.trim_ascii().to_ascii_lowercase(), Argument::Text(value.as_deref()));
            }
        }
        directives
    }

    /// The response is for everyone, also when the request had `Authorization` (RFC 9111 section 3.5).
    pub(super) fn shareable(&self) -> bool {
        self.public || self.s_maxage.is_some() || self.must_revalidate
    }

    /// It may not be served stale (RFC 9111 sections 5.2.2.2 and 5.2.2.8).
    pub(super) fn must_not_be_stale(&self) -> bool {
        self.must_revalidate || self.proxy_revalidate
    }

    /// Adds a directive. One that is not known says nothing.
    fn add(&mut self, name: &[u8], argument: Argument<'_>) {
        match name {
            b"no-store" => self.no_store = true,
            b"no-cache" => self.no_cache |= !self.add_fields(argument),
            b"private" => self.private |= !self.add_fields(argument),
            b"public" => self.public = true,
            b"must-revalidate" => self.must_revalidate = true,
            b"proxy-revalidate" => self.proxy_revalidate = true,
            b"max-age" => least(&mut self.max_age, argument),
            b"s-maxage" => least(&mut self.s_maxage, argument),
            b"stale-while-revalidate" => least(&mut self.stale_while_revalidate, argument),
            b"stale-if-error" => least(&mut self.stale_if_error, argument),
            _ => {}
        }
    }

    /// Whether the argument is a list of headers, which are noted then. If not, the directive is about the whole response.
    fn add_fields(&mut self, argument: Argument<'_>) -> bool {
        let Argument::Text(Some(list)) = argument else { return false };
        let names = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|name| !name.is_empty());
        let Ok(names) = names.map(HeaderName::from_bytes).collect::<Result<Vec<_>, _>>() else { return false };
        let any = !names.is_empty();
        self.fields.extend(names);
        any
    }
}

/// What follows the `=` of a directive.
#[derive(Debug, Clone, Copy)]
enum Argument<'a> {
    /// A token or the content of a quoted string; `None` without any.
    Text(Option<&'a [u8]>),
    /// An integer of a structured field.
    Integer(i64),
    /// Anything else there.
    Other,
}

fn least(slot: &mut Option<Duration>, argument: Argument<'_>) {
    let seconds = match argument {
        Argument::Text(Some(text)) => seconds(text),
        Argument::Integer(number) => u32::try_from(number.clamp(0, i64::from(MAX_SECONDS))).ok(),
        Argument::Text(None) | Argument::Other => None,
    };
    let value = Duration::from_secs(seconds.unwrap_or(0).into());
    *slot = Some(slot.map_or(value, |earlier| earlier.min(value)));
}

/// `delta-seconds`: digits (RFC 9111 section 1.2.2).
pub(super) fn seconds(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        let value = text.iter().fold(0_u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        u32::try_from(value).unwrap_or(MAX_SECONDS).min(MAX_SECONDS)
    })
}

/// The elements of a list, which commas in quoted strings do not end. In a line whose quotes do not match, every comma ends one.
fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let heeds_quotes = has_whole_quotes(line);
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.iter().position(|&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' if heeds_quotes => quoted = !quoted,
                b',' => return !quoted,
                _ => {}
            }
            false
        });
        rest = end.map(|end| &text[end + 1..]);
        Some(text[..end.unwrap_or(text.len())].trim_ascii())
    })
    .filter(|element| !element.is_empty())
}

/// Whether every quote is the beginning or the end of a value.
fn has_whole_quotes(line: &[u8]) -> bool {
    let mut rest = line;
    let mut before = b',';
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'"' {
            let Some(end) = closing_quote(rest) else { return false };
            let next = rest[end + 1..].trim_ascii_start().first();
            if before != b'=' || next.is_some_and(|next| *next != b',') {
                return false;
            }
            rest = &rest[end + 1..];
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    true
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// The content of a quoted string, or the text as it is.
fn unquoted(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    match text {
        [b'"', inner @ .., b'"'] if inner.contains(&b'\\') => {
            let mut escaped = false;
            let kept = inner.iter().copied().filter(|&byte| {
                escaped = byte == b'\\' && !escaped;
                !escaped
            });
            kept.collect::<Vec<u8>>().into()
        }
        [b'"', inner @ .., b'"'] => inner.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests;
