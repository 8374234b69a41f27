//! Notices that the machine was asleep: suspended by its host (`auto_stop_machines = "suspend"` of Fly.io), a laptop whose lid was shut, or
//! the process itself stopped.
//!
//! Nothing tells a process. Its connections look as they did, but the other ends are gone, names have other addresses by now, and windows
//! of limits that are over are not over by its clock. So it looks at its clocks once a second.
//!
//! # Which clocks
//! - The time of day against the monotonic clock. The latter stands still while a machine sleeps (`CLOCK_MONOTONIC` by its definition; a
//!   virtual machine that is restored from a snapshot goes on where it was). The time of day is right again as soon as somebody has set it,
//!   which after a snapshot takes some seconds (<https://fly.io/docs/reference/suspend-resume/>). What the first has gone on by more than
//!   the second is time that was slept through, or somebody has set the clock: that cannot be told apart, and does no harm.
//! - The monotonic clock against the second that was waited for: SIGSTOP, a paused container, a virtual machine whose clock goes on. A
//!   process that is only starved looks alike, but somebody starves it, and mostly it is itself: when it has used CPU time, it was awake.
//!
//! `CLOCK_BOOTTIME` would not help: it counts the sleep that the kernel knows of, and that of a snapshot it does not know.

use std::time::{Duration, Instant, SystemTime};

use rustix::time::{ClockId, clock_gettime};

/// How often clocks are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// What clocks may differ without anything having happened: timers that are late, a clock that is set right.
const SLACK: Duration = Duration::from_secs(3);

/// All clocks at one moment.
#[derive(Debug, Clone, Copy)]
struct Reading {
    wall: SystemTime,
    monotonic: Instant,
    /// CPU time of this process, all threads.
    cpu: Duration,
}

/// How long the machine was asleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// All of it.
    pub total: Duration,
    /// What the monotonic clock has not counted of it.
    pub uncounted: Duration,
}

impl Reading {
    fn now() -> Reading {
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        let cpu = Duration::try_from(cpu).unwrap_or_default();
        Reading { wall: SystemTime::now(), monotonic: Instant::now(), cpu }
    }

    /// Whether the machine has slept between an earlier reading and this one, apart from the second that was meant to pass.
    fn slept_since(&self, before: &Reading) -> Option<Sleep> {
        let counted = self.monotonic.saturating_duration_since(before.monotonic);
        // A clock that was set back: nothing.
        let wall = self.wall.duration_since(before.wall).unwrap_or_default();
        let uncounted = Some(wall.saturating_sub(counted)).filter(|time| *time > SLACK).unwrap_or_default();
        let late = Some(counted.saturating_sub(EVERY)).filter(|late| *late > SLACK && !self.was_busy(before, *late));
        let total = uncounted + late.unwrap_or_default();
        (!total.is_zero()).then_some(Sleep { total, uncounted })
    }

    /// Whether the process was at work for a tenth of this time.
    fn was_busy(&self, before: &Reading, late: Duration) -> bool {
        self.cpu.saturating_sub(before.cpu) > late / 10
    }
}

/// Calls `wake` each time the machine has been asleep, for ever.
pub async fn watch(wake: impl Fn(Sleep)) {
    let mut before = Reading::now();
    loop {
        tokio::time::sleep(EVERY).await;
        let now = Reading::now();
        if let Some(sleep) = now.slept_since(&before) {
            tracing::info!("the machine was asleep for {} s: connections to others are made anew", sleep.total.as_secs());
            wake(sleep);
        }
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how much the clocks have gone on, in milliseconds: time of day, monotonic, CPU. What that was: all, and uncounted.
    #[test]
    fn sleep_is_told_from_work() {
        let slept = |total, uncounted| {
            let millis = Duration::from_millis;
            Some(Sleep { total: millis(total), uncounted: millis(uncounted) })
        };
        let cases = [
            ("a second like any other", (1000, 1000, 50), None),
            ("a timer that is late", (3900, 3900, 0), None),
            ("a clock that is set right", (3900, 1000, 0), None),
            ("a clock that is set back", (-600_000, 1000, 0), None),
            ("a snapshot, once the clock is right", (313_000, 1000, 20), slept(312_000, 312_000)),
            ("while it works at full load", (313_000, 1000, 4000), slept(312_000, 312_000)),
            ("a laptop", (3_600_400, 400, 5), slept(3_600_000, 3_600_000)),
            ("SIGSTOP", (6000, 6000, 30), slept(5000, 0)),
            ("starved by its own isolates", (6000, 6000, 5900), None),
            ("starved by others, with a tenth of a CPU", (11_000, 11_000, 1100), None),
            ("stopped, and the clock set on", (20_000, 6000, 0), slept(19_000, 14_000)),
        ];
        let zero = Reading::now();
        for (what, (wall, monotonic, cpu), expected) in cases {
            let step = Duration::from_millis;
            let wall = match u64::try_from(wall) {
                Ok(on) => zero.wall + step(on),
                Err(_) => zero.wall - step((-wall).try_into().unwrap()),
            };
            let now = Reading { wall, monotonic: zero.monotonic + step(monotonic), cpu: zero.cpu + step(cpu) };
            assert_eq!(now.slept_since(&zero), expected, "{what}");
        }
    }
}
