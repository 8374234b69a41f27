//! The body of a request, within limits: how large it may be, how long the client may pause, how slow it may be on the whole.
//!
//! A slow body is the second form of slowloris: one byte a minute keeps a connection, a request and whatever the app holds for
//! it. The clock runs only while somebody asks for more and the client has not sent it: an app that reads
//! slowly is no fault of the client's.
//!
//! A body that breaks a rule ends in [`Error`], and [`Outcome`] tells whoever waits for the answer, so that the client can be
//! answered at once, whatever the app makes of the error. What is left of the body is not read: the connection must not be used
//! again (CVE-2025-4366), which hyper sees to.
//!
//! # What it deliberately does not do
//! Limit single routes: a Fastify app's own `bodyLimit` counts in JavaScript, where the app sees its error.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{BoxError, Problem};

/// What a body may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest body in bytes. `None`: any; the app limits it.
    pub max: Option<u64>,
    /// Longest pause of the client between two pieces.
    pub timeout: Duration,
    /// Bytes per second, on average over the time spent waiting for the client. Zero: any.
    pub min_rate: u64,
    /// Time spent waiting before the rate counts.
    pub grace: Duration,
}

impl Default for Limits {
    /// 1 MiB as Fastify's `bodyLimit`; pauses of 30 s; 256 bytes a second after the first 10 s.
    fn default() -> Self {
        Limits { max: Some(1 << 20), timeout: Duration::from_secs(30), min_rate: 256, grace: Duration::from_secs(10) }
    }
}

impl Limits {
    /// The refusal of a body that says itself that it is too large, before any of it is read.
    pub fn refuse(&self, headers: &HeaderMap) -> Option<Error> {
        let announced: u64 = headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
        self.max.is_some_and(|max| announced > max).then_some(Error::TooLarge)
    }
}

/// The rule that a body broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Larger than [`Limits::max`].
    TooLarge,
    /// A pause longer than [`Limits::timeout`].
    Stalled,
    /// Slower than [`Limits::min_rate`].
    TooSlow,
    /// Its framing is wrong: a chunk size that is none, data past the end of a chunk.
    Malformed,
}

impl Error {
    /// The status that says so.
    pub fn status(self) -> StatusCode {
        match self {
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Stalled | Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::Malformed => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer, in Fastify's words (lib/errors.js, fastify.js `defaultClientErrorHandler`).
    pub fn problem(self) -> Problem {
        let problem = match self {
            Error::TooLarge => Problem::new(self.status(), "Request body is too large").with_code("FST_ERR_CTP_BODY_TOO_LARGE"),
            Error::Stalled | Error::TooSlow => Problem::new(self.status(), "Client Timeout"),
            Error::Malformed => Problem::new(self.status(), "Client Error"),
        };
        problem.with_detail(self.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::TooLarge => "request body larger than the limit",
            Error::Stalled => "request body: the client paused for too long",
            Error::TooSlow => "request body: the client is too slow",
            Error::Malformed => "request body: malformed framing",
        })
    }
}

impl std::error::Error for Error {}

/// A body within limits. It ends in an [`Error`] when it breaks one.
pub struct Body<B> {
    inner: B,
    limits: Limits,
    received: u64,
    /// Time spent waiting for the client, without the current wait.
    waited: Duration,
    waiting_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    verdict: Arc<Verdict>,
    over: bool,
}

/// Resolves when a [`Body`] breaks a rule, and never otherwise.
#[derive(Debug)]
pub struct Outcome(Arc<Verdict>);

#[derive(Debug, Default)]
struct Verdict {
    error: OnceLock<Error>,
    waker: AtomicWaker,
}

impl<B> Body<B> {
    /// Puts a body within limits.
    pub fn new(inner: B, limits: Limits) -> (Self, Outcome) {
        let verdict = Arc::new(Verdict::default());
        let outcome = Outcome(Arc::clone(&verdict));
        let (waited, waiting_since) = (Duration::ZERO, None);
        (Body { inner, limits, received: 0, waited, waiting_since, timer: None, verdict, over: false }, outcome)
    }

    fn fail(&mut self, error: Error) -> BoxError {
        self.over = true;
        let _ = self.verdict.error.set(error);
        self.verdict.waker.wake();
        error.into()
    }

    /// The client owes the next piece: until when, and what it is guilty of after that.
    fn deadline(&self, since: Instant) -> (Instant, Error) {
        let pause = since + self.limits.timeout;
        if self.limits.min_rate == 0 {
            return (pause, Error::Stalled);
        }
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / self.limits.min_rate);
        let rate = since + earned.max(self.limits.grace).saturating_sub(self.waited);
        if rate < pause { (rate, Error::TooSlow) } else { (pause, Error::Stalled) }
    }

    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let (deadline, error) = self.deadline(since);
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx).map(|()| error)
    }
}

impl<B> http_body::Body for Body<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let Poll::Ready(next) = Pin::new(&mut self.inner).poll_frame(cx) else {
            return self.poll_wait(cx).map(|error| Some(Err(self.fail(error))));
        };
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
        Poll::Ready(match next {
            Some(Ok(frame)) => {
                self.received += frame.data_ref().map_or(0, Bytes::len) as u64;
                let too_large = self.limits.max.is_some_and(|max| self.received > max);
                Some(if too_large { Err(self.fail(Error::TooLarge)) } else { Ok(frame) })
            }
            Some(Err(error)) => {
                let error = error.into();
                Some(Err(if is_malformed(&*error) { self.fail(Error::Malformed) } else { error }))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Whether the connection brought bytes that are no body, as opposed to having ended.
fn is_malformed(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |error| error.source());
    chain.any(|error| {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(kind, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput))
    })
}

impl Outcome {
    /// The rule that is broken by now.
    pub fn error(&self) -> Option<Error> {
        self.0.error.get().copied()
    }
}

impl Future for Outcome {
    type Output = Error;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Error> {
        self.0.waker.register(cx.waker());
        self.error().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<B> fmt::Debug for Body<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("received", &self.received).field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
