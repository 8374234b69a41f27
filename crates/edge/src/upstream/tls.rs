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

/// Makes TLS connections.
#[derive(Clone)]
pub(super) struct Tls;

impl Tls {
    pub(super) fn new(_: &Config) -> Result<Tls, String> {
        todo!()
    }

    pub(super) async fn connect<Io>(&self, _: Io, _: &str, _: bool) -> std::io::Result<tokio_rustls::client::TlsStream<Io>> {
        todo!()
    }
}
