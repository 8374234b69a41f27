//! A stored response, and what is counted of it in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http::header::LAST_MODIFIED;
use http::{HeaderMap, StatusCode};

use super::key::{Key, Spec};
use super::lifetime::Lifetime;
use super::purge::Moment;

/// What is stored of a response, and all that another instance needs to serve it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The path of the request as the client wrote it, without its query.
    pub path: Arc<str>,
    /// The query of the request that it was rendered for, for purges by URL; empty when there was none.
    pub query: Box<str>,
    /// The inputs that it depends on.
    pub spec: Arc<Spec>,
    /// Path, inputs and their values.
    pub key: Key,
    /// Status code.
    pub status: StatusCode,
    /// Headers as they are served, but for `Age` and `Cache-Status`: with `Date`, and `ETag`.
    pub headers: HeaderMap,
    /// Whether the `ETag` is the app's own, so that the app can be asked whether it still holds.
    pub own_etag: bool,
    /// What the app has decided about its compression.
    pub choice: Option<crate::compression::Choice>,
    /// The route that it came from, for the log and for metrics.
    pub route: Option<crate::account::Route>,
    /// The body, not encoded by the host.
    pub body: Bytes,
    /// How long it may be served.
    pub lifetime: Lifetime,
    /// When it was received, by the time of day.
    pub received: Moment,
    /// When its render began, on the clock of purges: what was purged after that does not count any more.
    pub born: Moment,
    /// Its tags.
    pub tags: Box<[Box<str>]>,
}

impl Stored {
    /// Its age (RFC 9111 section 4.2.3).
    pub fn age(&self, now: Moment) -> Duration {
        self.lifetime.initial_age + Duration::from_micros(now.saturating_sub(self.received))
    }

    /// For how long it is of use: served, or asked about.
    pub(super) fn kept_for(&self, now: Moment) -> Duration {
        let Lifetime { fresh, stale_while_revalidate, stale_if_error, .. } = self.lifetime;
        let has_validator = self.own_etag || self.headers.contains_key(LAST_MODIFIED);
        let asked_about = if has_validator { ASKED_ABOUT } else { Duration::ZERO };
        (fresh + stale_while_revalidate.max(stale_if_error).max(asked_about)).saturating_sub(self.age(now))
    }
}

/// A row of bytes that identifies a render which others may wait for.
pub(super) type FlightKey = Box<[u8]>;

/// How long after it was fresh a page is held of which the app can say that it still holds, whether it may be served stale or not.
const ASKED_ABOUT: Duration = Duration::from_hours(1);

/// How many hits of an entry make it worth refreshing before it expires.
const HOT: u64 = 5;

/// After how much of its fresh time an entry is refreshed, in percent: drawn for each, so that what was rendered
/// together does not expire together.
const REFRESH_AFTER: std::ops::Range<u64> = 80..95;

/// How long after a failed refresh the app is left alone.
const RETRY: Duration = Duration::from_secs(2);

/// An entry of the first level.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) stored: Arc<Stored>,
    /// The encoded forms.
    pub(super) kept: crate::compression::Kept,
    /// How often it was served.
    hits: AtomicU64,
    /// The version of the purges at which it was last found to count.
    pub(super) checked: AtomicU64,
    /// The bytes of its encoded forms when the store last asked for its size.
    pub(super) weighed: AtomicU64,
    /// The age from which it is refreshed ahead.
    refresh_at: Duration,
    /// Until when no refresh is attempted, because the last one has failed.
    retry_at: AtomicU64,
}

impl Entry {
    pub(super) fn new(stored: Arc<Stored>) -> Entry {
        let percent = u32::try_from(fastrand::u64(REFRESH_AFTER)).unwrap_or(100);
        Entry {
            refresh_at: stored.lifetime.fresh / 100 * percent,
            kept: crate::compression::Kept::new(stored.body.clone()),
            stored,
            hits: AtomicU64::new(0),
            checked: AtomicU64::new(0),
            weighed: AtomicU64::new(0),
            retry_at: AtomicU64::new(0),
        }
    }

    /// Counts a hit.
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    /// How often it was served.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }

    /// What may be done with it, when it was not purged softly.
    pub(super) fn freshness(&self, now: Moment) -> Freshness {
        let (age, life) = (self.stored.age(now), &self.stored.lifetime);
        if age < life.fresh {
            let due = age >= self.refresh_at && self.hits() >= HOT && now >= self.retry_at.load(Relaxed);
            return if due { Freshness::Due } else { Freshness::Fresh };
        }
        self.staleness(now)
    }

    /// What may be done with it when it is not fresh.
    pub(super) fn staleness(&self, now: Moment) -> Freshness {
        let (age, life) = (self.stored.age(now), &self.stored.lifetime);
        let within = |window: Duration| !window.is_zero() && age < life.fresh + window;
        let resting = now < self.retry_at.load(Relaxed);
        match (within(life.stale_while_revalidate), within(life.stale_if_error)) {
            (true, _) | (_, true) if resting => Freshness::Resting,
            (true, _) => Freshness::StaleWhileRevalidate,
            (_, true) => Freshness::StaleIfError,
            _ => Freshness::Expired,
        }
    }

    /// A refresh has failed.
    pub(super) fn rest(&self, now: Moment) {
        self.retry_at.store(now + u64::try_from(RETRY.as_micros()).unwrap_or(0), Relaxed);
    }

    /// Its size in bytes, about.
    pub(super) fn size(&self) -> u64 {
        /// The structures of an entry and of the store around it.
        const OVERHEAD: usize = 800;
        let headers: usize = self.stored.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum();
        let tags: usize = self.stored.tags.iter().map(|tag| tag.len() + 16).sum();
        let text = self.stored.key.as_bytes().len() + self.stored.path.len() + self.stored.query.len();
        (OVERHEAD + headers + tags + text + self.stored.body.len() + self.kept.bytes()) as u64
    }
}

/// What may be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Serve it.
    Fresh,
    /// Serve it, and refresh it: it is in demand and will expire soon.
    Due,
    /// Serve it, and refresh it.
    StaleWhileRevalidate,
    /// Serve it without trying again yet: a refresh has just failed.
    Resting,
    /// Serve it when there is no other answer.
    StaleIfError,
    /// Ask whether it still holds, at most.
    Expired,
}
