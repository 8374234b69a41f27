//! HTTP/2 streams whose client takes nothing of them.
//!
//! Every stream has a window of its own. A client that never opens it keeps a response, and whatever the app holds for it,
//! while the connection is alive and well. hyper then does not poll the body, so the body cannot notice; the task of the stream
//! does. It is found through a slot, because hyper calls the service and hands the stream to the executor in one go.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use parking_lot::Mutex;
use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::deadline::Timer;

/// Since when a piece of a response is waiting for its client.
#[derive(Debug, Default)]
pub(super) struct Stall(Mutex<Option<Instant>>);

impl Stall {
    /// A piece is there for the client.
    pub(super) fn given(&self) {
        *self.0.lock() = Some(Instant::now());
    }

    /// The client has room for the next one.
    pub(super) fn taken(&self) {
        *self.0.lock() = None;
    }
}

/// Carries the stall of a request from the service to the task of its stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Arc<Stall>>>>);

impl Slot {
    pub(super) fn put(&self) -> Arc<Stall> {
        let stall = Arc::default();
        *self.0.lock() = Some(Arc::clone(&stall));
        stall
    }
}

/// Runs the streams of one connection.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    slot: Slot,
    timeout: Duration,
}

impl Streams {
    pub(super) fn new(slot: Slot, timeout: Duration) -> Self {
        Streams { slot, timeout }
    }
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Streams {
    fn execute(&self, future: F) {
        match self.slot.0.lock().take() {
            Some(stall) => drop(tokio::spawn(Stream { future, stall, timeout: self.timeout, timer: Timer::default() })),
            None => drop(tokio::spawn(future)),
        }
    }
}

pin_project! {
    /// A stream that ends, which resets it, when its client takes nothing for too long.
    struct Stream<F> {
        #[pin]
        future: F,
        stall: Arc<Stall>,
        timeout: Duration,
        timer: Timer,
    }
}

impl<F: Future<Output = ()>> Future for Stream<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let stream = self.project();
        if stream.future.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let given = *stream.stall.0.lock();
        match given {
            Some(given) => {
                ready!(stream.timer.poll(cx, given + *stream.timeout));
                tracing::debug!("an HTTP/2 stream is reset: its client takes nothing of the response");
                Poll::Ready(())
            }
            None => Poll::Pending,
        }
    }
}
