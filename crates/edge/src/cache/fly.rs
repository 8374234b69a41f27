//! One render for the cache: ask the second level, else the app; judge what it says; keep it; answer the one who asked first.
//!
//! It is a task of its own, so it goes on when that one leaves, unless nobody else waits and it is not known that there will
//! be anything to keep.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use super::clock;
use super::entry::{Entry, Stored};
use super::flight::{Landing, Ticket};
use super::forwarded::Forwarded;
use super::lifetime::Lifetime;
use super::purge::Moment;
use super::reads::Track;
use super::refusal::Refusal;
use super::second::{self, Second};
use super::service::{App, Asked};
use super::shared::Shared;
use super::{stored_headers, tee};
use crate::Body;
use crate::account::Render;

/// A render to be made.
pub(super) struct Flight {
    pub(super) ticket: Ticket,
    pub(super) asked: Asked,
    /// Responses to such requests have been stored before, or a rule wants them stored.
    pub(super) known: bool,
    /// What is there already and no longer fresh.
    pub(super) stale: Option<Arc<Entry>>,
    /// Where the one waits who asked first; `None`: nobody did.
    pub(super) leader: Option<oneshot::Sender<Answer>>,
}

/// What the leader gets.
pub(super) enum Answer {
    /// What has been stored for it, the headers that are for this one alone, and how it was rendered.
    Stored(Arc<Entry>, HeaderMap, Option<Render>),
    /// It came from the second level.
    Found(Arc<Entry>),
    /// What the app said. It is not stored, or not yet.
    Other(Response<Body>, Option<Refusal>),
    /// The app has failed; what there is instead.
    Failed(Response<Body>, Option<Arc<Entry>>),
}

/// Whether it says nothing of the page: the app has failed, or does not want to answer this client now.
fn has_failed(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// A response that may be stored.
pub(super) struct Making {
    pub(super) head: http::response::Parts,
    pub(super) lifetime: Lifetime,
    pub(super) born: Moment,
    pub(super) now: Moment,
}

impl Flight {
    pub(super) async fn fly<S, B>(mut self, shared: Arc<Shared>, app: S, mut parts: Parts)
    where
        S: App<B>,
        B: Send + 'static,
    {
        // Other instances wait as long as this is held.
        let _lease = match second::ask(&shared, &parts, &mut self).await {
            Second::Render(lease) => lease,
            Second::Entry(stored) => {
                let entry = shared.keep(stored);
                return self.land(Answer::Found(entry.clone()), Landing::Stored(entry));
            }
        };
        parts.method = Method::GET;
        if !self.known {
            // It may be a file or anything else: the client's conditions are the app's business.
            self.asked.asking.restore(&mut parts);
        }
        let born = shared.clock.born();
        let mut conditional = self.known && self.condition().is_some();
        loop {
            let Some(response) = self.ask(app.clone(), &parts, conditional).await else { return };
            let now = clock::wall();
            if !conditional || response.status() != StatusCode::NOT_MODIFIED {
                return self.judge(&shared, &parts, response, (born, now)).await;
            }
            let stale = self.stale.as_ref().map(|stale| &stale.stored);
            if let Some(renewed) = stale.and_then(|old| shared.renewed(&parts, &self.asked, old, &response, (born, now))) {
                return self.keep(&shared, renewed, (response.headers(), response.extensions().get()));
            }
            // What still holds is not what this request would be given: all of it, then.
            conditional = false;
        }
    }

    /// How the app is asked whether what is there still holds: by its own `ETag`, else by its `Last-Modified` (RFC 9111 section 4.3.1).
    fn condition(&self) -> Option<(HeaderName, HeaderValue)> {
        let stored = &self.stale.as_ref()?.stored;
        let (condition, validator) = if stored.own_etag { (IF_NONE_MATCH, ETAG) } else { (IF_MODIFIED_SINCE, LAST_MODIFIED) };
        Some((condition, stored.headers.get(validator)?.clone()))
    }

    /// The app's answer; `None`: whoever wanted it has left, and nobody else does.
    async fn ask<S, B>(&mut self, app: S, parts: &Parts, conditional: bool) -> Option<Response<Body>>
    where
        S: App<B>,
        B: Send + 'static,
    {
        let mut asking = parts.clone();
        asking.extensions.insert(Track);
        if let Some((name, value)) = self.condition().filter(|_| conditional) {
            asking.headers.insert(name, value);
        }
        let mut answer = std::pin::pin!(app.oneshot(Request::from_parts(asking, Forwarded(None))));
        while let Some(leader) = self.leader.as_mut().filter(|_| !self.known) {
            tokio::select! {
                Ok(response) = &mut answer => return Some(response),
                () = leader.closed() => {}
            }
            if !self.ticket.is_waited_for() {
                return None;
            }
            self.leader = None;
        }
        let Ok(response) = answer.await;
        Some(response)
    }

    async fn judge(mut self, shared: &Arc<Shared>, parts: &Parts, response: Response<Body>, (born, now): (Moment, Moment)) {
        if has_failed(response.status()) {
            return self.fail(shared, parts, response, (born, now));
        }
        let lifetime = match shared.lifetime(&self.asked, parts, &response) {
            Ok(lifetime) => lifetime,
            Err(refusal) => return self.refuse(shared, response, refusal),
        };
        let (head, body) = response.into_parts();
        let making = Making { head, lifetime, born, now };
        match body {
            Body::Empty => self.finish(shared, parts, making, Bytes::new()),
            Body::Full(page) => self.finish(shared, parts, making, page),
            Body::Stream(stream) => {
                let (body, feed) = tee::new(shared.config.max_body);
                if let Some(leader) = self.leader.take() {
                    let response = Response::from_parts(making.head.clone(), Body::stream(body));
                    let _ = leader.send(Answer::Other(response, None));
                }
                match feed.collect(stream).await {
                    Ok(page) => self.finish(shared, parts, making, page),
                    Err(refusal) => shared.counters.refuse(refusal),
                }
            }
            file @ Body::File(_) => self.refuse(shared, Response::from_parts(making.head, file), Refusal::File),
        }
    }

    /// The whole of a page is here: stores it, if what was read for it allows.
    fn finish(self, shared: &Arc<Shared>, parts: &Parts, making: Making, page: Bytes) {
        match shared.make(parts, &self.asked, &making, page.clone()) {
            Ok(stored) => self.keep(shared, stored, (&making.head.headers, making.head.extensions.get())),
            Err(refusal) => self.refuse(shared, Response::from_parts(making.head, Body::from(page)), refusal),
        }
    }

    fn keep(self, shared: &Shared, stored: Stored, (headers, render): (&HeaderMap, Option<&Render>)) {
        let entry = shared.keep_and_share(stored);
        let answer = Answer::Stored(entry.clone(), stored_headers::personal(headers), render.copied());
        self.land(answer, Landing::Stored(entry));
    }

    /// It is not stored: the ones who wait ask for themselves, and those who come do not wait. What was there is no longer what the app
    /// answers.
    fn refuse(self, shared: &Shared, response: Response<Body>, refusal: Refusal) {
        shared.counters.refuse(refusal);
        if let Some(key) = self.ticket.key() {
            shared.store.pass(key.clone());
        }
        if let Some(stale) = &self.stale {
            shared.store.forget(stale);
        }
        self.land(Answer::Other(response, Some(refusal)), Landing::Nothing);
    }

    /// There is no answer: what is there is served instead for a while before it is tried again.
    fn fail(self, shared: &Shared, parts: &Parts, response: Response<Body>, (born, now): (Moment, Moment)) {
        shared.counters.refuse(Refusal::Status);
        if let Some(stale) = self.stale.clone() {
            stale.rest(now);
            return self.land(Answer::Failed(response, Some(stale.clone())), Landing::Stale(stale));
        }
        let (head, body) = response.into_parts();
        let (head, body, landing) = match body {
            // Those who wait have failed as well, as far as it is about them: all of them would try now what has just failed.
            Body::Full(page) if head.status.is_server_error() => {
                let making = Making { head, lifetime: Lifetime::default(), born, now };
                let failure = shared.make(parts, &self.asked, &making, page.clone()).ok().map(|mut failure| {
                    failure.headers.extend(making.head.headers.get(RETRY_AFTER).map(|value| (RETRY_AFTER, value.clone())));
                    Landing::Failed(Arc::new(Entry::new(Arc::new(failure))))
                });
                (making.head, Body::from(page), failure.unwrap_or(Landing::Nothing))
            }
            body => (head, body, Landing::Nothing),
        };
        self.land(Answer::Failed(Response::from_parts(head, body), None), landing);
    }

    fn land(self, answer: Answer, landing: Landing) {
        self.ticket.land(landing);
        if let Some(leader) = self.leader {
            let _ = leader.send(answer);
        }
    }
}
