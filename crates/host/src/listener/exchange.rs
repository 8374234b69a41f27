//! One request and its response on a connection: the peer it came from, what must not reach the app, and when it is over.
//!
//! While an exchange lasts its connection is neither idle nor waiting for a head. It lasts until hyper lets go of the
//! response body.

use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use edge::client::Peer;
use edge::proxy::interim::{self, Interim};
use edge::{BoxError, Problem};
use futures_util::task::AtomicWaker;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::{Frame, SizeHint};
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use parking_lot::Mutex;
use pin_project_lite::pin_project;
use tokio::sync::Notify;
use tokio::time::Instant;
use tower::util::Oneshot;

use super::Service;
use super::connection::Shared;
use super::limits::Limits;
use super::streams::{Slot, Stall};
use crate::node_http::AsIs;

/// What a connection works on.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    exchanges: AtomicUsize,
    /// In nanoseconds since it began.
    idle_since: AtomicU64,
    /// Whether anybody wants to know when there is nothing to do any more.
    watched: AtomicBool,
    idle: Notify,
    waker: AtomicWaker,
    /// Requests whose answer has a head by now.
    answers: AtomicUsize,
    /// The last of them was a `101`.
    switched: AtomicBool,
    has_interim: AtomicBool,
    interim: Mutex<Queue>,
}

/// Interim responses that wait to be written.
#[derive(Debug, Default)]
struct Queue {
    /// The request they belong to, counted from 1.
    request: usize,
    bytes: Vec<u8>,
}

/// Most bytes of interim responses that wait: a backend must not fill the memory with them.
const MAX_INTERIM: usize = 16 << 10;

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Activity {
            began: Instant::now(),
            exchanges: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            watched: AtomicBool::new(false),
            idle: Notify::new(),
            waker: AtomicWaker::new(),
            answers: AtomicUsize::new(0),
            switched: AtomicBool::new(false),
            has_interim: AtomicBool::new(false),
            interim: Mutex::default(),
        })
    }

    /// How many requests have an answer's head by now.
    pub(super) fn answers(&self) -> usize {
        self.answers.load(Ordering::SeqCst)
    }

    /// Whether the last answer was a `101`.
    pub(super) fn has_switched(&self) -> bool {
        self.switched.load(Ordering::SeqCst)
    }

    fn answer(&self, status: StatusCode) {
        self.switched.store(status == StatusCode::SWITCHING_PROTOCOLS, Ordering::SeqCst);
        self.answers.fetch_add(1, Ordering::SeqCst);
    }

    /// Interim responses to the request that is worked on. To be asked by whoever writes, on the connection's own task, when nothing
    /// else waits to be written: then earlier answers are whole, and the one to this request has not begun.
    pub(super) fn take_interim(&self, cx: &Context<'_>) -> Option<Vec<u8>> {
        self.waker.register(cx.waker());
        if !self.has_interim.swap(false, Ordering::SeqCst) {
            return None;
        }
        let queue = std::mem::take(&mut *self.interim.lock());
        (queue.request == self.answers() + 1 && !queue.bytes.is_empty()).then_some(queue.bytes)
    }

    pub(super) fn is_busy(&self) -> bool {
        self.exchanges.load(Ordering::SeqCst) > 0
    }

    /// Since when there is nothing to do. `None`: there is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        (!self.is_busy()).then(|| self.began + Duration::from_nanos(self.idle_since.load(Ordering::Acquire)))
    }

    /// Wakes this task when there is nothing to do any more; whether there still is something.
    pub(super) fn wake_when_idle(&self, cx: &mut Context<'_>) -> bool {
        self.waker.register(cx.waker());
        self.watch();
        self.is_busy()
    }

    /// Returns when there may be nothing to do any more.
    pub(super) async fn became_idle(&self) {
        self.watch();
        if self.is_busy() {
            self.idle.notified().await;
        }
    }

    /// Whoever looks at whether it is busy after this is told of what ends later. Sequentially consistent on both sides: else each
    /// could miss the other.
    fn watch(&self) {
        self.watched.store(true, Ordering::SeqCst);
    }
}

impl interim::Carrier for Activity {
    fn carry(&self, request: usize, head: &[u8]) {
        let mut queue = self.interim.lock();
        if request != self.answers() + 1 {
            return;
        }
        if queue.request != request {
            *queue = Queue { request, bytes: Vec::new() };
        }
        if queue.bytes.len() + head.len() <= MAX_INTERIM {
            queue.bytes.extend_from_slice(head);
            self.has_interim.store(true, Ordering::SeqCst);
            self.waker.wake();
        }
    }
}

/// Counts as long as it lives.
struct Exchange(Arc<Activity>);

impl Exchange {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.exchanges.fetch_add(1, Ordering::SeqCst);
        Exchange(Arc::clone(activity))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let activity = &self.0;
        let since = u64::try_from(activity.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        activity.idle_since.store(since, Ordering::Release);
        if activity.exchanges.fetch_sub(1, Ordering::SeqCst) == 1 && activity.watched.load(Ordering::SeqCst) {
            activity.idle.notify_one();
            activity.waker.wake();
        }
    }
}

/// The service of one connection.
pub(super) struct Exchanges<S> {
    /// One for all requests: a copy is a counter for every layer. hyper calls it from one task, and never from within a call.
    pub(super) service: RefCell<S>,
    pub(super) peer: Peer,
    pub(super) activity: Arc<Activity>,
    pub(super) shared: Arc<Shared>,
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
        if let Some(refusal) = refuse(&request, &self.shared.limits) {
            self.shared.counters.malformed(refusal.status().as_u16());
            self.activity.answer(refusal.status());
            return Answering::Refused { refusal: Some(refusal), exchange };
        }
        if !request.body().is_end_stream() {
            // The gate has let what follows the body pass as HTTP.
            request.extensions_mut().remove::<OnUpgrade>();
        }
        request.extensions_mut().insert(self.peer);
        if request.version() == Version::HTTP_11 {
            let number = self.activity.answers() + 1;
            request.extensions_mut().insert(Interim::new(Arc::clone(&self.activity) as _, number));
        }
        let mut service = self.service.borrow_mut();
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Answering::Served { future: service.call(request), exchange, stall },
            Poll::Ready(Err(never)) => match never {},
            Poll::Pending => Answering::Waiting { future: Oneshot::new(service.clone(), request), exchange, stall },
        }
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
        Served { #[pin] future: S::Future, exchange: Option<Exchange>, stall: Option<Arc<Stall>> },
        // For a service that is not ready: a copy of it waits until it is.
        Waiting { #[pin] future: Oneshot<S, Request<Incoming>>, exchange: Option<Exchange>, stall: Option<Arc<Stall>> },
        Refused { refusal: Option<Response<edge::Body>>, exchange: Option<Exchange> },
    }
}

impl<S: Service> Future for Answering<S> {
    type Output = Result<Response<Page<S::Page>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(match self.project() {
            AnsweringProjection::Served { future, exchange, stall } => answered(ready!(future.poll(cx)), exchange, stall),
            AnsweringProjection::Waiting { future, exchange, stall } => answered(ready!(future.poll(cx)), exchange, stall),
            AnsweringProjection::Refused { refusal, exchange } => {
                let refusal = refusal.take().expect("not polled again after it was ready");
                refusal.map(|body| Page { content: Content::Own { body }, exchange: exchange.take(), stall: None })
            }
        }))
    }
}

fn answered<B>(
    answer: Result<Response<B>, Infallible>,
    exchange: &mut Option<Exchange>,
    stall: &mut Option<Arc<Stall>>,
) -> Response<Page<B>> {
    let Ok(mut response) = answer;
    if let Some(Exchange(activity)) = exchange {
        activity.answer(response.status());
    }
    if let Some(AsIs(headers)) = response.extensions_mut().remove() {
        *response.headers_mut() = headers;
    }
    response.map(|body| Page { content: Content::App { body }, exchange: exchange.take(), stall: stall.take() })
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
