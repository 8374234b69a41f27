//! What the limits have done, for metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters since the start. Each is exact; two read one after the other may be of different moments.
#[derive(Debug, Default)]
pub struct Stats {
    allowed: AtomicU64,
    refused: AtomicU64,
    shadow_refused: AtomicU64,
    evicted: AtomicU64,
    redis_errors: Arc<AtomicU64>,
}

impl Stats {
    /// Requests that rules were asked about and that passed.
    pub fn allowed(&self) -> u64 {
        self.allowed.load(Relaxed)
    }

    /// Requests that were answered with 429, or with 503 because Redis did not answer.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// How often a rule in shadow mode would have refused.
    pub fn shadow_refused(&self) -> u64 {
        self.shadow_refused.load(Relaxed)
    }

    /// Keys that were forgotten to make room before their time was over.
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Relaxed)
    }

    /// Calls of Redis that failed or took too long, and attempts to connect that did. Calls that were not made are not errors.
    pub fn redis_errors(&self) -> u64 {
        self.redis_errors.load(Relaxed)
    }

    pub(super) fn add_outcome(&self, refused: bool) {
        let counter = if refused { &self.refused } else { &self.allowed };
        counter.fetch_add(1, Relaxed);
    }

    pub(super) fn add_shadow_refused(&self) {
        self.shadow_refused.fetch_add(1, Relaxed);
    }

    pub(super) fn add_evicted(&self, count: usize) {
        if count > 0 {
            self.evicted.fetch_add(count as u64, Relaxed);
        }
    }

    /// What [`Stats::redis_errors`] reads.
    pub(super) fn redis_error_counter(&self) -> Arc<AtomicU64> {
        self.redis_errors.clone()
    }
}
