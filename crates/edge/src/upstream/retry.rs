//! When a request may be sent again, and how often.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use super::Retry;

/// Whether a request that may have been received can be sent once more (RFC 9110 section 9.2.2).
pub(super) fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE | Method::PUT | Method::DELETE)
}

/// How many retries there may be: a share of the requests, so that a backend that fails is not asked twice as often as before, and a
/// few in any case, so that a host with few requests can retry at all.
#[derive(Debug)]
pub(super) struct Budget {
    /// What a request adds, and a retry takes [`RETRY`] of.
    share: i64,
    per_second: u64,
    saved: AtomicI64,
    /// The second since the beginning in the upper half, retries made in it in the lower.
    reserve: AtomicU64,
    began: Instant,
}

/// The price of a retry.
const RETRY: i64 = 1000;

/// As many can be saved up.
const MOST_SAVED: i64 = 100 * RETRY;

impl Budget {
    pub(super) fn new(retry: &Retry) -> Budget {
        Budget {
            share: (retry.budget.clamp(0.0, 10.0) * RETRY as f64) as i64,
            per_second: u64::from(retry.min_per_second),
            saved: AtomicI64::new(0),
            reserve: AtomicU64::new(0),
            began: Instant::now(),
        }
    }

    /// A request is made.
    pub(super) fn deposit(&self) {
        if self.saved.load(Ordering::Relaxed) < MOST_SAVED {
            self.saved.fetch_add(self.share, Ordering::Relaxed);
        }
    }

    /// Whether one more retry may be made; it is counted.
    pub(super) fn withdraw(&self) -> bool {
        self.take_from_reserve(self.began.elapsed()) || self.take_from_savings()
    }

    fn take_from_reserve(&self, now: Duration) -> bool {
        let second = now.as_secs() << 32;
        let take = |reserve: u64| {
            let used = if reserve & !0xFFFF_FFFF == second { reserve & 0xFFFF_FFFF } else { 0 };
            (used < self.per_second).then_some(second | (used + 1))
        };
        self.reserve.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    fn take_from_savings(&self) -> bool {
        let take = |saved: i64| (saved >= RETRY).then_some(saved - RETRY);
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(share: f64, min_per_second: u32) -> Budget {
        Budget::new(&Retry { enabled: true, budget: share, min_per_second, max_body: 0, outage: Duration::ZERO })
    }

    #[test]
    fn a_share_of_the_requests() {
        let budget = budget(0.2, 0);
        assert!(!budget.withdraw());
        (0..10).for_each(|_| budget.deposit());
        assert_eq!((0..10).filter(|_| budget.withdraw()).count(), 2);
        (0..10_000).for_each(|_| budget.deposit());
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 100, "savings are bounded");
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_each_second() {
        let budget = budget(0.0, 3);
        for _second in 0..3 {
            assert_eq!((0..10).filter(|_| budget.withdraw()).count(), 3);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }

    #[test]
    fn what_can_be_repeated() {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
            assert!(is_idempotent(&method.parse().unwrap()), "{method}");
        }
        for method in ["POST", "PATCH", "CONNECT", "PURGE"] {
            assert!(!is_idempotent(&method.parse().unwrap()), "{method}");
        }
    }
}
