//! Whom the app may ask.
//!
//! Apps fetch addresses that strangers give them: a preview of a link, a picture by its URL. Without a policy a stranger so reaches what
//! only this machine can: the cloud's metadata with its credentials, the neighbours on the private network (server-side request forgery,
//! OWASP A10:2021).
//!
//! # Without a list
//! Everyone on the internet, and this machine where the app itself writes so. Not private networks, and never what `address` knows to
//! be metadata, link-local or nobody's.
//!
//! This machine (`localhost`, `127.0.0.1`, `[::1]`) is what an app in development fetches all day long, and one that renders asks its own
//! API so in production as well; refusing it would break apps that run under Node, for little: what listens there is what the operator has
//! started. But a name that only turns out to mean this machine is refused. Who does not want it writes a list.
//!
//! # With a list
//! Nobody but those on it. A name admits the private addresses it has; a network admits names whose addresses are in it; `*` stands for all
//! that is admitted without a list. What is link-local must be listed as an address or a network, and the metadata of clouds by the very
//! address: somebody who lists `169.254.0.0/16`, or a name that an attacker may point anywhere, does not mean those.
//!
//! # How it is asked
//! Twice: about the host before it is resolved, and about each address before a connection to it, so that a name cannot pass as one thing
//! and be connected to as another (DNS rebinding). Hosts come from URLs that the isolate has parsed, but nothing here relies on that: what is
//! no plain name or address (`0x7f.1`, `010.0.0.1`, letters beyond ASCII) is refused.

mod address;
mod entry;
mod host;

use std::net::IpAddr;
use std::sync::Arc;

use address::Kind;
pub use entry::EXPECTED;
use entry::{Entry, Who};
use host::Host;

/// Whom the app may ask. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// `None`: everyone.
    allow: Option<Arc<[Entry]>>,
}

impl Policy {
    /// Those that `allow` names: hosts (`api.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`, `fdaa::/16`), each
    /// with `:port` or without, and `*`. `None`: everyone but link-local addresses and private networks.
    ///
    /// # Errors
    /// Which entry is none, and what was expected.
    pub fn new(allow: Option<&[String]>) -> Result<Policy, String> {
        let entries = |allow: &[String]| allow.iter().map(|text| text.parse()).collect::<Result<Arc<[Entry]>, String>>();
        Ok(Policy { allow: allow.map(entries).transpose()? })
    }

    /// Whether `host` may be asked at all, before it is resolved.
    pub fn admits_host(&self, host: &str, port: u16) -> bool {
        match Host::parse(host) {
            Some(Host::Address(address)) => self.admits(&Host::Address(address), port, address),
            Some(Host::Name(name)) => self.allow.is_none() || self.any(port, |who| who.may_be(&name)),
            None => false,
        }
    }

    /// Whether `address`, which `host` has, may be connected to.
    pub fn admits_address(&self, host: &str, port: u16, address: IpAddr) -> bool {
        Host::parse(host).is_some_and(|host| self.admits(&host, port, address.to_canonical()))
    }

    /// Why not, for whoever has written the request.
    pub fn refusal(&self, host: &str, port: u16) -> String {
        let shown = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let why = match Host::parse(host) {
            Some(Host::Address(address)) => format!("it is {}, and not in `fetch.allow`", address::kind(address).words()),
            Some(Host::Name(_)) if self.allow.is_some() => "neither it nor one of its addresses is in `fetch.allow`".to_owned(),
            Some(Host::Name(_)) => "it has private addresses, and is not in `fetch.allow`".to_owned(),
            None => "it is neither a name nor an address".to_owned(),
        };
        format!("`{shown}:{port}` may not be asked: {why}")
    }

    fn admits(&self, host: &Host, port: u16, address: IpAddr) -> bool {
        let kind = address::kind(address);
        if kind == Kind::Nobody {
            return false;
        }
        let is_default = self.allow.is_none() || self.any(port, |who| *who == Who::Anyone);
        let is_named = || matches!(host, Host::Name(name) if self.any(port, |who| who.is_named(name)));
        let by_default = match kind {
            Kind::Public => is_default || is_named(),
            Kind::Loopback => (is_default && host.is_loopback() && address.is_loopback()) || is_named(),
            Kind::Private => is_named(),
            Kind::LinkLocal | Kind::Metadata | Kind::Nobody => false,
        };
        by_default || self.any(port, |who| if kind == Kind::Metadata { who.is(address) } else { who.contains(address) })
    }

    fn any(&self, port: u16, matches: impl Fn(&Who) -> bool) -> bool {
        self.allow.iter().flat_map(|entries| entries.iter()).any(|entry| entry.has(port) && matches(&entry.who))
    }
}

#[cfg(test)]
mod tests;
