//! The answer to a request from what is stored: whole, not modified, or a part (RFC 9111 section 4.3.2, RFC 9110 sections 13 and 14).
//!
//! `If-Match` and `If-Unmodified-Since` are left to origin servers, as RFC 9110 sections 13.1.1 and 13.1.4 let caches do.

use std::time::Duration;

use http::header::{
    AGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, LAST_MODIFIED, RANGE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use super::directives::MAX_SECONDS;
use super::entry::Stored;
use super::normal::take_conditions;
use crate::files::range::{self, Ranges};
use crate::{Body, Problem};

/// What a request asks for, kept while it is answered without its conditions.
#[derive(Debug, Clone, Default)]
pub(super) struct Asking {
    head: bool,
    /// The headers that were taken off; hardly ever any.
    conditions: HeaderMap,
}

impl Asking {
    /// Of a request, whose conditions are taken off.
    pub(super) fn take(parts: &mut Parts) -> Asking {
        Asking { head: parts.method == Method::HEAD, conditions: take_conditions(parts) }
    }

    /// Puts the conditions back.
    pub(super) fn restore(&self, parts: &mut Parts) {
        for (name, value) in &self.conditions {
            parts.headers.append(name, value.clone());
        }
    }

    fn condition(&self, name: &HeaderName) -> Option<HeaderValue> {
        if self.conditions.is_empty() { None } else { joined(&self.conditions, name) }
    }
}

/// The answer, with `Age` and without `Cache-Status`.
pub(super) fn respond(asking: &Asking, stored: &Stored, age: Duration) -> Response<Body> {
    if stored.status.is_success() && is_not_modified(asking, &stored.headers) {
        return not_modified(stored, age);
    }
    match ranges(asking, stored) {
        Ranges::Whole => whole(asking, stored, age),
        Ranges::One { start, end } => part(stored, age, start, end),
        Ranges::Unsatisfiable => unsatisfiable(stored),
    }
}

fn whole(asking: &Asking, stored: &Stored, age: Duration) -> Response<Body> {
    let body = if asking.head { Body::Empty } else { Body::from(stored.body.clone()) };
    answer(stored.status, stored.headers.clone(), age, body)
}

fn part(stored: &Stored, age: Duration, start: u64, end: u64) -> Response<Body> {
    // It lies inside the body, whose length is a `usize`.
    let at = |position: u64| usize::try_from(position).unwrap_or(stored.body.len()).min(stored.body.len());
    let body = stored.body.slice(at(start)..at(end.saturating_add(1)));
    let mut headers = stored.headers.clone();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    if let Ok(range) = HeaderValue::try_from(format!("bytes {start}-{end}/{}", stored.body.len())) {
        headers.insert(CONTENT_RANGE, range);
    }
    answer(StatusCode::PARTIAL_CONTENT, headers, age, Body::from(body))
}

fn unsatisfiable(stored: &Stored) -> Response<Body> {
    let problem = Problem::of(StatusCode::RANGE_NOT_SATISFIABLE);
    match HeaderValue::try_from(format!("bytes */{}", stored.body.len())) {
        Ok(range) => problem.with_header(CONTENT_RANGE, range).into_response(),
        Err(_) => problem.into_response(),
    }
}

/// All headers but those that describe a body that is not sent (RFC 9110 section 15.4.5).
fn not_modified(stored: &Stored, age: Duration) -> Response<Body> {
    const OF_THE_BODY: [HeaderName; 4] = [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE];
    let mut headers = HeaderMap::with_capacity(stored.headers.len() + 1);
    let has_etag = stored.headers.contains_key(ETAG);
    for (name, value) in &stored.headers {
        let describes_body = OF_THE_BODY.contains(name) || has_etag && *name == LAST_MODIFIED;
        if !describes_body {
            headers.append(name, value.clone());
        }
    }
    answer(StatusCode::NOT_MODIFIED, headers, age, Body::Empty)
}

fn answer(status: StatusCode, mut headers: HeaderMap, age: Duration, body: Body) -> Response<Body> {
    headers.insert(AGE, HeaderValue::from(age.as_secs().min(MAX_SECONDS.into())));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn is_not_modified(asking: &Asking, stored: &HeaderMap) -> bool {
    if let Some(list) = asking.condition(&IF_NONE_MATCH) {
        return none_match_fails(list.as_bytes(), stored.get(ETAG).map(HeaderValue::as_bytes));
    }
    let Some(since) = asking.condition(&IF_MODIFIED_SINCE).as_ref().and_then(date) else { return false };
    stored.get(LAST_MODIFIED).and_then(date).is_some_and(|modified| modified <= since)
}

/// Whether the list has the tag, by weak comparison (RFC 9110 section 8.8.3.2), or is `*`.
fn none_match_fails(list: &[u8], etag: Option<&[u8]>) -> bool {
    if list.trim_ascii() == b"*" {
        return true;
    }
    let Some(etag) = etag.map(opaque) else { return false };
    tags(list).any(|tag| opaque(tag) == etag)
}

/// The tags of a list; a comma may be a part of one.
fn tags(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let start = list.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t'))?;
        list = &list[start..];
        let quote = if list.starts_with(b"W/\"") { 3 } else { 1 };
        let end = match list.first() {
            Some(b'"' | b'W') if list.get(quote - 1) == Some(&b'"') => {
                list[quote..].iter().position(|byte| *byte == b'"').map_or(list.len(), |end| quote + end + 1)
            }
            _ => list.iter().position(|byte| *byte == b',').unwrap_or(list.len()),
        };
        let (tag, rest) = list.split_at(end);
        list = rest;
        Some(tag.trim_ascii())
    })
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

fn ranges(asking: &Asking, stored: &Stored) -> Ranges {
    match asking.condition(&RANGE).as_ref().and_then(|range| range.to_str().ok()) {
        Some(range) if !asking.head && stored.status == StatusCode::OK && range_holds(asking, &stored.headers) => {
            range::parse(stored.body.len() as u64, range)
        }
        _ => Ranges::Whole,
    }
}

/// `If-Range` needs the very same body: a strong tag, or exactly the date (RFC 9110 section 13.1.5).
fn range_holds(asking: &Asking, stored: &HeaderMap) -> bool {
    let Some(condition) = asking.condition(&IF_RANGE) else { return true };
    let validator = if condition.as_bytes().starts_with(b"\"") { ETAG } else { LAST_MODIFIED };
    stored.get(validator).is_some_and(|value| *value == condition)
}

fn date(value: &HeaderValue) -> Option<std::time::SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

/// A header of a request; several lines are one list.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next()?;
    if lines.next().is_none() {
        return Some(first.clone());
    }
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
}

#[cfg(test)]
mod tests;
