//! One entry of the list of those that the app may ask.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::host::Host;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) who: Who,
    /// `None`: whichever.
    port: Option<u16>,
}

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever may be asked without a list.
    Anyone,
    /// This name.
    Name(String),
    /// Every name that ends so, with a dot in front.
    Below(String),
    /// An address, or all in a network.
    Net(IpNet),
}

/// What is expected of an entry, for messages.
pub const EXPECTED: &str = "a host such as `api.example.com` or `*.example.com`, an address or a network such as `10.0.0.0/8` or `fdaa::/16`, \
                        each with a port (`[fdaa::1]:8080`) or without, or `*`";

impl Entry {
    pub(super) fn has(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }
}

impl Who {
    /// Whether this is a name of those meant.
    pub(super) fn is_named(&self, name: &str) -> bool {
        match self {
            Who::Name(own) => own == name,
            Who::Below(end) => name.ends_with(end.as_str()) && name.len() > end.len(),
            Who::Anyone | Who::Net(_) => false,
        }
    }

    /// Whether one with this name may be meant: what addresses it has is not known yet.
    pub(super) fn may_be(&self, name: &str) -> bool {
        matches!(self, Who::Anyone | Who::Net(_)) || self.is_named(name)
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        matches!(self, Who::Net(net) if net.contains(&address))
    }

    /// Whether the very address is meant, not one of many.
    pub(super) fn is(&self, address: IpAddr) -> bool {
        matches!(self, Who::Net(net) if net.prefix_len() == net.max_prefix_len() && net.addr() == address)
    }
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(text: &str) -> Result<Entry, String> {
        let wrong = || format!("`{text}` names nobody: expected {EXPECTED}");
        let (who, port) = split(text.trim()).ok_or_else(wrong)?;
        let port = port.map(|port| port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)).transpose()?;
        let who = match who.strip_prefix("*.") {
            _ if who == "*" => Who::Anyone,
            Some(end) => match Host::parse(end) {
                Some(Host::Name(end)) => Who::Below(format!(".{end}")),
                _ => return Err(wrong()),
            },
            None if who.contains('/') => Who::Net(network(who).ok_or_else(wrong)??),
            None => match Host::parse(who).ok_or_else(wrong)? {
                Host::Name(name) => Who::Name(name),
                Host::Address(address) => Who::Net(address.into()),
            },
        };
        Ok(Entry { who, port })
    }
}

/// Who, and a port, if there is one. An IPv6 address with a port is in brackets, as in a URL.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (who, rest) = rest.split_once(']')?;
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
        return who.contains(':').then_some((who, port));
    }
    match text.split_once(':') {
        Some((who, port)) if !port.contains(':') => Some((who, Some(port))),
        _ => Some((text, None)),
    }
}

/// A network of IPv4 in IPv6 is refused: addresses are compared as those of IPv4.
fn network(text: &str) -> Option<Result<IpNet, String>> {
    let net: IpNet = text.parse().ok()?;
    if net.addr().to_canonical() != net.addr() {
        return None;
    }
    if net.trunc() != net {
        // One of the two is a mistake, and which one decides who may be asked.
        return Some(Err(format!("`{text}`: expected the network `{}` or the address `{}`", net.trunc(), net.addr())));
    }
    Some(Ok(net))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entries() {
        let net = |text: &str| Who::Net(text.parse().unwrap());
        let cases = [
            ("*", Who::Anyone, None),
            ("*:443", Who::Anyone, Some(443)),
            ("API.example.com.", Who::Name("api.example.com".into()), None),
            (" api.example.com:8443 ", Who::Name("api.example.com".into()), Some(8443)),
            ("*.Example.com", Who::Below(".example.com".into()), None),
            ("*.example.com:80", Who::Below(".example.com".into()), Some(80)),
            ("10.0.0.0/8", net("10.0.0.0/8"), None),
            ("10.0.0.0/8:5432", net("10.0.0.0/8"), Some(5432)),
            ("10.0.0.1", net("10.0.0.1/32"), None),
            ("10.0.0.1:80", net("10.0.0.1/32"), Some(80)),
            ("::ffff:10.0.0.1", net("10.0.0.1/32"), None),
            ("fdaa::/16", net("fdaa::/16"), None),
            ("[fdaa::/16]:8080", net("fdaa::/16"), Some(8080)),
            ("fdaa::1", net("fdaa::1/128"), None),
            ("[fdaa::1]", net("fdaa::1/128"), None),
            ("[fdaa::1]:8080", net("fdaa::1/128"), Some(8080)),
        ];
        for (text, who, port) in cases {
            assert_eq!(text.parse(), Ok(Entry { who, port }), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let texts = [
            "",
            " ",
            "https://a.example",
            "a.example/path",
            "a.example:",
            "a.example:x",
            "a.example:0",
            "a.example:65536",
            "a b",
            "*a.example",
            "a.*.example",
            "*.",
            "*.*",
            "*.10.0.0.1",
            "10.0.0.0/33",
            "10.0.0/8",
            "0177.0.0.1",
            "[10.0.0.1]:80",
            "[a]:80",
            "[fdaa::1]8080",
            "[fdaa::1",
            "::ffff:10.0.0.0/104",
            "bücher.example",
            "a.example:80:81",
        ];
        for text in texts {
            assert_eq!(text.parse::<Entry>(), Err(format!("`{text}` names nobody: expected {EXPECTED}")), "{text}");
        }
        let expected = "`10.1.2.3/8`: expected the network `10.0.0.0/8` or the address `10.1.2.3`";
        assert_eq!("10.1.2.3/8".parse::<Entry>(), Err(expected.to_owned()));
    }
}
