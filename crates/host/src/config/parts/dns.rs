//! `[dns]` as the resolver wants it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use edge::upstream::{Resolver, resolve};

use super::super::settings;
use super::Config;

/// The name server of Fly's private network (fly.io/docs/networking/private-networking).
const FLY: Ipv6Addr = Ipv6Addr::new(0xfdaa, 0, 0, 0, 0, 0, 0, 3);

impl Config {
    /// Names to addresses. Where the system does not say whom to ask, it is Fly's name server on Fly, and elsewhere one on this machine, as
    /// resolv.conf(5) has it: whoever uses no names needs none.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn resolver(&self) -> anyhow::Result<Resolver> {
        let config = self.settings.dns.config();
        let why = match Resolver::new(config.clone()) {
            Ok(resolver) => return Ok(resolver),
            Err(why) => why,
        };
        let server = SocketAddr::from(if self.address.on_fly {
            (FLY.into(), 53)
        } else {
            (std::net::IpAddr::from(Ipv4Addr::LOCALHOST), 53)
        });
        tracing::warn!("{why}; names are asked for at {server}");
        Resolver::new(resolve::Config { servers: vec![server], ..config }).map_err(anyhow::Error::msg)
    }
}

impl settings::Dns {
    fn config(&self) -> resolve::Config {
        resolve::Config {
            servers: self.servers.iter().map(|server| server.0).collect(),
            timeout: self.timeout,
            min_ttl: self.min_ttl,
            max_ttl: self.max_ttl,
        }
    }
}
