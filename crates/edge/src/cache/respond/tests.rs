use std::sync::Arc;

use bytes::Bytes;
use http::Request;

use super::*;
use crate::cache::Lifetime;
use crate::cache::key::{Key, Spec};

const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn stored(status: u16, headers: &[(&'static str, &'static str)]) -> Stored {
    let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    Stored {
        path: "/".into(),
        query: "".into(),
        spec: Arc::new(Spec::default()),
        key: Key::from_bytes(b""),
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers.collect(),
        own_etag: true,
        choice: None,
        route: None,
        body: Bytes::from_static(b"0123456789"),
        lifetime: Lifetime::default(),
        received: 0,
        born: 0,
        tags: Box::default(),
    }
}

fn page() -> Stored {
    stored(
        200,
        &[
            ("content-type", "text/html"),
            ("content-length", "10"),
            ("content-language", "de"),
            ("content-location", "/index"),
            ("content-security-policy", "default-src 'self'"),
            ("cache-control", "max-age=60"),
            ("date", MODIFIED),
            ("expires", MODIFIED),
            ("vary", "accept-language"),
            ("etag", "\"a,b\""),
            ("last-modified", MODIFIED),
        ],
    )
}

fn ask(method: Method, lines: &[(&str, &str)], stored: &Stored) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let mut parts = request.body(()).unwrap().into_parts().0;
    let response = respond(&Asking::take(&mut parts), stored, Duration::from_secs(7));
    let (parts, body) = response.into_parts();
    let body = match body {
        Body::Empty => Vec::new(),
        Body::Full(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    };
    (parts.status.as_u16(), parts.headers, body)
}

fn get(lines: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    ask(Method::GET, lines, &page())
}

#[test]
fn answers_with_the_whole() {
    let (status, headers, body) = get(&[]);
    assert_eq!((status, &body[..]), (200, &b"0123456789"[..]));
    assert_eq!(headers[AGE], "7");
    assert_eq!(headers.len(), page().headers.len() + 1);
    let (status, of_head, body) = ask(Method::HEAD, &[("range", "bytes=0-1")], &page());
    assert_eq!((status, &body[..]), (200, &b""[..]));
    assert_eq!(of_head, headers, "RFC 9110 section 9.3.2");
}

/// RFC 9110 section 13.1.2: weak comparison, and what comes with it goes before dates.
#[test]
fn compares_tags() {
    let other_date = "Sun, 06 Nov 1994 08:49:38 GMT";
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("if-none-match", "\"a,b\"")], 304),
        (&[("if-none-match", "W/\"a,b\"")], 304),
        (&[("if-none-match", "\"x\", \"a,b\"")], 304),
        (&[("if-none-match", "\"x\",,W/\"y\" ,\"a,b\",")], 304),
        (&[("if-none-match", "\"x\""), ("if-none-match", "\"a,b\"")], 304),
        (&[("if-none-match", " * ")], 304),
        (&[("if-none-match", "\"x\"")], 200),
        (&[("if-none-match", "\"a\", \"b\"")], 200),
        (&[("if-none-match", "a,b")], 200),
        (&[("if-none-match", "")], 200),
        (&[("if-none-match", "\"a,b")], 200),
        (&[("if-none-match", "W/")], 200),
        (&[("if-none-match", "\"x\", *")], 200),
        (&[("if-modified-since", MODIFIED)], 304),
        (&[("if-modified-since", other_date)], 304),
        (&[("if-modified-since", "Sunday, 06-Nov-94 08:49:37 GMT")], 304),
        (&[("if-modified-since", "Sun, 06 Nov 1994 08:49:36 GMT")], 200),
        (&[("if-modified-since", "yesterday")], 200),
        (&[("if-none-match", "\"x\""), ("if-modified-since", MODIFIED)], 200),
        // Left to origin servers.
        (&[("if-match", "\"x\"")], 200),
        (&[("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 GMT")], 200),
    ];
    for (lines, expected) in cases {
        assert_eq!(get(lines).0, *expected, "{lines:?}");
        assert_eq!(ask(Method::HEAD, lines, &page()).0, *expected, "{lines:?}");
    }
    let bare = stored(200, &[]);
    assert_eq!(ask(Method::GET, &[("if-modified-since", MODIFIED)], &bare).0, 200, "no `Last-Modified`");
    assert_eq!(ask(Method::GET, &[("if-none-match", "\"\"")], &bare).0, 200, "no `ETag`");
    let weak = stored(200, &[("etag", "W/\"1\"")]);
    assert_eq!(ask(Method::GET, &[("if-none-match", "\"1\"")], &weak).0, 304);
    // Section 13.2.1: only where the answer would be 2xx.
    let gone = stored(404, &[("etag", "\"1\"")]);
    assert_eq!(ask(Method::GET, &[("if-none-match", "\"1\"")], &gone).0, 404);
}

/// RFC 9110 section 15.4.5.
#[test]
fn not_modified_has_the_headers_of_the_page_but_those_of_its_body() {
    let (_, headers, body) = get(&[("if-none-match", "*")]);
    assert!(body.is_empty());
    let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    let expected = ["content-location", "content-security-policy", "cache-control", "date", "expires", "vary", "etag", "age"];
    assert_eq!(names, expected);
}

/// RFC 9110 section 14.
#[test]
fn answers_with_a_part() {
    let cases: &[(&str, u16, &str, &str)] = &[
        ("bytes=0-0", 206, "bytes 0-0/10", "0"),
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=7-", 206, "bytes 7-9/10", "789"),
        ("bytes=-2", 206, "bytes 8-9/10", "89"),
        ("bytes=0-99", 206, "bytes 0-9/10", "0123456789"),
        ("bytes=10-", 416, "bytes */10", ""),
        ("bytes=0-1,5-6", 200, "", "0123456789"),
        ("lines=0-1", 200, "", "0123456789"),
    ];
    for (range, status, content_range, body) in cases {
        let (actual, headers, bytes) = get(&[("range", range)]);
        assert_eq!(actual, *status, "{range}");
        assert_eq!(headers.get(CONTENT_RANGE).map_or("", |value| value.to_str().unwrap()), *content_range, "{range}");
        if *status == 416 {
            continue;
        }
        assert_eq!(bytes, body.as_bytes(), "{range}");
        assert_eq!(headers[CONTENT_LENGTH], body.len().to_string(), "{range}");
        assert_eq!(headers[ETAG], "\"a,b\"");
    }
    assert_eq!(ask(Method::GET, &[("range", "bytes=0-0")], &stored(404, &[])).0, 404, "of a 200 only");
    assert_eq!(get(&[("range", "bytes=0-0"), ("if-none-match", "*")]).0, 304, "section 13.2.2");
}

/// RFC 9110 section 13.1.5.
#[test]
fn a_part_of_another_body_is_the_whole() {
    let cases = [
        ("\"a,b\"", 206),
        ("\"x\"", 200),
        ("W/\"a,b\"", 200),
        (MODIFIED, 206),
        ("Sun, 06 Nov 1994 08:49:38 GMT", 200),
        ("nonsense", 200),
    ];
    for (condition, expected) in cases {
        assert_eq!(get(&[("range", "bytes=0-0"), ("if-range", condition)]).0, expected, "{condition}");
    }
    // A weak tag says nothing of bytes, whatever the client makes of it.
    let weak = stored(200, &[("etag", "W/\"1\"")]);
    assert_eq!(ask(Method::GET, &[("range", "bytes=0-0"), ("if-range", "W/\"1\"")], &weak).0, 200);
}
