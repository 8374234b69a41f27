//! What must hold for any bytes, for fuzzing: each panics when it does not.

use std::time::{Duration, SystemTime};

use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};

use super::judge::{Judged, judge};
use super::key::{Key, Spec, cookie_pairs, decoded_name};
use super::normal::normalize;
use super::reads::{Name, Read};
use super::rule::{Normalizer, Rule};
use super::tags;
use crate::path::Pattern;

/// Lines `name: value`; what is no header is left out.
fn headers(text: &[u8]) -> HeaderMap {
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let (name, value) = line.split_at(memchr::memchr(b':', line)?);
        Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value[1..].trim_ascii()).ok()?))
    });
    lines.fold(HeaderMap::new(), |mut headers, (name, value)| {
        headers.append(name, value);
        headers
    })
}

/// A target in the first line, headers after it.
fn request(text: &[u8]) -> Option<Parts> {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let mut parts = Request::builder().uri(&text[..end]).body(()).ok()?.into_parts().0;
    parts.uri.path().starts_with('/').then_some(())?;
    parts.headers = headers(&text[end..]);
    Some(parts)
}

/// Headers of a response, of which the first byte is the status: a prohibition always holds, and one more number never makes anything fresher.
pub fn judged(bytes: &[u8]) {
    let Some((status, lines)) = bytes.split_first() else { return };
    let mut rule = Rule::new(Pattern::all());
    rule.ttl = status.is_multiple_of(2).then_some(Duration::MAX);
    let status = [200, 302, 404, 500][usize::from(status >> 6)];
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let verdict = |headers: &HeaderMap| {
        judge(Judged {
            status,
            headers,
            path: "/",
            authorized: false,
            rule: &rule,
            stale_if_error: Duration::from_secs(3600),
            size: None,
            max_body: 0,
            tracked: true,
            now,
        })
    };
    let before = headers(lines);
    let lifetime = verdict(&before);
    assert!(lifetime.is_err() || tags::tags(&before, &rule).len() <= 256);
    let targeted = ["ssr-host-cache-control", "cdn-cache-control"].iter().any(|name| before.contains_key(*name));
    if targeted {
        return;
    }
    let with = |directive: &'static str| {
        let mut after = before.clone();
        after.append("cache-control", HeaderValue::from_static(directive));
        verdict(&after)
    };
    for prohibition in ["no-store", "PRIVATE", "a=\"b\", no-cache", "a=\"b, private", "x=\", no-store"] {
        assert!(with(prohibition).is_err(), "{prohibition} holds");
    }
    assert!(with("max-age=0").is_err() || with("max-age=0").map(|now| now.fresh) <= lifetime.map(|before| before.fresh));
    // Without quotes nothing can be meant otherwise.
    let plain = before.get_all("cache-control").iter().filter(|line| !line.as_bytes().contains(&b'"'));
    let names = plain.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let prohibits =
        |name: &[u8]| [&b"no-store"[..], b"private", b"no-cache"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if names.map(<[u8]>::trim_ascii).any(prohibits) {
        assert!(lifetime.is_err());
    }
}

/// Two requests with an empty line between them, or a spec: keys are the same only when path and values are.
pub fn keys(bytes: &[u8]) {
    if let Some(spec) = Spec::from_bytes(bytes) {
        assert_eq!(Spec::from_bytes(&spec.to_bytes()), Some(spec));
    }
    let middle = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let (one, other) = (request(&bytes[..middle]), request(bytes.get(middle + 2..).unwrap_or_default()));
    let (Some(one), Some(other)) = (one, other) else { return };
    let differs = |read: Read, differs: bool| {
        let spec = Spec(Box::new([read]));
        if let (Ok(one), Ok(other)) = (Key::of(&one, &spec), Key::of(&other, &spec)) {
            assert!(!(differs && one == other), "{spec:?}");
        }
    };
    let lines = |parts: &Parts, name: &str| parts.headers.get_all(name).iter().cloned().collect::<Vec<_>>();
    let elsewhere = one.uri.path() != other.uri.path();
    differs(Read::Query, elsewhere || one.uri.query() != other.uri.query());
    differs(Read::Headers, elsewhere || one.headers != other.headers);
    differs(Read::Cookies, elsewhere || lines(&one, "cookie") != lines(&other, "cookie"));
    for name in ["a", "b", "x"] {
        let header = Read::Header(Name(HeaderName::from_static(name)));
        differs(header, elsewhere || lines(&one, name) != lines(&other, name));
        differs(Read::Parameter(name.into()), elsewhere || parameters(&one, name) != parameters(&other, name));
        differs(Read::Cookie(name.into()), elsewhere || cookies(&one, name) != cookies(&other, name));
    }
}

/// The values of a parameter, decoded as far as possible.
fn parameters(parts: &Parts, name: &str) -> Vec<Vec<u8>> {
    let pairs = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let values = pairs
        .filter(|pair| *decoded_name(pair) == *name.as_bytes())
        .map(|pair| pair.split_once('=').map_or("", |(_, value)| value));
    values.map(|value| decoded_name(&value.replace('=', "%3D")).into_owned()).collect()
}

fn cookies(parts: &Parts, name: &str) -> Vec<Vec<u8>> {
    let pairs = parts.headers.get_all(COOKIE).iter().flat_map(|line| cookie_pairs(line.as_bytes()));
    pairs.filter(|(key, _)| *key == name.as_bytes()).map(|(_, value)| value.to_vec()).collect()
}

/// A request: its normal form is that of itself, and has nothing that the rule does not let through.
pub fn normal_form(bytes: &[u8]) {
    let Some(before) = request(bytes) else { return };
    let one_of = |values: &[&str]| Normalizer::OneOf(values.iter().map(|&value| value.to_owned()).collect());
    let rule = Rule {
        ignore_query: vec!["utm_*".to_owned(), "a".to_owned()],
        headers: vec![
            (HeaderName::from_static("x"), Normalizer::Drop),
            (http::header::ACCEPT_LANGUAGE, one_of(&["en", "de", "de-AT"])),
            (http::header::ACCEPT, one_of(&["text/html", "application/json"])),
            (http::header::ACCEPT_ENCODING, one_of(&["identity", "gzip"])),
        ],
        cookies: Some(vec!["b".to_owned(), "a".to_owned()]),
        ..Rule::new(Pattern::all())
    };
    let mut after = before.clone();
    normalize(&mut after, &rule);
    let mut again = after.clone();
    normalize(&mut again, &rule);
    assert_eq!((&again.uri, &again.headers), (&after.uri, &after.headers));
    assert_eq!(after.uri.path(), before.uri.path());
    let mut left = before.uri.query().into_iter().flat_map(|query| query.split('&'));
    for pair in after.uri.query().into_iter().flat_map(|query| query.split('&')) {
        assert!(left.any(|earlier| earlier == pair), "the order stays");
        let name = decoded_name(pair);
        assert!(!name.starts_with(b"utm_") && *name != *b"a", "{pair}");
    }
    for (name, normalizer) in &rule.headers {
        let lines: Vec<_> = after.headers.get_all(name).iter().collect();
        match normalizer {
            Normalizer::Drop => assert!(lines.is_empty()),
            Normalizer::OneOf(values) => assert!(lines.len() == 1 && values.iter().any(|value| lines[0] == value)),
        }
    }
    let cookies: Vec<_> = after.headers.get_all(COOKIE).iter().collect();
    assert!(cookies.len() <= 1);
    for line in cookies {
        assert!(line.as_bytes().split(|byte| *byte == b';').all(|pair| matches!(pair.trim_ascii(), [b'a' | b'b', b'=', ..])));
    }
}
