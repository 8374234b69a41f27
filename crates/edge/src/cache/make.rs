//! From a response of the app's to an entry: how long it is good, what it depends on, and whether it may be stored at all.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::clock;
use super::entry::{Entry, Stored};
use super::fly::Making;
use super::judge::{self, Judged};
use super::key::{Allowed, Key, Spec};
use super::lifetime::Lifetime;
use super::purge::Moment;
use super::reads::Reads;
use super::refusal::Refusal;
use super::service::Asked;
use super::shared::Shared;
use super::{renew, stored_headers, tags};
use crate::Body;

impl Shared {
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
            rule: self.rule(asked.rule),
            stale_if_error: self.config.stale_if_error,
            size,
            max_body: self.config.max_body,
            tracked,
            now: clock::time(clock::wall()),
        }
    }

    fn spec(&self, asked: &Asked, parts: &Parts, headers: &HeaderMap, reads: Option<&Reads>) -> Result<Spec, Refusal> {
        let rule = self.rule(asked.rule);
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
            route: head.extensions.get().cloned(),
            body,
            lifetime: *lifetime,
            received: *now,
            born: *born,
            tags: tags::tags(&head.headers, self.rule(asked.rule)),
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
        let key = Key::lookup(parts, &old.spec).ok()?;
        (key[..] == *old.key.as_bytes()).then(|| Stored { headers, lifetime, received: now, born, ..old.clone() })
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
}

fn tracked(response: &Response<Body>) -> bool {
    response.extensions().get::<Reads>().is_some()
}
