//! Whom the app may ask.

use std::net::IpAddr;

/// Whom the app may ask.
#[derive(Debug, Clone, Default)]
pub struct Policy {}

impl Policy {
    /// Those that `allow` names: hosts (`api.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`, `fdaa::/16`), each
    /// with `:port` or without. `None`: everyone but link-local addresses and private networks.
    ///
    /// # Errors
    /// Which entry is none, and what was expected.
    pub fn new(allow: Option<&[String]>) -> Result<Policy, String> {
        let _ = allow;
        todo!()
    }

    /// Whether `host` may be asked at all, before it is resolved.
    pub fn admits_host(&self, host: &str, port: u16) -> bool {
        let _ = (host, port);
        todo!()
    }

    /// Whether `address`, which `host` has, may be connected to.
    pub fn admits_address(&self, host: &str, port: u16, address: IpAddr) -> bool {
        let _ = (host, port, address);
        todo!()
    }
}
