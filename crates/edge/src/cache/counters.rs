//! What the cache counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;

use super::outcome::Outcome;
use super::refusal::Refusal;
use super::view::Counts;

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Counters {
    hits: Counter,
    stale: Counter,
    stale_if_error: Counter,
    collapsed: Counter,
    misses: Counter,
    bypassed: Counter,
    pub(super) stored: Counter,
    pub(super) refreshed: Counter,
    pub(super) purges: Counter,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Counters {
    /// What became of a request.
    pub(super) fn add(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Hit => &self.hits,
            Outcome::Stale => &self.stale,
            Outcome::StaleIfError => &self.stale_if_error,
            Outcome::Collapsed => &self.collapsed,
            Outcome::Miss => &self.misses,
            Outcome::Bypass => &self.bypassed,
        };
        counter.add();
    }

    /// A response was not stored.
    pub(super) fn refuse(&self, refusal: Refusal) {
        *self.refused.lock().entry(refusal.name()).or_default() += 1;
    }

    pub(super) fn read(&self, evicted: u64) -> Counts {
        Counts {
            hits: self.hits.get(),
            stale: self.stale.get(),
            stale_if_error: self.stale_if_error.get(),
            collapsed: self.collapsed.get(),
            misses: self.misses.get(),
            bypassed: self.bypassed.get(),
            stored: self.stored.get(),
            refreshed: self.refreshed.get(),
            purges: self.purges.get(),
            evicted,
            refused: self.refused.lock().iter().map(|(name, count)| (*name, *count)).collect(),
        }
    }
}
