//! The CPU time of threads, as other threads read it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

/// The clock of one thread. It must not be read when that thread has ended: its number may have been given to another one.
#[derive(Clone, Copy)]
pub(crate) struct CpuClock {
    id: libc::clockid_t,
    /// What it showed when the thread began.
    zero: u64,
}

impl CpuClock {
    #[cfg(target_os = "linux")]
    pub(crate) fn of_this_thread() -> CpuClock {
        let mut id = 0;
        // SAFETY: pthread_self is always valid and `id` is a live out-parameter.
        let result = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut id) };
        assert_eq!(result, 0, "every Linux thread has a CPU clock");
        CpuClock { id, zero: 0 }
    }

    /// Other systems have no such clock: there it is the time that passes.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of_this_thread() -> CpuClock {
        let clock = CpuClock { id: libc::CLOCK_MONOTONIC, zero: 0 };
        CpuClock { zero: clock.nanos().unwrap_or_default(), ..clock }
    }

    /// What it shows, in nanoseconds.
    pub(crate) fn nanos(self) -> Option<u64> {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `now` is a live out-parameter; a clock whose thread has ended makes the call fail, nothing else.
        let result = unsafe { libc::clock_gettime(self.id, &raw mut now) };
        let nanos = now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs();
        (result == 0).then(|| nanos.saturating_sub(self.zero))
    }
}

/// The CPU time of a group of threads, those that have ended included.
#[derive(Default)]
pub(crate) struct Threads(Mutex<Times>);

#[derive(Default)]
struct Times {
    running: Vec<(usize, CpuClock)>,
    ended: u64,
}

impl Threads {
    /// Counts the calling thread, which goes by `number`, until the guard is dropped on it.
    pub(crate) fn count(self: &Arc<Self>, number: usize) -> Counted {
        let clock = CpuClock::of_this_thread();
        self.0.lock().running.push((number, clock));
        Counted { threads: Arc::clone(self), number, clock }
    }

    /// What each running thread has used, and all that there ever were together.
    pub(crate) fn cpu(&self) -> (Vec<(usize, Duration)>, Duration) {
        let times = self.0.lock();
        let read = |&(number, clock): &(usize, CpuClock)| (number, Duration::from_nanos(clock.nanos().unwrap_or_default()));
        let running: Vec<_> = times.running.iter().map(read).collect();
        let total = running.iter().map(|(_, used)| *used).sum::<Duration>() + Duration::from_nanos(times.ended);
        (running, total)
    }
}

/// A thread that is counted; dropped at its end.
pub(crate) struct Counted {
    threads: Arc<Threads>,
    number: usize,
    clock: CpuClock,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut times = self.threads.0.lock();
        times.running.retain(|(number, _)| *number != self.number);
        times.ended += self.clock.nanos().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use super::*;

    fn spin(time: Duration) {
        let since = Instant::now();
        while since.elapsed() < time {}
    }

    #[test]
    fn a_thread_that_has_ended_is_still_in_the_sum_and_only_once() {
        let threads = Arc::new(Threads::default());
        let (worked, works) = channel();
        let (end, ends) = channel::<()>();
        let this = Arc::clone(&threads);
        let thread = std::thread::spawn(move || {
            let _counted = this.count(7);
            spin(Duration::from_millis(50));
            worked.send(()).unwrap();
            ends.recv().unwrap();
        });
        works.recv().unwrap();
        let (running, before) = threads.cpu();
        assert_eq!((running.len(), running[0].0, running[0].1), (1, 7, before));
        assert!(before > Duration::ZERO);
        end.send(()).unwrap();
        thread.join().unwrap();
        let (running, after) = threads.cpu();
        assert!(running.is_empty());
        assert!(before <= after && after < before * 2, "{before:?} {after:?}");
        assert_eq!(threads.cpu().1, after, "the clock of a thread that has ended is not read");
    }
}
