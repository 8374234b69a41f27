//! What all clones of a cache share, and the steps that a request takes through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::header::{CONTENT_LOCATION, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::Config;
use super::clock::{self, Clock};
use super::counters::Counters;
use super::entry::{Entry, Freshness, Stored};
use super::flight::Flights;
use super::fly::{Answer, Making};
use super::judge::{self, Judged};
use super::key::{Allowed, Key, Spec};
use super::lifetime::Lifetime;
use super::purge::{Moment, Purge, Selector};
use super::purges::{Purges, Standing};
use super::reads::Reads;
use super::redis::Redis;
use super::refusal::Refusal;
use super::respond::{self, Asking};
use super::rule::Rule;
use super::service::{Asked, Bypass};
use super::status::{self, Forward, Forwarded};
use super::store::Store;
use super::view::View;
use super::{normal, renew, stored_headers, tags};
use crate::path::Pattern;
use crate::{Body, Problem};

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

    pub(super) fn rule(&self, asked: &Asked) -> &Rule {
        asked.rule.map_or(&self.no_rule, |place| &self.config.rules[place])
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
        let rule = self.config.rules.iter().position(|rule| rule.path.surely_matches(parts.uri.path()));
        let asked = Asked {
            rule,
            // What the client has already is compared with what is served, whoever made it.
            asking: Asking::take(parts),
            authorized: parts.headers.contains_key(http::header::AUTHORIZATION),
        };
        let rule = self.rule(&asked);
        if !rule.enabled {
            return Err(Bypass::Rule);
        }
        normal::normalize(parts, rule);
        Ok(asked)
    }

    /// What may be done with an entry.
    pub(super) fn freshness(&self, entry: &Entry, standing: Standing) -> Freshness {
        let now = clock::wall();
        match standing {
            Standing::Valid => entry.freshness(now),
            Standing::Stale => entry.staleness(now),
            Standing::Gone => Freshness::Expired,
        }
    }

    /// Answers from memory.
    pub(super) fn hit(&self, asked: &Asked, entry: &Arc<Entry>, freshness: Freshness) -> Response<Body> {
        let stale = matches!(freshness, Freshness::StaleWhileRevalidate | Freshness::Resting);
        if stale {
            self.counters.stale.add()
        } else {
            self.counters.hits.add()
        }
        entry.hit();
        self.store.reweigh(entry);
        let now = clock::wall();
        let ttl = ttl(&entry.stored, now);
        self.respond(asked, entry, now, status::hit(ttl, None))
    }

    fn respond(&self, asked: &Asked, entry: &Entry, now: Moment, status: http::HeaderValue) -> Response<Body> {
        let mut response = respond::respond(&asked.asking, &entry.stored, entry.stored.age(now));
        status::append(response.headers_mut(), status);
        if let Some(choice) = &entry.stored.choice {
            response.extensions_mut().insert(choice.clone());
        }
        response.extensions_mut().insert(entry.kept.clone());
        response
    }

    /// Answers with what another request has rendered.
    pub(super) fn collapsed(&self, asked: &Asked, entry: &Entry, why: Forward) -> Response<Body> {
        self.counters.collapsed.add();
        let forward = Forwarded { collapsed: true, ..Forwarded::new(why) };
        self.respond(asked, entry, clock::wall(), forward.value())
    }

    /// Answers with a stale entry, when there is one that may be served in place of an error.
    pub(super) fn instead(&self, asked: &Asked, stale: Option<&Arc<Entry>>) -> Option<Response<Body>> {
        let stale = stale?;
        let now = clock::wall();
        let usable =
            matches!(stale.staleness(now), Freshness::StaleIfError | Freshness::StaleWhileRevalidate | Freshness::Resting);
        // What was purged meanwhile is not served in any case.
        if !usable || self.purges.verdict(&stale.stored) == Standing::Gone || !asked.may_have(stale) {
            return None;
        }
        self.counters.stale_if_error.add();
        stale.hit();
        Some(self.respond(asked, stale, now, status::hit(ttl(&stale.stored, now), Some("stale-if-error"))))
    }

    /// Whether an entry is for this request as well.
    pub(super) fn fits(&self, parts: &Parts, asked: &Asked, entry: &Entry) -> bool {
        let stored = &entry.stored;
        asked.may_have(entry)
            && self.purges.verdict(stored) != Standing::Gone
            && Key::of(parts, &stored.spec).is_ok_and(|key| key == stored.key)
    }

    /// The answer of the one for whom a flight was begun.
    pub(super) async fn led(
        &self,
        asked: &Asked,
        answer: oneshot::Receiver<Answer>,
        stale: Option<Arc<Entry>>,
        (why, deadline): (Forward, Instant),
    ) -> Response<Body> {
        let mut answer = std::pin::pin!(answer);
        let answer = match timeout_at(deadline, answer.as_mut()).await {
            Ok(answer) => answer,
            // It takes long: whoever has something better than nothing does not wait for it.
            Err(_) => match self.instead(asked, stale.as_ref()) {
                Some(response) => return response,
                None => answer.await,
            },
        };
        match answer {
            Err(_) => {
                let detail = "the render for the cache was given up";
                Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(detail).into_response()
            }
            Ok(Answer::Stored(entry, personal)) => {
                self.counters.misses.add();
                let forward = Forwarded { stored: true, ..Forwarded::new(why) };
                let mut response = self.respond(asked, &entry, clock::wall(), forward.value());
                response.headers_mut().extend(personal);
                response
            }
            Ok(Answer::Found(entry)) => {
                self.counters.misses.add();
                let now = clock::wall();
                self.respond(asked, &entry, now, status::hit(ttl(&entry.stored, now), Some("redis")))
            }
            Ok(Answer::Failed(mut response, stale)) => self.instead(asked, stale.as_ref()).unwrap_or_else(|| {
                self.counters.misses.add();
                pass_on(&mut response, Forwarded::new(why));
                response
            }),
            Ok(Answer::Other(mut response, refusal)) => {
                self.counters.misses.add();
                pass_on(&mut response, Forwarded { detail: refusal.map(Refusal::name), ..Forwarded::new(why) });
                response
            }
        }
    }

    /// How long a response may be served, as far as its head tells.
    pub(super) fn lifetime(&self, asked: &Asked, parts: &Parts, response: &Response<Body>) -> Result<Lifetime, Refusal> {
        let size = http_body::Body::size_hint(response.body()).exact();
        let lifetime = judge::judge(self.judged(asked, parts, (response.status(), response.headers()), size, tracked(response)))?;
        // What is known by now may already forbid it.
        self.spec(asked, parts, response.headers(), response.extensions().get())?;
        Ok(lifetime)
    }

    fn judged<'a>(
        &'a self,
        asked: &Asked,
        parts: &'a Parts,
        (status, headers): (StatusCode, &'a HeaderMap),
        size: Option<u64>,
        tracked: bool,
    ) -> Judged<'a> {
        Judged {
            status,
            headers,
            path: parts.uri.path(),
            authorized: asked.authorized,
            rule: self.rule(asked),
            stale_if_error: self.config.stale_if_error,
            size,
            max_body: self.config.max_body,
            tracked,
            now: clock::time(clock::wall()),
        }
    }

    fn spec(&self, asked: &Asked, parts: &Parts, headers: &HeaderMap, reads: Option<&Reads>) -> Result<Spec, Refusal> {
        let rule = self.rule(asked);
        let allowed = Allowed {
            cookies: rule.cookies.as_ref().unwrap_or(&self.config.cookies),
            filtered: rule.cookies.is_some(),
            anonymous: self.config.anonymous,
        };
        Spec::of(reads.map(Reads::list), headers, parts, &allowed)
    }

    /// A response with all of its body, ready to be stored.
    pub(super) fn make(&self, parts: &Parts, asked: &Asked, making: &Making, body: Bytes) -> Result<Stored, Refusal> {
        if body.len() > self.config.max_body {
            return Err(Refusal::TooLarge);
        }
        let Making { head, lifetime, born, now } = making;
        let spec = Arc::new(self.spec(asked, parts, &head.headers, head.extensions.get())?);
        let mut headers = stored_headers::stored_headers(&head.headers);
        let own_etag = stored_headers::complete(&mut headers, head.status, &body, clock::time(*now));
        let key = Key::of(parts, &spec)?;
        Ok(Stored {
            path: parts.uri.path().into(),
            query: parts.uri.query().unwrap_or_default().into(),
            spec,
            key,
            status: head.status,
            headers,
            own_etag,
            choice: head.extensions.get().cloned(),
            body,
            lifetime: *lifetime,
            received: *now,
            born: *born,
            tags: tags::tags(&head.headers, self.rule(asked)),
        })
    }

    /// What the app has said still holds: the same page with a new lifetime (RFC 9111 section 4.3.4).
    pub(super) fn renewed(
        &self,
        parts: &Parts,
        asked: &Asked,
        old: &Stored,
        response: &Response<Body>,
        (born, now): (Moment, Moment),
    ) -> Option<Stored> {
        let headers = renew::headers(&old.headers, response.headers(), clock::time(now));
        let size = Some(old.body.len() as u64);
        let lifetime = match judge::judge(self.judged(asked, parts, (old.status, &headers), size, tracked(response))) {
            Ok(lifetime) => lifetime,
            // Good for those who have waited; whoever comes next asks again.
            Err(Refusal::Stale) => Lifetime { authorized: old.lifetime.authorized, ..Lifetime::default() },
            Err(_) => return None,
        };
        // What it read of conditions is what the cache asked.
        let spec =
            self.spec(asked, parts, &headers, response.extensions().get()).ok()?.without(&[IF_NONE_MATCH, IF_MODIFIED_SINCE]);
        // It has read no more than what the page was rendered from: else it speaks of a page for somebody else.
        let both = Spec::union(&[old.spec.clone(), Arc::new(spec)]);
        if both != *old.spec {
            return None;
        }
        let key = Key::of(parts, &old.spec).ok()?;
        (key == old.key).then(|| Stored { headers, lifetime, received: now, born, ..old.clone() })
    }

    /// Takes an entry into memory.
    pub(super) fn keep(&self, stored: Arc<Stored>) -> Arc<Entry> {
        let entry = Arc::new(Entry::new(stored));
        self.store.insert(&entry);
        entry
    }

    /// Takes what was rendered into memory, and into the second level.
    pub(super) fn keep_and_share(&self, stored: Stored) -> Arc<Entry> {
        self.counters.stored.add();
        let stored = Arc::new(stored);
        if let Some(redis) = &self.redis {
            redis.store(stored.clone());
        }
        self.keep(stored)
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

/// Seconds until an entry is no longer fresh, or since when.
fn ttl(stored: &Stored, now: Moment) -> i64 {
    let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    seconds(stored.lifetime.fresh) - seconds(stored.age(now))
}

/// Says in a response of the app's that it went through here.
pub(super) fn pass_on(response: &mut Response<Body>, forwarded: Forwarded) {
    stored_headers::strip_own(response.headers_mut());
    status::append(response.headers_mut(), forwarded.value());
}

fn tracked(response: &Response<Body>) -> bool {
    response.extensions().get::<Reads>().is_some()
}

/// The path of a reference, when it is one without a host; other hosts' are none of ours.
fn local_path(reference: &http::HeaderValue) -> Option<String> {
    let uri: Uri = reference.to_str().ok()?.parse().ok()?;
    (uri.host().is_none() && uri.path().starts_with('/')).then(|| uri.path().to_owned())
}
