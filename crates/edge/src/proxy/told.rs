//! What the backend is told of the client and of the way of a request: `X-Forwarded-*` and `Forwarded` (RFC 7239), `Via` (RFC 9110 section
//! 7.6.3), the request's id and its trace (W3C Trace Context).
//!
//! All of it comes from [`Client`], whose word counts here as everywhere. The chain of addresses is the one that was walked, from the
//! client to the peer: what a client writes itself into these headers is gone, whichever end of the list the backend believes.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use bytes::BytesMut;
use http::header::{FORWARDED, VIA};
use http::{HeaderMap, HeaderName, HeaderValue, Version};
use smallvec::SmallVec;

use super::path::Mapping;
use crate::client::Client;
use crate::request_id::RequestId;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Where proxies write who the client is: from anyone else it is a forgery.
const CLAIMS: [&str; 8] = [
    "cf-connecting-ip",
    "client-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
];

/// What this server calls itself in `Via`.
const NAME: &str = "ssr-host";

/// Hosts like this one that a request may have passed: more is a loop, such as a backend that is this host.
const MAX_PASSES: usize = 4;

/// Whether the request goes in circles.
pub(super) fn loops(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(VIA).into_iter().filter_map(|line| line.to_str().ok());
    let by = |entry: &str| entry.split_whitespace().nth(1) == Some(NAME);
    lines.flat_map(|line| line.split(',')).filter(|entry| by(entry)).count() > MAX_PASSES
}

/// Sets what is told of the client; removes what anyone else says of it.
pub(super) fn about_client(headers: &mut HeaderMap, client: &Client, mapping: &Mapping) {
    if !client.via_proxy {
        CLAIMS.iter().for_each(|name| drop(headers.remove(*name)));
    }
    let others: Vec<_> = headers.keys().filter(|name| name.as_str().starts_with("x-forwarded-")).cloned().collect();
    others.into_iter().chain([FORWARDED, REAL_IP]).for_each(|name| drop(headers.remove(name)));
    let chain: SmallVec<[IpAddr; 4]> = match &client.ips {
        Some(ips) if !ips.is_empty() => ips.iter().rev().copied().collect(),
        _ => client.ip.into_iter().collect(),
    };
    let host = client.host.as_deref().filter(|host| HeaderValue::from_str(host).is_ok());
    let mut values = Values(BytesMut::with_capacity(256));
    if !chain.is_empty() {
        values.set(headers, FOR, |text| list(text, &chain, ", ", |text, ip| write!(text, "{ip}")));
    }
    if let Some(host) = host {
        values.set(headers, HOST, |text| text.write_str(host));
    }
    values.set(headers, PORT, |text| write!(text, "{}", port(client)));
    if mapping.changes() && !mapping.public.as_str().is_empty() {
        values.set(headers, PREFIX, |text| text.write_str(mapping.public.as_str()));
    }
    headers.insert(PROTO, HeaderValue::from_static(client.scheme()));
    if let Some(ip) = client.ip {
        values.set(headers, REAL_IP, |text| write!(text, "{ip}"));
    }
    values.set(headers, FORWARDED, |text| forwarded(text, &chain, host, client.scheme()));
}

/// Values of headers out of one piece of memory.
struct Values(BytesMut);

impl Values {
    fn set(&mut self, headers: &mut HeaderMap, name: HeaderName, write: impl FnOnce(&mut BytesMut) -> fmt::Result) {
        let written = write(&mut self.0);
        let text = self.0.split().freeze();
        if let (Ok(()), Ok(value)) = (written, HeaderValue::from_maybe_shared(text)) {
            headers.insert(name, value);
        }
    }
}

fn list<T>(text: &mut BytesMut, members: &[T], between: &str, write: impl Fn(&mut BytesMut, &T) -> fmt::Result) -> fmt::Result {
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            text.write_str(between)?;
        }
        write(text, member)?;
    }
    Ok(())
}

/// The port that the client asked: of its host, else of its scheme.
fn port(client: &Client) -> u16 {
    let authority = client.host.as_deref().and_then(|host| host.parse::<http::uri::Authority>().ok());
    let default = if client.https { 443 } else { 80 };
    authority.and_then(|authority| authority.port_u16()).unwrap_or(default)
}

/// The first element has what the first of us was asked for.
fn forwarded(text: &mut BytesMut, chain: &[IpAddr], host: Option<&str>, scheme: &str) -> fmt::Result {
    let node = |text: &mut BytesMut, ip: &IpAddr| match ip {
        IpAddr::V4(ip) => write!(text, "for={ip}"),
        IpAddr::V6(ip) => write!(text, "for=\"[{ip}]\""),
    };
    match chain.first() {
        Some(first) => node(text, first)?,
        None => text.write_str("for=unknown")?,
    }
    // A port needs quotes; what would end them is in no host that can be read.
    if let Some(host) = host.filter(|host| !host.contains(['"', '\\'])) {
        write!(text, ";host=\"{host}\"")?;
    }
    write!(text, ";proto={scheme}")?;
    chain.iter().skip(1).try_for_each(|ip| {
        text.write_str(", ")?;
        node(text, ip)
    })
}

/// Adds this server to the way of the request.
pub(super) fn way(headers: &mut HeaderMap, version: Version) {
    let received = match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    };
    let lines = headers.get_all(VIA).into_iter().map(HeaderValue::as_bytes);
    let own = format!("{received} {NAME}");
    let all = lines.chain([own.as_bytes()]).collect::<Vec<_>>().join(&b", "[..]);
    if let Ok(value) = HeaderValue::from_bytes(&all) {
        headers.insert(VIA, value);
    }
}

/// Sets the request's id, and a trace where the client has sent none that can be read.
pub(super) fn trace(headers: &mut HeaderMap, id: Option<&RequestId>) {
    if let Some(id) = id {
        headers.insert(REQUEST_ID, id.to_header());
    }
    let mut lines = headers.get_all(TRACEPARENT).into_iter();
    if lines.next().is_some_and(|line| is_traceparent(line.as_bytes())) && lines.next().is_none() {
        return;
    }
    headers.remove(TRACESTATE);
    let trace = match id {
        Some(RequestId::Own(bits)) => *bits,
        _ => fastrand::u128(1..),
    };
    if let Ok(value) = HeaderValue::from_str(&format!("00-{trace:032x}-{:016x}-00", fastrand::u64(1..))) {
        headers.insert(TRACEPARENT, value);
    }
}

/// Whether it is one of this version or a later one (Trace Context section 3.2).
fn is_traceparent(value: &[u8]) -> bool {
    let hex = |from: usize, to: usize| {
        value.get(from..to).is_some_and(|part| part.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
    };
    let is_set = |from: usize, to: usize| hex(from, to) && value[from..to].iter().any(|byte| *byte != b'0');
    let dashes = [2, 35, 52].iter().all(|at| value.get(*at) == Some(&b'-'));
    let end = value.len() == 55 || value.len() > 55 && value[55] == b'-' && !value.starts_with(b"00");
    hex(0, 2) && is_set(3, 35) && is_set(36, 52) && hex(53, 55) && dashes && end && !value.starts_with(b"ff")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ips: &[&str], host: &str, via_proxy: bool) -> Client {
        let ips: Vec<IpAddr> = ips.iter().map(|ip| ip.parse().unwrap()).collect();
        Client { ip: ips.last().copied(), ips: Some(ips), host: Some(host.into()), https: via_proxy, peer: None, via_proxy }
    }

    fn told(client: &Client, sent: &[(&'static str, &'static str)], backend: &str) -> Vec<(String, String)> {
        let mut headers: HeaderMap =
            sent.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        let mapping = Mapping { public: "/api".parse().unwrap(), backend: backend.parse().unwrap() };
        about_client(&mut headers, client, &mapping);
        let mut told: Vec<_> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        told.sort();
        told
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn nothing_that_the_client_says_of_itself_is_left() {
        let forged = [
            ("forwarded", "for=6.6.6.6"),
            ("fly-client-ip", "6.6.6.6"),
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "7.7.7.7"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-port", "1"),
            ("x-forwarded-prefix", "/evil"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-server", "evil"),
            ("x-real-ip", "6.6.6.6"),
        ];
        let expected = [
            ("forwarded", "for=\"[2001:db8::1]\";host=\"a.example:8080\";proto=http"),
            ("x-forwarded-for", "2001:db8::1"),
            ("x-forwarded-host", "a.example:8080"),
            ("x-forwarded-port", "8080"),
            ("x-forwarded-proto", "http"),
            ("x-real-ip", "2001:db8::1"),
        ];
        assert_eq!(told(&client(&["2001:db8::1"], "a.example:8080", false), &forged, "/api"), pairs(&expected));
    }

    #[test]
    fn the_chain_is_the_one_that_was_walked() {
        let sent = [("x-forwarded-for", "6.6.6.6, 198.51.100.7"), ("fly-client-ip", "198.51.100.7")];
        let expected = [
            ("fly-client-ip", "198.51.100.7"),
            ("forwarded", "for=198.51.100.7;host=\"a.example\";proto=https, for=172.16.0.1"),
            ("x-forwarded-for", "198.51.100.7, 172.16.0.1"),
            ("x-forwarded-host", "a.example"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-prefix", "/api"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "198.51.100.7"),
        ];
        assert_eq!(told(&client(&["172.16.0.1", "198.51.100.7"], "a.example", true), &sent, "/"), pairs(&expected));
        let unix = told(&Client { host: None, ..client(&[], "", false) }, &[], "/api");
        assert_eq!(
            unix,
            pairs(&[("forwarded", "for=unknown;proto=http"), ("x-forwarded-port", "80"), ("x-forwarded-proto", "http")])
        );
    }

    #[test]
    fn loops_end() {
        let mut headers = HeaderMap::new();
        headers.append(VIA, HeaderValue::from_static("1.1 other, 1.0 fred (ssr-host)"));
        for _ in 0..=MAX_PASSES {
            assert!(!loops(&headers));
            way(&mut headers, Version::HTTP_2);
        }
        assert!(loops(&headers));
        assert_eq!(headers.get_all(VIA).iter().count(), 1);
        assert!(headers[VIA].to_str().unwrap().starts_with("1.1 other, 1.0 fred (ssr-host), 2 ssr-host, "));
    }

    /// Examples of the Trace Context recommendation, and what its section 3.2.2 forbids.
    #[test]
    fn traces_are_passed_on_or_begun() {
        let good = [
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
        ];
        for text in good {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_static(text));
            headers.insert(TRACESTATE, HeaderValue::from_static("a=1"));
            trace(&mut headers, None);
            assert_eq!((&headers[TRACEPARENT], &headers[TRACESTATE]), (&HeaderValue::from_static(text), &"a=1".parse().unwrap()));
        }
        let bad = [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ];
        for text in bad {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_static(text));
            headers.insert(TRACESTATE, HeaderValue::from_static("a=1"));
            trace(&mut headers, Some(&RequestId::Own(0xabc)));
            let made = headers[TRACEPARENT].to_str().unwrap();
            assert!(made.starts_with("00-00000000000000000000000000000abc-") && made.ends_with("-00"), "{text} {made}");
            assert!(is_traceparent(made.as_bytes()) && !headers.contains_key(TRACESTATE));
            assert_eq!(headers[REQUEST_ID], "00000000000000000000000000000abc");
        }
    }
}
