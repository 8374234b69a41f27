//! `[trust]`: who is believed about the client.

use ::http::HeaderName;

use super::super::declare::{settings, words};
use super::super::setting::Peer;
use super::checks::Checks;

words! {
    /// Settings that belong together.
    pub enum Preset {
        /// Only what is set here.
        None = "none",
        /// What Fly.io's proxy sends.
        Fly = "fly",
    }
}

words! {
    /// Whether connections begin with the PROXY protocol (v1 or v2).
    pub enum ProxyProtocol {
        /// Never.
        Off = "off",
        /// Those that do are understood.
        Optional = "optional",
        /// Those that do not are closed.
        Required = "required",
    }
}

settings! {
    /// Who is believed.
    pub struct Trust {
        /// What a platform's proxy is known to send.
        preset: Preset = (computed "`fly` when FLY_APP_NAME is set, else `none`"),
        /// The proxies: who connects from there is believed. `loopback` is this machine, `unix` the Unix socket.
        peers: Vec<Peer> = [],
        /// The header that has the client's address: `x-forwarded-for`, `forwarded`, `fly-client-ip`, `cf-connecting-ip`, or any other with one address.
        header: Option<HeaderName> = (unset "that of the preset, else the address of the connection"),
        /// Take this entry of `x-forwarded-for` or `forwarded`, counted from the right; 1 is what the nearest proxy wrote.
        hops: Option<usize> = (unset "from the right, the first that is no trusted peer") from 1,
        /// The header that has the scheme, `http` or `https`.
        proto_header: Option<HeaderName> = "x-forwarded-proto",
        /// The header that has the host.
        host_header: Option<HeaderName> = (unset "`Host`"),
        /// The PROXY protocol, which is believed only from `peers`.
        proxy_protocol: ProxyProtocol = "off",
    }
}

impl Trust {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        if self.peers.is_empty() && self.preset == Preset::None {
            let believing = [
                ("trust.header", self.header.is_some()),
                ("trust.host_header", self.host_header.is_some()),
                ("trust.proxy_protocol", self.proxy_protocol != ProxyProtocol::Off),
            ];
            for (path, _) in believing.into_iter().filter(|(_, set)| *set) {
                checks.about(path, "is set, but nobody is trusted: `trust.peers` is empty").hint(
                    "name the proxies, for instance `peers = [\"10.0.0.0/8\"]`; else every client could choose its address",
                );
            }
        }
        if self.hops.is_some() && !self.header.as_ref().is_some_and(has_entries) {
            let header = self.header.as_ref().map_or("not set".to_owned(), |header| format!("`{header}`"));
            checks.about(
                "trust.hops",
                format!("counts entries of `x-forwarded-for` or `forwarded`, but `trust.header` is {header}"),
            );
        }
    }
}

/// Whether each proxy adds an entry to the header.
fn has_entries(header: &HeaderName) -> bool {
    matches!(header.as_str(), "x-forwarded-for" | "forwarded")
}
