//! A host as it stands in a URL.

use std::net::IpAddr;

/// A name or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// Canonical: IPv4 in IPv6 is IPv4.
    Address(IpAddr),
    /// In lower case, without a dot at the end.
    Name(String),
}

/// Longest name, and longest part of one (RFC 1035 section 2.3.4).
const LONGEST: (usize, usize) = (253, 63);

impl Host {
    /// `None`: it is neither, as it is written, and must not be asked. A name whose last part is a number is an address in a form that others
    /// may understand (WHATWG URL, "ends in a number checker").
    pub(super) fn parse(text: &str) -> Option<Host> {
        if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return address.parse().ok().filter(IpAddr::is_ipv6).map(Host::address);
        }
        if let Ok(address) = text.parse() {
            return Some(Host::address(address));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if let Ok(address) = name.parse::<std::net::Ipv4Addr>() {
            return Some(Host::address(address.into()));
        }
        let is_name = name.len() <= LONGEST.0 && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number);
        is_name.then_some(Host::Name(name))
    }

    fn address(address: IpAddr) -> Host {
        Host::Address(address.to_canonical())
    }

    /// Whether it says itself that it is this machine (RFC 6761 section 6.3).
    pub(super) fn is_loopback(&self) -> bool {
        match self {
            Host::Address(address) => address.is_loopback(),
            Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

/// Underscores are in names of services and machines, though not in host names (RFC 2181 section 11).
fn is_label(label: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !label.is_empty() && label.len() <= LONGEST.1 && label.bytes().all(is_known)
}

fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || label.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let address = |text: &str| Some(Host::Address(text.parse().unwrap()));
        for (text, expected) in [
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1.", "10.0.0.1"),
            ("::1", "::1"),
            ("[FDAA::1]", "fdaa::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("[::ffff:a00:1]", "10.0.0.1"),
        ] {
            assert_eq!(Host::parse(text), address(expected), "{text}");
        }
        for (text, expected) in [
            ("Api.Example.COM.", "api.example.com"),
            ("top1.nearest.of.my-app.internal", "top1.nearest.of.my-app.internal"),
            ("my-app._instances.internal", "my-app._instances.internal"),
            ("localhost", "localhost"),
            ("1.example", "1.example"),
            ("10.0.0.1x", "10.0.0.1x"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(Host::parse(text), Some(Host::Name(expected.into())), "{text}");
        }
    }

    #[test]
    fn what_is_neither() {
        let texts = [
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "a b",
            "a/b",
            "a:80",
            "a@b",
            "a%2eb",
            "a\0",
            "a\n",
            "*.a",
            "[10.0.0.1]",
            "[a]",
            "[::1",
            "::1]",
            "fe80::1%eth0",
            "[fe80::1%25eth0]",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "10.0.0.0x1",
            "1.2.3.4.5",
            "10.0.0.256",
            "a.0x",
            "a.7",
            "bücher.example",
            "ｌocalhost",
            "localhost。",
            "１０.0.0.1",
        ];
        for text in texts {
            assert_eq!(Host::parse(text), None, "{text:?}");
        }
        assert_eq!(Host::parse(&"a".repeat(64)), None);
        assert_eq!(Host::parse(&["a"; 128].join(".")), None);
    }
}
