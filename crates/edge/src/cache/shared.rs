//! What all clones of a cache share; what happens before a request is looked up, and after something has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use http::header::{AUTHORIZATION, CONTENT_LOCATION, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, Response, Uri};

use super::clock::{self, Clock};
use super::counters::Counters;
use super::entry::{Entry, Freshness};
use super::flight::Flights;
use super::purge::{Moment, Purge, Selector};
use super::purges::{Purges, Standing};
use super::redis::Redis;
use super::respond::Asking;
use super::rule::Rule;
use super::service::{Asked, Bypass};
use super::store::Store;
use super::view::View;
use super::{Config, normal};
use crate::Body;
use crate::path::Pattern;

/// What all clones share.
pub(super) struct Shared {
    pub(super) config: Config,
    /// A sweep is to begin.
    sweeping: AtomicBool,
    /// What holds where no rule does.
    no_rule: Rule,
    pub(super) clock: Arc<Clock>,
    pub(super) store: Store,
    pub(super) flights: Arc<Flights>,
    pub(super) purges: Arc<Purges>,
    pub(super) counters: Counters,
    pub(super) redis: Option<Redis>,
}

impl Shared {
    pub(super) fn new(config: Config) -> Result<Shared, String> {
        let purges = Arc::new(Purges::default());
        let second = |redis| Redis::new(redis, &config.build, purges.clone());
        let redis = config.redis.as_ref().map(second).transpose()?;
        Ok(Shared {
            clock: redis.as_ref().map_or_else(|| Arc::new(Clock::own()), Redis::clock),
            redis,
            sweeping: AtomicBool::new(false),
            no_rule: Rule::new(Pattern::all()),
            store: Store::new(config.max_size),
            flights: Arc::default(),
            counters: Counters::default(),
            purges,
            config,
        })
    }

    /// The rule at a place, or what holds where there is none.
    pub(super) fn rule(&self, place: Option<usize>) -> &Rule {
        place.map_or(&self.no_rule, |place| &self.config.rules[place])
    }

    /// Puts a request in its normal form, if the cache may answer it.
    pub(super) fn ask(&self, parts: &mut Parts, has_no_body: bool) -> Result<Asked, Bypass> {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            return Err(Bypass::Method);
        }
        // The body of a GET is no part of any key ("fat GET").
        if !has_no_body {
            return Err(Bypass::Body);
        }
        let place = self.config.rules.iter().position(|rule| rule.path.surely_matches(parts.uri.path()));
        let rule = self.rule(place);
        if !rule.enabled {
            return Err(Bypass::Rule);
        }
        // What the client has already is compared with what is served, whoever made it.
        let asking = Asking::take(parts);
        normal::normalize(parts, rule);
        Ok(Asked { rule: place, asking, authorized: parts.headers.contains_key(AUTHORIZATION) })
    }

    /// What may be done with an entry.
    pub(super) fn freshness(entry: &Entry, standing: Standing, now: Moment) -> Freshness {
        match standing {
            Standing::Valid => entry.freshness(now),
            Standing::Stale => entry.staleness(now),
            Standing::Gone => Freshness::Expired,
        }
    }

    /// A request that changes things was answered (RFC 9111 section 4.4).
    pub(super) fn changed(self: &Arc<Self>, path: &str, response: &Response<Body>) {
        if !response.status().is_success() && !response.status().is_redirection() {
            return;
        }
        let named = [LOCATION, CONTENT_LOCATION].into_iter().filter_map(|name| local_path(response.headers().get(name)?));
        for path in named.chain([path.to_owned()]) {
            // Most such paths have no pages; and nobody must be able to fill the table of purges with paths of his own. The first
            // page may be under way: what it shows may be from before the change.
            if !self.flights.any_for(&path) && self.store.specs(&path).is_none() {
                continue;
            }
            let purge = Purge { selector: Selector::Url(path), soft: false };
            self.purges.apply(&purge, self.clock.now());
            if self.redis.is_some() {
                let shared = self.clone();
                tokio::spawn(async move { shared.tell(&purge).await });
            }
        }
    }

    /// Purges, here at once.
    pub(super) async fn purge(self: &Arc<Self>, purge: Purge) -> Result<(), String> {
        self.counters.purges.add();
        self.purges.apply(&purge, self.clock.now());
        if !purge.soft && !self.sweeping.swap(true, Relaxed) {
            let shared = self.clone();
            tokio::task::spawn_blocking(move || {
                shared.sweeping.store(false, Relaxed);
                shared.store.sweep(&shared.purges);
            });
        }
        self.tell(&purge).await
    }

    /// Tells the other instances.
    async fn tell(&self, purge: &Purge) -> Result<(), String> {
        match &self.redis {
            Some(redis) => redis.purge(purge).await,
            None => Ok(()),
        }
    }
}

impl Shared {
    /// What can be seen of it.
    pub(super) fn view(&self, top: usize) -> View {
        let (entries, bytes, paths) = self.store.sizes();
        View {
            entries,
            bytes,
            max_bytes: self.config.max_size,
            paths,
            flights: self.flights.len() as u64,
            top: self.store.top(top, clock::wall()),
            counts: self.counters.read(self.store.evicted()),
            redis: self.redis.as_ref().map(Redis::view),
        }
    }
}

/// The path of a reference, when it is one without a host; other hosts' are none of ours.
fn local_path(reference: &HeaderValue) -> Option<String> {
    let uri: Uri = reference.to_str().ok()?.parse().ok()?;
    (uri.host().is_none() && uri.path().starts_with('/')).then(|| uri.path().to_owned())
}
