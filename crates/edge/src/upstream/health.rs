//! Whether an address is fit to be asked: failures in a row eject it for a while, and it returns slowly.
//!
//! Whoever is asked has answered well or badly; nothing else is known. A failure is a connection that does not come about or breaks, a
//! deadline, and a 5xx (as Envoy's consecutive 5xx): an address whose answers are all errors is of no more use than one that is gone.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::Ejection;

/// How fit an address is. Times are milliseconds since `began`; all of it is a hint, so no more than atomics.
#[derive(Debug)]
pub(super) struct Health {
    began: Instant,
    /// Failures since the last success.
    failures: AtomicU32,
    /// Ejections since the last success.
    ejections: AtomicU32,
    /// `0`: not ejected.
    ejected_until: AtomicU64,
    /// When it was last tried while it was ejected.
    probed: AtomicU64,
    /// Its last failure was an answer.
    answers: AtomicBool,
    /// A health check says so.
    is_ill: AtomicBool,
}

/// How often an address is tried while all are ejected.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// The least share of an address that has just returned.
const LEAST_WEIGHT: f64 = 0.1;

impl Health {
    pub(super) fn new() -> Health {
        Health {
            began: Instant::now(),
            failures: AtomicU32::new(0),
            ejections: AtomicU32::new(0),
            ejected_until: AtomicU64::new(0),
            probed: AtomicU64::new(0),
            answers: AtomicBool::new(true),
            is_ill: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        millis(self.began.elapsed())
    }

    /// It has answered well.
    pub(super) fn succeeded(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
        if self.ejections.load(Ordering::Relaxed) != 0 && self.now() >= self.ejected_until.load(Ordering::Relaxed) {
            self.ejections.store(0, Ordering::Relaxed);
        }
    }

    /// It has failed, by an answer that is an error or by none; whether that ejects it.
    pub(super) fn failed(&self, ejection: &Ejection, has_answered: bool) -> bool {
        self.answers.store(has_answered, Ordering::Relaxed);
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        // The one that returned has one chance, not as many as at first.
        let allowed = if self.ejections.load(Ordering::Relaxed) > 0 { 1 } else { ejection.failures };
        let now = self.now();
        if ejection.failures == 0 || failures < allowed || now < self.ejected_until.load(Ordering::Relaxed) {
            return false;
        }
        let times = self.ejections.fetch_add(1, Ordering::Relaxed).min(16);
        let period = ejection.base.saturating_mul(1 << times).min(ejection.max);
        self.failures.store(0, Ordering::Relaxed);
        self.ejected_until.store(now + millis(period).max(1), Ordering::Relaxed);
        true
    }

    /// What a health check has found.
    pub(super) fn set_ill(&self, is_ill: bool) -> bool {
        self.is_ill.swap(is_ill, Ordering::Relaxed) != is_ill
    }

    /// Whether it is not to be asked while others can be.
    pub(super) fn is_out(&self) -> bool {
        let until = self.ejected_until.load(Ordering::Relaxed);
        self.is_ill.load(Ordering::Relaxed) || (until != 0 && self.now() < until)
    }

    /// Whether it answers at all: an error of the backend's own is better than none.
    pub(super) fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    /// Whether it may be asked although it is out and answers nothing, because all are: one request a second.
    pub(super) fn may_be_probed(&self) -> bool {
        let now = self.now();
        let probe = |probed: u64| (probed == 0 || now >= probed + millis(PROBE_INTERVAL)).then_some(now.max(1));
        self.probed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, probe).is_ok()
    }

    /// Its share, from [`LEAST_WEIGHT`] when it has just returned to 1.
    pub(super) fn weight(&self, slow_start: Duration) -> f64 {
        let until = self.ejected_until.load(Ordering::Relaxed);
        if until == 0 || slow_start.is_zero() {
            return 1.0;
        }
        let returned = self.now().saturating_sub(until) as f64 / millis(slow_start) as f64;
        returned.clamp(LEAST_WEIGHT, 1.0)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const EJECTION: Ejection =
        Ejection { failures: 3, base: Duration::from_secs(1), max: Duration::from_secs(3), slow_start: Duration::from_secs(10) };

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_eject() {
        let health = Health::new();
        assert!(!health.failed(&EJECTION, false) && !health.failed(&EJECTION, false));
        health.succeeded();
        assert!(!health.failed(&EJECTION, false) && !health.failed(&EJECTION, false) && !health.is_out());
        assert!(health.failed(&EJECTION, false) && health.is_out());
        assert!(!health.failed(&EJECTION, false), "what was under way when it was ejected changes nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn it_returns_slowly_and_each_time_later() {
        let health = Health::new();
        assert_eq!((0..3).filter(|_| health.failed(&EJECTION, false)).count(), 1);
        for period in [1, 2, 3, 3] {
            assert!(health.is_out());
            advance(Duration::from_millis(period * 1000 - 1)).await;
            assert!(health.is_out());
            advance(Duration::from_millis(1)).await;
            assert!(!health.is_out());
            assert!(health.weight(EJECTION.slow_start) < 0.2);
            assert!(health.failed(&EJECTION, false), "one failure is enough now");
        }
        advance(Duration::from_secs(8)).await;
        assert_eq!(health.weight(EJECTION.slow_start), 0.5);
        health.succeeded();
        assert!(!health.failed(&EJECTION, false), "it has answered well, so it has all its chances");
        advance(Duration::from_secs(80)).await;
        assert_eq!(health.weight(EJECTION.slow_start), 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_a_second() {
        let health = Health::new();
        assert!(health.may_be_probed() && !health.may_be_probed());
        advance(Duration::from_millis(1001)).await;
        assert!(health.may_be_probed() && !health.may_be_probed());
    }

    #[tokio::test(start_paused = true)]
    async fn ejection_can_be_off() {
        let (health, off) = (Health::new(), Ejection { failures: 0, ..EJECTION });
        assert!((0..100).all(|_| !health.failed(&off, true)) && !health.is_out());
    }
}
