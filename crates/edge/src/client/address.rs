//! An address as proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`,
//! `fe80::1%eth0`.
//!
//! Strict where readers differ: a number with leading zeros, a hexadecimal or a single 32-bit number is no address, although
//! some libraries take it for one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One entry of a list that is an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address {
    /// Canonical: never IPv4 in IPv6.
    pub(super) ip: IpAddr,
    /// Written without brackets and port, the only form that `proxy-addr` compares with its list.
    pub(super) bare: bool,
}

impl Address {
    /// Reads an entry. Spaces around it do not matter; only they do not make it any less bare, as in the package `forwarded`.
    pub(super) fn parse(text: &[u8]) -> Option<Address> {
        let text = str::from_utf8(text).ok()?.trim_matches(' ');
        if let Some(ip) = bare(text) {
            return Some(Address { ip: ip.to_canonical(), bare: true });
        }
        let text = text.trim_matches([' ', '\t']);
        let ip = match text.strip_prefix('[') {
            Some(rest) => {
                let (inside, after) = rest.split_once(']')?;
                (after.is_empty() || after.strip_prefix(':').is_some_and(is_port)).then_some(())?;
                IpAddr::V6(ipv6(inside)?)
            }
            None => match text.rsplit_once(':') {
                Some((address, port)) if is_port(port) && !address.contains(':') => address.parse::<Ipv4Addr>().ok()?.into(),
                _ => bare(text)?,
            },
        };
        Some(Address { ip: ip.to_canonical(), bare: false })
    }
}

fn bare(text: &str) -> Option<IpAddr> {
    match text.parse::<Ipv4Addr>() {
        Ok(ip) => Some(ip.into()),
        Err(_) => ipv6(text).map(IpAddr::V6),
    }
}

/// The zone means something only on the machine that wrote it: read over.
fn ipv6(text: &str) -> Option<Ipv6Addr> {
    let address = match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric()) => address,
        Some(_) => return None,
        None => text,
    };
    address.parse().ok()
}

/// A number, or an obfuscated port (RFC 7239 section 6).
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
        None => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_proxies_write() {
        let cases = [
            ("192.0.2.1", "192.0.2.1", true),
            ("  192.0.2.1 ", "192.0.2.1", true),
            ("\t192.0.2.1", "192.0.2.1", false),
            ("192.0.2.1:80", "192.0.2.1", false),
            ("192.0.2.1:_secret", "192.0.2.1", false),
            ("2001:db8::1", "2001:db8::1", true),
            ("2001:DB8::1", "2001:db8::1", true),
            ("2001:db8::1:80", "2001:db8::1:80", true),
            ("[2001:db8::1]", "2001:db8::1", false),
            ("[2001:db8::1]:4711", "2001:db8::1", false),
            ("[::1]:80", "::1", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("[::ffff:c000:201]:1", "192.0.2.1", false),
            ("fe80::1%eth0", "fe80::1", true),
        ];
        for (text, ip, bare) in cases {
            assert_eq!(Address::parse(text.as_bytes()), Some(Address { ip: ip.parse().unwrap(), bare }), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        let cases = [
            "",
            " ",
            "unknown",
            "_hidden",
            "-",
            "localhost",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "010.0.0.1",
            "0x7f.0.0.1",
            "2130706433",
            "1.2.3.4:",
            "1.2.3.4:x",
            "1.2.3.4:123456",
            "1.2.3.4:_",
            "[1.2.3.4]:80",
            "[::1",
            "::1]",
            "[::1]x",
            "[::1]:",
            "[]",
            "fe80::1%",
            "fe80::1%a b",
            "1.2.3.4, 5.6.7.8",
            "1.2.3.4/8",
            "\"1.2.3.4\"",
            "1.2.3.4\0",
        ];
        for text in cases {
            assert_eq!(Address::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Address::parse(b"1.2.3.4\xff"), None);
    }
}
