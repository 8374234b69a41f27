//! The PROXY protocol: whose connection it is, when a proxy that speaks TCP stands in front.
//!
//! Anyone can write such a header, so it is looked for only on connections of trusted peers. It comes before TLS.

use std::fmt;
use std::sync::Arc;

use edge::BoxError;
use edge::client::Peer;
use edge::proxy_protocol::{self, Header, Parsed};

use super::stream::Stream;

/// Whether proxies announce their clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// A header is not looked for.
    #[default]
    Off,
    /// A trusted peer may send one.
    Optional,
    /// Only trusted peers may connect, and each must send one.
    Required,
}

/// Who is trusted: to announce clients, and to open any number of connections.
#[derive(Clone)]
pub struct Trusted(Arc<dyn Fn(&Peer) -> bool + Send + Sync>);

impl Trusted {
    /// Those for whom it is true.
    pub fn new(is_trusted: impl Fn(&Peer) -> bool + Send + Sync + 'static) -> Self {
        Trusted(Arc::new(is_trusted))
    }

    /// Whether this peer is.
    pub fn contains(&self, peer: &Peer) -> bool {
        (self.0)(peer)
    }
}

impl Default for Trusted {
    /// Nobody.
    fn default() -> Self {
        Trusted::new(|_| false)
    }
}

impl fmt::Debug for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trusted")
    }
}

/// Reads the header, if there may be one, and makes its client the peer. Whether the peer changed.
///
/// # Errors
/// The connection must be closed: the header is malformed, missing, or from somebody who must not connect.
pub(super) async fn replace(stream: &mut Stream, peer: &mut Peer, mode: Mode, trusted: bool) -> Result<bool, BoxError> {
    match (mode, trusted) {
        (Mode::Off, _) | (Mode::Optional, false) => return Ok(false),
        (Mode::Required, false) => return Err("the peer is not trusted to send a PROXY header, and one is required".into()),
        (Mode::Optional | Mode::Required, true) => {}
    }
    let looked = stream.look(|start| match proxy_protocol::parse(start) {
        Ok(Parsed::Incomplete) => None,
        told => Some(told),
    });
    match looked.await? {
        Some(Ok(Parsed::Header(Header { len, source }))) => {
            stream.skip(len);
            if let Some(source) = source {
                peer.addr = Some(source);
            }
            Ok(source.is_some())
        }
        Some(Err(error)) => Err(error.into()),
        _ if mode == Mode::Required => Err("a PROXY header is required".into()),
        _ => Ok(false),
    }
}
