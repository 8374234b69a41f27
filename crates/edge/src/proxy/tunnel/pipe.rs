//! One direction of a tunnel: what comes from one side goes to the other, as fast as that one takes it.
//!
//! Nothing is kept while nothing moves: bytes are read into a buffer that all tunnels of a thread share, and only what the other
//! side does not take is held on to, until it does. Until then nothing more is read.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::Instant;

use super::frames::{self, Frames, Sender};

/// A side's connection.
pub(super) type Io = TokioIo<Upgraded>;

/// Bytes that are read at a time.
const CHUNK: usize = 32 << 10;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; CHUNK].into());
}

/// One direction.
pub(super) struct Pipe {
    /// `None`: not a WebSocket.
    frames: Option<Frames>,
    /// Whom the receiver takes for the sender of what is put in.
    sender: Sender,
    /// What the receiver has not taken.
    rest: BytesMut,
    needs_flush: bool,
    state: State,
    waiting: Option<Own>,
    /// When something last came.
    heard: Instant,
    /// When the receiver was last asked whether it is there.
    asked: Option<Instant>,
    /// What has come, since that was last asked for.
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The sender has ended, the receiver is to be told.
    Ending,
    Ended,
}

/// A frame of our own that waits for the end of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Ping,
    Close,
    /// It is in: the receiver takes nothing more.
    Closed,
}

impl Pipe {
    pub(super) fn new(is_websocket: bool, sender: Sender) -> Pipe {
        Pipe {
            frames: is_websocket.then(Frames::default),
            sender,
            rest: BytesMut::new(),
            needs_flush: false,
            state: State::Open,
            waiting: None,
            heard: Instant::now(),
            asked: None,
            bytes: 0,
        }
    }

    /// When something last came.
    pub(super) fn heard(&self) -> Instant {
        self.heard
    }

    /// When the receiver was last asked whether it is there.
    pub(super) fn asked(&self) -> Option<Instant> {
        self.asked
    }

    /// How many bytes have come since this was last called.
    pub(super) fn take_bytes(&mut self) -> usize {
        std::mem::take(&mut self.bytes)
    }

    /// Whether the receiver can be asked at all, and is not about to be.
    pub(super) fn can_ask(&self) -> bool {
        self.is_open() && self.waiting.is_none() && self.frames.as_ref().is_some_and(Frames::goes_on)
    }

    /// Asks the receiver whether it is there, when the frame that is on its way has ended.
    pub(super) fn ask(&mut self) {
        self.put_in(Own::Ping);
    }

    /// Tells the receiver to go away, when the frame that is on its way has ended. What comes after that is dropped.
    pub(super) fn close(&mut self) {
        if self.is_open() && self.waiting != Some(Own::Closed) {
            self.put_in(Own::Close);
        }
    }

    /// Whether there is nothing more to be waited for: the sender has said its last, and the receiver has what it gets.
    pub(super) fn is_over(&self) -> bool {
        let is_last = self.state == State::Ended || self.frames.as_ref().is_some_and(Frames::is_closed);
        is_last && self.rest.is_empty() && !self.needs_flush
    }

    fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Moves what there is. `Ready`: the direction has ended.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, from: &mut Io, to: &mut Io) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_rest(cx, to))?;
            match self.state {
                State::Ended => return Poll::Ready(Ok(())),
                State::Ending => {
                    ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                    (self.state, self.needs_flush) = (State::Ended, false);
                }
                State::Open => {
                    if self.poll_more(cx, from, to)?.is_pending() {
                        return self.poll_flush(cx, to);
                    }
                }
            }
        }
    }

    /// There is nothing to be read now: what was written must not wait. Never `Ready` unless it fails.
    fn poll_flush(&mut self, cx: &mut Context<'_>, to: &mut Io) -> Poll<io::Result<()>> {
        if self.needs_flush {
            ready!(Pin::new(to).poll_flush(cx))?;
            self.needs_flush = false;
        }
        Poll::Pending
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>, to: &mut Io) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let count = ready!(Pin::new(&mut *to).poll_write(cx, &self.rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.advance(count);
            self.needs_flush = true;
            if self.rest.is_empty() {
                self.rest = BytesMut::new();
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_more(&mut self, cx: &mut Context<'_>, from: &mut Io, to: &mut Io) -> Poll<io::Result<()>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            ready!(Pin::new(from).poll_read(cx, &mut buffer))?;
            let bytes = buffer.filled();
            if bytes.is_empty() {
                self.state = State::Ending;
                return Poll::Ready(Ok(()));
            }
            self.heard = Instant::now();
            self.bytes += bytes.len();
            let bytes = self.follow(bytes);
            // Nearly always all of it, and nothing is copied.
            let taken = match self.rest.is_empty() && !bytes.is_empty() {
                true => Pin::new(to).poll_write(cx, bytes),
                false => Poll::Pending,
            };
            let count = match taken {
                Poll::Ready(count) => count?,
                Poll::Pending => 0,
            };
            self.needs_flush |= count > 0;
            self.rest.extend_from_slice(&bytes[count..]);
            Poll::Ready(Ok(()))
        })
    }

    /// Follows the frames, puts in what waits, and returns what is left to be written.
    fn follow<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (mut start, mut at) = (0, 0);
        while at < bytes.len() {
            let Some(frames) = &mut self.frames else { return bytes };
            at += frames.take(&bytes[at..]);
            if matches!(self.waiting, Some(Own::Ping | Own::Close)) && frames.admits() {
                self.rest.extend_from_slice(&bytes[start..at]);
                start = at;
                self.put_in_now();
            }
            if self.waiting == Some(Own::Closed) {
                start = bytes.len();
            }
        }
        &bytes[start..]
    }

    fn put_in(&mut self, own: Own) {
        self.waiting = Some(own);
        if self.frames.as_ref().is_some_and(Frames::admits) {
            self.put_in_now();
        }
    }

    fn put_in_now(&mut self) {
        match self.waiting.take() {
            Some(Own::Ping) => {
                self.rest.extend_from_slice(&frames::ping(self.sender));
                self.asked = Some(Instant::now());
            }
            Some(Own::Close) => {
                self.rest.extend_from_slice(&frames::close(self.sender));
                self.waiting = Some(Own::Closed);
            }
            other => self.waiting = other,
        }
    }
}
