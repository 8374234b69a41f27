//! The answers that the cache gives, and what each says of itself in `Cache-Status`.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::clock;
use super::entry::{Entry, Freshness, Stored};
use super::fly::Answer;
use super::key::Key;
use super::outcome::Outcome;
use super::purge::Moment;
use super::purges::Standing;
use super::refusal::Refusal;
use super::service::Asked;
use super::shared::Shared;
use super::status::{self, Forward, Forwarded};
use super::{respond, stored_headers};
use crate::{Body, Problem};

impl Shared {
    /// Answers from memory.
    pub(super) fn hit(&self, asked: &Asked, entry: &Arc<Entry>, freshness: Freshness, now: Moment) -> Response<Body> {
        let outcome = match freshness {
            Freshness::StaleWhileRevalidate | Freshness::Resting => Outcome::Stale,
            _ => Outcome::Hit,
        };
        entry.hit();
        self.store.reweigh(entry);
        let ttl = ttl(&entry.stored, now);
        let detail = (freshness == Freshness::Resting).then_some("stale-if-error");
        self.respond(asked, entry, now, (outcome, status::hit(ttl, detail)))
    }

    fn respond(&self, asked: &Asked, entry: &Entry, now: Moment, (outcome, status): (Outcome, HeaderValue)) -> Response<Body> {
        let mut response = respond::respond(&asked.asking, &entry.stored, entry.stored.age(now));
        status::append(response.headers_mut(), status);
        if let Some(choice) = &entry.stored.choice {
            response.extensions_mut().insert(choice.clone());
        }
        if let Some(route) = &entry.stored.route {
            response.extensions_mut().insert(route.clone());
        }
        response.extensions_mut().insert(entry.kept.clone());
        self.count(&mut response, outcome);
        response
    }

    /// Counts a request and tells whoever logs it.
    fn count(&self, response: &mut Response<Body>, outcome: Outcome) {
        self.counters.add(outcome);
        response.extensions_mut().insert(outcome);
    }

    /// Answers with what another request has rendered.
    pub(super) fn collapsed(&self, asked: &Asked, entry: &Entry, why: Forward) -> Response<Body> {
        let forward = Forwarded { collapsed: true, ..Forwarded::new(why) };
        self.respond(asked, entry, clock::wall(), (Outcome::Collapsed, forward.value()))
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
        stale.hit();
        let status = status::hit(ttl(&stale.stored, now), Some("stale-if-error"));
        Some(self.respond(asked, stale, now, (Outcome::StaleIfError, status)))
    }

    /// Whether an entry is for this request as well.
    pub(super) fn fits(&self, parts: &Parts, asked: &Asked, entry: &Entry) -> bool {
        let stored = &entry.stored;
        asked.may_have(entry)
            && self.purges.verdict(stored) != Standing::Gone
            && Key::lookup(parts, &stored.spec).is_ok_and(|key| key[..] == *stored.key.as_bytes())
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
        let Ok(answer) = answer else {
            let detail = "the render for the cache was given up";
            return Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(detail).into_response();
        };
        self.landed(asked, answer, why)
    }

    /// The answer when it has landed.
    fn landed(&self, asked: &Asked, answer: Answer, why: Forward) -> Response<Body> {
        match answer {
            Answer::Stored(entry, personal, render) => {
                let forward = Forwarded { stored: true, ..Forwarded::new(why) };
                let mut response = self.respond(asked, &entry, clock::wall(), (Outcome::Miss, forward.value()));
                response.headers_mut().extend(personal);
                if let Some(render) = render {
                    response.extensions_mut().insert(render);
                }
                response
            }
            Answer::Found(entry) => {
                let now = clock::wall();
                self.respond(asked, &entry, now, (Outcome::Miss, status::hit(ttl(&entry.stored, now), Some("redis"))))
            }
            Answer::Failed(mut response, stale) => self.instead(asked, stale.as_ref()).unwrap_or_else(|| {
                self.count(&mut response, Outcome::Miss);
                pass_on(&mut response, Forwarded::new(why));
                response
            }),
            Answer::Other(mut response, refusal) => {
                self.count(&mut response, Outcome::Miss);
                pass_on(&mut response, Forwarded { detail: refusal.map(Refusal::name), ..Forwarded::new(why) });
                response
            }
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
