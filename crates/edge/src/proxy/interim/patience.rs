//! A request body that waits until the backend wants it (RFC 9110 section 10.1.1).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::BoxError;
use crate::upstream::RequestBody;

/// How long a backend is waited for that says nothing: it may not know what is expected of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// How long a connection is kept whose request has been answered and was never sent whole. The backend closes it when it has answered
/// (RFC 9112 section 9.3); this is for one that does not.
const FAREWELL: Duration = Duration::from_secs(30);

const NOTHING: u8 = 0;
const GO_ON: u8 = 1;
const OVER: u8 = 2;

/// What the backend has said, seen from where it is heard. Dropped when the final response is there: hyper keeps it until then.
pub(super) struct Word(Arc<Heard>);

/// The same, seen from where it is waited for.
#[derive(Default)]
pub(super) struct Heard {
    word: AtomicU8,
    waker: AtomicWaker,
}

impl Word {
    pub(super) fn new() -> (Word, Arc<Heard>) {
        let heard = Arc::<Heard>::default();
        (Word(Arc::clone(&heard)), heard)
    }

    /// `100 Continue`.
    pub(super) fn go_on(&self) {
        self.say(GO_ON);
    }

    /// The first word holds.
    fn say(&self, word: u8) {
        if self.0.word.compare_exchange(NOTHING, word, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            self.0.waker.wake();
        }
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        self.say(OVER);
    }
}

/// The body.
pub(super) struct Patient {
    heard: Arc<Heard>,
    /// `None`: nobody wants it any more.
    body: Option<RequestBody>,
    is_decided: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(super) fn new(body: RequestBody, heard: Arc<Heard>) -> Patient {
        Patient { heard, body: Some(body), is_decided: false, timer: None }
    }

    /// Waits until it is known whether the body is wanted.
    fn poll_decided(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.heard.waker.register(cx.waker());
        match (self.heard.word.load(Ordering::Acquire), &mut self.timer) {
            (NOTHING, timer) => ready!(timer.get_or_insert_with(|| Box::pin(sleep(PATIENCE))).as_mut().poll(cx)),
            // It is let go of at once: the client was never told to continue, and its connection has other requests.
            (OVER, timer @ Some(_)) => (self.body, *timer) = (None, Some(Box::pin(sleep(FAREWELL)))),
            // Asked to go on, or sent in a way that hears nothing: then there is nothing to wait for.
            _ => {}
        }
        self.is_decided = true;
        Poll::Ready(())
    }
}

impl Body for Patient {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.is_decided {
            ready!(self.poll_decided(cx));
        }
        if let Some(body) = &mut self.body {
            return body.as_mut().poll_frame(cx);
        }
        if let Some(farewell) = &mut self.timer {
            ready!(farewell.as_mut().poll(cx));
        }
        Poll::Ready(Some(Err("the response came before the request was sent".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}
