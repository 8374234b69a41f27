//! Whether a response is stored and for how long: RFC 9111 section 3 for a shared cache without heuristics, and RFC 5861.
//!
//! # What is stricter than the RFC
//! - `no-cache` is not stored: each use of it would be a request to the app.
//! - No `Set-Cookie`: it is somebody's.
//! - Few status codes: none of an error that may be over in a moment, none that depends on who asks.
//! - A document at a path that looks like a file's ([`static_path`]).
//! - What tells the proxy in front to send the request elsewhere ([`fly_replay`]).
//!
//! # Stale responses
//! `must-revalidate` and `proxy-revalidate` forbid them. `s-maxage` means the same as `proxy-revalidate` (RFC 9111 section 5.2.2.10), and so
//! nothing is served stale by default with it; but `stale-while-revalidate` and `stale-if-error` of the response or of a rule hold, as in
//! other shared caches: whoever writes them next to `s-maxage` means just that.

mod static_path;

pub(super) use static_path::looks_static;

use std::time::{Duration, SystemTime};

use http::header::{AGE, CONTENT_RANGE, CONTENT_TYPE, DATE, EXPIRES, PRAGMA, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, StatusCode};

use super::directives::{self, Directives};
use super::lifetime::Lifetime;
use super::refusal::Refusal;
use super::rule::Rule;
use super::tags;
use crate::fly_replay;

/// A response, and what is known of its request and of the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) status: StatusCode,
    pub(super) headers: &'a HeaderMap,
    /// The path of the request as the client wrote it, without its query.
    pub(super) path: &'a str,
    /// The request had `Authorization`.
    pub(super) authorized: bool,
    pub(super) rule: &'a Rule,
    /// What holds when neither response nor rule say anything.
    pub(super) stale_if_error: Duration,
    /// The size of the body in bytes, as far as it is known.
    pub(super) size: Option<u64>,
    /// Largest body that is stored, in bytes.
    pub(super) max_body: usize,
    /// It is known what was read for it. A rule's lifetime counts for no other response: nobody knows whose it is.
    pub(super) tracked: bool,
    /// When it was received.
    pub(super) now: SystemTime,
}

/// How long it may be served.
///
/// # Errors
/// It is not stored.
pub(super) fn judge(response: Judged<'_>) -> Result<Lifetime, Refusal> {
    let directives = Directives::of(response.headers);
    refuse(&response, &directives)?;
    let own = own_freshness(&response, &directives);
    let of_rule = response.rule.ttl.filter(|_| response.tracked && !needs_own_lifetime(response.status));
    let of_rule = of_rule.filter(|_| own.is_none());
    if of_rule.is_some() && is_pragma_no_cache(response.headers) {
        return Err(Refusal::NoCache);
    }
    let Some(fresh) = own.or(of_rule) else {
        return Err(if needs_own_lifetime(response.status) { Refusal::Status } else { Refusal::NoFreshness });
    };
    let initial_age = initial_age(response.headers, response.now);
    let mut lifetime = Lifetime { fresh, initial_age, authorized: directives.shareable(), ..Lifetime::default() };
    add_stale(&mut lifetime, &response, &directives);
    let longest = fresh.saturating_add(lifetime.stale_while_revalidate.max(lifetime.stale_if_error));
    if initial_age < longest { Ok(lifetime) } else { Err(Refusal::Stale) }
}

/// What forbids to store it, whatever its lifetime.
fn refuse(response: &Judged<'_>, directives: &Directives) -> Result<(), Refusal> {
    let headers = response.headers;
    let is_star = |line: &http::HeaderValue| line.as_bytes().split(|byte| *byte == b',').any(|name| name.trim_ascii() == b"*");
    let checks = [
        (fly_replay::is_replay(headers), Refusal::Replay),
        (response.status == StatusCode::PARTIAL_CONTENT || headers.contains_key(CONTENT_RANGE), Refusal::Range),
        (!is_storable(response.status), Refusal::Status),
        (directives.no_store, Refusal::NoStore),
        (directives.private, Refusal::Private),
        (directives.no_cache, Refusal::NoCache),
        (headers.contains_key(SET_COOKIE) || headers.contains_key("set-cookie2"), Refusal::SetCookie),
        (headers.get_all(VARY).iter().any(is_star), Refusal::VaryStar),
        (response.authorized && !directives.shareable(), Refusal::Authorization),
        (is_document(headers) && looks_static(response.path), Refusal::StaticPath),
        (response.size.is_some_and(|size| size > response.max_body as u64), Refusal::TooLarge),
        (!tags::are_bounded(headers, response.rule), Refusal::Tags),
    ];
    checks.into_iter().find(|(holds, _)| *holds).map_or(Ok(()), |(_, refusal)| Err(refusal))
}

/// Final, the same for everyone, and not over in a moment.
fn is_storable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 200 | 203 | 204 | 300 | 301 | 308 | 404 | 410) || needs_own_lifetime(status)
}

/// Redirects that are temporary unless they say for how long they hold (RFC 9110 section 15.4).
fn needs_own_lifetime(status: StatusCode) -> bool {
    matches!(status.as_u16(), 302 | 303 | 307)
}

/// RFC 9111 section 4.2.1. `None`: it says nothing.
fn own_freshness(response: &Judged<'_>, directives: &Directives) -> Option<Duration> {
    let headers = response.headers;
    let expires = || {
        if directives.targeted || !headers.contains_key(EXPIRES) {
            return None;
        }
        // One that cannot be read, such as `0`, is in the past (section 5.3).
        let from = date(headers, &DATE).unwrap_or(response.now);
        Some(date(headers, &EXPIRES).and_then(|at| at.duration_since(from).ok()).unwrap_or_default())
    };
    directives.s_maxage.or(directives.max_age).or_else(expires)
}

fn add_stale(lifetime: &mut Lifetime, response: &Judged<'_>, directives: &Directives) {
    if directives.must_not_be_stale() {
        return;
    }
    let rule = response.rule;
    lifetime.stale_while_revalidate = directives.stale_while_revalidate.or(rule.stale_while_revalidate).unwrap_or_default();
    // What was never meant to be reused is not reused because of a default.
    let may_by_default = directives.s_maxage.is_none() && !lifetime.fresh.is_zero();
    let default = if may_by_default { response.stale_if_error } else { Duration::ZERO };
    lifetime.stale_if_error = directives.stale_if_error.or(rule.stale_if_error).unwrap_or(default);
}

/// RFC 9111 section 4.2.3, without the time that the response took: the app is in this process.
fn initial_age(headers: &HeaderMap, now: SystemTime) -> Duration {
    let apparent = date(headers, &DATE).and_then(|date| now.duration_since(date).ok()).unwrap_or_default();
    let age = headers.get(AGE).and_then(|age| {
        let first = age.as_bytes().split(|byte| *byte == b',').next().unwrap_or_default();
        directives::seconds(first.trim_ascii())
    });
    Duration::from_secs(apparent.as_secs().max(age.unwrap_or(0).into()))
}

/// Of several, none: they may disagree.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?;
    if lines.next().is_some() { None } else { httpdate::parse_http_date(line).ok() }
}

/// `Pragma` means nothing in a response (RFC 9111 section 5.4), but whoever sends it does not want what a rule says.
fn is_pragma_no_cache(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(PRAGMA).iter();
    lines.any(|line| line.as_bytes().split(|byte| *byte == b',').any(|one| one.trim_ascii().eq_ignore_ascii_case(b"no-cache")))
}

/// What pages and APIs answer with, or what a browser may take for it.
fn is_document(headers: &HeaderMap) -> bool {
    const DOCUMENTS: [&[u8]; 4] = [b"text/html", b"application/xhtml+xml", b"application/json", b"text/plain"];
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    DOCUMENTS.iter().any(|document| essence.eq_ignore_ascii_case(document))
}

#[cfg(test)]
mod tests;
