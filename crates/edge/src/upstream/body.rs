//! The bodies of requests and responses.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Timeouts;
use super::counters::Counters;
use super::endpoint::Load;
use super::error::{Error, Kind};
use super::lease::Lease;
use crate::BoxError;

/// The body of a request.
pub type RequestBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a response, with its deadlines. Dropping it before its end closes the connection.
pub type Body = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// No body.
pub fn empty() -> RequestBody {
    full(Bytes::new())
}

/// All of a body, in memory.
pub fn full(bytes: Bytes) -> RequestBody {
    use http_body_util::BodyExt as _;
    Box::pin(http_body_util::Full::new(bytes).map_err(|never| match never {}))
}

/// A response body on its way from the other side.
pub(super) struct Reading {
    inner: Incoming,
    /// Given back at the end.
    lease: Option<Lease>,
    #[expect(dead_code, reason = "counts as long as it lives")]
    load: Load,
    idle: std::time::Duration,
    /// The end of the response as a whole.
    until: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
    counters: Arc<Counters>,
    name: Arc<str>,
}

impl Reading {
    pub(super) fn new(
        inner: Incoming,
        (lease, load): (Lease, Load),
        until: Option<Instant>,
        about: (&Timeouts, &Arc<Counters>, &Arc<str>),
    ) -> Self {
        let (timeouts, counters, name) = about;
        let mut reading = Reading {
            inner,
            lease: Some(lease),
            load,
            idle: timeouts.idle,
            until,
            timer: None,
            is_waiting: false,
            counters: Arc::clone(counters),
            name: Arc::clone(name),
        };
        reading.end_if_complete();
        reading
    }

    fn end_if_complete(&mut self) {
        if self.inner.is_end_stream()
            && let Some(lease) = self.lease.take()
        {
            lease.give_back();
        }
    }

    fn fail(&mut self, kind: Kind, source: Option<BoxError>) -> BoxError {
        self.lease = None;
        self.counters.cut.add();
        Box::new(Error { kind, target: self.name.to_string(), address: None, unsent: false, source })
    }

    /// Nothing is there: `Ready` when it has taken too long.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<Kind> {
        let idle = Instant::now() + self.idle;
        let (until, kind) = match self.until {
            Some(until) if until < idle => (until, Kind::TotalTimeout),
            _ => (idle, Kind::IdleTimeout),
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if !std::mem::replace(&mut self.is_waiting, true) {
            timer.as_mut().reset(until);
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(match self.until {
            Some(until) if until <= Instant::now() => Kind::TotalTimeout,
            _ => kind,
        })
    }
}

impl http_body::Body for Reading {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let reading = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut reading.inner).poll_frame(cx) else {
            let kind = ready!(reading.poll_patience(cx));
            return Poll::Ready(Some(Err(reading.fail(kind, None))));
        };
        reading.is_waiting = false;
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                reading.end_if_complete();
                Some(Ok(frame))
            }
            Some(Err(error)) => Some(Err(reading.fail(Kind::Ended, Some(error.into())))),
            None => {
                if let Some(lease) = reading.lease.take() {
                    lease.give_back();
                }
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
