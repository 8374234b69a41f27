//! What crosses the border between the host and an isolate: a request in, a response out, and one cancellation.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;

use crate::Error;
use crate::pool::Cancel;
use crate::reads::Reads;

/// The body of a request as the host received it.
pub type RequestBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = Box<dyn std::error::Error + Send + Sync>> + Send>>;

/// A request for the app.
pub struct Request {
    /// Method, URI (path and query as the client wrote them), version and headers.
    pub parts: http::request::Parts,
    /// The body; `None` when the client announced none.
    pub body: Option<RequestBody>,
    /// The peer's address. `None`: it came over a Unix socket, where Node has none either.
    pub remote: Option<SocketAddr>,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Who the client is, when the host has been told which proxies to believe. `None`: the app decides (`trustProxy`).
    pub client: Option<Client>,
    /// It is taken on under any load and goes before others: for the few questions by which the process itself is watched.
    pub urgent: bool,
    /// Record what the app reads of it: [`Response::reads`].
    pub track: bool,
    /// What backends are told that are asked on its behalf.
    pub trace: Option<crate::Trace>,
}

/// What became of a request.
pub struct Answer {
    /// Time until an isolate took it, or until it was refused.
    pub queued: Duration,
    /// The number of the isolate that took it; `None`: none did.
    pub isolate: Option<usize>,
    /// Time from then to the response head or the failure; zero when none took it.
    pub worked: Duration,
    /// The route that the app's router has chosen, as the app declared it, with its prefix: `/posts/:id`, `/assets/*`, `*`. It is known
    /// of failures too, once the router has run. `None`: the app has no such route (whatever its not-found handler answers), or no
    /// router that tells (an exported `fetch`).
    pub route: Option<Arc<str>>,
    /// The response, or why there is none.
    pub result: Result<Response, Error>,
}

/// The client of a request as the host has worked it out: what `request.ip`, `ips`, `hostname` and `protocol` say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// Its address; `None` when nobody said (a Unix socket).
    pub ip: Option<IpAddr>,
    /// The addresses from the peer to the client, closest first; `None` when no proxy is trusted.
    pub ips: Option<Vec<IpAddr>>,
    /// The host and port it asked for.
    pub host: Option<String>,
    /// Whether it came over TLS.
    pub https: bool,
}

/// The app's answer.
pub struct Response {
    /// Status code.
    pub status: StatusCode,
    /// Headers as the app set them, in its order.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// What the app's code has decided about compressing it.
    pub compression: Compression,
    /// What the app has read of the request; `Some` when that was to be recorded.
    pub reads: Option<Reads>,
}

/// What an app has decided about compressing a response (`@fastify/compress`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Nothing: the host's own rules apply.
    #[default]
    Default,
    /// To leave it as it is.
    Never,
    /// To encode it. The body is not encoded yet, whatever `content-encoding` says.
    Encode {
        /// How.
        coding: Coding,
        /// How thoroughly, in the coding's own scale; `None`: as the host thinks best.
        level: Option<u8>,
    },
}

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br`, levels 0 to 11.
    Brotli,
    /// `gzip`, levels 0 to 9.
    Gzip,
    /// `deflate` (RFC 9110: the zlib format), levels 0 to 9.
    Deflate,
}

impl Coding {
    /// As in `content-encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
        }
    }

    /// The coding of this name.
    pub fn of(name: &str) -> Option<Coding> {
        [Coding::Brotli, Coding::Gzip, Coding::Deflate].into_iter().find(|coding| coding.name() == name)
    }
}

/// The body of a [`Response`].
pub enum Body {
    /// No body. `content-length`, if any, is the app's.
    Empty,
    /// All of it.
    Full(Bytes),
    /// Chunks as the app writes them.
    Stream(BodyStream),
    /// A static file, which the host reads: `mount` is what [`crate::Host::mount`] returned.
    File {
        /// Which mount.
        mount: u32,
        /// Decoded path below the mount's root.
        path: String,
    },
    /// What an upstream has answered, which the isolate has not seen.
    Passed(Passed),
}

/// The rest of the response that [`crate::Host::fetch`] gave, handed back to the host.
pub struct Passed {
    /// Its body.
    pub body: RequestBody,
    /// Its extensions: of a `101`, the connection.
    pub extensions: http::Extensions,
}

/// A streamed body. The isolate produces the next chunk only when this one is polled; dropping it cancels the render.
pub struct BodyStream {
    pub(crate) chunks: mpsc::Receiver<Bytes>,
    pub(crate) end: Arc<End>,
    pub(crate) cancel: Option<Cancel>,
}

/// How a stream ended; unset when its isolate went away. A body that nobody declared complete is never shown as complete.
pub(crate) type End = OnceLock<Result<(), String>>;

/// The app failed after it had sent its response head.
#[derive(Debug, thiserror::Error)]
#[error("the app's response stream failed: {0}")]
pub struct StreamError(pub String);

impl http_body::Body for BodyStream {
    type Data = Bytes;
    type Error = StreamError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, StreamError>>> {
        if let Some(chunk) = std::task::ready!(self.chunks.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(http_body::Frame::data(chunk))));
        }
        if let Some(cancel) = self.cancel.take() {
            cancel.disarm();
        }
        Poll::Ready(match self.end.get() {
            Some(Ok(())) => None,
            Some(Err(message)) => Some(Err(StreamError(message.clone()))),
            None => Some(Err(StreamError("the isolate went away".into()))),
        })
    }
}
