//! What hyper reads and writes of an HTTP/1 connection: only heads that are beyond doubt, under deadlines, with Fastify's refusals.
//!
//! hyper answers a client itself only when it cannot parse what it got. So whatever is to be refused here (a doubtful head, one
//! that takes too long) is replaced by bytes that hyper cannot parse: it gives its bare 400 when the responses before it are
//! written, in order, and closes; and the 400 is replaced by the answer that is meant.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::futures::OwnedNotified;
use tokio::time::Instant;

use super::capacity::{Crowd, SPARED};
use super::deadline::Timer;
use super::exchange::Activity;
use super::gate::{Awaits, Gate, Refused};
use super::limits::Limits;
use super::refusal::{self, Answer, POISON};

/// How long a client that sends on may go on to, so that it reads the answer: closing with bytes unread resets the
/// connection, and the reset may overtake the answer (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(2);

/// An HTTP/1 connection as hyper sees it.
pub(super) struct Wire<Io> {
    io: Io,
    gate: Gate,
    activity: Arc<Activity>,
    crowd: Crowd,
    header_timeout: Duration,
    idle_timeout: Duration,
    /// When the first head must be there: a connection that never speaks has no idle time.
    first: Option<Instant>,
    waiting: Option<Waiting>,
    /// When to see whether a request is still being worked on.
    busy_until: Option<Instant>,
    timer: Timer,
    end: Option<End>,
    /// What stands in place of hyper's next refusal.
    answer: Option<Answer>,
    /// What is left to be written of it.
    instead: &'static [u8],
    linger: Option<Instant>,
}

/// Waits for the client to send a head.
struct Waiting {
    awaits: Awaits,
    since: Instant,
    deadline: Instant,
    /// From when on its place may be needed for another client.
    needed: Option<Pin<Box<OwnedNotified>>>,
}

/// Why hyper reads no more from the client.
#[derive(Clone, Copy)]
enum End {
    /// These bytes come instead.
    Poison(&'static [u8]),
    /// As if the client had ended.
    Silence,
    /// The body is in disorder.
    Malformed,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Wire<Io> {
    /// `opened`: when the client connected.
    pub(super) fn new(io: Io, limits: &Limits, activity: Arc<Activity>, crowd: Crowd, opened: Instant) -> Self {
        Wire {
            io,
            gate: Gate::new(limits),
            activity,
            crowd,
            header_timeout: limits.header_timeout,
            idle_timeout: limits.idle_timeout,
            first: Some(opened + limits.header_timeout),
            waiting: None,
            busy_until: None,
            timer: Timer::default(),
            end: None,
            answer: None,
            instead: &[],
            linger: None,
        }
    }

    /// Looks at what was just read and takes back what must not go through.
    fn inspect(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let heads = self.gate.heads();
        let outcome = self.gate.look(&buf.filled()[before..]);
        if self.gate.heads() != heads {
            (self.first, self.waiting, self.busy_until) = (None, None, None);
        }
        if let Err(Refused { good, answer }) = outcome {
            buf.set_filled(before + good);
            match answer {
                Some(answer) => self.refuse(answer),
                None => self.end = Some(End::Malformed),
            }
        }
    }

    fn refuse(&mut self, answer: Answer) {
        tracing::debug!("request refused: {answer:?}");
        self.answer = Some(answer);
        self.end = Some(End::Poison(POISON));
    }

    fn poll_end(&mut self, end: End, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match end {
            End::Silence => Poll::Ready(Ok(())),
            End::Malformed => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the body is malformed"))),
            // hyper has everything it needs to answer, and no reason to read on.
            End::Poison([]) => Poll::Pending,
            End::Poison(bytes) => {
                let count = bytes.len().min(buf.remaining());
                buf.put_slice(&bytes[..count]);
                self.end = Some(End::Poison(&bytes[count..]));
                Poll::Ready(Ok(()))
            }
        }
    }

    /// The client has sent nothing (more). `Ready` when it has had its time.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let awaits = self.gate.awaits();
        let idle_since = self.activity.idle_since();
        let Some(idle_since) = idle_since.filter(|_| awaits != Awaits::Body) else {
            self.waiting = None;
            // A body that is read on after its response has its reader's deadline, and nothing else to wait for.
            if idle_since.is_none() {
                self.look_again(cx);
            }
            return Poll::Pending;
        };
        let timeout = if awaits == Awaits::Head { self.header_timeout } else { self.idle_timeout };
        let deadline = |since| self.first.unwrap_or(since + timeout);
        let waiting = self.waiting.get_or_insert_with(|| {
            let since = if awaits == Awaits::Head { Instant::now() } else { idle_since };
            Waiting { awaits, since, deadline: deadline(since), needed: None }
        });
        if waiting.awaits == Awaits::Request && awaits == Awaits::Head {
            (waiting.awaits, waiting.deadline) = (awaits, deadline(Instant::now()));
        }
        if waiting.needed.is_none() && self.timer.poll(cx, waiting.deadline.min(waiting.since + SPARED)).is_ready() {
            waiting.needed = Some(Box::pin(Arc::clone(&self.crowd).notified_owned()));
        }
        if waiting.needed.as_mut().is_some_and(|needed| needed.as_mut().poll(cx).is_ready()) {
            tracing::debug!("closed for another client");
            self.end = Some(End::Silence);
            return Poll::Ready(());
        }
        ready!(self.timer.poll(cx, waiting.deadline));
        match awaits {
            Awaits::Head => self.refuse(Answer::Timeout),
            _ => self.end = Some(End::Silence),
        }
        Poll::Ready(())
    }

    /// hyper does not read again only because a response is complete. Most are within a second, and the timer that is set
    /// anyway tells; after that the end of the exchange does.
    fn look_again(&mut self, cx: &mut Context<'_>) {
        let tick = SPARED.min(self.idle_timeout);
        let until = *self.busy_until.get_or_insert_with(|| Instant::now() + tick);
        if self.timer.poll(cx, until).is_ready() && !self.activity.wake_when_idle(cx) {
            cx.waker().wake_by_ref();
        }
    }

    /// Writes what stands in place of `written`, if it is a refusal; `None` when it is not.
    fn poll_replaced(&mut self, cx: &mut Context<'_>, written: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.instead.is_empty() {
            let recognised = refusal::recognise(written)?;
            self.instead = self.answer.take().unwrap_or(recognised).bytes();
        }
        while !self.instead.is_empty() {
            match Pin::new(&mut self.io).poll_write(cx, self.instead) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(count)) => self.instead = &self.instead[count..],
                other => return Some(other),
            }
        }
        Some(Poll::Ready(Ok(written.len())))
    }

    /// Whether the client may still be sending.
    fn is_cut_short(&self) -> bool {
        matches!(self.end, Some(End::Poison(_) | End::Malformed)) || self.gate.awaits() == Awaits::Body
    }

    fn poll_linger(&mut self, cx: &mut Context<'_>, until: Instant) -> Poll<io::Result<()>> {
        let mut buffer = [0; 4 << 10];
        loop {
            let mut buffer = ReadBuf::new(&mut buffer);
            match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() && Instant::now() < until => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return self.timer.poll(cx, until).map(Ok),
            }
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<Io> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let before = buf.filled().len();
        if wire.end.is_none() {
            match Pin::new(&mut wire.io).poll_read(cx, buf) {
                Poll::Ready(Ok(())) if buf.filled().len() > before => wire.inspect(buf, before),
                // Node answers 400 to half a head.
                Poll::Ready(Ok(())) if wire.gate.awaits() == Awaits::Head => wire.refuse(Answer::BadRequest),
                Poll::Ready(outcome) => return Poll::Ready(outcome),
                Poll::Pending => ready!(wire.poll_patience(cx)),
            }
        }
        match wire.end {
            Some(end) if buf.filled().len() == before => wire.poll_end(end, buf),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        match wire.poll_replaced(cx, buf) {
            Some(written) => written,
            None => Pin::new(&mut wire.io).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if let [only] = bufs
            && let Some(written) = wire.poll_replaced(cx, only)
        {
            return written;
        }
        Pin::new(&mut wire.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let until = match wire.linger {
            Some(until) => until,
            None => {
                ready!(Pin::new(&mut wire.io).poll_shutdown(cx))?;
                if !wire.is_cut_short() {
                    return Poll::Ready(Ok(()));
                }
                *wire.linger.insert(Instant::now() + LINGER)
            }
        };
        wire.poll_linger(cx, until)
    }
}

#[cfg(test)]
mod tests;
