//! The cache as a tower service: what happens to a request.
//!
//! A hit is answered at once, without a task, a box or a lock that anybody holds for long. Everything else is a future of its own.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::request::Parts;
use http::{Method, Request, Response};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::answer::pass_on;
use super::clock;
use super::entry::{Entry, Freshness};
use super::flight::{self, Boarding, Landing, Ticket};
use super::fly::Flight;
use super::forwarded::Forwarded;
use super::judge;
use super::key::Spec;
use super::outcome::Outcome;
use super::respond::Asking;
use super::shared::Shared;
use super::status::{Forward, Forwarded as Status};
use crate::Body;

/// The service of [`super::Cache`].
#[derive(Clone)]
pub struct Service<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S: std::fmt::Debug> std::fmt::Debug for Service<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S> Service<S> {
    pub(super) fn new(inner: S, shared: Arc<Shared>) -> Service<S> {
        Service { inner, shared }
    }
}

/// What the app is, to the cache.
pub(super) trait App<B>:
    tower::Service<Request<Forwarded<B>>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<B, S> App<B> for S where
    S: tower::Service<Request<Forwarded<B>>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// What is kept of a request that may be answered from the cache.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The rule that holds, by its place; `None`: none does.
    pub(super) rule: Option<usize>,
    /// What decides about the form of the answer.
    pub(super) asking: Asking,
    /// It has credentials (RFC 9111 section 3.5).
    pub(super) authorized: bool,
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: App<B>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Future<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let asked = match self.shared.ask(&mut parts, body.is_end_stream()) {
            Ok(asked) => asked,
            Err(why) => return self.bypass(parts, body, why),
        };
        let now = clock::wall();
        let found = self.shared.store.find(&parts, &self.shared.purges).filter(|(entry, _)| asked.may_have(entry));
        let Some((entry, freshness)) = found.map(|(entry, standing)| {
            let freshness = Shared::freshness(&entry, standing, now);
            (entry, freshness)
        }) else {
            return self.miss(parts, body, asked, None);
        };
        match freshness {
            Freshness::Fresh => {}
            Freshness::Due | Freshness::StaleWhileRevalidate => self.refresh(&parts, &asked, &entry),
            Freshness::Resting => {}
            Freshness::StaleIfError | Freshness::Expired => return self.miss(parts, body, asked, Some(entry)),
        }
        Future::Ready { response: Some(self.shared.hit(&asked, &entry, freshness, now)) }
    }
}

impl Asked {
    /// Whether an entry may answer: with credentials only what says so.
    pub(super) fn may_have(&self, entry: &Entry) -> bool {
        !self.authorized || entry.stored.lifetime.authorized
    }
}

impl<S> Service<S> {
    /// What the cache has nothing to do with.
    fn bypass<B>(&mut self, parts: Parts, body: B, why: Bypass) -> Future<S::Future>
    where
        S: App<B>,
    {
        self.shared.counters.add(Outcome::Bypass);
        // RFC 9111 section 4.4: what a request has changed is not served as it was.
        let changes = (!parts.method.is_safe()).then(|| (self.shared.clone(), parts.uri.path().to_owned()));
        let inner = self.inner.call(Request::from_parts(parts, Forwarded(Some(body))));
        Future::Past { inner, why, changes }
    }

    fn miss<B>(&mut self, mut parts: Parts, body: B, asked: Asked, stale: Option<Arc<Entry>>) -> Future<S::Future>
    where
        S: App<B>,
        B: Send + 'static,
    {
        // What HEAD gives is not what GET would: it is never stored, and an app may do less for it.
        if parts.method == Method::HEAD {
            asked.asking.restore(&mut parts);
            return self.bypass(parts, body, Bypass::Miss);
        }
        let (inner, shared) = (self.inner.clone(), self.shared.clone());
        Future::Later { response: Box::pin(serve(shared, inner, parts, asked, stale)) }
    }

    /// Renders anew in the background.
    fn refresh<B>(&self, parts: &Parts, asked: &Asked, entry: &Arc<Entry>)
    where
        S: App<B>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
    {
        let specs = self.shared.store.specs(parts.uri.path()).unwrap_or_default();
        let Some(key) = flight::key(parts, asked.authorized, &specs) else { return };
        let Boarding::Lead(ticket) = self.shared.flights.board(key) else { return };
        self.shared.counters.refreshed.add();
        let flight = Flight { ticket, asked: asked.clone(), known: true, stale: Some(entry.clone()), leader: None };
        tokio::spawn(flight.fly(self.shared.clone(), self.inner.clone(), parts.clone()));
    }
}

/// Answers what memory cannot answer fresh.
async fn serve<S, B>(shared: Arc<Shared>, inner: S, parts: Parts, asked: Asked, stale: Option<Arc<Entry>>) -> Response<Body>
where
    S: App<B>,
    B: Send + 'static,
{
    let deadline = Instant::now() + shared.config.wait;
    let specs = shared.store.specs(parts.uri.path());
    let why = match (&stale, &specs) {
        (Some(_), _) => Forward::Stale,
        (None, Some(_)) => Forward::Miss,
        (None, None) => Forward::UriMiss,
    };
    let (specs, ticket) = match board(&shared, &parts, &asked, stale.as_ref(), (why, deadline), specs).await {
        Boarded::Answer(response) => return response,
        Boarded::Render(specs, ticket) => (specs, ticket),
    };
    let (leader, answer) = oneshot::channel();
    // A rule may cover files as well: the client's conditions on those are the app's business.
    let path = parts.uri.path();
    let known = specs.is_some() || shared.rule(asked.rule).ttl.is_some() && !judge::looks_static(path);
    let flight = Flight { ticket, asked: asked.clone(), known, stale: stale.clone(), leader: Some(leader) };
    tokio::spawn(flight.fly(shared.clone(), inner, parts));
    shared.led(&asked, answer, stale, (why, deadline)).await
}

/// On what pages of a path are known to depend.
type Specs = Option<Arc<[Arc<Spec>]>>;

/// What became of waiting for others.
enum Boarded {
    /// There is an answer.
    Answer(Response<Body>),
    /// It is to be rendered, with what is known by now: for all who wait, or alone.
    Render(Specs, Ticket),
}

/// Waits for the render of another request, if there is one that may be for this one as well.
async fn board(
    shared: &Shared,
    parts: &Parts,
    asked: &Asked,
    stale: Option<&Arc<Entry>>,
    (why, deadline): (Forward, Instant),
    mut specs: Specs,
) -> Boarded {
    /// Flights waited for that turned out to be for others.
    const FLIGHTS: usize = 3;
    for _ in 0..FLIGHTS {
        let Some(key) = flight::key(parts, asked.authorized, specs.as_deref().unwrap_or_default()) else { break };
        if shared.store.passes(&key) {
            break;
        }
        let flight = match shared.flights.board(key) {
            Boarding::Lead(ticket) => return Boarded::Render(specs, ticket),
            Boarding::Follow(flight) => flight,
        };
        let instead = match timeout_at(deadline, flight::landing(flight)).await {
            Ok(Landing::Nothing) => break,
            Ok(Landing::Stored(entry)) if shared.fits(parts, asked, &entry) => {
                return Boarded::Answer(shared.collapsed(asked, &entry, why));
            }
            Ok(Landing::Stored(_)) => {
                specs = shared.store.specs(parts.uri.path());
                continue;
            }
            Ok(Landing::Failed(failure)) if stale.is_none() && shared.fits(parts, asked, &failure) => {
                return Boarded::Answer(shared.collapsed(asked, &failure, why));
            }
            Ok(Landing::Stale(instead)) if shared.fits(parts, asked, &instead) => Some(instead),
            Ok(Landing::Failed(_) | Landing::Stale(_)) | Err(_) => None,
        };
        if let Some(response) = shared.instead(asked, stale.or(instead.as_ref())) {
            return Boarded::Answer(response);
        }
        break;
    }
    Boarded::Render(specs, Ticket::alone())
}

/// Why a request is none of the cache's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bypass {
    /// Its method.
    Method,
    /// Its body.
    Body,
    /// A rule.
    Rule,
    /// HEAD, for which nothing is stored.
    Miss,
}

impl Bypass {
    fn forward(self) -> Forward {
        match self {
            Bypass::Method => Forward::Method,
            Bypass::Body => Forward::Request,
            Bypass::Rule => Forward::Bypass,
            Bypass::Miss => Forward::Miss,
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Service`].
    #[project = Projection]
    pub enum Future<F> {
        /// A hit.
        Ready { response: Option<Response<Body>> },
        /// A request that is none of its business.
        Past { #[pin] inner: F, why: Bypass, changes: Option<(Arc<Shared>, String)> },
        /// A miss.
        Later { response: BoxFuture<'static, Response<Body>> },
    }
}

impl<F> std::future::Future for Future<F>
where
    F: std::future::Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Projection::Ready { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            Projection::Later { response } => response.as_mut().poll(cx).map(Ok),
            Projection::Past { inner, why, changes } => {
                let Ok(mut response) = ready!(inner.poll(cx));
                if let Some((shared, path)) = changes.take() {
                    shared.changed(&path, &response);
                }
                response.extensions_mut().insert(Outcome::Bypass);
                pass_on(&mut response, Status::new(why.forward()));
                Poll::Ready(Ok(response))
            }
        }
    }
}
