//! A body that is encoded as it is sent.
//!
//! Whenever the source has nothing more at the moment, all that was written is flushed: what the client could have read without
//! compression it can decode now. Chunks that are there already share one flush, which is smaller and costs less than one each.
//!
//! More than [`INLINE`] bytes at a time are encoded on a blocking thread, so that no other connection waits for them.
//!
//! A source that fails ends in its error, after what came before it; the encoding is not finished then, so that the client cannot take
//! it for complete.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame};
use tokio::task::JoinHandle;

use super::encoding::Encoder;
use crate::{Body, BoxError};

/// What is encoded at once on an I/O thread: well under a millisecond of work at the default levels.
pub(super) const INLINE: usize = 8 * 1024;

/// Pieces in which a body in memory is encoded.
const SLICE: usize = 64 * 1024;

/// The body of an answer to HEAD whose length nobody knows: an empty one would be given `Content-Length: 0` on its way out.
pub(super) struct Unknown;

impl http_body::Body for Unknown {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// An encoded body.
pub(super) struct Encoded {
    source: Source,
    /// All of it is there or on a disk: nobody waits for a part of it, and a flush would only make it bigger.
    steady: bool,
    state: State,
    /// Bytes written since the last flush.
    unflushed: usize,
    /// Trailers or the failure that the source ended with, sent after what came before.
    end: Option<Result<Frame<Bytes>, BoxError>>,
}

enum Source {
    Body(Body),
    Memory(Bytes),
}

enum State {
    Idle(Box<Encoder>),
    Working(JoinHandle<io::Result<Outcome>>),
    Done,
}

/// The encoder, unless its work is over, and what came out.
type Outcome = (Option<Box<Encoder>>, Bytes);

/// What an encoder is to do.
enum Job {
    Write(Bytes),
    Flush,
    Finish,
    /// Bring out what is there and stop without the end that would make it complete.
    Cut,
}

impl Encoded {
    pub(super) fn new(source: Body, encoder: Encoder) -> Self {
        let (steady, source) = match source {
            Body::Full(bytes) => (true, Source::Memory(bytes)),
            other => (matches!(other, Body::File(_)), Source::Body(other)),
        };
        Encoded { source, steady, state: State::Idle(Box::new(encoder)), unflushed: 0, end: None }
    }

    /// What comes next and about how many bytes of work it is; nothing as long as there is nothing to do.
    fn next_job(&mut self, cx: &mut Context<'_>) -> Poll<(Job, usize)> {
        Poll::Ready(match self.source.poll(cx) {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => {
                    self.unflushed += data.len();
                    let weight = data.len();
                    (Job::Write(data), weight)
                }
                Err(trailers) => {
                    self.end = Some(Ok(trailers));
                    (Job::Finish, self.unflushed)
                }
            },
            Poll::Ready(Some(Err(error))) => {
                self.end = Some(Err(error));
                (Job::Cut, self.unflushed)
            }
            Poll::Ready(None) => (Job::Finish, self.unflushed),
            Poll::Pending if self.steady || self.unflushed == 0 => return Poll::Pending,
            Poll::Pending => (Job::Flush, std::mem::take(&mut self.unflushed)),
        })
    }

    /// Goes on with what a job left behind; the bytes to send, if any.
    fn settle(&mut self, (encoder, out): Outcome) -> Option<Frame<Bytes>> {
        self.state = encoder.map_or(State::Done, State::Idle);
        (!out.is_empty()).then(|| Frame::data(out))
    }
}

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let outcome = match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(self.end.take()),
                State::Working(mut task) => match Pin::new(&mut task).poll(cx) {
                    Poll::Ready(outcome) => outcome??,
                    Poll::Pending => {
                        self.state = State::Working(task);
                        return Poll::Pending;
                    }
                },
                State::Idle(encoder) => match self.next_job(cx) {
                    Poll::Ready((job, weight)) if weight > INLINE => {
                        self.state = State::Working(tokio::task::spawn_blocking(move || job.run(encoder)));
                        continue;
                    }
                    Poll::Ready((job, _)) => job.run(encoder)?,
                    Poll::Pending => {
                        self.state = State::Idle(encoder);
                        return Poll::Pending;
                    }
                },
            };
            if let Some(frame) = self.settle(outcome) {
                return Poll::Ready(Some(Ok(frame)));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Done) && self.end.is_none()
    }
}

impl Source {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self {
            Source::Body(body) => Pin::new(body).poll_frame(cx),
            Source::Memory(bytes) if bytes.is_empty() => Poll::Ready(None),
            Source::Memory(bytes) => {
                let length = bytes.len().min(SLICE);
                Poll::Ready(Some(Ok(Frame::data(bytes.split_to(length)))))
            }
        }
    }
}

impl Job {
    fn run(self, mut encoder: Box<Encoder>) -> io::Result<Outcome> {
        match self {
            Job::Write(data) => encoder.write(&data)?,
            Job::Flush => encoder.flush()?,
            Job::Finish => return Ok((None, encoder.finish()?)),
            Job::Cut => {
                encoder.flush()?;
                return Ok((None, encoder.take()));
            }
        }
        let out = encoder.take();
        Ok((Some(encoder), out))
    }
}
