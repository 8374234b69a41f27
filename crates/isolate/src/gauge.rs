//! What an isolate's thread notes about itself as it works, for whoever looks at the pool: each number is written by that one thread
//! and read by any.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use deno_core::v8;

/// The numbers of one isolate.
pub(crate) struct Gauge {
    since: Instant,
    served: AtomicU64,
    in_flight: AtomicUsize,
    heap_used: AtomicUsize,
    heap_total: AtomicUsize,
    external: AtomicUsize,
    heap_after_gc: AtomicUsize,
}

impl Gauge {
    /// Of an isolate that begins now.
    pub(crate) fn new() -> Arc<Gauge> {
        Arc::new(Gauge {
            since: Instant::now(),
            served: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            heap_used: AtomicUsize::new(0),
            heap_total: AtomicUsize::new(0),
            external: AtomicUsize::new(0),
            heap_after_gc: AtomicUsize::new(0),
        })
    }

    /// Another request is begun.
    pub(crate) fn begun(&self) {
        self.served.store(self.served() + 1, Relaxed);
    }

    /// So many requests are being worked on.
    pub(crate) fn working_on(&self, requests: usize) {
        self.in_flight.store(requests, Relaxed);
    }

    /// The heap looks like this.
    pub(crate) fn heap(&self, heap: &v8::HeapStatistics) {
        self.heap_used.store(heap.used_heap_size(), Relaxed);
        self.heap_total.store(heap.total_heap_size(), Relaxed);
        self.external.store(heap.external_memory(), Relaxed);
    }

    /// And it does after all that is not needed was given up.
    pub(crate) fn heap_after_gc(&self, heap: &v8::HeapStatistics) {
        self.heap_after_gc.store(heap.used_heap_size(), Relaxed);
    }

    pub(crate) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Requests begun.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Relaxed)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    /// Bytes of heap in use and taken from the system, and outside of the heap, when it was last looked at.
    pub(crate) fn memory(&self) -> (usize, usize, usize) {
        (self.heap_used.load(Relaxed), self.heap_total.load(Relaxed), self.external.load(Relaxed))
    }

    /// Bytes of heap that were alive after the last full garbage collection.
    pub(crate) fn live_heap(&self) -> usize {
        self.heap_after_gc.load(Relaxed)
    }
}
