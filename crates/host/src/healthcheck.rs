//! `ssr-host healthcheck`: asks the host of this machine whether it is well; for Docker's `HEALTHCHECK`, which wants an exit code.
//!
//! It starts every few seconds beside the host and must cost next to nothing: no V8, one thread. What is asked is said by
//! the same settings that the host was started with ([`crate::config`]).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use edge::upstream::tls::{self, Tls};
use http::header::{HOST, USER_AGENT};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use crate::admin::client::{authority, send};
use crate::config::settings::Endpoint;

/// As much of a body that says why is shown.
const SHOWN: usize = 200;

/// What to ask whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// Where the host listens.
    pub endpoint: Endpoint,
    /// Whether it speaks TLS there. Its certificate is for others and not looked at: this is the machine itself.
    pub tls: bool,
    /// Whether it takes no connection that does not begin with a PROXY header.
    pub announced: bool,
    /// Path and query.
    pub path: String,
    /// From the connection to the end of the answer.
    pub timeout: Duration,
}

impl Healthcheck {
    /// Asks, and prints one line.
    pub async fn run(&self) -> ExitCode {
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.timeout, self.ask()).await;
        let outcome = outcome.unwrap_or_else(|_| Err(format!("timed out after {:?}", self.timeout)));
        match outcome {
            Ok(status) => {
                println!("healthy: status {} of {self} after {} ms", status.as_u16(), started.elapsed().as_millis());
                ExitCode::SUCCESS
            }
            Err(wrong) => {
                eprintln!("unhealthy: {wrong} ({self})");
                ExitCode::FAILURE
            }
        }
    }

    /// The status, when it is a success.
    async fn ask(&self) -> Result<StatusCode, String> {
        let response = match &self.endpoint {
            Endpoint::Unix(path) => self.exchange(UnixStream::connect(path).await.map_err(|error| told(&error))?).await,
            Endpoint::Tcp(host, port) => self.exchange(connect(host, *port).await.map_err(|error| told(&error))?).await,
        }?;
        let (head, body) = response.into_parts();
        if head.status.is_success() {
            return Ok(head.status);
        }
        let body = Limited::new(body, 64 << 10).collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&body);
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
        let why = if line.is_empty() { line } else { format!(": {line}") };
        Err(format!("status {}{why}", head.status.as_u16()))
    }

    async fn exchange<S>(&self, mut stream: S) -> Result<http::Response<Incoming>, String>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let request = Request::builder()
            .method(Method::GET)
            .uri(self.path.as_str())
            .header(HOST, self.host())
            .header(USER_AGENT, concat!("ssr-host/", env!("CARGO_PKG_VERSION"), " healthcheck"))
            .body(Empty::<Bytes>::new())
            .map_err(|error| format!("`{}` is no path: {error}", self.path))?;
        if self.announced {
            // The client is the machine itself, of which there is nothing to tell.
            stream.write_all(b"PROXY UNKNOWN\r\n").await.map_err(|error| told(&error))?;
        }
        let answer = if self.tls {
            let insecure = Tls::new(&tls::Config { insecure: true, ..tls::Config::default() })?;
            let name = match &self.endpoint {
                Endpoint::Tcp(host, _) => host.as_str(),
                Endpoint::Unix(_) => "localhost",
            };
            send(insecure.connect(stream, name, false).await.map_err(|error| told(&error))?, request).await
        } else {
            send(stream, request).await
        };
        answer.map_err(|error| self.no_answer(&error))
    }

    fn no_answer(&self, error: &hyper::Error) -> String {
        let hint = match (self.announced, self.tls) {
            (true, _) => ": with `trust.proxy_protocol = \"required\"` this machine has to be one of `trust.peers`",
            (false, false) => ": does it speak TLS, or expect a PROXY header?",
            (false, true) => "",
        };
        match error.is_parse() {
            true => format!("the answer is not HTTP{hint}"),
            false => format!("the connection was closed without an answer{hint}"),
        }
    }

    fn host(&self) -> String {
        match &self.endpoint {
            Endpoint::Tcp(host, port) => authority(host, *port),
            Endpoint::Unix(_) => "localhost".into(),
        }
    }
}

/// As a URL.
impl std::fmt::Display for Healthcheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        match &self.endpoint {
            Endpoint::Tcp(..) => write!(f, "{scheme}://{}{}", self.host(), self.path),
            Endpoint::Unix(socket) => write!(f, "{scheme}, unix:{}, {}", socket.display(), self.path),
        }
    }
}

/// Whoever listens on all addresses is reached on this machine's own, of which there is one of each kind at most.
async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].map(|ip| SocketAddr::new(ip, port));
    match host.parse::<IpAddr>() {
        Ok(ip) if ip.is_unspecified() => match TcpStream::connect(own[0]).await {
            Err(error) => TcpStream::connect(own[1]).await.map_err(|_| error),
            connected => connected,
        },
        _ => TcpStream::connect((host, port)).await,
    }
}

/// What the system says, in its own words but without its numbers.
fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused: nothing listens there".into(),
        io::ErrorKind::NotFound => "there is no such socket".into(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => "the connection was closed without an answer".into(),
        _ => error.to_string(),
    }
}
