//! Two clocks: one that tells whether a render began before a purge, and one that tells how old a page is.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime};

use super::purge::Moment;

/// What the clocks of two machines may drift apart between two measurements.
const DRIFT: Duration = Duration::from_millis(5);

/// Moments. It goes on at the pace of this machine's monotonic clock, wherever it was set.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    /// The moment of `start`.
    zero: AtomicU64,
    /// By how much it may be ahead of the clock that it follows.
    ahead: AtomicU64,
}

impl Clock {
    /// That of an instance alone.
    pub(super) fn own() -> Clock {
        Clock::at(wall())
    }

    /// One that will follow another, and begins at the beginning of time: what was born before it was set for the first time was
    /// born before any purge on the clock that it follows, and so by any of those it counts as purged.
    pub(super) fn following() -> Clock {
        Clock::at(1)
    }

    fn at(moment: Moment) -> Clock {
        Clock { start: Instant::now(), zero: AtomicU64::new(moment), ahead: AtomicU64::new(0) }
    }

    /// Now.
    pub(super) fn now(&self) -> Moment {
        self.at_instant(Instant::now())
    }

    /// When a render that begins now is born: not later than now on the clock that all follow, so that no purge from now on is
    /// earlier.
    pub(super) fn born(&self) -> Moment {
        self.now().saturating_sub(self.ahead.load(Relaxed)).max(1)
    }

    /// Sets it: the other clock said `said` at some time between these two.
    pub(super) fn set(&self, said: Moment, asked: Instant, answered: Instant) {
        let trip = answered.saturating_duration_since(asked);
        let zero = said.saturating_add(micros(trip / 2)).saturating_sub(self.passed(answered));
        self.ahead.store(micros(trip + DRIFT), Relaxed);
        self.zero.store(zero, Relaxed);
    }

    fn at_instant(&self, instant: Instant) -> Moment {
        self.zero.load(Relaxed).saturating_add(self.passed(instant))
    }

    fn passed(&self, instant: Instant) -> u64 {
        micros(instant.saturating_duration_since(self.start))
    }
}

/// The time of day, for ages: a machine that was suspended must find its pages as old as they are.
pub(super) fn wall() -> Moment {
    micros(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// It as a time, for headers.
pub(super) fn time(wall: Moment) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(wall)
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_born_before_whatever_the_other_clock_may_say_now() {
        let clock = Clock::following();
        assert!(clock.born() < 1_000_000_000_000_000);
        let said = 1_700_000_000_000_000;
        let asked = clock.start + Duration::from_secs(10);
        let answered = asked + Duration::from_millis(20);
        clock.set(said, asked, answered);
        assert_eq!(clock.at_instant(answered), said + 10_000);
        // The answer may have taken no time at all, and then it is `said` now.
        assert!(clock.at_instant(answered) - clock.ahead.load(Relaxed) < said);
        // One that was set back, and the next that is in order again.
        clock.set(said - 5_000_000, asked, answered);
        assert_eq!(clock.at_instant(answered), said - 4_990_000);
    }

    #[test]
    fn tells_the_time() {
        let clock = Clock::own();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        assert!(clock.now().abs_diff(micros(now)) < 60_000_000);
        assert!(clock.born() <= clock.now());
    }
}
