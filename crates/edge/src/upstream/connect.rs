//! A connection to an address: TCP or Unix socket, TLS, HTTP/1.1 or HTTP/2.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::replay::Replay;
use super::target::{Place, Scheme, Target};
use super::tls::{self, Tls};
use crate::BoxError;

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => address.fmt(f),
            Address::Unix(path) => path.display().fmt(f),
        }
    }
}

/// A connection that speaks HTTP.
pub(super) enum Sender {
    H1(http1::SendRequest<Replay>),
    H2(http2::SendRequest<Replay>),
}

/// Makes connections to one target.
pub(super) struct Connector {
    scheme: Scheme,
    host: String,
    tls: Option<Tls>,
}

/// How long sent bytes may remain without an acknowledgement before the connection counts as broken: a machine that has vanished sends
/// no reset, and the kernel alone would try for a quarter of an hour.
const USER_TIMEOUT: Duration = Duration::from_secs(5);

/// When an idle connection is first asked whether the other side is there, and how often after that.
const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(5));

/// How long an HTTP/2 connection may leave a ping unanswered.
const H2_PING: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5));

/// Largest head of a response. It may have 100 headers, hyper's default: more would take memory for each response.
const MAX_HEAD: usize = 64 << 10;

impl Connector {
    pub(super) fn new(target: &Target, tls: &tls::Config) -> Result<Connector, String> {
        let host = match &target.place {
            Place::Tcp { host, .. } => host.clone(),
            Place::Unix(_) => "localhost".to_owned(),
        };
        let tls = (target.scheme == Scheme::Https).then(|| Tls::new(tls)).transpose()?;
        Ok(Connector { scheme: target.scheme, host, tls })
    }

    /// Whether its connections are HTTP/2 for certain.
    pub(super) fn is_h2c(&self) -> bool {
        self.scheme == Scheme::H2c
    }

    /// Connects; `h1`: HTTP/2 would not do.
    pub(super) async fn connect(&self, address: &Address, h1: bool) -> Result<Sender, BoxError> {
        match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                prepare(&stream)?;
                match &self.tls {
                    Some(tls) => {
                        let stream = tls.connect(stream, &self.host, !h1).await?;
                        let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                        handshake(stream, h2).await
                    }
                    None => handshake(stream, self.is_h2c()).await,
                }
            }
            Address::Unix(path) => handshake(UnixStream::connect(path).await?, self.is_h2c()).await,
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE.0).with_interval(KEEP_ALIVE.1))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    Ok(())
}

/// Speaks HTTP over `stream`; the connection lives in a task of its own.
async fn handshake(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, h2: bool) -> Result<Sender, BoxError> {
    let io = TokioIo::new(stream);
    if h2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(H2_PING.0).keep_alive_timeout(H2_PING.1);
        builder.adaptive_window(true).max_header_list_size(MAX_HEAD as u32);
        let (sender, connection) = builder.handshake(io).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("connection to a backend: {error}");
            }
        });
        return Ok(Sender::H2(sender));
    }
    let mut builder = http1::Builder::new();
    builder.max_header_size(MAX_HEAD);
    let (sender, connection) = builder.handshake(io).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!("connection to a backend: {error}");
        }
    });
    Ok(Sender::H1(sender))
}
