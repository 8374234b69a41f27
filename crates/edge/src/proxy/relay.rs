//! The body of a response on its way to the client: as it comes, until the request has taken too long.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Method;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Asked;
use crate::{BoxError, upstream};

/// What a body is held to.
pub(super) struct Relay {
    deadline: Option<Instant>,
    asked: Asked,
}

/// A body within its time. One that fails is cut, and the log says why: its head has long been sent.
pub(super) struct Body {
    inner: upstream::Body,
    late: Option<Pin<Box<Sleep>>>,
    asked: Asked,
    over: bool,
}

impl Relay {
    pub(super) fn new(deadline: Option<Instant>, asked: Asked) -> Relay {
        Relay { deadline, asked }
    }

    /// Whether the response has no body, whatever its headers say.
    pub(super) fn is_head(&self) -> bool {
        self.asked.method == Method::HEAD
    }

    pub(super) fn of(self, inner: upstream::Body) -> Body {
        let late = self.deadline.map(|deadline| Box::pin(sleep_until(deadline)));
        Body { inner, late, asked: self.asked, over: false }
    }
}

impl Body {
    fn fail(&mut self, error: BoxError) -> BoxError {
        self.over = true;
        tracing::warn!("{}: the response was cut: {error}", self.asked.told());
        error
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if self.late.as_mut().is_some_and(|late| late.as_mut().poll(cx).is_ready()) {
            let error = upstream::Kind::TotalTimeout.to_string().into();
            return Poll::Ready(Some(Err(self.fail(error))));
        }
        Poll::Ready(match ready!(self.inner.as_mut().poll_frame(cx)) {
            Some(Err(error)) => Some(Err(self.fail(error))),
            frame => frame,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
