//! The normal form of a request, which cache and app both see: what a rule says that the app does not look at is gone, and of headers with
//! endless values it sees one of a few.

mod negotiate;

use http::header::{COOKIE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::key::{cookie_pairs, decoded_name};
use super::rule::{Normalizer, Rule};

/// Puts a request into its normal form. It costs nothing where the rule says nothing.
pub(super) fn normalize(parts: &mut Parts, rule: &Rule) {
    if !rule.ignore_query.is_empty() {
        drop_parameters(&mut parts.uri, &rule.ignore_query);
    }
    for (name, normalizer) in &rule.headers {
        match normalizer {
            Normalizer::Drop => drop(parts.headers.remove(name)),
            Normalizer::OneOf(values) => choose(&mut parts.headers, name, values),
        }
    }
    if let Some(names) = &rule.cookies {
        keep_cookies(&mut parts.headers, names);
    }
}

/// Takes off what would make the app answer with less than the whole: a part, or that nothing has changed.
pub(super) fn take_conditions(parts: &mut Parts) -> HeaderMap {
    let mut taken = HeaderMap::new();
    for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_MATCH, IF_UNMODIFIED_SINCE, IF_RANGE, RANGE] {
        if let http::header::Entry::Occupied(entry) = parts.headers.entry(&name) {
            let (name, values) = entry.remove_entry_mult();
            for value in values {
                taken.append(name.clone(), value);
            }
        }
    }
    taken
}

fn drop_parameters(uri: &mut Uri, ignored: &[String]) {
    let Some(query) = uri.query() else { return };
    let is_kept = |pair: &&str| !is_ignored(pair, ignored);
    if query.split('&').all(|pair| is_kept(&pair)) {
        return;
    }
    let mut text = String::with_capacity(uri.path().len() + query.len() + 1);
    text.push_str(uri.path());
    let mut separator = '?';
    for pair in query.split('&').filter(is_kept) {
        text.push(separator);
        text.push_str(pair);
        separator = '&';
    }
    let mut parts = uri.clone().into_parts();
    // It was one before, so a part of it is one as well.
    let Ok(path_and_query) = PathAndQuery::try_from(text) else { return };
    parts.path_and_query = Some(path_and_query);
    if let Ok(without) = Uri::from_parts(parts) {
        *uri = without;
    }
}

fn is_ignored(pair: &str, ignored: &[String]) -> bool {
    if pair.is_empty() {
        return false;
    }
    let name = decoded_name(pair);
    ignored.iter().any(|ignored| match ignored.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix.as_bytes()),
        None => *name == *ignored.as_bytes(),
    })
}

fn choose(headers: &mut HeaderMap, name: &HeaderName, values: &[String]) {
    let mut lines = headers.get_all(name).iter();
    let only = lines.next().filter(|_| lines.next().is_none());
    if only.is_some_and(|only| values.iter().any(|value| value.as_bytes() == only.as_bytes())) {
        return;
    }
    let chosen = negotiate::choose(headers, name, values).or(values.first().map(String::as_str));
    match chosen.map(HeaderValue::from_str) {
        Some(Ok(value)) => drop(headers.insert(name, value)),
        _ => drop(headers.remove(name)),
    }
}

/// Leaves these cookies, in this order. Of several with one name all stay: which of them counts depends on who reads them.
fn keep_cookies(headers: &mut HeaderMap, names: &[String]) {
    if !headers.contains_key(COOKIE) {
        return;
    }
    let mut kept = Vec::new();
    for name in names {
        let pairs = headers.get_all(COOKIE).iter().flat_map(|line| cookie_pairs(line.as_bytes()));
        for (_, value) in pairs.filter(|(key, _)| *key == name.as_bytes()) {
            if !kept.is_empty() {
                kept.extend_from_slice(b"; ");
            }
            kept.extend_from_slice(name.as_bytes());
            kept.push(b'=');
            kept.extend_from_slice(value);
        }
    }
    match HeaderValue::from_maybe_shared(bytes::Bytes::from(kept)) {
        Ok(value) if !value.is_empty() => drop(headers.insert(COOKIE, value)),
        _ => drop(headers.remove(COOKIE)),
    }
}

#[cfg(test)]
mod tests;
