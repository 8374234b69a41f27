//! The bodies of requests and responses.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Inner;
use super::endpoint::{Endpoint, Load};
use super::error::{Error, Kind};
use super::lease::Lease;
use super::search::Way;
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

/// What the head of a response says about its body.
pub(super) struct Terms {
    /// The end of the response as a whole.
    pub(super) until: Option<Instant>,
    /// The status is all there is to say about the address.
    pub(super) is_judged: bool,
    /// It goes on for as long as somebody listens, and is no work for the backend meanwhile: it does not count when the less loaded of two
    /// addresses is chosen. One with a listener would else be asked for nothing but by those who find all others busy.
    pub(super) is_endless: bool,
}

/// A response body on its way from the other side.
pub(super) struct Reading {
    inner: Incoming,
    /// Given back at the end.
    lease: Option<Lease>,
    #[expect(dead_code, reason = "counts as long as it lives")]
    load: Option<Load>,
    endpoint: Arc<Endpoint>,
    /// What is to be said of the address has been said.
    is_judged: bool,
    idle: std::time::Duration,
    /// The end of the response as a whole.
    until: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
    upstream: Arc<Inner>,
}

impl Reading {
    pub(super) fn new(inner: Incoming, way: Way, terms: Terms, upstream: Arc<Inner>) -> Self {
        let Way { endpoint, lease, load } = way;
        let Terms { until, is_judged, is_endless } = terms;
        let idle = upstream.config.timeouts.idle;
        let (lease, load) = (Some(lease), (!is_endless).then_some(load));
        let mut reading =
            Reading { inner, lease, load, endpoint, is_judged, idle, until, timer: None, is_waiting: false, upstream };
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
        self.upstream.counters.cut.add();
        // Silence may be the nature of a response, an end in the middle is not.
        if !std::mem::replace(&mut self.is_judged, true) && kind == Kind::Ended {
            self.upstream.failed(&self.endpoint, true);
        }
        Box::new(Error { kind, target: self.upstream.name.to_string(), address: None, unsent: false, source })
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

/// An address has answered well when its answer has ended, or was given up here: a head says nothing of what follows it.
impl Drop for Reading {
    fn drop(&mut self) {
        if !self.is_judged {
            self.endpoint.health.succeeded();
        }
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
