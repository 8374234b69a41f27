//! The pool as it is seen from outside, and the counts that are kept for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::dispatch::{Link, Shared};
use crate::limits::Cause;

/// A look at the pool. Its numbers are read one after another while the isolates work: each is right, but two need not be of the same
/// moment. What is said to count never goes down.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The isolates that requests go to, by number. One that is retired is not among them any more, though it may still
    /// finish what it has begun.
    pub isolates: Vec<IsolateView>,
    /// Bytes that the heap of each may grow to.
    pub heap_limit: usize,
    /// Isolates that are being started, or wait to be started again because that failed.
    pub starting: usize,
    /// Requests that wait for an isolate. Some may be there whose client has left; an isolate passes them over.
    pub queued: usize,
    /// How many may wait. A few urgent ones may besides.
    pub queue_capacity: usize,
    /// Requests taken on that have no response head yet, those that wait included.
    pub in_flight: usize,
    /// How many of these there may be as overload control sees it; `None`: it sees no overload.
    pub in_flight_limit: Option<usize>,
    /// Count of requests taken on.
    pub requests: u64,
    /// Count of those refused at once.
    pub refused: u64,
    /// Count of those refused after they had waited.
    pub shed: u64,
    /// Count of overloads that began.
    pub overloads: u64,
    /// CPU time of all threads that are or were an isolate's, their start included.
    pub cpu: Duration,
    /// Count of isolates that another one was started for, by reason; every reason is listed: `cpu_limit`, `heap_limit`, `exit`
    /// (`process.exit()`), `panic` (a bug of this program), and the budgets `requests`, `age` and `heap`.
    pub restarts: Vec<(&'static str, u64)>,
    /// Count of starts that failed.
    pub start_failures: u64,
}

/// A look at one isolate.
#[derive(Debug, Clone, Default)]
pub struct IsolateView {
    /// Its number: isolates are counted as they are started, and no number is used again.
    pub number: usize,
    /// It does not wait for a request. (It may wait for something else, when it works on as many requests as it may.)
    pub busy: bool,
    /// Requests it works on.
    pub in_flight: usize,
    /// Count of requests it has begun.
    pub requests: u64,
    /// Bytes of its heap in use, waste included. As all that is about its memory: as of the last garbage collection, or
    /// as of a request after it; a second old at most while requests come.
    pub heap_used: usize,
    /// Bytes of memory that its heap has taken from the system.
    pub heap_total: usize,
    /// Bytes of its heap that were alive after the last full garbage collection; 0 before the first.
    pub heap_after_gc: usize,
    /// Bytes outside of the heap that its objects hold: the contents of ArrayBuffers.
    pub external: usize,
    /// CPU time of its thread.
    pub cpu: Duration,
    /// Time since its thread was started.
    pub age: Duration,
}

impl Shared {
    /// Looks at everything. Holds the lock for as long as it takes to copy the list of isolates.
    pub(super) fn view(&self) -> View {
        let (links, queued) = self.links_and_queued();
        let (threads, cpu) = self.threads.cpu();
        let limit = self.limit.load(Relaxed);
        let look = |link: &Arc<Link>| {
            let (_, cpu) = threads.iter().find(|(number, _)| *number == link.number)?;
            Some(look_at(link, *cpu))
        };
        let mut isolates: Vec<_> = links.iter().filter_map(look).collect();
        isolates.sort_by_key(|isolate| isolate.number);
        View {
            isolates,
            heap_limit: self.config.heap_limit,
            starting: self.starting.load(Relaxed),
            queued,
            queue_capacity: self.config.queue,
            in_flight: self.in_flight.load(Relaxed),
            in_flight_limit: (limit != usize::MAX).then_some(limit),
            requests: self.requests.load(Relaxed),
            refused: self.refused.load(Relaxed),
            shed: self.shed.load(Relaxed),
            overloads: self.overloads.load(Relaxed),
            cpu,
            restarts: self.restarts.list(),
            start_failures: self.start_failures.load(Relaxed),
        }
    }
}

fn look_at(link: &Link, cpu: Duration) -> IsolateView {
    let gauge = &link.gauge;
    let (heap_used, heap_total, external) = gauge.memory();
    IsolateView {
        number: link.number,
        busy: !link.is_parked(),
        in_flight: gauge.in_flight(),
        requests: gauge.served(),
        heap_used,
        heap_total,
        heap_after_gc: gauge.live_heap(),
        external,
        cpu,
        age: gauge.age(),
    }
}

/// Why another isolate is started in the place of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    CpuLimit,
    HeapLimit,
    Exit,
    Panic,
    Requests,
    Age,
    Heap,
}

impl Restart {
    const ALL: [(Restart, &str); 7] = [
        (Restart::CpuLimit, "cpu_limit"),
        (Restart::HeapLimit, "heap_limit"),
        (Restart::Exit, "exit"),
        (Restart::Panic, "panic"),
        (Restart::Requests, "requests"),
        (Restart::Age, "age"),
        (Restart::Heap, "heap"),
    ];
}

impl From<Cause> for Restart {
    fn from(cause: Cause) -> Restart {
        match cause {
            Cause::Cpu => Restart::CpuLimit,
            Cause::Heap => Restart::HeapLimit,
            Cause::Exit(_) => Restart::Exit,
        }
    }
}

/// How often each of them happened.
#[derive(Default)]
pub(super) struct Restarts([AtomicU64; Restart::ALL.len()]);

impl Restarts {
    pub(super) fn count(&self, restart: Restart) {
        self.0[restart as usize].fetch_add(1, Relaxed);
    }

    fn list(&self) -> Vec<(&'static str, u64)> {
        Restart::ALL.map(|(restart, name)| (name, self.0[restart as usize].load(Relaxed))).to_vec()
    }
}
