//! One request and its response on a connection: the peer it came from, what must not reach the app, and when it is over.
//!
//! While an exchange lasts its connection is neither idle nor waiting for a head. It lasts until hyper lets go of the
//! response body.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use edge::client::Peer;
use edge::{BoxError, Problem};
use futures_util::task::AtomicWaker;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use parking_lot::Mutex;
use pin_project_lite::pin_project;
use tokio::sync::Notify;
use tokio::time::Instant;
use tower::util::Oneshot;

use super::Service;
use super::limits::Limits;
use super::streams::{Slot, Stall};
use crate::node_http::AsIs;

/// What a connection works on.
#[derive(Debug)]
pub(super) struct Activity {
    exchanges: AtomicUsize,
    idle_since: Mutex<Instant>,
    idle: Notify,
    waker: AtomicWaker,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let idle_since = Mutex::new(Instant::now());
        Arc::new(Activity { exchanges: AtomicUsize::new(0), idle_since, idle: Notify::new(), waker: AtomicWaker::new() })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.exchanges.load(Ordering::Acquire) > 0
    }

    /// Since when there is nothing to do. `None`: there is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        (!self.is_busy()).then(|| *self.idle_since.lock())
    }

    /// Wakes this task when there is nothing to do any more; whether there still is something.
    pub(super) fn wake_when_idle(&self, cx: &mut Context<'_>) -> bool {
        self.waker.register(cx.waker());
        self.is_busy()
    }

    /// Returns when there may be nothing to do any more.
    pub(super) async fn became_idle(&self) {
        self.idle.notified().await;
    }
}

/// Counts as long as it lives.
struct Exchange(Arc<Activity>);

impl Exchange {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.exchanges.fetch_add(1, Ordering::AcqRel);
        Exchange(Arc::clone(activity))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        *self.0.idle_since.lock() = Instant::now();
        if self.0.exchanges.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_one();
            self.0.waker.wake();
        }
    }
}

/// The service of one connection.
pub(super) struct Exchanges<S> {
    pub(super) service: S,
    pub(super) peer: Peer,
    pub(super) activity: Arc<Activity>,
    pub(super) limits: Arc<Limits>,
    /// Where HTTP/2 streams find their stall.
    pub(super) slot: Option<Slot>,
}

impl<S: Service> hyper::service::Service<Request<Incoming>> for Exchanges<S> {
    type Response = Response<Page<S::Page>>;
    type Error = Infallible;
    type Future = Answering<S>;

    fn call(&self, mut request: Request<Incoming>) -> Answering<S> {
        let exchange = Some(Exchange::begin(&self.activity));
        let stall = self.slot.as_ref().map(Slot::put);
        if let Some(refusal) = refuse(&request, &self.limits) {
            return Answering::Refused { refusal: Some(refusal), exchange };
        }
        request.extensions_mut().insert(self.peer);
        Answering::Served { future: Oneshot::new(self.service.clone(), request), exchange, stall }
    }
}

/// What the app must not see, beside what [`super::gate`] finds in the bytes of HTTP/1.
fn refuse(request: &Request<Incoming>, limits: &Limits) -> Option<Response<edge::Body>> {
    if has_other_host(request) {
        return Some(bad_request(request.version()));
    }
    if request.version() != Version::HTTP_2 {
        return None;
    }
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let status = if *request.method() == Method::CONNECT || uri.path_and_query().is_none() {
        // There is no tunnel here (RFC 9110 section 9.3.6).
        StatusCode::METHOD_NOT_ALLOWED
    } else if target > limits.max_uri_length {
        StatusCode::URI_TOO_LONG
    } else if request.headers().len() > limits.max_headers {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    Some(Problem::of(status).into_response())
}

/// Whether the target names another host than the `Host` field: whoever routes by the one and whoever routes by the other disagree
/// (RFC 9112 section 3.2.2, RFC 9113 section 8.3.1).
fn has_other_host(request: &Request<Incoming>) -> bool {
    let Some(authority) = request.uri().authority() else { return false };
    let default = match request.uri().scheme_str() {
        Some("http") => ":80",
        Some("https") => ":443",
        _ => "",
    };
    let plain = |host: &str| host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase();
    let host = request.headers().get(HOST).map(|host| host.to_str().unwrap_or_default());
    authority.as_str().contains('@') || host.is_some_and(|host| plain(host) != plain(authority.as_str()))
}

fn bad_request(version: Version) -> Response<edge::Body> {
    if version == Version::HTTP_2 {
        return Problem::of(StatusCode::BAD_REQUEST).into_response();
    }
    // What hyper says of bytes that are not HTTP; it is put into Fastify's words on its way out.
    let mut response = Response::new(edge::Body::Empty);
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

pin_project! {
    /// A response that is not there yet.
    #[project = AnsweringProjection]
    pub(super) enum Answering<S: Service> {
        Served { #[pin] future: Oneshot<S, Request<Incoming>>, exchange: Option<Exchange>, stall: Option<Arc<Stall>> },
        Refused { refusal: Option<Response<edge::Body>>, exchange: Option<Exchange> },
    }
}

impl<S: Service> Future for Answering<S> {
    type Output = Result<Response<Page<S::Page>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(match self.project() {
            AnsweringProjection::Served { future, exchange, stall } => {
                let mut response = ready!(future.poll(cx)).unwrap_or_else(|never| match never {});
                if let Some(AsIs(headers)) = response.extensions_mut().remove() {
                    *response.headers_mut() = headers;
                }
                response.map(|body| Page { content: Content::App { body }, exchange: exchange.take(), stall: stall.take() })
            }
            AnsweringProjection::Refused { refusal, exchange } => {
                let refusal = refusal.take().expect("not polled again after it was ready");
                refusal.map(|body| Page { content: Content::Own { body }, exchange: exchange.take(), stall: None })
            }
        }))
    }
}

pin_project! {
    /// The body of a response; its exchange ends with it.
    pub(super) struct Page<B> {
        #[pin]
        content: Content<B>,
        exchange: Option<Exchange>,
        stall: Option<Arc<Stall>>,
    }
}

pin_project! {
    #[project = ContentProjection]
    enum Content<B> {
        App { #[pin] body: B },
        Own { #[pin] body: edge::Body },
    }
}

impl<B> http_body::Body for Page<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let page = self.project();
        if let Some(stall) = page.stall {
            stall.taken();
        }
        let frame = match page.content.project() {
            ContentProjection::App { body } => ready!(body.poll_frame(cx)).map(|frame| frame.map_err(Into::into)),
            ContentProjection::Own { body } => ready!(body.poll_frame(cx)),
        };
        if let (Some(Ok(_)), Some(stall)) = (&frame, page.stall) {
            stall.given();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::App { body } => body.is_end_stream(),
            Content::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::App { body } => body.size_hint(),
            Content::Own { body } => body.size_hint(),
        }
    }
}
