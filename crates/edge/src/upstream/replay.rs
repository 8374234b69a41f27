//! The body of a request on its way out: it can be sent again as long as little of it has been read.
//!
//! Every attempt reads through a [`Replay`] of its own. What an attempt has read is kept, up to a limit, and the next attempt begins with it.
//! An attempt that has been given up reads no more, even if its connection has not noticed yet.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as _, Frame, SizeHint};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::RequestBody;
use crate::BoxError;

/// What all attempts share.
pub(super) struct Source(Arc<Mutex<State>>);

struct State {
    inner: RequestBody,
    kept: Vec<Kept>,
    /// Bytes that may still be kept.
    room: usize,
    /// More has been read than is kept: there is no second attempt.
    is_lost: bool,
    /// It failed: the client's fault.
    has_failed: bool,
    has_ended: bool,
    /// The attempt that may read.
    attempt: u32,
    progress: Instant,
}

/// A frame, to be given out again.
enum Kept {
    Data(Bytes),
    Trailers(HeaderMap),
}

/// The body of one attempt.
pub(super) struct Replay {
    /// `None`: there is no body.
    source: Option<Arc<Mutex<State>>>,
    attempt: u32,
    /// The next of what is kept.
    next: usize,
}

impl Source {
    /// `None` for a body that is empty.
    pub(super) fn new(inner: RequestBody, max_kept: usize) -> Option<Source> {
        let state = |inner| State {
            inner,
            kept: Vec::new(),
            room: max_kept,
            is_lost: false,
            has_failed: false,
            has_ended: false,
            attempt: 0,
            progress: Instant::now(),
        };
        (!inner.is_end_stream()).then(|| Source(Arc::new(Mutex::new(state(inner)))))
    }

    /// The body for another attempt, unless too much of it has been read.
    pub(super) fn attempt(&self) -> Option<Replay> {
        let mut state = self.0.lock();
        state.attempt += 1;
        let attempt = state.attempt;
        (!state.is_lost && !state.has_failed).then(|| Replay { source: Some(Arc::clone(&self.0)), attempt, next: 0 })
    }

    /// Whether there could be another attempt.
    pub(super) fn can_be_repeated(&self) -> bool {
        let state = self.0.lock();
        !state.is_lost && !state.has_failed
    }

    /// Whether the body itself has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.0.lock().has_failed
    }

    /// When something of it was sent last.
    pub(super) fn progress(&self) -> Instant {
        self.0.lock().progress
    }
}

impl Replay {
    pub(super) fn empty() -> Replay {
        Replay { source: None, attempt: 0, next: 0 }
    }
}

impl State {
    fn keep(&mut self, frame: &Frame<Bytes>) {
        if self.is_lost {
            return;
        }
        let kept = match (frame.data_ref(), frame.trailers_ref()) {
            (Some(data), _) if data.len() <= self.room => {
                self.room -= data.len();
                Kept::Data(data.clone())
            }
            (None, Some(trailers)) => Kept::Trailers(trailers.clone()),
            _ => {
                self.is_lost = true;
                return self.kept.clear();
            }
        };
        self.kept.push(kept);
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.inner.as_mut().poll_frame(cx));
        self.progress = Instant::now();
        match &frame {
            Some(Ok(frame)) => self.keep(frame),
            Some(Err(_)) => self.has_failed = true,
            None => {}
        }
        self.has_ended |= frame.is_none() || self.inner.is_end_stream();
        Poll::Ready(frame)
    }
}

impl http_body::Body for Replay {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let replay = &mut *self;
        let Some(source) = &replay.source else { return Poll::Ready(None) };
        let mut state = source.lock();
        if state.attempt != replay.attempt {
            return Poll::Ready(Some(Err("the attempt has been given up".into())));
        }
        let frame = match state.kept.get(replay.next) {
            Some(Kept::Data(data)) => Some(Ok(Frame::data(data.clone()))),
            Some(Kept::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers.clone()))),
            None if state.has_ended => None,
            None => ready!(state.poll_inner(cx)),
        };
        replay.next += 1;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.source.as_ref().is_none_or(|source| {
            let state = source.lock();
            state.attempt == self.attempt && state.has_ended && (state.is_lost || self.next >= state.kept.len())
        })
    }

    fn size_hint(&self) -> SizeHint {
        let Some(source) = &self.source else { return SizeHint::with_exact(0) };
        let state = source.lock();
        let kept = |kept: &Kept| if let Kept::Data(data) = kept { data.len() as u64 } else { 0 };
        let again: u64 = state.kept.iter().skip(self.next).map(kept).sum();
        let mut hint = state.inner.size_hint();
        let (lower, upper) = (hint.lower() + again, hint.upper().map(|upper| upper + again));
        hint = SizeHint::new();
        hint.set_lower(lower);
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http_body_util::BodyExt as _;

    use super::*;

    struct Chunks(VecDeque<Result<Bytes, BoxError>>);

    impl http_body::Body for Chunks {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            Poll::Ready(self.0.pop_front().map(|chunk| chunk.map(Frame::data)))
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_empty()
        }
    }

    fn source(chunks: &[&'static str], max: usize) -> Source {
        let chunks = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        Source::new(Box::pin(Chunks(chunks)), max).unwrap()
    }

    async fn text(replay: Replay) -> Result<String, BoxError> {
        Ok(String::from_utf8(replay.collect().await?.to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn can_be_read_again_from_where_an_attempt_broke_off() {
        let source = source(&["ab", "cd", "ef"], 6);
        let mut first = source.attempt().unwrap();
        let frame = first.frame().await.unwrap().unwrap();
        assert_eq!(frame.data_ref().unwrap(), "ab");
        assert_eq!(text(source.attempt().unwrap()).await.unwrap(), "abcdef");
        assert!(first.frame().await.unwrap().is_err(), "the first one is given up");
        assert_eq!(text(source.attempt().unwrap()).await.unwrap(), "abcdef");
        assert!(source.can_be_repeated());
    }

    #[tokio::test]
    async fn not_when_too_much_was_read() {
        let source = source(&["abcd", "efgh"], 6);
        let mut first = source.attempt().unwrap();
        first.frame().await.unwrap().unwrap();
        let second = source.attempt().unwrap();
        assert_eq!(text(second).await.unwrap(), "abcdefgh");
        assert!(source.attempt().is_none());
        assert!(!source.has_failed());
    }

    #[tokio::test]
    async fn a_failure_is_the_clients() {
        let chunks = VecDeque::from([Ok(Bytes::from_static(b"a")), Err("gone".into())]);
        let source = Source::new(Box::pin(Chunks(chunks)), 10).unwrap();
        assert!(text(source.attempt().unwrap()).await.is_err());
        assert!(source.has_failed() && source.attempt().is_none());
    }

    #[tokio::test]
    async fn sizes() {
        assert!(Source::new(super::super::body::empty(), 10).is_none());
        assert_eq!(Replay::empty().size_hint().exact(), Some(0));
        let source = Source::new(super::super::body::full(Bytes::from_static(b"hello")), 10).unwrap();
        let mut first = source.attempt().unwrap();
        assert_eq!(first.size_hint().exact(), Some(5));
        first.frame().await.unwrap().unwrap();
        assert!(first.is_end_stream());
        let second = source.attempt().unwrap();
        assert_eq!((second.size_hint().exact(), second.is_end_stream()), (Some(5), false));
    }
}
