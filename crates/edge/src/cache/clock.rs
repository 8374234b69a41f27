//! The clock that ages and purges are measured by: that of the second level where there is one, so that instances agree.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::purge::Moment;

/// A wall clock, because a machine that was suspended must find its pages as old as they are.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// What the shared clock is ahead of our own, in microseconds.
    ahead: AtomicI64,
    /// What the shared clock may be off by.
    margin: AtomicU64,
}

impl Clock {
    /// Now.
    pub(super) fn now(&self) -> Moment {
        own().saturating_add_signed(self.ahead.load(Relaxed))
    }

    /// When a render that begins now was born: as early as it may be, so that no purge is missed for a clock's sake.
    pub(super) fn born(&self) -> Moment {
        self.now().saturating_sub(self.margin.load(Relaxed))
    }

    /// Follows a shared clock, which said `shared` at some time between `asked`, by our clock, and now.
    pub(super) fn follow(&self, shared: Moment, asked: Moment) {
        let answered = own();
        let middle = asked + answered.saturating_sub(asked) / 2;
        self.ahead.store(shared.wrapping_sub(middle).cast_signed(), Relaxed);
        let jitter = Duration::from_millis(50);
        self.margin.store(answered.saturating_sub(asked) + u64::try_from(jitter.as_micros()).unwrap_or(0), Relaxed);
    }
}

/// A moment as a time, for headers.
pub(super) fn time(moment: Moment) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(moment)
}

/// Our own clock.
pub(super) fn own() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
