//! `[dns]`: from whom the addresses of backends are learnt, and how long they hold.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::super::declare::settings;
use super::super::setting::{Hint, Written, written};
use super::checks::Checks;

settings! {
    /// Names to addresses.
    pub struct Dns {
        /// The name servers, such as `["fdaa::3"]`; none for those of the system. The system's search domains are used for names without a dot only.
        servers: Vec<NameServer> = [],
        /// How long one question may take. While nobody answers, addresses that are known stay in use.
        timeout: Duration = "2s" from "100ms" to "1m",
        /// How long an answer holds at least, whatever it says. Fly.io's says five seconds.
        min_ttl: Duration = "1s" from "100ms",
        /// How long it holds at most.
        max_ttl: Duration = "5m" from "100ms",
    }
}

/// A name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameServer(pub SocketAddr);

/// The port of DNS (RFC 1035 section 4.2).
const PORT: u16 = 53;

impl Written for NameServer {
    fn expected() -> String {
        "the address of a name server such as `10.0.0.2`, `fdaa::3` or `[fdaa::3]:53`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let text = text.trim();
        let bare = || text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().map(|ip| SocketAddr::new(ip, PORT));
        text.parse().or_else(|_| bare()).map(NameServer).map_err(|_| Hint::default())
    }

    fn text(&self) -> String {
        if self.0.port() == PORT { self.0.ip().to_string() } else { self.0.to_string() }
    }
}

written!(NameServer);

impl Dns {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        if self.min_ttl > self.max_ttl {
            let most = checks.place("dns.max_ttl");
            checks.about("dns.min_ttl", format!("is longer than `dns.max_ttl` ({most}): expected at most that"));
        }
    }
}
