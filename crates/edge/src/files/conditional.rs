//! Preconditions of a request (RFC 9110 section 13) as `@fastify/send` evaluates them: `isPreconditionFailure`,
//! `isNotModifiedFailure`, `isRangeFresh`.
//!
//! They compare with the headers of the *response*, so an `etag` that the app has set counts.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, ETAG, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED,
};

use super::joined;

/// What follows from the preconditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precondition {
    Proceed,
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// Whether the request carries any precondition.
pub(super) fn is_conditional(request: &HeaderMap) -> bool {
    [IF_MATCH, IF_UNMODIFIED_SINCE, IF_NONE_MATCH, IF_MODIFIED_SINCE]
        .into_iter()
        .any(|name| request.get(name).is_some_and(|value| !value.is_empty()))
}

/// Evaluates the preconditions. `cacheable`: the status so far is one that 304 may replace.
pub(super) fn evaluate(request: &HeaderMap, response: &HeaderMap, cacheable: bool) -> Precondition {
    if !is_conditional(request) {
        return Precondition::Proceed;
    }
    if has_failed(request, response) {
        return Precondition::Failed;
    }
    match cacheable && is_not_modified(request, response) {
        true => Precondition::NotModified,
        false => Precondition::Proceed,
    }
}

/// Whether a `range` may be served in the light of `if-range`.
pub(super) fn range_is_fresh(request: &HeaderMap, response: &HeaderMap) -> bool {
    let Some(condition) = joined(request, IF_RANGE) else { return true };
    if condition.contains('"') {
        return joined(response, ETAG).is_some_and(|etag| condition.contains(&etag));
    }
    match date(&condition) {
        None => false,
        Some(since) => header_date(response, LAST_MODIFIED).is_none_or(|modified| modified <= since),
    }
}

fn has_failed(request: &HeaderMap, response: &HeaderMap) -> bool {
    let if_match = joined(request, IF_MATCH).filter(|value| !value.is_empty() && value != "*");
    if if_match.is_some_and(|list| !any_matches(&list, joined(response, ETAG).as_deref())) {
        return true;
    }
    match header_date(request, IF_UNMODIFIED_SINCE) {
        None => false,
        Some(since) => header_date(response, LAST_MODIFIED).is_none_or(|modified| modified > since),
    }
}

fn is_not_modified(request: &HeaderMap, response: &HeaderMap) -> bool {
    // A reload asks for the whole file.
    if joined(request, CACHE_CONTROL).is_some_and(|value| value.contains("no-cache")) {
        return false;
    }
    // if-none-match makes if-modified-since irrelevant.
    if let Some(list) = joined(request, IF_NONE_MATCH) {
        return list == "*" || any_matches(&list, joined(response, ETAG).as_deref());
    }
    match (joined(request, IF_MODIFIED_SINCE), joined(response, LAST_MODIFIED)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(since), Some(modified)) => {
            matches!((date(&modified), date(&since)), (Some(modified), Some(since)) if modified <= since)
        }
    }
}

/// Weak comparison of each tag in `list` with `etag`.
fn any_matches(list: &str, etag: Option<&str>) -> bool {
    let Some(etag) = etag else { return false };
    list.split(',')
        .map(|tag| tag.trim_matches(' '))
        .any(|tag| !tag.is_empty() && (tag == etag || etag.strip_prefix("W/") == Some(tag)))
}

fn header_date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    date(&joined(headers, name)?)
}

/// The three formats of RFC 9110; upstream's `Date.parse` reads more, which no client sends.
fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}
