//! Names to addresses, as long as the answer says they hold.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Whom to ask, and what to make of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The servers; empty: those of the system (`/etc/resolv.conf`).
    pub servers: Vec<SocketAddr>,
    /// How long one question may take.
    pub timeout: Duration,
    /// An answer holds at least so long, whatever it says.
    pub min_ttl: Duration,
    /// And at most so long.
    pub max_ttl: Duration,
}

/// The addresses of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has answered yet.
    Unknown,
    /// These, in no order. They stay when nobody answers for a while.
    Known(Arc<[IpAddr]>),
    /// There is none, says who must know; or nobody has ever answered. The sentence says which.
    Failed(Arc<str>),
}

/// Asks and remembers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Resolver {}

impl Resolver {
    /// A resolver; nothing is asked yet.
    ///
    /// # Errors
    /// A sentence: the system's configuration cannot be read.
    pub fn new(config: Config) -> Result<Resolver, String> {
        let _ = config;
        todo!()
    }

    /// The addresses of `host` (a name, or an address in text), kept up to date as long as the receiver lives: asked again when they
    /// no longer hold, and with back-off while nobody answers. Must be called within a tokio runtime.
    pub fn watch(&self, host: &str) -> tokio::sync::watch::Receiver<State> {
        let _ = host;
        todo!()
    }

    /// Asks about all watched names again, now: the machine has been asleep.
    pub fn ask_again(&self) {
        todo!()
    }
}
