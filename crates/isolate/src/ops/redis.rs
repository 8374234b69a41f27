//! One connection to a Redis server, as bytes, for `js-runtime/ioredis/`. What the bytes mean is known there: ioredis itself
//! writes commands and reads replies.
//!
//! A write goes to the socket at once. What the kernel does not take is kept here and sent by the pending read, so that a
//! connection has one pending op; JavaScript gives nothing more until it hears [`SENT`]. A connection closes when its
//! resource is dropped, at the latest with the isolate.

mod dial;

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use deno_core::{CancelFuture as _, CancelHandle, JsBuffer, OpState, Resource, ResourceId, op2};
use deno_error::JsErrorBox;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::ReadBuf;

use dial::{Dialled, Duplex, Stream, Target};

/// What a read gives when nothing was read, but all that was written has been sent. Other negative numbers are error numbers.
const SENT: i32 = i32::MIN;

/// A connection as JavaScript holds it; dialled later.
#[derive(Default)]
struct Connection {
    link: RefCell<Link>,
    closed: Rc<CancelHandle>,
}

impl Resource for Connection {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "redisConnection".into()
    }

    fn close(self: Rc<Self>) {
        self.closed.cancel();
        self.link.borrow_mut().stream = None;
    }
}

#[derive(Default)]
struct Link {
    stream: Option<Stream>,
    /// What the stream has not taken yet.
    unsent: Vec<u8>,
    /// The stream has taken bytes (TLS records) that the kernel has not.
    unflushed: bool,
    /// Nothing is written after `unsent`.
    ending: bool,
    /// Wakes the pending read.
    reader: Option<Waker>,
}

impl Link {
    /// Sends `bytes` now, as far as they go; 1 when they went.
    fn write(&mut self, bytes: &[u8]) -> io::Result<i32> {
        if self.is_sent() {
            let sent = self.send(bytes, &mut Context::from_waker(Waker::noop()))?;
            self.unsent.extend_from_slice(&bytes[sent..]);
        } else {
            self.unsent.extend_from_slice(bytes);
        }
        if !self.is_sent() {
            self.wake_reader();
        }
        Ok(self.is_sent().into())
    }

    /// Says that nothing more is written, once everything has been sent.
    fn end(&mut self) {
        self.ending = true;
        self.wake_reader();
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<i32>> {
        self.reader = Some(cx.waker().clone());
        if !self.is_sent() {
            let unsent = std::mem::take(&mut self.unsent);
            let sent = self.send(&unsent, cx)?;
            if sent < unsent.len() {
                self.unsent = unsent;
                self.unsent.drain(..sent);
            }
            if self.is_sent() {
                return Poll::Ready(Ok(SENT));
            }
        } else if self.ending && self.stream()?.poll_shutdown(cx)?.is_ready() {
            self.ending = false;
        }
        let mut buffer = ReadBuf::new(into);
        match ready!(self.stream()?.poll_read(cx, &mut buffer)) {
            // A TLS peer that is gone without a farewell. Commands know by themselves whether they were answered.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            other => other?,
        }
        Poll::Ready(Ok(i32::try_from(buffer.filled().len()).unwrap_or(i32::MAX)))
    }

    /// Writes until the stream takes no more; how many bytes it took.
    fn send(&mut self, bytes: &[u8], cx: &mut Context<'_>) -> io::Result<usize> {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.stream()?.poll_write(cx, &bytes[sent..])? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(n) => sent += n,
                Poll::Pending => break,
            }
        }
        self.unflushed = self.stream()?.poll_flush(cx)?.is_pending();
        Ok(sent)
    }

    fn is_sent(&self) -> bool {
        self.unsent.is_empty() && !self.unflushed
    }

    fn stream(&mut self) -> io::Result<Pin<&mut dyn Duplex>> {
        Ok(self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?.duplex())
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

/// A system's error as its negative number, from which JavaScript makes the error that Node has; others as they are.
fn or_errno(outcome: io::Result<i32>) -> Result<i32, JsErrorBox> {
    outcome.or_else(|error| match error.raw_os_error() {
        Some(errno) => Ok(-errno),
        None => Err(JsErrorBox::generic(error.to_string())),
    })
}

fn closed(_: deno_core::Canceled) -> JsErrorBox {
    JsErrorBox::generic("the connection is closed")
}

fn connection(state: &OpState, rid: ResourceId) -> Result<Rc<Connection>, JsErrorBox> {
    state.resource_table.get(rid).map_err(JsErrorBox::from_err)
}

/// A connection that is not dialled yet.
#[op2(fast)]
#[smi]
pub(crate) fn op_redis_new(state: &mut OpState) -> ResourceId {
    state.resource_table.add(Connection::default())
}

/// Dials; says where it is connected, or why it is not. An error when the connection is closed meanwhile.
#[op2]
#[serde]
pub(crate) async fn op_redis_connect(
    state: Rc<RefCell<OpState>>,
    #[smi] rid: ResourceId,
    #[serde] target: Target,
) -> Result<Dialled, JsErrorBox> {
    let connection = connection(&state.borrow(), rid)?;
    let dialling = dial::dial(target).or_cancel(Rc::clone(&connection.closed));
    let (dialled, stream) = dialling.await.map_err(closed)?;
    connection.link.borrow_mut().stream = stream;
    Ok(dialled)
}

/// Reads into `into`: how many bytes, 0 at the end, [`SENT`], or a negative error number.
#[op2]
#[smi]
pub(crate) async fn op_redis_read(
    state: Rc<RefCell<OpState>>,
    #[smi] rid: ResourceId,
    #[buffer] mut into: JsBuffer,
) -> Result<i32, JsErrorBox> {
    let connection = connection(&state.borrow(), rid)?;
    let read = std::future::poll_fn(|cx| connection.link.borrow_mut().poll_read(cx, &mut into));
    or_errno(read.or_cancel(Rc::clone(&connection.closed)).await.map_err(closed)?)
}

/// Sends text as UTF-8: 1 when all of it has gone, 0 when not, or a negative error number.
#[op2(fast)]
#[smi]
pub(crate) fn op_redis_write(state: &mut OpState, #[smi] rid: ResourceId, #[string] text: &str) -> Result<i32, JsErrorBox> {
    or_errno(connection(state, rid)?.link.borrow_mut().write(text.as_bytes()))
}

/// Sends bytes, with the same results.
#[op2(fast)]
#[smi]
pub(crate) fn op_redis_write_bytes(
    state: &mut OpState,
    #[smi] rid: ResourceId,
    #[buffer] bytes: &[u8],
) -> Result<i32, JsErrorBox> {
    or_errno(connection(state, rid)?.link.borrow_mut().write(bytes))
}

/// Nothing more is written; what the server still says is read.
#[op2(fast)]
pub(crate) fn op_redis_end(state: &mut OpState, #[smi] rid: ResourceId) -> Result<(), JsErrorBox> {
    connection(state, rid)?.link.borrow_mut().end();
    Ok(())
}

/// Has the kernel probe a silent connection after `delay` milliseconds; 0 leaves the delay to the kernel.
#[op2(fast)]
pub(crate) fn op_redis_keep_alive(state: &mut OpState, #[smi] rid: ResourceId, #[smi] delay: u32) -> Result<(), JsErrorBox> {
    let connection = connection(state, rid)?;
    let link = connection.link.borrow();
    let Some(tcp) = link.stream.as_ref().and_then(Stream::tcp) else { return Ok(()) };
    let socket = SockRef::from(tcp);
    let seconds = Duration::from_secs(u64::from(delay / 1000));
    // As in Node, a kernel that cannot is no reason to fail.
    let _ = if seconds.is_zero() {
        socket.set_keepalive(true)
    } else {
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(seconds))
    };
    Ok(())
}

/// Closes the connection; what waits for it fails.
#[op2(fast)]
pub(crate) fn op_redis_close(state: &mut OpState, #[smi] rid: ResourceId) {
    // Closing twice is nothing.
    if let Ok(connection) = state.resource_table.take::<Connection>(rid) {
        connection.close();
    }
}
