//! What an address is the address of.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is the address of (IANA's registries of special-purpose addresses, RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody on the internet.
    Public,
    /// Somebody on a private network, or on none that exists.
    Private,
    /// This machine.
    Loopback,
    /// A neighbour on the same link.
    LinkLocal,
    /// The cloud, telling this machine its secrets.
    Metadata,
    /// Nobody in particular: unspecified, multicast, broadcast, reserved.
    Nobody,
}

impl Kind {
    /// For messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Public => "an address on the internet",
            Kind::Private => "a private address",
            Kind::Loopback => "an address of this machine",
            Kind::LinkLocal => "a link-local address",
            Kind::Metadata => "the address of a cloud's metadata",
            Kind::Nobody => "the address of nobody in particular",
        }
    }
}

/// Metadata of EC2, GCE and Azure; credentials of ECS and EKS; Oracle, Alibaba; Azure's WireServer. Most are link-local, but a few lie in
/// networks that somebody may list in good faith.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// EC2, EKS and GCE.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

pub(super) fn kind(address: IpAddr) -> Kind {
    match address.to_canonical() {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => kind_v6(address),
    }
}

fn kind_v4(address: Ipv4Addr) -> Kind {
    if METADATA_V4.contains(&address) {
        return Kind::Metadata;
    }
    match address.octets() {
        [0 | 224..=255, ..] => Kind::Nobody,
        [127, ..] => Kind::Loopback,
        [169, 254, ..] => Kind::LinkLocal,
        // RFC 1918; shared by carriers (RFC 6598), which Tailscale uses as well.
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Kind::Private,
        // Protocol assignments, benchmarks, relays of 6to4, documentation: not on the internet, whoever uses them.
        [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => Kind::Private,
        _ => Kind::Public,
    }
}

/// What is not known to be on the internet (2000::/3) counts as private. An address that has one of IPv4 in it goes there.
fn kind_v6(address: Ipv6Addr) -> Kind {
    if METADATA_V6.contains(&address) {
        return Kind::Metadata;
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] | [0xff00..=0xffff, ..] => Kind::Nobody,
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Loopback,
        [0xfe80..=0xfebf, ..] => Kind::LinkLocal,
        // NAT64 (RFC 6052), 6to4 (RFC 3056), and IPv4-compatible, which nobody routes, or the kernel might.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => kind_v4(embedded(high, low)),
        [0, 0, 0, 0, 0, 0, high, low] => not_public(kind_v4(embedded(high, low))),
        // Teredo and other assignments (2001::/23), documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Kind::Private,
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Private,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

fn not_public(kind: Kind) -> Kind {
    if kind == Kind::Public { Kind::Private } else { kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_addresses_are() {
        let cases: [(Kind, &[&str]); 6] = [
            (Kind::Public, &["1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.0.1.1", "198.20.0.1"]),
            (
                Kind::Public,
                &["2606:4700::1111", "2a09:8280:1::1", "3ffe::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"],
            ),
            (
                Kind::Private,
                &["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "192.0.2.1"],
            ),
            (
                Kind::Private,
                &["fc00::1", "fdaa:0:18:a7b::2", "fec0::1", "2001::1", "2001:db8::1", "64:ff9b:1::a00:1", "5f00::1", "::1.1.1.1"],
            ),
            (Kind::Private, &["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2002:c0a8:101::1", "::10.0.0.1", "1::1"]),
            (
                Kind::Loopback,
                &["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"],
            ),
        ];
        let more: [(Kind, &[&str]); 3] = [
            (
                Kind::LinkLocal,
                &["169.254.0.1", "fe80::1", "febf::1", "::ffff:169.254.1.1", "64:ff9b::a9fe:101", "2002:a9fe:101::"],
            ),
            (
                Kind::Metadata,
                &[
                    "169.254.169.254",
                    "169.254.170.2",
                    "::ffff:a9fe:a9fe",
                    "64:ff9b::a9fe:a9fe",
                    "2002:a9fe:a9fe::",
                    "::a9fe:a9fe",
                    "fd00:ec2::254",
                ],
            ),
            (
                Kind::Nobody,
                &["0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:0.0.0.0"],
            ),
        ];
        for (expected, addresses) in cases.into_iter().chain(more) {
            for text in addresses {
                assert_eq!(kind(text.parse().unwrap()), expected, "{text}");
            }
        }
    }
}
