//! `edge::origin`: a pattern in the first line, the value of an `Origin` header after it.

use edge::origin::{Pattern, default_port};
use http::Uri;

pub(crate) fn check(bytes: &[u8]) {
    let (pattern, origin) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()));
    let origin = origin.strip_prefix(b"\n").unwrap_or(origin);
    let text = String::from_utf8_lossy(pattern);
    let Ok(pattern) = text.parse::<Pattern>() else { return };
    match &pattern {
        Pattern::Any => assert!(pattern.matches(origin)),
        Pattern::Null => assert_eq!(pattern.matches(origin), origin == b"null"),
        Pattern::Exactly(_) => {
            assert!(pattern.matches(text.as_bytes()));
            assert_eq!(pattern.matches(origin), origin == text.as_bytes());
            read(&text);
        }
        Pattern::Below { scheme, domain } => {
            let below = |labels: &str| pattern.matches(format!("{scheme}{labels}{domain}").as_bytes());
            assert!(below("a") && below("a.b") && below("x-1"));
            assert!(!below("") && !below("a.") && !below(".a") && !below("a/") && !below("u@a") && !below("a:1"));
            assert!(!pattern.matches(format!("{scheme}{}", &domain[1..]).as_bytes()), "the domain itself");
            if pattern.matches(origin) {
                is_below(str::from_utf8(origin).unwrap(), &text);
            }
        }
    }
}

/// Scheme, host and port as another reader of addresses finds them; an origin has nothing else.
fn read(origin: &str) -> (String, String, Option<u16>) {
    let uri: Uri = origin.parse().unwrap_or_else(|error| panic!("{origin} is let through: {error}"));
    let parts = (uri.scheme_str().unwrap().to_owned(), uri.host().unwrap().to_owned(), uri.port_u16());
    let port = parts.2.map(|port| format!(":{port}")).unwrap_or_default();
    assert_eq!(format!("{}://{}{port}", parts.0, parts.1), origin);
    assert!(parts.2.is_none() || parts.2 != default_port(&parts.0), "{origin}: browsers leave the port out");
    parts
}

/// What is let through is under the domain, and would be an origin by itself.
fn is_below(origin: &str, pattern: &str) {
    assert_eq!(origin.parse(), Ok(Pattern::Exactly(origin.to_owned())));
    let (scheme, host, port) = read(origin);
    let (expected_scheme, domain, expected_port) = read(&pattern.replacen("*.", "", 1));
    assert_eq!((scheme, port), (expected_scheme, expected_port));
    assert!(host.strip_suffix(&domain).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.')), "{host} {domain}");
}
