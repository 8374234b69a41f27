//! One address of an upstream: how much it has to do, how fit it is, and the connections to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Pool;
use super::connect::{Address, Connector, Sender};
use super::counters::AddressView;
use super::health::Health;
use super::lease::{Idle, Lease, Own, Place, Shared};
use crate::BoxError;

/// One address.
///
/// An HTTP/1.1 connection is lent to one request at a time; the last to come back is the first to go out again, so that those beyond
/// what is needed grow old and are closed. An HTTP/2 connection is shared. When there are as many as there may be, requests wait for one
/// to come back.
pub(super) struct Endpoint {
    pub(super) address: Address,
    pub(super) health: Health,
    pub(super) limits: Pool,
    /// Requests that are under way, or about to be.
    load: AtomicUsize,
    /// Connections of either kind, also those being opened.
    pub(super) open: AtomicUsize,
    /// The last is the one that was used last.
    pub(super) idle: Mutex<Vec<Idle>>,
    pub(super) shared: Mutex<Vec<Shared>>,
    /// It has been found to speak HTTP/2.
    speaks_h2: AtomicBool,
    /// An HTTP/2 connection is being opened: one is enough for all that wait.
    opening: AtomicBool,
    /// Somebody may find a connection, or a place for one.
    pub(super) freed: Notify,
    /// Counts up when all connections are to be forgotten.
    pub(super) generation: AtomicU32,
    /// It is none of the name's addresses any more.
    pub(super) is_retired: AtomicBool,
}

/// A request that is under way to an address.
pub(super) struct Load(Arc<Endpoint>);

impl Drop for Load {
    fn drop(&mut self) {
        self.0.load.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a request finds.
enum Found {
    Lease(Lease),
    Place(Place),
    Nothing,
}

/// Lets others open an HTTP/2 connection if this one has failed, and wakes those that wait for it.
struct Opening<'a>(&'a Endpoint);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.opening.store(false, Ordering::Release);
        self.0.freed.notify_waiters();
    }
}

impl Endpoint {
    pub(super) fn new(address: Address, limits: Pool) -> Arc<Endpoint> {
        Arc::new(Endpoint {
            address,
            health: Health::new(),
            limits,
            load: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            idle: Mutex::default(),
            shared: Mutex::default(),
            speaks_h2: AtomicBool::new(false),
            opening: AtomicBool::new(false),
            freed: Notify::new(),
            generation: AtomicU32::new(0),
            is_retired: AtomicBool::new(false),
        })
    }

    /// Counts a request as under way as long as what is returned lives.
    pub(super) fn begin(self: &Arc<Self>) -> Load {
        self.load.fetch_add(1, Ordering::Relaxed);
        Load(Arc::clone(self))
    }

    /// Requests that are under way.
    pub(super) fn load(&self) -> usize {
        self.load.load(Ordering::Relaxed)
    }

    /// Whether it has all the connections it may have.
    pub(super) fn is_full(&self) -> bool {
        self.open.load(Ordering::Relaxed) >= self.limits.max_connections
    }

    /// How it stands.
    pub(super) fn view(&self) -> AddressView {
        AddressView {
            address: self.address.to_string(),
            in_flight: self.load(),
            connections: self.open.load(Ordering::Relaxed),
            ejected: self.health.is_out(),
        }
    }

    /// A connection that is there already: nearly always the case, and without any of what connecting takes.
    pub(super) fn lease_at_once(&self, h1: bool) -> Option<Lease> {
        if !h1 && let Some(lease) = self.shared.lock().iter().find(|shared| shared.has_room()).map(Shared::lease) {
            return Some(lease);
        }
        let mut idle = self.idle.lock();
        std::iter::from_fn(|| idle.pop()).find(|candidate| candidate.is_fit(&self.limits)).map(Idle::lease)
    }

    /// A connection for one request; waits for a place when there is none. `h1`: HTTP/2 would not do.
    pub(super) async fn lease(self: &Arc<Self>, connector: &Connector, h1: bool) -> Result<Lease, BoxError> {
        loop {
            let freed = self.freed.notified();
            let expects_h2 = !h1 && (connector.is_h2c() || self.speaks_h2.load(Ordering::Relaxed));
            match self.look(h1, expects_h2) {
                Found::Lease(lease) => return Ok(lease),
                Found::Place(place) => return self.open(connector, place, h1, expects_h2).await,
                Found::Nothing => freed.await,
            }
        }
    }

    fn look(self: &Arc<Self>, h1: bool, expects_h2: bool) -> Found {
        if let Some(lease) = self.lease_at_once(h1) {
            return Found::Lease(lease);
        }
        if expects_h2 && self.opening.swap(true, Ordering::Acquire) {
            return Found::Nothing;
        }
        match Place::take(self) {
            Some(place) => Found::Place(place),
            None => {
                if expects_h2 {
                    self.opening.store(false, Ordering::Release);
                }
                Found::Nothing
            }
        }
    }

    async fn open(self: &Arc<Self>, connector: &Connector, place: Place, h1: bool, is_only: bool) -> Result<Lease, BoxError> {
        let opening = is_only.then(|| Opening(self));
        let lease = match connector.connect(&self.address, h1).await? {
            Sender::H1(sender) => {
                self.speaks_h2.store(false, Ordering::Relaxed);
                Lease::new(Own { sender, place })
            }
            Sender::H2(sender) => {
                self.speaks_h2.store(true, Ordering::Relaxed);
                let shared = Shared::new(sender, place);
                let lease = shared.lease();
                self.shared.lock().push(shared);
                lease
            }
        };
        drop(opening);
        Ok(lease)
    }

    /// Closes connections that are of no more use.
    pub(super) fn prune(&self) {
        self.idle.lock().retain(|idle| idle.is_fit(&self.limits));
        self.shared.lock().retain(Shared::is_fit);
    }

    /// Closes what is idle, and everything else when it comes back.
    pub(super) fn forget_connections(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        self.idle.lock().clear();
        self.shared.lock().clear();
    }

    /// No request goes there any more; those that are under way end in peace.
    pub(super) fn retire(&self) {
        self.is_retired.store(true, Ordering::Relaxed);
        self.forget_connections();
    }
}
