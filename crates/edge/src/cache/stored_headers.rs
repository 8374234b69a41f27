//! Which headers of a response are stored (RFC 9111 section 3.1), and which are added to them.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    AGE, CONNECTION, CONTENT_LENGTH, DATE, ETAG, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, RETRY_AFTER, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

use super::directives::{Directives, OWN};
use super::status::CACHE_STATUS;

/// About one connection, one client or one use: never stored.
const NEVER: [HeaderName; 16] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    HeaderName::from_static("proxy-authentication-info"),
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    AGE,
    CACHE_STATUS,
    CONTENT_LENGTH,
    OWN,
    RETRY_AFTER,
    SET_COOKIE,
];

/// The headers of a response that are stored.
pub(super) fn stored_headers(headers: &HeaderMap) -> HeaderMap {
    let fields = Directives::of(headers).fields;
    let connection = nominated(headers);
    let mut stored = HeaderMap::with_capacity(headers.len() + 3);
    for (name, value) in headers {
        let is_kept = !NEVER.contains(name) && !is_limit(name) && !fields.contains(name) && !connection.contains(name);
        if is_kept {
            stored.append(name, value.clone());
        }
    }
    stored
}

/// The headers of a response that only the one gets who asked for it: they are not stored, and not about a connection either.
pub(super) fn personal(headers: &HeaderMap) -> HeaderMap {
    let fields = Directives::of(headers).fields;
    let is_personal = |name: &HeaderName| *name == RETRY_AFTER || is_limit(name) || fields.contains(name);
    headers.iter().filter(|(name, _)| is_personal(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Adds what a stored response always has: `Date`, the length of its body, and an `ETag` made of it where the app gave none. Whether the tag
/// is the app's own.
pub(super) fn complete(headers: &mut HeaderMap, status: StatusCode, body: &[u8], now: SystemTime) -> bool {
    if !headers.contains_key(DATE)
        && let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(now))
    {
        headers.insert(DATE, date);
    }
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let own = headers.contains_key(ETAG);
    if !own
        && status == StatusCode::OK
        && let Ok(tag) = HeaderValue::try_from(etag(body))
    {
        headers.insert(ETAG, tag);
    }
    own
}

/// Takes the fields that are about this cache out of a response that leaves it without having been stored.
pub(super) fn strip_own(headers: &mut HeaderMap) {
    headers.remove(OWN);
}

/// A strong tag: two bodies have one only when they are the same.
fn etag(body: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
}

/// Those that `Connection` names.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    let names = headers.get_all(CONNECTION).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    names.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok()).collect()
}

/// Where one client stands: `ratelimit`, `ratelimit-policy`, `x-ratelimit-remaining`.
fn is_limit(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("ratelimit") || name.starts_with("x-ratelimit") || name.starts_with("x-rate-limit")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn keeps_what_is_about_the_page() {
        let all = headers(&[
            ("content-type", "text/html"),
            ("cache-control", "max-age=60, private=\"x-user\", no-cache=\"x-once\""),
            ("cdn-cache-control", "max-age=61"),
            ("ssr-host-cache-control", "max-age=62"),
            ("link", "</a.css>; rel=preload"),
            ("link", "</b.css>; rel=preload"),
            ("x-user", "somebody"),
            ("x-once", "1"),
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("proxy-authenticate", "Basic"),
            ("age", "5"),
            ("cache-status", "origin; hit"),
            ("content-length", "5"),
            ("retry-after", "1"),
            ("ratelimit", "limit=1"),
            ("ratelimit-policy", "1"),
            ("x-ratelimit-remaining", "1"),
            ("set-cookie", "a=1"),
            ("vary", "accept-language"),
        ]);
        let stored = stored_headers(&all);
        // A targeted field is there, so the names in `Cache-Control` do not count.
        let kept = ["content-type", "cache-control", "cdn-cache-control", "link", "link", "x-user", "x-once", "vary"];
        assert_eq!(stored.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), kept);
        let mut without = all.clone();
        without.remove("cdn-cache-control");
        without.remove(OWN);
        let stored = stored_headers(&without);
        assert!(!stored.contains_key("x-user") && !stored.contains_key("x-once"));
        assert_eq!(stored.get_all("link").iter().count(), 2);
    }

    #[test]
    fn completes_what_is_missing() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut plain = HeaderMap::new();
        assert!(!complete(&mut plain, StatusCode::OK, b"abc", now));
        // `printf %s abc | sha256sum`, the first 16 bytes in base64url.
        assert_eq!(plain[ETAG], "\"ungWv48Bz-pBQUDeXa4iIw\"");
        assert_eq!(plain[DATE], "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(plain[CONTENT_LENGTH], "3");
        let mut own = headers(&[("etag", "W/\"1\""), ("date", "Sun, 06 Nov 1994 08:49:30 GMT")]);
        assert!(complete(&mut own, StatusCode::OK, b"abc", now));
        assert_eq!(own[ETAG], "W/\"1\"");
        assert_eq!(own[DATE], "Sun, 06 Nov 1994 08:49:30 GMT");
        let mut missing = HeaderMap::new();
        complete(&mut missing, StatusCode::NOT_FOUND, b"", now);
        assert!(!missing.contains_key(ETAG) && missing[CONTENT_LENGTH] == "0");
        let mut empty = HeaderMap::new();
        complete(&mut empty, StatusCode::NO_CONTENT, b"", now);
        assert!(!empty.contains_key(CONTENT_LENGTH));
    }
}
