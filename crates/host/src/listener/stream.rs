//! The bytes of one connection, whatever carries them: TCP or a Unix socket, TLS or not.
//!
//! One type and no boxes, so that hyper is compiled once. Bytes can be looked at before they are read: that tells HTTP/2 from
//! HTTP/1.1, and a PROXY header from a request.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

/// A connection.
pub(super) struct Stream {
    /// Read already, and still to be read.
    ahead: Bytes,
    carrier: Carrier,
}

/// What carries the bytes.
pub(super) enum Carrier {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<TlsStream<Stream>>),
}

impl From<Carrier> for Stream {
    fn from(carrier: Carrier) -> Self {
        Stream { ahead: Bytes::new(), carrier }
    }
}

/// Bytes that are looked at in one go: more than a PROXY header has.
const LOOK: usize = 8 << 10;

impl Stream {
    /// Reads until `decide` has seen enough to tell. `None`: the client ended before, or sent more than [`LOOK`] bytes. What was
    /// looked at is still to be read.
    pub(super) async fn look<T>(&mut self, mut decide: impl FnMut(&[u8]) -> Option<T>) -> io::Result<Option<T>> {
        let mut seen = BytesMut::from(std::mem::take(&mut self.ahead));
        let decided = loop {
            if !seen.is_empty()
                && let Some(decided) = decide(&seen)
            {
                break Some(decided);
            }
            let length = seen.len();
            std::future::poll_fn(|cx| self.poll_more(cx, &mut seen)).await?;
            if seen.len() == length || seen.len() > LOOK {
                break None;
            }
        };
        self.ahead = seen.freeze();
        Ok(decided)
    }

    /// Drops bytes that were looked at.
    pub(super) fn skip(&mut self, count: usize) {
        self.ahead.advance(count.min(self.ahead.len()));
    }

    /// The buffer is on the stack of a poll, not in the future: ten thousand silent connections need none.
    fn poll_more(&mut self, cx: &mut Context<'_>, seen: &mut BytesMut) -> Poll<io::Result<()>> {
        let mut buffer = [0; 4 << 10];
        let mut buffer = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut self.carrier).poll_read(cx, &mut buffer))?;
        seen.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

/// Calls a method of whatever carries the bytes.
macro_rules! carried {
    ($carrier:expr, $method:ident($($argument:expr),*)) => {
        match $carrier {
            Carrier::Tcp(stream) => Pin::new(stream).$method($($argument),*),
            Carrier::Unix(stream) => Pin::new(stream).$method($($argument),*),
            Carrier::Tls(stream) => Pin::new(&mut **stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for Carrier {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        carried!(&mut *self, poll_read(cx, buf))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.carrier).poll_read(cx, buf);
        }
        let count = self.ahead.len().min(buf.remaining());
        buf.put_slice(&self.ahead.split_to(count));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        carried!(&mut self.carrier, poll_write(cx, buf))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        carried!(&mut self.carrier, poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.carrier {
            Carrier::Tcp(stream) => stream.is_write_vectored(),
            Carrier::Unix(stream) => stream.is_write_vectored(),
            Carrier::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(&mut self.carrier, poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(&mut self.carrier, poll_shutdown(cx))
    }
}
