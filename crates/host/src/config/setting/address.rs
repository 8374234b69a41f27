//! Networks, and who counts as a peer.

use ipnet::IpNet;

use super::{Hint, Written, written};

impl Written for IpNet {
    fn expected() -> String {
        "an address or a network such as `10.0.0.0/8` or `fdaa::/16`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let text = text.trim();
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
        let net = net.ok_or_else(Hint::default)?;
        if net.trunc() != net {
            // One of the two is a mistake, and which one decides who is trusted.
            return Err(format!("did you mean the network `{}` or the address `{}`?", net.trunc(), net.addr()).into());
        }
        Ok(net)
    }

    fn text(&self) -> String {
        if self.prefix_len() == self.max_prefix_len() { self.addr().to_string() } else { self.to_string() }
    }
}

written!(IpNet);

/// Who may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Whoever connects from this network.
    Net(IpNet),
    /// Whoever connects to the Unix socket.
    Unix,
    /// This machine: `127.0.0.0/8` and `::1`.
    Loopback,
}

impl Written for Peer {
    fn expected() -> String {
        "an address, a network such as `10.0.0.0/8`, `loopback` or `unix`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        match text.trim() {
            "unix" => Ok(Peer::Unix),
            "loopback" => Ok(Peer::Loopback),
            "localhost" => Err("did you mean `loopback`?".to_owned().into()),
            text => IpNet::parse(text).map(Peer::Net),
        }
    }

    fn text(&self) -> String {
        match self {
            Peer::Net(net) => net.text(),
            Peer::Unix => "unix".into(),
            Peer::Loopback => "loopback".into(),
        }
    }
}

written!(Peer);
