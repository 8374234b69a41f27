//! Parameters of a query as fast-querystring reads them, the parser of Fastify 4.
//!
//! `&` ends a parameter and the first `=` its name, `+` is a space, escapes are decoded. A text with an escape that cannot be decoded stays
//! as it is there; here such a query has no parameters of its own, nor has one that other parsers take apart in other places.

use std::borrow::Cow;

use http::request::Parts;

/// More make a query odd. Node's own parser stops here.
const MAX_PARAMETERS: usize = 1000;

/// A text of a query, decoded as it is read. All its escapes can be decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    pub(super) fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (byte, after) = match *rest {
                [b'%', high, low, ref after @ ..] => (hex(high)? << 4 | hex(low)?, after),
                [b'+', ref after @ ..] => (b' ', after),
                [byte, ref after @ ..] => (byte, after),
                [] => return None,
            };
            rest = after;
            Some(byte)
        })
    }

    fn is(self, name: &str) -> bool {
        if has_code(self.0) { self.bytes().eq(name.bytes()) } else { self.0 == name.as_bytes() }
    }
}

/// The values of all parameters of this decoded name, in order. `None`: the query may be read in several ways.
pub(super) fn values<'a>(parts: &'a Parts, name: &str) -> Option<impl Iterator<Item = Value<'a>>> {
    // Fastify 4 ends a path at its `;`, and what follows is the query.
    if parts.uri.path().contains(';') {
        return None;
    }
    let query = parts.uri.query().unwrap_or_default();
    if is_odd(query) {
        return None;
    }
    Some(pairs(query).filter(move |(key, _)| key.is(name)).map(|(_, value)| value))
}

/// The name of a parameter as it is read: decoded, unless that cannot be done.
pub(in crate::cache) fn name(pair: &str) -> Cow<'_, [u8]> {
    let name = pair.split('=').next().unwrap_or_default();
    match Value(name.as_bytes()) {
        Value(raw) if !has_code(raw) => raw.into(),
        value if decodes(value) => value.bytes().collect::<Vec<u8>>().into(),
        _ => name.replace('+', " ").into_bytes().into(),
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    query.as_bytes().split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let equals = memchr::memchr(b'=', pair);
        let (key, value) = equals.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
        (Value(key), Value(value))
    })
}

fn has_code(text: &[u8]) -> bool {
    memchr::memchr2(b'%', b'+', text).is_some()
}

/// Whether another parser may see other parameters, or other values of them.
fn is_odd(query: &str) -> bool {
    let bytes = query.as_bytes();
    if memchr::memchr(b';', bytes).is_some() || !bytes.is_ascii() {
        return true;
    }
    if memchr::memchr_iter(b'&', bytes).count() >= MAX_PARAMETERS {
        return true;
    }
    memchr::memchr(b'%', bytes).is_some() && pairs(query).any(|(key, value)| !decodes(key) || !decodes(value))
}

/// Whether every escape is one, and what they come to is UTF-8.
fn decodes(text: Value<'_>) -> bool {
    let mut beyond_ascii = false;
    for at in memchr::memchr_iter(b'%', text.0) {
        let (Some(high), Some(_)) = (digit(text.0, at + 1), digit(text.0, at + 2)) else { return false };
        beyond_ascii |= high >= 8;
    }
    !beyond_ascii || std::str::from_utf8(&text.bytes().collect::<Vec<u8>>()).is_ok()
}

fn digit(text: &[u8], at: usize) -> Option<u8> {
    text.get(at).and_then(|byte| hex(*byte))
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
