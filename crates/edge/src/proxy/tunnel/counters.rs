//! What is counted of tunnels.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::run::End;

/// Since the start.
#[derive(Debug, Default)]
pub(super) struct Counters {
    opened: AtomicU64,
    to_backend: AtomicU64,
    to_client: AtomicU64,
    refused: AtomicU64,
    ended: AtomicU64,
    broken: AtomicU64,
    idle: AtomicU64,
    drained: AtomicU64,
}

/// What has happened to tunnels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Open now.
    pub active: u64,
    /// Since the start.
    pub opened: u64,
    /// Bytes from clients.
    pub to_backend: u64,
    /// Bytes from backends.
    pub to_client: u64,
    /// The client was gone before it was there.
    pub refused: u64,
    /// Ended by the two sides.
    pub ended: u64,
    /// Ended because a connection broke.
    pub broken: u64,
    /// Ended because nothing moved, or a side did not answer a Ping.
    pub idle: u64,
    /// Ended because the process stopped.
    pub drained: u64,
}

impl Counters {
    pub(super) fn open(&self) {
        self.opened.fetch_add(1, Relaxed);
    }

    pub(super) fn end(&self, end: End) {
        let counter = match end {
            End::Refused => &self.refused,
            End::Ended => &self.ended,
            End::Broken => &self.broken,
            End::Idle => &self.idle,
            End::Drained => &self.drained,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// Where bytes of the direction are counted.
    pub(super) fn to_backend(&self, bytes: usize) {
        self.to_backend.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn to_client(&self, bytes: usize) {
        self.to_client.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn view(&self, active: usize) -> View {
        View {
            active: active as u64,
            opened: self.opened.load(Relaxed),
            to_backend: self.to_backend.load(Relaxed),
            to_client: self.to_client.load(Relaxed),
            refused: self.refused.load(Relaxed),
            ended: self.ended.load(Relaxed),
            broken: self.broken.load(Relaxed),
            idle: self.idle.load(Relaxed),
            drained: self.drained.load(Relaxed),
        }
    }
}
