//! A streamed body on its way to the client and, up to a limit, into memory.
//!
//! The cache reads as fast as the app writes: a slow client must not keep those waiting who want the page from the cache.
//! What the client has not taken yet is what the cache holds anyway. A body that grows beyond the limit is the client's alone from there on,
//! at its pace.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::sync::{mpsc, oneshot};

use super::refusal::Refusal;
use crate::BoxError;

/// A streamed body.
pub(super) type Stream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// The client's side.
pub(super) struct Tee {
    chunks: mpsc::UnboundedReceiver<Result<Frame<Bytes>, BoxError>>,
    rest: oneshot::Receiver<Stream>,
    tail: Option<Stream>,
}

/// The cache's side.
pub(super) struct Feed {
    chunks: mpsc::UnboundedSender<Result<Frame<Bytes>, BoxError>>,
    rest: oneshot::Sender<Stream>,
    limit: usize,
}

/// Both sides for a body of which at most `limit` bytes are stored.
pub(super) fn new(limit: usize) -> (Tee, Feed) {
    let (sender, chunks) = mpsc::unbounded_channel();
    let (pass_on, rest) = oneshot::channel();
    (Tee { chunks, rest, tail: None }, Feed { chunks: sender, rest: pass_on, limit })
}

impl Feed {
    /// Reads all of `stream`.
    ///
    /// # Errors
    /// Why it is not stored: it broke off, or it is too large.
    pub(super) async fn collect(self, mut stream: Stream) -> Result<Bytes, Refusal> {
        let mut page = BytesMut::new();
        while let Some(frame) = stream.frame().await {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    let _ = self.chunks.send(Err(error));
                    return Err(Refusal::BrokenStream);
                }
            };
            let Some(data) = frame.data_ref() else { continue };
            page.extend_from_slice(data);
            let _ = self.chunks.send(Ok(frame));
            if page.len() > self.limit {
                let _ = self.rest.send(stream);
                return Err(Refusal::TooLarge);
            }
        }
        Ok(page.freeze())
    }
}

impl http_body::Body for Tee {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.tail.is_none() {
            if let Some(frame) = ready!(self.chunks.poll_recv(cx)) {
                return Poll::Ready(Some(frame));
            }
            // The sender of the rest is gone as well by now, with or without a word.
            self.tail = self.rest.try_recv().ok();
        }
        match &mut self.tail {
            Some(tail) => tail.as_mut().poll_frame(cx),
            None => Poll::Ready(None),
        }
    }
}
