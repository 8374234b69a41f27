//! The tags of a response, by which it is purged: `Cache-Tag` (a list), `Surrogate-Key` (separated by spaces), and those of its rule.

use http::HeaderMap;

use super::rule::Rule;

/// More are not kept, and the response neither: a purge must reach it.
const MAX_TAGS: usize = 256;
/// All of them, in bytes.
const MAX_BYTES: usize = 16 << 10;

/// The tags, sorted, each once.
pub(super) fn tags(headers: &HeaderMap, rule: &Rule) -> Box<[Box<str>]> {
    let own = texts(headers).map(|tag| String::from_utf8_lossy(tag).into_owned().into_boxed_str());
    let mut tags: Vec<Box<str>> = own.chain(rule.tags.iter().map(|tag| tag.as_str().into())).collect();
    tags.sort_unstable();
    tags.dedup();
    tags.truncate(MAX_TAGS);
    tags.into()
}

/// Whether [`tags`] are all that there are.
pub(super) fn are_bounded(headers: &HeaderMap, rule: &Rule) -> bool {
    texts(headers).count() + rule.tags.len() <= MAX_TAGS && texts(headers).map(<[u8]>::len).sum::<usize>() <= MAX_BYTES
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let of = |name: &'static str, separator: u8| {
        let lines = headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
        lines.flat_map(move |line| line.split(move |byte| *byte == separator))
    };
    of("cache-tag", b',').chain(of("surrogate-key", b' ')).map(<[u8]>::trim_ascii).filter(|tag| !tag.is_empty())
}
