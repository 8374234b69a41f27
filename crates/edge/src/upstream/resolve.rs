//! Names to addresses, as long as the answer says they hold.
//!
//! Each name that somebody watches has one task (`watch`), which asks for A and AAAA records, says what it knows, and asks again when the
//! answer no longer holds. A name server that does not answer (timeout, SERVFAIL, REFUSED) changes nothing about what is known; one that
//! says that there is no address does. Either way it is asked again soon, and then less and less often, up to every five seconds: what is
//! being deployed has no address yet.
//!
//! # Which names
//! - Addresses stand for themselves. `localhost` is this machine (RFC 6761 section 6.3). What `/etc/hosts` has is not asked for.
//! - A name with a dot is meant as it is. Only one without a dot (`backend`, as in a Compose file) is tried with the system's search
//!   domains, and then alone: with `ndots:5`, as Kubernetes has it, each question about `my-app.internal` would go through all of them
//!   first, and one that answers for everything would send requests elsewhere.
//! - Fly's names are names: `my-app.internal`, `ams.my-app.internal`, `top1.nearest.of.my-app.internal`, `my-app.flycast`. Of
//!   `_instances.internal` there is one TXT record about all machines; `my-app._instances.internal` is a name of ours for the addresses
//!   in it that belong to `my-app` (`instances`).
//!
//! # What it deliberately does not do
//! Order addresses, or judge them: that takes knowing how requests fare. Keep what nobody watches; hickory's own cache is off.

mod hosts;
mod instances;
mod lookup;
mod watch;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch::{Receiver, Sender};

use lookup::Lookup;

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
pub struct Resolver(Arc<Names>);

/// The names that are watched.
#[derive(Debug)]
struct Names {
    lookup: Lookup,
    watched: Mutex<HashMap<String, Sender<State>>>,
    /// Counts how often everything is to be asked anew.
    wakes: Sender<u64>,
}

impl Resolver {
    /// A resolver; nothing is asked yet.
    ///
    /// # Errors
    /// A sentence: the system's configuration cannot be read.
    pub fn new(config: Config) -> Result<Resolver, String> {
        Ok(Resolver::with(Lookup::new(config)?))
    }

    fn with(lookup: Lookup) -> Resolver {
        Resolver(Arc::new(Names { lookup, watched: Mutex::default(), wakes: Sender::new(0) }))
    }

    /// The addresses of `host` (a name, or an address in text), kept up to date as long as the receiver lives: asked again when they
    /// no longer hold, and with back-off while nobody answers. Must be called within a tokio runtime.
    pub fn watch(&self, host: &str) -> Receiver<State> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let mut watched = self.0.watched.lock();
        if let Some(states) = watched.get(&host) {
            return states.subscribe();
        }
        let (states, receiver) = tokio::sync::watch::channel(State::Unknown);
        watched.insert(host.clone(), states.clone());
        tokio::spawn(watch::run(Arc::clone(&self.0), host, states));
        receiver
    }

    /// Asks about all watched names again, now: the machine has been asleep.
    pub fn ask_again(&self) {
        self.0.wakes.send_modify(|count| *count += 1);
    }
}

impl Names {
    /// Forgets a name, unless somebody has begun to watch it meanwhile.
    fn forget(&self, host: &str) -> bool {
        let mut watched = self.watched.lock();
        let is_over = watched.get(host).is_none_or(|states| states.receiver_count() == 0);
        if is_over {
            watched.remove(host);
        }
        is_over
    }
}

#[cfg(test)]
pub(crate) mod tests;
