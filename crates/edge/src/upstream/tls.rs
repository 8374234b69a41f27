//! TLS to an upstream.

use std::path::PathBuf;

/// What TLS believes and says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// A file with the certificates of further authorities, in PEM.
    pub ca: Option<PathBuf>,
    /// The name that the certificate must have; `None`: the target's host.
    pub server_name: Option<String>,
    /// Believe any certificate. For development.
    pub insecure: bool,
}
