//! Counts in fixed windows, for the limits an app sets with its own plug-ins: exact however many isolates count at once.
//!
//! Two plug-ins, each counted to the letter ([`Counting`]); `tests/rate_limit.rs` replays what the real ones said. What they do with
//! a count (headers, bodies, hooks, allow lists, `skipOnError`) is JavaScript's business. Nothing here can fail, so `skipOnError`
//! never has anything to skip.
//!
//! # When there are too many keys
//! `@fastify/rate-limit` forgets the key it has not seen for longest, even if it is refusing it, and `fastifyRateLimit` forgets
//! none and grows. Here a key whose window is over goes first, then those that have used least of theirs, and one that is
//! being refused only when nearly all are: see `bounded`. Its count then starts from one again.

use std::time::Duration;

use super::bounded::{Bounded, EXPIRED, REFUSING};
use super::key::{self, Hashed};

/// How a plug-in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// `store/LocalStore.js` of `@fastify/rate-limit` 9.1.0: the window is over when its end is reached; counts on above `max`.
    Fastify {
        /// A request above `max` starts the window anew (`continueExceeding`).
        continue_exceeding: bool,
        /// Bans a key that exceeds `max` by more than this many, until its window is over (`ban`; `None` is its `-1`).
        ban: Option<u32>,
    },
    /// `ssr/middleware/rate-limiting.js` of `@composable-svelte/core`: the window is over when its end has passed; counts up to `max`.
    ComposableSvelte,
}

/// A limit as the plug-in has it for one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The window of a key starts at its first request. Counted in milliseconds.
    pub window: Duration,
    /// So many requests in it. A number as JavaScript has it, and compared as JavaScript compares: the plug-in's `max` may be a
    /// function that returns `Infinity` or a fraction.
    pub max: f64,
    /// The plug-in.
    pub counting: Counting,
}

/// What a request counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Requests in the window, with this one (`current` of `@fastify/rate-limit`; the other's `remaining` is `max` less this
    /// when the request is allowed, else 0).
    pub count: u32,
    /// Until the window is over (`ttl`).
    pub ttl: Duration,
    /// When it is over: milliseconds of the clock that `now` was read from (`resetTime`).
    pub reset: i64,
    /// Whether the request is within the limit.
    pub allowed: bool,
    /// Whether the key is banned (`ban`).
    pub banned: bool,
}

#[derive(Clone, Copy)]
struct Window {
    /// Milliseconds of the wall clock.
    start: i64,
    length: i64,
    count: u32,
    banned: bool,
    allowed: bool,
    /// How much of the limit is used, in 256 parts.
    used: u8,
}

/// The counts of one store of a plug-in: one object of its own for each of them, as the plug-ins have it.
pub struct Windows {
    keys: Bounded<Hashed, Window>,
}

impl Windows {
    /// Counts for at most `max_keys` keys. The plug-in's `cache` is 5000 unless set.
    pub fn new(max_keys: usize) -> Windows {
        Windows { keys: Bounded::new(max_keys) }
    }

    /// Counts a request. `now` is the wall clock in milliseconds, as `Date.now()`.
    pub fn hit(&self, key: &str, now: i64, limit: &Limit) -> Hit {
        let count = |window: Option<&Window>| {
            let window = Window::after(window.copied(), now, limit);
            let end = window.start + window.length;
            let ttl = Duration::from_millis(u64::try_from(end - now).unwrap_or(0));
            let hit = Hit { count: window.count, ttl, reset: end, allowed: window.allowed, banned: window.banned };
            (Some(window), hit)
        };
        self.keys.update(&key::hash([key]), |window| window.worth(now), count).0
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Window {
    /// The window of a key after one more request.
    fn after(before: Option<Window>, now: i64, limit: &Limit) -> Window {
        let length = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX / 4);
        let current = before.filter(|window| match limit.counting {
            Counting::Fastify { .. } => window.start + window.length > now,
            Counting::ComposableSvelte => window.start + window.length >= now,
        });
        let mut window = current.unwrap_or(Window { start: now, length, count: 0, banned: false, allowed: true, used: 0 });
        match limit.counting {
            Counting::Fastify { continue_exceeding, ban } => {
                window.count = window.count.saturating_add(1);
                window.allowed = f64::from(window.count) <= limit.max;
                if current.is_some() && continue_exceeding && f64::from(window.count) > limit.max {
                    window.start = now;
                }
                window.banned |= ban.is_some_and(|ban| f64::from(window.count) - limit.max > f64::from(ban));
            }
            // The first request of a window passes whatever the limit.
            Counting::ComposableSvelte => {
                window.allowed = current.is_none() || f64::from(window.count) < limit.max;
                window.count = window.count.saturating_add(u32::from(window.allowed));
            }
        }
        window.used = (f64::from(window.count) / (limit.max + 1.0) * 255.0).clamp(0.0, 255.0) as u8;
        window
    }

    /// See [`super::bounded`]. A window in which half of the limit is used is worth as much as an unused one half as far in.
    fn worth(&self, now: i64) -> u64 {
        let end = self.start.saturating_add(self.length);
        let time = |time: i64| u64::try_from(time).unwrap_or(1).max(1);
        match () {
            () if end < now => EXPIRED,
            () if self.banned || !self.allowed => REFUSING | time(end),
            () => time(self.start.saturating_add(self.length / 256 * i64::from(self.used))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FASTIFY: Counting = Counting::Fastify { continue_exceeding: false, ban: None };

    fn limit(max: f64, counting: Counting) -> Limit {
        Limit { window: Duration::from_secs(60), max, counting }
    }

    #[test]
    fn counts_exactly_from_many_threads() {
        for counting in [FASTIFY, Counting::ComposableSvelte] {
            let windows = Windows::new(5000);
            let limit = limit(1000.0, counting);
            let allowed = || (0..500).filter(|_| windows.hit("192.0.2.1", 0, &limit).allowed).count();
            let total: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(allowed)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(total, 1000, "{counting:?}");
        }
    }

    #[test]
    fn stays_within_its_bound_and_keeps_who_is_refused() {
        for counting in [FASTIFY, Counting::ComposableSvelte] {
            let windows = Windows::new(5000);
            let limit = limit(3.0, counting);
            for _ in 0..4 {
                windows.hit("honest", 0, &limit);
            }
            // Late in the window of the one that is refused, so that theirs end long after it.
            for invented in 0..200_000 {
                assert!(windows.hit(&format!("invented-{invented}"), 55_000, &limit).allowed);
            }
            assert!(windows.len() <= 5000);
            assert!(!windows.hit("honest", 55_001, &limit).allowed, "{counting:?}");
            assert!(windows.hit("honest", 60_001, &limit).allowed, "{counting:?}");
        }
    }
}
