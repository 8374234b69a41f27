//! The walk from the peer of the connection to the client, over what the proxies between them wrote.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

use super::Trust;
use super::address::Address;
use super::forwarded::{self, Element};
use super::trust::{Count, FORWARDED, Source, X_FORWARDED_FOR};

/// Entries of a list that are looked at, from the right. A real chain has a handful.
pub const MAX_HOPS: usize = 64;

/// Where the walk went.
pub(super) struct Path<'a> {
    /// The peer (unless it is a Unix socket), then the proxies, last the client.
    pub(super) ips: Vec<IpAddr>,
    /// What the walked elements of `forwarded` say.
    pub(super) origin: Claim<'a>,
}

/// Host and scheme as written. The furthest element that a trusted proxy wrote is the one about the client's own connection.
#[derive(Default)]
pub(super) struct Claim<'a> {
    pub(super) host: Option<Cow<'a, [u8]>>,
    pub(super) proto: Option<Cow<'a, [u8]>>,
}

/// One entry of a list.
struct Hop<'a> {
    address: Option<Address>,
    origin: Claim<'a>,
}

impl<'a> Path<'a> {
    /// No step: the peer is the client.
    pub(super) fn of_peer(peer: Option<IpAddr>) -> Path<'a> {
        Path { ips: peer.into_iter().collect(), origin: Claim::default() }
    }
}

/// Walks from a trusted peer.
pub(super) fn walk<'a>(trust: &Trust, peer: Option<IpAddr>, headers: &'a HeaderMap) -> Path<'a> {
    let mut path = Path::of_peer(peer);
    match &trust.address {
        None => {}
        Some(Source::Single(name)) => path.ips.extend(single(headers, name)),
        Some(Source::XForwardedFor(count)) => follow(trust, *count, &mut path, x_forwarded_for(headers)),
        Some(Source::Forwarded(count)) => follow(trust, *count, &mut path, forwarded(headers)),
    }
    path
}

/// Goes on for as long as the address that wrote the next entry is trusted.
fn follow<'a>(trust: &Trust, count: Count, path: &mut Path<'a>, hops: impl Iterator<Item = Hop<'a>>) {
    let mut writer = None;
    for (index, hop) in hops.take(MAX_HOPS).enumerate() {
        let believed = match count {
            Count::All => true,
            Count::Hops(hops) => index < hops,
            Count::Trusted => index == 0 || writer.is_some_and(|writer| trust.peers.contains_hop(writer)),
        };
        if !believed {
            return;
        }
        path.ips.extend(hop.address.map(|address| address.ip));
        path.origin.host = hop.origin.host.or_else(|| path.origin.host.take());
        path.origin.proto = hop.origin.proto.or_else(|| path.origin.proto.take());
        writer = hop.address;
    }
}

/// A header with one address. Two lines or a list are not what the proxy writes.
fn single(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (Some(line), None) => Some(Address::parse(line.as_bytes())?.ip),
        _ => None,
    }
}

/// Empty entries do not count, as in the package `forwarded` of `proxy-addr`.
fn x_forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = Hop<'_>> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    entries
        .filter(|entry| entry.iter().any(|byte| *byte != b' '))
        .map(|entry| Hop { address: Address::parse(entry), origin: Claim::default() })
}

fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop<'_>> {
    let lines = headers.get_all(FORWARDED).iter().rev();
    lines.flat_map(|line| forwarded::elements(line.as_bytes())).map(|text| {
        let Element { address, host, proto } = Element::parse(text);
        Hop { address: address.and_then(|text| Address::parse(&text)), origin: Claim { host, proto } }
    })
}
