//! One rule counted in this process: GCRA by `governor`, its state in a [`Bounded`] map.
//!
//! # What happens when the map is full
//! A key's worth is its theoretical arrival time: one whose time has come stands as if it had never been here, so forgetting it
//! changes nothing. Of the others go those that have used least. A key that is refused stays until nearly all are
//! (see [`super::bounded`]): to free it, somebody must use up the quota of as many other keys as the map holds, within one
//! window.

use std::cell::{Cell, LazyCell};
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use governor::RateLimiter;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;

use super::Stats;
use super::bounded::{Bounded, EXPIRED, REFUSING};
use super::key::Key;
use super::standing::{Quota, Standing};

/// A rule's count.
pub(super) struct Local {
    quota: Quota,
    limiter: RateLimiter<Question, Store, Clock, NoOpMiddleware<Nanos>>,
    clock: Clock,
    keys: Arc<Bounded<Key, u64>>,
}

impl Local {
    /// A count that remembers at most `max_keys` keys.
    pub(super) fn new(quota: Quota, max_keys: usize, stats: Arc<Stats>, clock: &Clock) -> Local {
        let clock = clock.restarted();
        let keys = Arc::new(Bounded::new(max_keys));
        let governed = governor::Quota::with_period(Duration::from_nanos(quota.period))
            .zip(NonZeroU32::new(quota.burst))
            .map(|(quota, burst)| quota.allow_burst(burst))
            .expect("a quota has neither a period nor a burst of zero");
        let store = Store { keys: keys.clone(), tolerance: quota.tolerance(), stats, clock: clock.clone() };
        Local { quota, limiter: RateLimiter::new(governed, store, clock.clone()), clock, keys }
    }

    /// Counts a request. What is refused is not counted: a client that keeps asking is let pass again at its rate.
    pub(super) fn check(&self, key: Key) -> Standing {
        let question = Question { key, arrival: Cell::new(0) };
        let refused = self.limiter.check_key(&question).is_err();
        // Read after `governor` read it, so that nothing looks further away than it is.
        let now = self.clock.now().as_u64();
        Standing::new(self.quota, question.arrival.get().saturating_sub(now), refused)
    }

    /// How many keys are remembered, and in how many bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.keys.len(), self.keys.bytes())
    }
}

/// What `governor` asks the store about. It takes the theoretical arrival time of the key out, which `governor` works with
/// and does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    key: Key,
    arrival: Cell<u64>,
}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Where `governor` keeps the theoretical arrival times: nanoseconds by the rule's clock.
struct Store {
    keys: Arc<Bounded<Key, u64>>,
    tolerance: u64,
    stats: Arc<Stats>,
    clock: Clock,
}

impl Store {
    fn worth(&self, now: u64, arrival: u64) -> u64 {
        match arrival {
            _ if arrival <= now => EXPIRED,
            _ if arrival - now > self.tolerance => REFUSING | arrival,
            _ => arrival,
        }
    }
}

impl StateStore for Store {
    type Key = Question;

    fn measure_and_replace<T, F, E>(&self, question: &Question, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // Only making room wants to know the time.
        let now = LazyCell::new(|| self.clock.now().as_u64());
        let worth = |&arrival: &u64| self.worth(*now, arrival);
        let (result, lost) = self.keys.update(&question.key, worth, |arrival| {
            let decided = decide(arrival.copied().map(Nanos::new));
            let new = decided.as_ref().ok().map(|(_, arrival)| arrival.as_u64());
            question.arrival.set(new.or(arrival.copied()).unwrap_or_default());
            (new, decided.map(|(result, _)| result))
        });
        self.stats.add_evicted(lost);
        result
    }
}

/// Monotonic time since the rule was made, with the time in which the machine's own clock stood still.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// The machine's, which does not go on while the machine is suspended; and what it has missed, in nanoseconds.
    Real(Instant, Arc<AtomicU64>),
    /// One that tests turn.
    #[cfg(test)]
    Fake(governor::clock::FakeRelativeClock),
}

impl Clock {
    /// That of this machine.
    pub(super) fn real() -> Clock {
        Clock::Real(Instant::now(), Arc::default())
    }

    /// It has missed so much time: windows that are over must be over. All clocks that come of this one go on together.
    pub(super) fn skip(&self, missed: Duration) {
        match self {
            Clock::Real(_, all) => {
                all.fetch_add(u64::try_from(missed.as_nanos()).unwrap_or(0), Relaxed);
            }
            #[cfg(test)]
            Clock::Fake(clock) => clock.advance(missed),
        }
    }

    /// The same clock from now on: `governor` counts from the moment it is made.
    fn restarted(&self) -> Clock {
        match self {
            Clock::Real(_, missed) => Clock::Real(Instant::now(), missed.clone()),
            #[cfg(test)]
            Clock::Fake(clock) => Clock::Fake(clock.clone()),
        }
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match self {
            Clock::Real(start, missed) => (start.elapsed() + Duration::from_nanos(missed.load(Relaxed))).into(),
            #[cfg(test)]
            Clock::Fake(clock) => clock.now(),
        }
    }
}
