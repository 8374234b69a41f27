//! How many connections there may be: altogether, and of one client.
//!
//! When there are as many as may be, the connection that has waited longest for a request (idle, or with half a head) is
//! closed and the next client takes its place ([`SPARED`] protects those who have just come). So neither connections kept open nor slow heads keep anybody out, health checks included. Only
//! when every connection has a request in flight no more are accepted: clients then wait in the kernel's queue, which no
//! answer of ours would make shorter.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::counters::Counters;
use super::limits::Limits;

/// At most one line a second says that the host is full.
const QUIET: Duration = Duration::from_secs(1);

/// How long a connection may wait for a request before its place may be needed: else clients that come all at once would
/// chase each other away before any of them has said what it wants.
pub(super) const SPARED: Duration = Duration::from_secs(1);

/// Files that the process opens besides its connections: the app's, those of Redis, V8's.
const OTHER_FILES: u64 = 256;

/// Raises the limit on open files as far as the system allows; says so when it is too low for `connections`. Most systems start
/// processes with a soft limit of 1024, for the sake of programs that use `select`.
pub(super) fn allow_open_files(connections: usize) {
    let wanted = connections as u64 + OTHER_FILES;
    let mut limit = getrlimit(Resource::Nofile);
    let allowed = limit.maximum.unwrap_or(u64::MAX);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted.min(allowed));
        let _ = setrlimit(Resource::Nofile, limit);
    }
    if allowed < wanted {
        tracing::warn!(
            "the system allows {allowed} open files, which is less than `http.max_connections` ({connections}) needs: \
             raise it (`ulimit -n`, LimitNOFILE=) or lower the setting"
        );
    }
}

/// The places for connections.
pub(super) struct Capacity {
    places: Arc<Semaphore>,
    most: usize,
    crowd: Crowd,
    warned: Mutex<Option<Instant>>,
    clients: Clients,
    counters: Arc<Counters>,
}

/// Where connections that wait for a request learn that their place is needed: the longest waiting first.
pub(super) type Crowd = Arc<Notify>;

/// A place, until it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

/// By what a connection counts: among its client's, and among all.
pub(super) type Guards = (Option<Counted>, Option<Place>);

impl Capacity {
    pub(super) fn new(limits: &Limits) -> Self {
        let most = limits.max_connections.clamp(1, Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most));
        Capacity {
            counters: Arc::new(Counters::new(Arc::clone(&places), most)),
            places,
            most,
            crowd: Arc::default(),
            warned: Mutex::default(),
            clients: Clients { counts: Arc::default(), most: limits.max_connections_per_client },
        }
    }

    pub(super) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    pub(super) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    pub(super) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// A place for one more connection, when there is one. `None`: never, which does not happen.
    pub(super) async fn place(&self) -> Option<Place> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        self.warn();
        self.counters.wait();
        self.crowd.notify_one();
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    fn warn(&self) {
        let now = Instant::now();
        let mut warned = self.warned.lock();
        if warned.is_none_or(|last| now.duration_since(last) >= QUIET) {
            *warned = Some(now);
            tracing::warn!("{} connections are open, which is the limit: a new one waits for the place of another", self.most);
        }
    }
}

/// The connections of each client.
#[derive(Clone)]
pub(super) struct Clients {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

impl Clients {
    /// Counts a connection of this address. `None`: the client has as many as it may.
    pub(super) fn admit(&self, address: SocketAddr) -> Option<Counted> {
        let client = client(address.ip());
        let mut counts = self.counts.lock();
        let count = counts.entry(client).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Counted { counts: Arc::clone(&self.counts), client })
    }
}

/// One connection of a client, until it is dropped.
pub(super) struct Counted {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

/// Whom an address belongs to: a customer of IPv6 has a /64 at least.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_client_and_forgets() {
        let limits = Limits { max_connections_per_client: 2, ..Limits::default() };
        let capacity = Capacity::new(&limits);
        let admit = |address: &str| capacity.clients().admit(address.parse().unwrap());
        let first = [admit("[2001:db8::1]:1"), admit("[2001:db8::ffff:0:0:2]:2")];
        assert!(first.iter().all(Option::is_some));
        assert!(admit("[2001:db8::3]:3").is_none(), "the same /64");
        assert!(admit("[2001:db8:0:1::1]:1").is_some(), "another /64");
        let mapped = [admit("[::ffff:192.0.2.1]:1"), admit("192.0.2.1:2")];
        assert!(mapped.iter().all(Option::is_some) && admit("192.0.2.1:3").is_none());
        drop((first, mapped));
        assert!(capacity.clients().counts.lock().is_empty());
        assert!(admit("[2001:db8::3]:3").is_some());
    }
}
