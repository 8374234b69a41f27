//! One request on its way, and its response as it comes in. Who made it reads the response; others may wait until it is there as a whole
//! ([`super::shared`]). Whoever waits moves it on, so that nobody depends on the others, and it is given up when nobody is left.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use bytes::Bytes;
use deno_core::futures::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use http_body::Body as _;

use super::decode;
use super::shared::Slot;
use crate::host::FetchError;
use crate::message::RequestBody;

/// Bytes of a body that are read before anybody asks for them, as undici does: a small one that is never read then keeps no connection.
const AHEAD: usize = 64 << 10;

/// The answer of the host to come.
pub(super) type Answering = BoxFuture<'static, Result<http::Response<RequestBody>, FetchError>>;

/// The head of a response.
pub(super) struct Head {
    pub(super) status: StatusCode,
    /// As it came; HTTP/2 has none.
    pub(super) reason: String,
    pub(super) headers: HeaderMap,
    pub(super) is_decoded: bool,
    /// Of the body as it is read.
    pub(super) length: Option<u64>,
}

/// A request under way.
pub(super) struct Flight {
    stage: RefCell<Stage>,
    waiting: Arc<Waiting>,
}

enum Stage {
    Asked { method: Method, answering: Answering, slot: Option<Rc<Slot>> },
    Failed(FetchError),
    Answered(Answer),
}

/// A response of which some has come.
struct Answer {
    head: Rc<Head>,
    body: RequestBody,
    /// What has come: from the beginning while it is kept for others, else what has not been read.
    chunks: VecDeque<Bytes>,
    /// How many of them have been read.
    read: usize,
    /// Bytes that have come.
    size: usize,
    end: Option<Result<(), FetchError>>,
    /// Where it is to be left for others.
    slot: Option<Rc<Slot>>,
}

impl Flight {
    /// A request that has been handed to the host. A response that others may have is left in `slot`.
    pub(super) fn new(method: Method, answering: Answering, slot: Option<Rc<Slot>>) -> Rc<Flight> {
        Rc::new(Flight { stage: RefCell::new(Stage::Asked { method, answering, slot }), waiting: Arc::default() })
    }

    /// The head of the response.
    pub(super) async fn head(&self) -> Result<Rc<Head>, FetchError> {
        std::future::poll_fn(|cx| self.poll(cx, Stage::poll_head)).await
    }

    /// Reads the beginning of the body, or all of a small one, while nobody else does.
    pub(super) fn read_ahead(self: &Rc<Self>) {
        let flight = Rc::downgrade(self);
        let read = move |cx: &mut Context<'_>| match flight.upgrade() {
            Some(flight) => flight.poll(cx, Stage::poll_ahead),
            None => Poll::Ready(()),
        };
        if read(&mut Context::from_waker(Waker::noop())).is_pending() {
            deno_core::unsync::spawn(std::future::poll_fn(read));
        }
    }

    /// The next piece of the body; `None` at its end. For one reader.
    pub(super) async fn chunk(&self) -> Result<Option<Bytes>, FetchError> {
        std::future::poll_fn(|cx| self.poll(cx, Stage::poll_chunk)).await
    }

    /// Waits until the response is there as a whole, or will not be left for others.
    pub(super) async fn whole(&self) {
        std::future::poll_fn(|cx| self.poll(cx, Stage::poll_whole)).await;
    }

    fn poll<T>(&self, cx: &mut Context<'_>, poll: impl FnOnce(&mut Stage, &mut Context<'_>) -> Poll<T>) -> Poll<T> {
        self.waiting.add(cx.waker());
        let waker = Waker::from(Arc::clone(&self.waiting));
        let polled = poll(&mut self.stage.borrow_mut(), &mut Context::from_waker(&waker));
        if polled.is_ready() {
            self.waiting.wake_but(cx.waker());
        }
        polled
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Who reads ahead has nothing left to do.
        Arc::clone(&self.waiting).wake();
    }
}

impl Stage {
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Rc<Head>, FetchError>> {
        if let Stage::Asked { method, answering, slot } = self {
            *self = match ready!(answering.as_mut().poll(cx)) {
                Ok(response) => Stage::Answered(Answer::new(method, response, slot.take())),
                Err(error) => Stage::Failed(error),
            };
        }
        Poll::Ready(match self {
            Stage::Answered(answer) => Ok(Rc::clone(&answer.head)),
            Stage::Failed(error) => Err(error.clone()),
            Stage::Asked { .. } => unreachable!("the answer is there"),
        })
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FetchError>> {
        ready!(self.poll_head(cx))?;
        let Stage::Answered(answer) = self else { unreachable!("there is a head") };
        loop {
            if let Some(chunk) = answer.next() {
                return Poll::Ready(Ok(Some(chunk)));
            }
            if let Some(end) = &answer.end {
                return Poll::Ready(end.clone().map(|()| None));
            }
            ready!(answer.poll_more(cx));
        }
    }

    fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Stage::Answered(answer) = self else { return Poll::Ready(()) };
        while answer.end.is_none() && answer.size < AHEAD {
            ready!(answer.poll_more(cx));
        }
        Poll::Ready(())
    }

    fn poll_whole(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if ready!(self.poll_head(cx)).is_err() {
            return Poll::Ready(());
        }
        let Stage::Answered(answer) = self else { unreachable!("there is a head") };
        while answer.end.is_none() && answer.slot.is_some() {
            ready!(answer.poll_more(cx));
        }
        Poll::Ready(())
    }
}

impl Answer {
    fn new(method: &Method, response: http::Response<RequestBody>, slot: Option<Rc<Slot>>) -> Answer {
        let (parts, body) = response.into_parts();
        let is_whole = body.is_end_stream();
        let codings = if is_whole { Vec::new() } else { decode::codings(method, parts.status, &parts.headers) };
        let reason = parts
            .extensions
            .get::<hyper::ext::ReasonPhrase>()
            .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
        let head = Head {
            status: parts.status,
            reason: reason.unwrap_or_else(|| parts.status.canonical_reason().unwrap_or_default().to_owned()),
            is_decoded: !codings.is_empty(),
            length: body.size_hint().exact().filter(|_| codings.is_empty()),
            headers: parts.headers,
        };
        let slot = slot.filter(|slot| slot.takes(&head));
        let body = decode::decoded(body, codings);
        let mut answer = Answer { head: Rc::new(head), body, chunks: VecDeque::new(), read: 0, size: 0, end: None, slot };
        if is_whole {
            answer.finish(Ok(()));
        }
        answer
    }

    fn next(&mut self) -> Option<Bytes> {
        if self.slot.is_none() {
            return self.chunks.pop_front();
        }
        let chunk = self.chunks.get(self.read).cloned();
        self.read += usize::from(chunk.is_some());
        chunk
    }

    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match ready!(self.body.as_mut().poll_frame(cx)) {
            Some(Ok(frame)) => self.add(frame.into_data().unwrap_or_default()),
            Some(Err(error)) => self.finish(Err(decode::error_of(error))),
            None => self.finish(Ok(())),
        }
        Poll::Ready(())
    }

    fn add(&mut self, chunk: Bytes) {
        // An empty one would be the end to JavaScript; trailers are not seen there.
        if chunk.is_empty() {
            return;
        }
        self.size += chunk.len();
        self.chunks.push_back(chunk);
        if self.slot.as_ref().is_some_and(|slot| slot.has_no_room(self.size)) {
            self.keep_no_longer();
        }
    }

    fn finish(&mut self, end: Result<(), FetchError>) {
        // The connection is free, or gone.
        self.body = super::upload::whole(Bytes::new());
        if end.is_ok()
            && let Some(slot) = &self.slot
        {
            slot.fill(Rc::clone(&self.head), self.chunks.iter().cloned().collect(), self.size);
        }
        self.keep_no_longer();
        self.end = Some(end);
    }

    fn keep_no_longer(&mut self) {
        if self.slot.take().is_some() {
            self.chunks.drain(..self.read);
        }
    }
}

/// Everyone who waits for one flight: what it waits for knows a single waker.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Waiting {
    fn add(&self, waker: &Waker) {
        let mut wakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    /// Whoever has moved the flight on tells the others.
    fn wake_but(&self, own: &Waker) {
        let wakers = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        wakers.into_iter().filter(|waker| !waker.will_wake(own)).for_each(Waker::wake);
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        let wakers = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        wakers.into_iter().for_each(Waker::wake);
    }
}
