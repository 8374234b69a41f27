//! Which of a few values a client likes best (RFC 9110 section 12.5).

use http::header::{ACCEPT, ACCEPT_LANGUAGE};
use http::{HeaderMap, HeaderName};
use smallvec::SmallVec;

use crate::compression::{qvalue, trim};

/// An element of a list with its weight in thousandths.
#[derive(Debug, Clone, Copy)]
struct Weighted<'a> {
    text: &'a [u8],
    weight: u16,
}

type List<'a> = SmallVec<[Weighted<'a>; 8]>;

/// The one it likes best; `None` when it likes none of them.
pub(super) fn choose<'a>(headers: &HeaderMap, name: &HeaderName, values: &'a [String]) -> Option<&'a str> {
    let lines = || headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
    let list: List<'_> = lines().flat_map(|line| line.split(|byte| *byte == b',')).filter_map(weighted).collect();
    if *name == ACCEPT_LANGUAGE {
        return language(list, values);
    }
    if *name == ACCEPT {
        return heaviest(values, |value| media_type(&list, value.as_bytes()));
    }
    let is = |value: &&String| lines().any(|line| line.eq_ignore_ascii_case(value.as_bytes()));
    values.iter().find(is).map(String::as_str).or_else(|| heaviest(values, |value| token(&list, value.as_bytes())))
}

/// The first of the highest weight over zero.
fn heaviest(values: &[String], weight: impl Fn(&str) -> u16) -> Option<&str> {
    let mut best: Option<(&str, u16)> = None;
    for value in values {
        let weight = weight(value);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((value, weight));
        }
    }
    best.map(|(value, _)| value)
}

/// "Lookup" of RFC 4647 section 3.4: each range in the client's order, made shorter until it is a tag that there is. `*` is any tag.
///
/// A range with weight zero refuses the tags that it is a prefix of; a tag itself that is asked for is not refused by its prefix.
fn language<'a>(mut list: List<'_>, tags: &'a [String]) -> Option<&'a str> {
    list.sort_by_key(|range| std::cmp::Reverse(range.weight));
    let refuses = |range: &Weighted<'_>, tag: &str| range.weight == 0 && is_prefix(range.text, tag.as_bytes());
    let is_refused = |tag: &str| list.iter().any(|range| refuses(range, tag));
    list.iter().take_while(|range| range.weight > 0).find_map(|range| {
        if range.text == b"*" {
            return tags.iter().map(String::as_str).find(|tag| !is_refused(tag));
        }
        let found = shortened(range.text).find_map(|text| {
            let mut tags = tags.iter().map(String::as_str);
            tags.find(|tag| tag.as_bytes().eq_ignore_ascii_case(text)).map(|tag| (tag, text.len()))
        });
        found.filter(|(tag, length)| *length == range.text.len() || !is_refused(tag)).map(|(tag, _)| tag)
    })
}

/// The range, then the range without its last subtag, and so on; a subtag of one character goes with the one behind it.
fn shortened(range: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(range), |range| {
        let shorter = &range[..range.iter().rposition(|byte| *byte == b'-')?];
        match shorter {
            [rest @ .., b'-', _] => Some(rest),
            _ => Some(shorter),
        }
    })
}

/// `de` of `de` and `de-AT` (RFC 4647 section 3.3.1).
fn is_prefix(range: &[u8], tag: &[u8]) -> bool {
    let starts = tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range));
    starts && matches!(tag.get(range.len()), None | Some(b'-'))
}

/// The weight of the most specific range that the type is in (RFC 9110 section 12.5.1).
fn media_type(list: &List<'_>, offered: &[u8]) -> u16 {
    let (essence, parameters) = split(offered, b';');
    let (kind, _) = split(essence, b'/');
    let specificity = |range: &[u8]| {
        let (range, its_parameters) = split(range, b';');
        match split(range, b'/') {
            (b"*", b"*") => Some(0),
            (its_kind, b"*") if its_kind.eq_ignore_ascii_case(kind) => Some(1),
            _ if !range.eq_ignore_ascii_case(essence) => None,
            _ if its_parameters.is_empty() => Some(2),
            _ if its_parameters.eq_ignore_ascii_case(parameters) => Some(3),
            _ => None,
        }
    };
    let of = list.iter().filter_map(|range| specificity(range.text).map(|specificity| (specificity, range.weight)));
    // Of several the first.
    of.rev().max_by_key(|(specificity, _)| *specificity).map_or(0, |(_, weight)| weight)
}

fn token(list: &List<'_>, value: &[u8]) -> u16 {
    let listed = list.iter().find(|element| element.text.eq_ignore_ascii_case(value));
    listed.or_else(|| list.iter().find(|element| element.text == b"*")).map_or(0, |element| element.weight)
}

/// An element without its `q` and what comes after it. One whose weight cannot be read is no element.
fn weighted(element: &[u8]) -> Option<Weighted<'_>> {
    let mut end = 0;
    for part in element.split(|byte| *byte == b';') {
        if let [b'q' | b'Q', b'=', value @ ..] = trim(part)
            && end > 0
        {
            let text = trim(&element[..end - 1]);
            return qvalue(value).map(|weight| Weighted { text, weight }).filter(|_| !text.is_empty());
        }
        end += part.len() + 1;
    }
    let text = trim(element);
    (!text.is_empty()).then_some(Weighted { text, weight: 1000 })
}

fn split(text: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == separator) {
        Some(at) => (trim(&text[..at]), trim(&text[at + 1..])),
        None => (trim(text), &[]),
    }
}
