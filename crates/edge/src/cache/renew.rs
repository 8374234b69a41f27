//! A stored page of which the app has said that it still holds (RFC 9111 sections 3.2 and 4.3.4).

use std::time::SystemTime;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE};

use super::stored_headers::stored_headers;

/// The headers of the page from now on: those of the 304 in place of its own, but for what is about the body.
pub(super) fn headers(old: &HeaderMap, not_modified: &HeaderMap, now: SystemTime) -> HeaderMap {
    let mut newer = stored_headers(not_modified);
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE] {
        newer.remove(name);
    }
    if !newer.contains_key(DATE)
        && let Ok(date) = http::HeaderValue::try_from(httpdate::fmt_http_date(now))
    {
        newer.insert(DATE, date);
    }
    let mut headers = old.clone();
    for name in newer.keys() {
        headers.remove(name);
    }
    for (name, value) in &newer {
        headers.append(name, value.clone());
    }
    headers
}
