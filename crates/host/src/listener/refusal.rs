//! What a client gets whose bytes are not HTTP: Fastify's answer in place of hyper's.
//!
//! hyper answers such a client itself, before any service is asked, with a bare 400 or 431, and offers no way to say more. That
//! answer is always the same but for its date, and the last thing on its connection: it is recognised here as a whole
//! write and replaced by what Fastify 4 writes (fastify.js, `defaultClientErrorHandler`).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};

/// hyper's head up to its date, and what is sent instead.
const ANSWERS: [(&[u8], &[u8]); 2] = [
    (
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 65\r\nContent-Type: application/json\r\n\r\n{\"error\":\"Bad Request\",\"message\":\"Client Error\",\"statusCode\":400}",
    ),
    (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n",
        b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 114\r\nContent-Type: application/json\r\n\r\n{\"error\":\"Request Header Fields Too Large\",\"message\":\"Exceeded maximum allowed HTTP header size\",\"statusCode\":431}",
    ),
];

/// The rest of hyper's answer.
const DATE: &[u8] = b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

/// A connection on which refusals read as Fastify's.
pub(super) struct Refusing<Io> {
    io: Io,
    /// What is still to be written in place of the current write.
    instead: &'static [u8],
}

impl<Io> Refusing<Io> {
    pub(super) fn new(io: Io) -> Self {
        Refusing { io, instead: &[] }
    }
}

/// What to write in place of `written`, if that is a refusal of hyper's.
fn replacement(written: &[u8]) -> Option<&'static [u8]> {
    let same = |(head, _): &&(&[u8], &[u8])| written.len() == head.len() + DATE.len() && written.starts_with(head);
    ANSWERS.iter().find(same).map(|(_, answer)| *answer)
}

impl<Io: Write + Unpin> Refusing<Io> {
    /// Writes the replacement of `written` if it has one; `None` when it has none.
    fn poll_replaced(&mut self, cx: &mut Context<'_>, written: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.instead.is_empty() {
            self.instead = replacement(written)?;
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
}

impl<Io: Write + Unpin> Write for Refusing<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.poll_replaced(cx, buf) {
            Some(written) => written,
            None => Pin::new(&mut self.io).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let [only] = bufs
            && let Some(written) = self.poll_replaced(cx, only)
        {
            return Poll::Ready(ready!(written));
        }
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl<Io: Read + Unpin> Read for Refusing<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_refusal_is_replaced() {
        for (head, answer) in ANSWERS {
            let refusal = [head, b"date: Tue, 24 Nov 2026 08:00:00 GMT\r\n\r\n"].concat();
            assert_eq!(replacement(&refusal), Some(answer));
            assert_eq!(replacement(&refusal[..refusal.len() - 1]), None);
            assert_eq!(replacement(&[&refusal[..], b"x"].concat()), None);
            let length = answer.len() - answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() - 4;
            assert!(String::from_utf8_lossy(answer).contains(&format!("Content-Length: {length}\r\n")));
        }
        assert_eq!(replacement(b"HTTP/1.1 200 OK\r\n\r\n"), None);
    }
}
