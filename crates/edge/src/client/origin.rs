//! The host the client asked for, and whether it did so over TLS.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Uri};

use super::Trust;
use super::chain::Claim;

/// What a proxy says of them. `None`: nothing that can be read.
#[derive(Default)]
pub(super) struct Origin {
    pub(super) host: Option<String>,
    pub(super) https: Option<bool>,
}

impl Origin {
    /// `named` headers go before what the walk found in `forwarded`. Without a client address Fastify believes no host.
    pub(super) fn read(trust: &Trust, via_proxy: bool, has_ip: bool, walked: Claim<'_>, headers: &HeaderMap) -> Origin {
        let anyone = trust.peers.believes_origin_of_anyone();
        let named = |name: &Option<HeaderName>| name.as_ref().and_then(|name| last_entry(headers, name));
        let mut origin = Origin::default();
        if if anyone { has_ip } else { via_proxy } {
            origin.host = named(&trust.host_header).or(walked.host.as_deref()).and_then(authority);
        }
        if anyone || via_proxy {
            origin.https = named(&trust.proto_header).or(walked.proto.as_deref()).and_then(is_https);
        }
        origin
    }
}

/// The host that the request itself names, as it was sent: of several headers the first, as Node. Not checked.
pub(super) fn requested_host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let host = headers.get(HOST).map(|host| host.as_bytes()).filter(|host| !host.is_empty());
    let authority = || uri.authority().and_then(|authority| authority.as_str().rsplit('@').next()).map(str::as_bytes);
    host.or_else(authority).map(|host| match str::from_utf8(host) {
        Ok(text) if text.is_ascii() => text.to_owned(),
        // Bytes over 127 as Node reads headers: latin1.
        _ => host.iter().map(|byte| char::from(*byte)).collect(),
    })
}

/// The last entry of a list, which the peer itself wrote (`getLastEntryInMultiHeaderValue` of fastify/lib/request.js).
fn last_entry<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let line = headers.get_all(name).iter().next_back()?.as_bytes();
    line.rsplit(|byte| *byte == b',').next().map(<[u8]>::trim_ascii)
}

/// A host with or without a port.
fn authority(text: &[u8]) -> Option<String> {
    let authority = Authority::try_from(text).ok()?;
    (!authority.host().is_empty() && !authority.as_str().contains('@')).then(|| authority.as_str().to_owned())
}

/// Some proxies name the scheme of a WebSocket.
fn is_https(scheme: &[u8]) -> Option<bool> {
    match &scheme.to_ascii_lowercase()[..] {
        b"https" | b"wss" => Some(true),
        b"http" | b"ws" => Some(false),
        _ => None,
    }
}
