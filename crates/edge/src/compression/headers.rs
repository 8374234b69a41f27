//! What compression reads of a response's headers and what it makes of them.

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Encoding, Policy, Rules, fastify};
use crate::fly_replay;

/// They are about the bytes that are sent or their encoding (RFC 1864, RFC 3230, RFC 9530), which change.
const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
];

/// Whether a response with this status and these headers is one that compression may touch.
pub(super) fn allow(status: StatusCode, headers: &HeaderMap, policy: &Policy) -> bool {
    let part = status == StatusCode::PARTIAL_CONTENT || headers.contains_key(CONTENT_RANGE);
    let bodiless = status.is_informational() || matches!(status.as_u16(), 204 | 205 | 304);
    let for_proxy = fly_replay::is_replay(headers);
    !part
        && !bodiless
        && !for_proxy
        && !is_encoded(headers, policy.rules)
        && !must_stay(headers, policy.rules)
        && has_type(headers, policy)
}

/// The length the app gave, for an answer to HEAD.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Also `identity` and `none`: an app that writes them wants its bytes left alone. `@fastify/compress` replaces `identity`.
pub(super) fn is_encoded(headers: &HeaderMap, rules: Rules) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|encoding| rules == Rules::Host || encoding != Encoding::Identity.name())
}

/// `no-transform` (RFC 9110 section 7.7). `@fastify/compress` 7 is part of the app and does not look at it.
fn must_stay(headers: &HeaderMap, rules: Rules) -> bool {
    rules == Rules::Host && lists(headers, CACHE_CONTROL, |directive| directive.eq_ignore_ascii_case(b"no-transform"))
}

pub(super) fn has_type(headers: &HeaderMap, policy: &Policy) -> bool {
    match (headers.get(CONTENT_TYPE), policy.rules) {
        (Some(content_type), _) => content_type.to_str().is_ok_and(|text| policy.types.contains(text)),
        (None, Rules::Host) => false,
        (None, Rules::Fastify) => policy.types.contains("application/json"),
    }
}

/// The headers of a body in `encoding`, whose encoded length is `length` when it is known.
pub(super) fn describe(headers: &mut HeaderMap, encoding: Encoding, length: Option<usize>, rules: Rules) {
    match rules {
        Rules::Host => vary(headers),
        Rules::Fastify => fastify::vary(headers),
    }
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    match length {
        Some(length) => drop(headers.insert(CONTENT_LENGTH, HeaderValue::from(length))),
        None => drop(headers.remove(CONTENT_LENGTH)),
    }
    // A range would be one of the encoded bytes, which are made anew for each request.
    headers.remove(ACCEPT_RANGES);
    for name in &DIGESTS {
        headers.remove(name);
    }
    weaken(headers);
}

/// The answer depends on `Accept-Encoding`: added to the list unless it is in it.
pub(crate) fn vary(headers: &mut HeaderMap) {
    if !lists(headers, VARY, |name| name == b"*" || name.eq_ignore_ascii_case(b"accept-encoding")) {
        headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

/// Whether an element of this list is one that is looked for.
fn lists(headers: &HeaderMap, name: HeaderName, is_it: impl Fn(&[u8]) -> bool) -> bool {
    headers.get_all(name).iter().any(|line| line.as_bytes().split(|byte| *byte == b',').any(|item| is_it(item.trim_ascii())))
}

/// A strong `ETag` promises equal bytes (RFC 9110 section 8.8.1), which two encodings do not have.
pub(crate) fn weaken(headers: &mut HeaderMap) {
    if let Some(etag) = headers.get_mut(ETAG)
        && etag.as_bytes().starts_with(b"\"")
        && let Ok(weak) = HeaderValue::from_maybe_shared(Bytes::from([b"W/", etag.as_bytes()].concat()))
    {
        *etag = weak;
    }
}

/// The header of a request as one line.
pub(super) fn joined(headers: &HeaderMap, name: HeaderName) -> Option<HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next()?;
    match lines.next() {
        None => Some(first.clone()),
        Some(second) => {
            let lines: Vec<_> = [first, second].into_iter().chain(lines).map(HeaderValue::as_bytes).collect();
            HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
        }
    }
}
