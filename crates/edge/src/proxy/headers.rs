//! What of a message's headers is about one connection and goes no further (RFC 9110 section 7.6.1).

use http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    COOKIE, Entry, HOST, ORIGIN, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, STRICT_TRANSPORT_SECURITY, TE,
    TRANSFER_ENCODING, UPGRADE, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

/// About one connection, whether `Connection` says so or not. `Trailer` is not: trailers are passed on.
const HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    HeaderName::from_static("proxy-authentication-info"),
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Meant for who handles the message, whatever `Connection` says: a sender must not name such a field there, and one that does wants
/// something else to be missing (CVE-2026-105299).
const END_TO_END: [HeaderName; 15] = [
    ACCEPT,
    AUTHORIZATION,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_SECURITY_POLICY,
    CONTENT_TYPE,
    COOKIE,
    HOST,
    ORIGIN,
    SET_COOKIE,
    STRICT_TRANSPORT_SECURITY,
    VARY,
    X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
];

/// Removes what is about one connection.
pub(super) fn strip(headers: &mut HeaderMap) {
    for name in nominated(headers) {
        headers.remove(name);
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

/// The fields that `Connection` names and that may be meant for one connection only.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    tokens(headers, &CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token).ok())
        .filter(|name| !is_end_to_end(name))
        .collect()
}

fn is_end_to_end(name: &HeaderName) -> bool {
    END_TO_END.contains(name) || name.as_str().starts_with("sec-")
}

/// The members of a list, without what follows a `;`.
fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let members = headers.get_all(name).into_iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    members.map(|member| member.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii())
}

/// Whether the client takes trailers: all that `TE` says beyond one connection.
pub(super) fn takes_trailers(headers: &HeaderMap) -> bool {
    tokens(headers, &TE).any(|token| token.eq_ignore_ascii_case(b"trailers"))
}

/// The protocols a request may be upgraded to. `None`: it asks for nothing that can be passed on.
///
/// Never HTTP/2: what runs inside would pass by everything here (and RFC 9113 has given it up). TLS is about one connection.
pub(super) fn upgrade(version: Version, headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = version == Version::HTTP_11 && tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade"));
    if !asks {
        return None;
    }
    let lines = headers.get_all(UPGRADE).into_iter().filter_map(|line| line.to_str().ok());
    let may_pass = |protocol: &&str| {
        let name = protocol.split('/').next().unwrap_or_default();
        !protocol.is_empty() && !["h2c", "h2", "http", "tls"].iter().any(|other| name.eq_ignore_ascii_case(other))
    };
    let protocols: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).filter(may_pass).collect();
    HeaderValue::from_str(&protocols.join(", ")).ok().filter(|value| !value.is_empty())
}

/// Puts several lines of cookies, as HTTP/2 may send them, into the one that other servers expect (RFC 9113 section 8.2.3).
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    let Entry::Occupied(mut entry) = headers.entry(COOKIE) else { return };
    if entry.iter().nth(1).is_none() {
        return;
    }
    let joined = entry.iter().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b"; "[..]);
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        entry.insert(value);
    }
}

/// Sets and removes what the operator wants.
pub(super) fn change(headers: &mut HeaderMap, changes: &[(HeaderName, Option<HeaderValue>)]) {
    for (name, value) in changes {
        match value {
            Some(value) => drop(headers.insert(name, value.clone())),
            None => drop(headers.remove(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn what_is_about_a_connection_stays_there() {
        let mut all = headers(&[
            ("connection", "close, X-Hop,  keep-alive"),
            ("connection", "x-second"),
            ("x-hop", "1"),
            ("x-second", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("proxy-authenticate", "Basic"),
            ("te", "gzip"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("http2-settings", "x"),
            ("trailer", "x-sum"),
            ("x-kept", "1"),
        ]);
        strip(&mut all);
        assert_eq!(names(&all), ["trailer", "x-kept"]);
    }

    /// CVE-2026-105299, both ways.
    #[test]
    fn connection_does_not_take_what_is_meant_for_the_other_end() {
        let kept = [
            ("host", "a"),
            ("content-length", "1"),
            ("authorization", "x"),
            ("cookie", "a=1"),
            ("origin", "http://a"),
            ("sec-fetch-site", "same-origin"),
            ("content-security-policy", "default-src 'none'"),
            ("strict-transport-security", "max-age=1"),
            ("x-frame-options", "DENY"),
            ("set-cookie", "a=1"),
        ];
        let mut all = headers(&kept);
        let named = kept.map(|(name, _)| name).join(", ");
        all.insert(CONNECTION, HeaderValue::from_str(&named).unwrap());
        strip(&mut all);
        assert_eq!(names(&all), kept.map(|(name, _)| name));
    }

    #[test]
    fn upgrades_that_can_be_passed_on() {
        let cases = [
            (&[("connection", "Upgrade"), ("upgrade", "websocket")][..], Some("websocket")),
            (&[("connection", "keep-alive, upgrade"), ("upgrade", "WebSocket, foo/2")], Some("WebSocket, foo/2")),
            (&[("connection", "upgrade"), ("upgrade", "h2c, websocket")], Some("websocket")),
            (&[("connection", "upgrade, http2-settings"), ("upgrade", "h2c")], None),
            (&[("connection", "upgrade"), ("upgrade", "TLS/1.0")], None),
            (&[("connection", "upgrade"), ("upgrade", "HTTP/2.0")], None),
            (&[("connection", "upgrade")], None),
            (&[("upgrade", "websocket")], None),
            (&[("connection", "x-upgrade"), ("upgrade", "websocket")], None),
        ];
        for (lines, expected) in cases {
            let found = upgrade(Version::HTTP_11, &headers(lines));
            assert_eq!(found.as_ref().map(|value| value.to_str().unwrap()), expected, "{lines:?}");
        }
        let websocket = headers(&[("connection", "upgrade"), ("upgrade", "websocket")]);
        assert_eq!(upgrade(Version::HTTP_10, &websocket), None);
        assert_eq!(upgrade(Version::HTTP_2, &websocket), None);
    }

    #[test]
    fn te_and_cookies() {
        for (te, expected) in [("trailers", true), ("gzip, Trailers;q=1", true), ("gzip", false), ("", false)] {
            assert_eq!(takes_trailers(&headers(&[("te", te)])), expected, "{te}");
        }
        let mut all = headers(&[("cookie", "a=1"), ("x", "1"), ("cookie", "b=2; c=3")]);
        join_cookies(&mut all);
        assert_eq!(all.get_all(COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2; c=3"]);
    }
}
