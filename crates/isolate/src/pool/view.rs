//! What a pool has to do and has done: numbers that others than its isolates may read at any time.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A pool at one moment. Numbers that are read one after the other may be of different moments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// The isolates that take requests.
    pub isolates: Vec<IsolateView>,
    /// Isolates that are being started, for the first time or in place of another.
    pub starting: usize,
    /// Heap that an isolate may have, in bytes.
    pub heap_limit: usize,
    /// Requests that wait for an isolate.
    pub queued: usize,
    /// Requests that may wait.
    pub queue_capacity: usize,
    /// Requests that wait for an isolate, or for the head of its response.
    pub in_flight: usize,
    /// How many those may be now. `None`: as many as there is room for.
    pub in_flight_limit: Option<usize>,
    /// Requests that were taken on.
    pub requests: u64,
    /// Requests that were refused at once.
    pub refused: u64,
    /// Requests that were refused after they had waited.
    pub shed: u64,
    /// Times that an overload began.
    pub overloads: u64,
    /// CPU time of the threads of all isolates, those that have ended included.
    pub cpu: Duration,
    /// Isolates that were replaced, by every reason there is.
    pub restarts: Vec<(&'static str, u64)>,
    /// Isolates that did not start.
    pub start_failures: u64,
}

/// An isolate at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IsolateView {
    /// Its number: isolates are counted from 0, and one that replaces another has a new one.
    pub number: usize,
    /// It is not waiting for a request.
    pub busy: bool,
    /// Requests it works on.
    pub in_flight: usize,
    /// Requests it has begun.
    pub requests: u64,
    /// Bytes of heap in use when garbage was last collected, whether all of it or the young part.
    pub heap_used: usize,
    /// Bytes of heap it had from the system then.
    pub heap_total: usize,
    /// Bytes that the last full collection has left; 0 before the first.
    pub heap_after_gc: usize,
    /// CPU time of its thread.
    pub cpu: Duration,
    /// Time since its start began.
    pub age: Duration,
}

/// Why an isolate is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A turn used too much CPU time.
    CpuLimit,
    /// Its heap was full.
    HeapLimit,
    /// `process.exit()`.
    Exit,
    /// Its thread panicked.
    Panic,
    /// It has served as many requests as it may.
    Requests,
    /// It is as old as it may be.
    Age,
    /// Too much of its heap is alive after a full collection.
    Heap,
}

impl Reason {
    const ALL: [(Reason, &str); 7] = [
        (Reason::CpuLimit, "cpu_limit"),
        (Reason::HeapLimit, "heap_limit"),
        (Reason::Exit, "exit"),
        (Reason::Panic, "panic"),
        (Reason::Requests, "requests"),
        (Reason::Age, "age"),
        (Reason::Heap, "heap"),
    ];
}

/// Counts the isolates that are replaced.
#[derive(Default)]
pub(super) struct Restarts([AtomicU64; Reason::ALL.len()]);

impl Restarts {
    pub(super) fn add(&self, reason: Reason) {
        self.0[reason as usize].fetch_add(1, Relaxed);
    }

    pub(super) fn read(&self) -> Vec<(&'static str, u64)> {
        Reason::ALL.iter().map(|(reason, name)| (*name, self.0[*reason as usize].load(Relaxed))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_place() {
        for (at, (reason, name)) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
            let restarts = Restarts::default();
            restarts.add(reason);
            assert!(restarts.read().into_iter().all(|(other, count)| count == u64::from(other == name)));
        }
    }
}
