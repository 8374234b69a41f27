//! Answers that are not for the client: with them Fly.io's proxy is told to send the request to another machine.
//!
//! `fly-replay` as a header, or the same as a body of a type of its own
//! (<https://fly.io/docs/networking/dynamic-request-routing/>). Such an answer is about one request at one moment: kept by a cache it
//! would send everybody elsewhere, encoded the proxy might not be able to read it.
//!
//! # What it deliberately does not do
//! Check what the header says: an app that writes it by itself is passed on as it is. `fly.replay()` of `ssr-host` checks.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

/// The header.
const FLY_REPLAY: HeaderName = HeaderName::from_static("fly-replay");

/// The type of a body that says the same.
const BODY: &[u8] = b"application/vnd.fly.replay+json";

/// Whether a response with these headers is one.
pub(crate) fn is_replay(headers: &HeaderMap) -> bool {
    let essence = |value: &[u8]| {
        value.split(|byte| *byte == b';').next().is_some_and(|essence| essence.trim_ascii().eq_ignore_ascii_case(BODY))
    };
    headers.contains_key(FLY_REPLAY) || headers.get(CONTENT_TYPE).is_some_and(|value| essence(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn told_by_header_or_type() {
        let cases = [
            ("fly-replay", "region=fra", true),
            ("content-type", "application/vnd.fly.replay+json", true),
            ("content-type", "Application/vnd.fly.replay+JSON; charset=utf-8", true),
            ("content-type", "application/json", false),
            ("content-type", "application/vnd.fly.replay+json-seq", false),
            ("fly-replay-cache", "/a", false),
        ];
        for (name, value, expected) in cases {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
            assert_eq!(is_replay(&headers), expected, "{name}: {value}");
        }
        assert!(!is_replay(&HeaderMap::new()));
    }
}
