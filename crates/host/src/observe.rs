//! What is seen of each request from outside: a line in the log, numbers for metrics, `Server-Timing`.
//!
//! One layer around everything that answers. What it cannot see itself it finds in the extensions of the response
//! ([`edge::account`], [`Outcome`]), where whoever answered has put it. A request is over when hyper lets go of the response's body: all of
//! it has been handed on, or the client has left.
//!
//! # What it deliberately does not do
//! Name what it does not know: a request that was refused before there was a route has the route [`NONE`].

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use edge::account::{Render, Route};
use edge::cache::Outcome;
use edge::queue_time::QueueTime;
use edge::{Body, BoxError};
use http::{HeaderName, Method, Request, Response, StatusCode};
use http_body::{Body as _, Frame, SizeHint};

mod histogram;
mod lines;
mod requests;
mod timing;

pub use histogram::{BOUNDS, Histogram, Reading};
pub use lines::Lines;
pub use requests::{Key, Requests, Series, View as RouteView};

use lines::About;

/// The route of requests that were refused before there was one.
pub const NONE: &str = "none";

/// The status of a request whose client has left before there was a response, as in nginx's log.
const CLIENT_CLOSED: u16 = 499;

/// What is counted and who is told.
#[derive(Debug, Default)]
pub struct Observer {
    /// Requests by route, method and status.
    pub requests: Requests,
    /// Time until an isolate took a request.
    pub wait: Histogram,
    /// Time from then to the head of the response.
    pub render: Histogram,
    /// Time that requests were on their way from a trusted proxy.
    pub proxy_queue: Histogram,
    in_flight: AtomicU64,
    lines: Option<Lines>,
    /// Whether answers tell how long they took.
    server_timing: bool,
}

impl Observer {
    /// `lines`: what is logged of requests, if anything. `server_timing`: whether answers tell how long they took.
    pub fn new(lines: Option<Lines>, server_timing: bool) -> Observer {
        Observer { lines, server_timing, ..Observer::default() }
    }

    /// Requests that are under way.
    pub fn in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }
}

/// The layer. Below the one that sets the client, above everything that answers.
#[derive(Debug, Clone, Default)]
pub struct Layer(pub Arc<Observer>);

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    observer: Arc<Observer>,
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, observer: self.0.clone() }
    }
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Observed>;
    type Error = Infallible;
    type Future = Future<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let watch = Watch::begin(&self.observer, &request);
        Future { inner: self.inner.call(request), watch: Some(watch) }
    }
}

/// A request from its beginning to its end; dropped, it is over.
struct Watch {
    observer: Arc<Observer>,
    began: Instant,
    method: Method,
    about: Option<Box<About>>,
    seen: Option<Seen>,
    bytes: u64,
    end: End,
}

/// What is known when the head of the response is there.
struct Seen {
    status: StatusCode,
    head: Duration,
    route: Option<Route>,
    render: Option<Render>,
    outcome: Option<Outcome>,
}

/// How far the body of a response has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// To somewhere.
    Open,
    /// To its end.
    Complete,
    /// To an error.
    Failed,
}

impl Watch {
    fn begin<B>(observer: &Arc<Observer>, request: &Request<B>) -> Watch {
        observer.in_flight.fetch_add(1, Relaxed);
        if let Some(QueueTime(wait)) = request.extensions().get() {
            observer.proxy_queue.add(*wait);
        }
        Watch {
            began: Instant::now(),
            method: request.method().clone(),
            about: observer.lines.as_ref().map(|lines| Box::new(lines.about(request))),
            observer: observer.clone(),
            seen: None,
            bytes: 0,
            end: End::Open,
        }
    }

    /// The head of the response is there.
    fn see(&mut self, response: &mut Response<Body>) {
        let status = response.status();
        let extensions = response.extensions_mut();
        let seen = Seen {
            status,
            head: self.began.elapsed(),
            route: extensions.remove(),
            render: extensions.remove(),
            outcome: extensions.remove(),
        };
        if self.observer.server_timing && !status.is_informational() {
            response.headers_mut().append(SERVER_TIMING, timing::value(&seen));
        }
        if self.method == Method::HEAD || response.body().is_end_stream() {
            self.end = End::Complete;
        }
        self.seen = Some(seen);
    }
}

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

impl Drop for Watch {
    fn drop(&mut self) {
        let observer = &self.observer;
        observer.in_flight.fetch_sub(1, Relaxed);
        let total = self.began.elapsed();
        let (status, head) = self.seen.as_ref().map_or((CLIENT_CLOSED, total), |seen| (seen.status.as_u16(), seen.head));
        let route = self.seen.as_ref().and_then(|seen| seen.route.as_ref());
        let cut = self.seen.is_some() && self.end != End::Complete;
        let key = Key { route: route.map_or(NONE, |route| &route.0), method: &self.method };
        observer.requests.add(key, &Series { status, head, bytes: self.bytes, cut });
        let render = self.seen.as_ref().and_then(|seen| seen.render);
        if let Some(render) = render {
            observer.wait.add(render.queued);
            if render.isolate.is_some() {
                observer.render.add(render.worked);
            }
        }
        if let (Some(lines), Some(about)) = (&observer.lines, self.about.take()) {
            let outcome = self.seen.as_ref().and_then(|seen| seen.outcome);
            let route = route.map(|route| &*route.0);
            let how = lines::How { status, total, head, bytes: self.bytes, end: self.end, route, render, outcome };
            lines.write(&about, &self.method, &how);
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Service`].
    pub struct Future<F> {
        #[pin]
        inner: F,
        watch: Option<Watch>,
    }
}

impl<F> std::future::Future for Future<F>
where
    F: std::future::Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = Result<Response<Observed>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(mut response) = ready!(this.inner.poll(cx));
        let watch = this.watch.take().map(|mut watch| {
            watch.see(&mut response);
            watch
        });
        Poll::Ready(Ok(response.map(|body| Observed { body, watch })))
    }
}

/// The body of a response that is watched. It looks to hyper as it is.
pub struct Observed {
    body: Body,
    watch: Option<Watch>,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let is_over = self.body.is_end_stream();
        if let Some(watch) = &mut self.watch {
            match &frame {
                Some(Ok(frame)) => watch.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
                Some(Err(_)) => watch.end = End::Failed,
                None => {}
            }
            if watch.end == End::Open && (frame.is_none() || is_over) {
                watch.end = End::Complete;
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
