//! What is counted of connections, and of what never became a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// Since the start.
#[derive(Debug)]
pub struct Counters {
    places: Arc<Semaphore>,
    most: usize,
    accepted: AtomicU64,
    refused: AtomicU64,
    waited: AtomicU64,
    tls_failed: AtomicU64,
    /// Requests that were refused before anybody looked at them, by status; few, so a list.
    malformed: Mutex<Vec<(u16, u64)>>,
}

/// What [`Counters`] say at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Connections that are open.
    pub open: usize,
    /// Connections that there may be.
    pub most: usize,
    /// Connections that were accepted.
    pub accepted: u64,
    /// Those of them that were closed because their client had too many.
    pub refused: u64,
    /// Those of them that had to wait for the place of another.
    pub waited: u64,
    /// TLS handshakes that failed.
    pub tls_failed: u64,
    /// Requests that were refused before anybody looked at them, by status. 0: without an answer.
    pub malformed: Vec<(u16, u64)>,
}

impl Counters {
    /// `places`: those for connections, of which there are `most`.
    pub(super) fn new(places: Arc<Semaphore>, most: usize) -> Counters {
        Counters {
            places,
            most,
            accepted: AtomicU64::default(),
            refused: AtomicU64::default(),
            waited: AtomicU64::default(),
            tls_failed: AtomicU64::default(),
            malformed: Mutex::default(),
        }
    }

    pub(super) fn accept(&self) {
        self.accepted.fetch_add(1, Relaxed);
    }

    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub(super) fn wait(&self) {
        self.waited.fetch_add(1, Relaxed);
    }

    pub(super) fn fail_tls(&self) {
        self.tls_failed.fetch_add(1, Relaxed);
    }

    pub(super) fn malformed(&self, status: u16) {
        let mut malformed = self.malformed.lock();
        match malformed.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => malformed.push((status, 1)),
        }
    }

    /// Reads them.
    pub fn view(&self) -> View {
        let mut malformed = self.malformed.lock().clone();
        malformed.sort_unstable();
        View {
            open: self.most.saturating_sub(self.places.available_permits()),
            most: self.most,
            accepted: self.accepted.load(Relaxed),
            refused: self.refused.load(Relaxed),
            waited: self.waited.load(Relaxed),
            tls_failed: self.tls_failed.load(Relaxed),
            malformed,
        }
    }
}
