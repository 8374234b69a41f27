//! What hyper reads and writes of an HTTP/1 connection: only heads that are beyond doubt, under deadlines, with Fastify's refusals.
//!
//! hyper answers a client itself only when it cannot parse what it got. So whatever is to be refused here (a doubtful head, one
//! that takes too long) is replaced by bytes that hyper cannot parse: it gives its bare 400 when the responses before it are
//! written, in order, and closes; and the 400 is replaced by the answer that is meant.
//!
//! What a client sends behind a request that asks for an upgrade is kept until that is answered (CVE-2026-2833). After a `101` it
//! is the tunnel's, like everything else, and nothing here looks at it any more. After any other answer the connection ends:
//! the client has taken for granted what it was refused, and those bytes may be another's than who sent the request
//! (draft-ietf-httpbis-optimistic-upgrade). A client that waits for its answer goes on with HTTP.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::futures::OwnedNotified;
use tokio::time::Instant;

use super::capacity::{Guards, SPARED};
use super::connection::Shared;
use super::deadline::Timer;
use super::exchange::Activity;
use super::gate::{Awaits, Gate, Refused};
use super::refusal::{self, Answer, POISON};

/// How long a client that sends on may go on to, so that it reads the answer: closing with bytes unread resets the
/// connection, and the reset may overtake the answer (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(2);

/// An HTTP/1 connection as hyper sees it.
pub(super) struct Wire<Io> {
    io: Io,
    gate: Gate,
    activity: Arc<Activity>,
    shared: Arc<Shared>,
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
    /// What the client has sent behind a request that asks for an upgrade.
    ahead: Vec<u8>,
    /// What is left to be written of interim responses.
    interim: Vec<u8>,
    /// The connection counts for as long as there is anybody to read from it, which after an upgrade is the tunnel.
    _guards: Guards,
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
    pub(super) fn new(io: Io, shared: &Arc<Shared>, activity: Arc<Activity>, (opened, guards): (Instant, Guards)) -> Self {
        let limits = &shared.limits;
        Wire {
            io,
            gate: Gate::new(limits),
            activity,
            shared: Arc::clone(shared),
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
            ahead: Vec::new(),
            interim: Vec::new(),
            _guards: guards,
        }
    }

    /// Whether the connection has been upgraded.
    fn is_tunnel(&self) -> bool {
        self.gate.is_held() && self.has_answered() && self.activity.has_switched()
    }

    /// Whether every request that was let through has the head of its answer.
    fn has_answered(&self) -> bool {
        self.activity.answers() >= self.gate.heads()
    }

    /// Goes on with HTTP when an upgrade was refused; whether hyper has something to read because of it.
    fn settle(&mut self) -> bool {
        if !self.gate.is_held() || !self.has_answered() || self.activity.has_switched() {
            return false;
        }
        self.gate.resume();
        let was_ahead = !std::mem::take(&mut self.ahead).is_empty();
        if was_ahead {
            self.refuse(Answer::Silence);
        }
        was_ahead
    }

    /// Waits for the answer to a request that asks for an upgrade; meanwhile only looks whether the client is still there. `Ready`: it
    /// is not.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            let mut buffer = [0; 4 << 10];
            let mut buffer = ReadBuf::new(&mut buffer);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.ahead.extend_from_slice(buffer.filled());
        }
        Poll::Pending
    }

    /// What comes after the `101`.
    fn poll_tunnel(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let count = self.ahead.len().min(buf.remaining());
        buf.put_slice(&self.ahead[..count]);
        self.ahead.drain(..count);
        if self.ahead.is_empty() {
            self.ahead = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Writes what is left of interim responses: nothing may come between.
    fn poll_interim(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.interim.is_empty() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.interim))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => drop(self.interim.drain(..count)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Looks at what was just read and takes back what must not go through.
    fn inspect(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let heads = self.gate.heads();
        let outcome = self.gate.look(&buf.filled()[before..]);
        if let Ok(good) = outcome {
            self.ahead.extend_from_slice(&buf.filled()[before + good..]);
            buf.set_filled(before + good);
        }
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
        self.shared.counters.malformed(answer.status());
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
            waiting.needed = Some(Box::pin(Arc::clone(&self.shared.crowd).notified_owned()));
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
            if self.is_tunnel() {
                return None;
            }
            let recognised = refusal::recognise(written)?;
            let answer = self.answer.take().unwrap_or_else(|| {
                // hyper's own, which nobody has counted.
                self.shared.counters.malformed(recognised.status());
                recognised
            });
            self.instead = answer.bytes();
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
        if wire.is_tunnel() {
            return wire.poll_tunnel(cx, buf);
        }
        wire.settle();
        let before = buf.filled().len();
        if wire.end.is_none() {
            let read = match wire.gate.is_held() {
                true => wire.poll_held(cx),
                false => Pin::new(&mut wire.io).poll_read(cx, buf),
            };
            match read {
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
        ready!(wire.poll_interim(cx))?;
        match wire.poll_replaced(cx, buf) {
            Some(written) => written,
            None => Pin::new(&mut wire.io).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.poll_interim(cx))?;
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

    /// hyper flushes when it has written everything that it had.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.settle() {
            cx.waker().wake_by_ref();
        }
        if wire.interim.is_empty()
            && !wire.has_answered()
            && let Some(interim) = wire.activity.take_interim(cx)
        {
            wire.interim = interim;
        }
        ready!(wire.poll_interim(cx))?;
        Pin::new(&mut wire.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let until = match wire.linger {
            Some(until) => until,
            None => {
                ready!(Pin::new(&mut wire.io).poll_shutdown(cx))?;
                if wire.is_tunnel() || !wire.is_cut_short() {
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
