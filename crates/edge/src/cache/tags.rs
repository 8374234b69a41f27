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

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;
    use crate::path::Pattern;

    #[test]
    fn come_from_headers_and_rule() {
        let mut rule = Rule::new(Pattern::all());
        rule.tags = vec!["blog".to_owned(), "all".to_owned()];
        let lines = [("cache-tag", "post-1, post-2,,"), ("cache-tag", " all "), ("surrogate-key", "a  post-1")];
        let headers: HeaderMap =
            lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        assert_eq!(*tags(&headers, &rule), ["a", "all", "blog", "post-1", "post-2"].map(Box::from));
        assert!(are_bounded(&headers, &rule));
        let mut long = HeaderMap::new();
        long.insert("cache-tag", "a".repeat(MAX_BYTES + 1).parse().unwrap());
        assert!(!are_bounded(&long, &rule));
    }
}
