//! The peers that are trusted: networks, and Unix sockets.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use super::address::Address;

/// A set of peers. Empty by default: nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peers {
    nets: Vec<IpNet>,
    unix: bool,
    anyone: bool,
    /// Read from an app's `trustProxy`: with its peculiarities.
    app: Option<AppRules>,
}

/// Where `trustProxy` of Fastify 4 differs from `[trust]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AppRules {
    /// Host and scheme are read from anyone's headers once there is a `trustProxy` (GHSA-444r-cwp2-x5xf, fixed in Fastify 5).
    origin_of_anyone: bool,
}

/// Text that names no peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// As written.
    pub value: String,
    /// What would have been right, such as ``a network such as `10.0.0.0/8` ``.
    pub expected: &'static str,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: expected {}", self.value, self.expected)
    }
}

impl std::error::Error for Invalid {}

impl Peers {
    /// Those named by `items`; see [`Peers::add`].
    ///
    /// # Errors
    /// The first item that names none.
    pub fn parse<'a>(items: impl IntoIterator<Item = &'a str>) -> Result<Peers, Invalid> {
        let mut peers = Peers::default();
        items.into_iter().try_for_each(|item| peers.add(item))?;
        Ok(peers)
    }

    /// Adds a network (`10.0.0.0/8`, `fc00::/7`), an address, `loopback` (127.0.0.0/8 and ::1) or `unix` (any Unix socket).
    ///
    /// # Errors
    /// The text is none of these.
    pub fn add(&mut self, text: &str) -> Result<(), Invalid> {
        match text {
            "unix" => self.unix = true,
            "loopback" => self.nets.extend(LOOPBACK),
            _ => {
                let net = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| Invalid {
                    value: text.to_owned(),
                    expected: "a network such as `10.0.0.0/8`, an address, `loopback` or `unix`",
                })?;
                self.nets.extend(canonical(net));
            }
        }
        Ok(())
    }

    /// Whether the peer with this address belongs to them; `None` is a Unix socket.
    pub fn contains(&self, peer: Option<IpAddr>) -> bool {
        self.anyone || peer.map_or(self.unix, |ip| self.has(ip.to_canonical()))
    }

    /// Whether nobody is trusted and the app has no say.
    pub fn is_empty(&self) -> bool {
        *self == Peers::default()
    }

    /// An entry further away. `proxy-addr` compares only plain addresses with its list.
    pub(super) fn contains_hop(&self, hop: Address) -> bool {
        self.has(hop.ip) && (hop.bare || self.app.is_none())
    }

    /// Whether host and scheme are read whoever the peer is.
    pub(super) fn believes_origin_of_anyone(&self) -> bool {
        self.app.is_some_and(|app| app.origin_of_anyone)
    }

    /// From now on only from those named.
    pub(super) fn believe_origin_of_peers_only(&mut self) {
        self.app = self.app.map(|_| AppRules { origin_of_anyone: false });
    }

    /// One network.
    pub(super) fn of_net(net: IpNet) -> Peers {
        Peers { nets: vec![net], ..Peers::default() }
    }

    /// Everyone, as `trustProxy: true` has it.
    pub(super) fn anyone_for_app() -> Peers {
        Peers { anyone: true, ..Peers::of_app(Vec::new()) }
    }

    /// The list of a `trustProxy`.
    pub(super) fn of_app(nets: Vec<IpNet>) -> Peers {
        Peers {
            nets: nets.into_iter().filter_map(canonical).collect(),
            app: Some(AppRules { origin_of_anyone: true }),
            ..Peers::default()
        }
    }

    fn has(&self, ip: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&ip))
    }
}

/// 127.0.0.0/8 and ::1.
pub(super) const LOOPBACK: [IpNet; 2] = [v4([127, 0, 0, 0], 8), v6([0, 0, 0, 0, 0, 0, 0, 1], 128)];

/// A network known when this was written.
pub(super) const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

/// A network known when this was written.
pub(super) const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> IpNet {
    IpNet::V6(ipnet::Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix))
}

/// Addresses are compared canonically, so a network of IPv4 in IPv6 is one of IPv4; one that is wider than that holds no
/// address which would be compared with it (as in `proxy-addr` since 2.0.8).
fn canonical(net: IpNet) -> Option<IpNet> {
    match net {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            let prefix = v6.prefix_len().checked_sub(96)?;
            Ipv4Net::new(v6.addr().to_ipv4_mapped()?, prefix).ok().map(IpNet::V4)
        }
        net => Some(net),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contain_what_they_name() {
        let cases = [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.9.9.9/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::ffff:0:0/96", "8.8.8.8", true),
            ("::ffff:0:0/95", "8.8.8.8", false),
            ("::/0", "8.8.8.8", false),
            ("::/0", "2001:db8::1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::/32", "2001:db8:1::2", true),
            ("loopback", "127.9.9.9", true),
            ("loopback", "::1", true),
            ("loopback", "::2", false),
            ("unix", "127.0.0.1", false),
        ];
        for (text, ip, expected) in cases {
            assert_eq!(Peers::parse([text]).unwrap().contains(Some(ip.parse().unwrap())), expected, "{text} {ip}");
        }
        assert!(Peers::parse(["unix"]).unwrap().contains(None));
        assert!(!Peers::parse(["loopback", "0.0.0.0/0", "::/0"]).unwrap().contains(None));
    }

    #[test]
    fn say_what_is_wrong() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "example.com", "Loopback", "10.0.0.1:80", "*"] {
            let expected = format!("`{text}`: expected a network such as `10.0.0.0/8`, an address, `loopback` or `unix`");
            assert_eq!(Peers::parse(["::1", text]).unwrap_err().to_string(), expected);
        }
    }
}
