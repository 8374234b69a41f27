//! Asks the admin port of a running host.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use crate::config::settings::{Endpoint, Token};

/// For an answer, from the connection to its last byte.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer in bytes.
const MAX_BODY: usize = 16 << 20;

/// Where to ask and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The admin port.
    pub endpoint: Endpoint,
    /// What opens it.
    pub token: Option<Token>,
}

impl Client {
    /// Asks once. `body`: JSON to send.
    ///
    /// # Errors
    /// No connection, no answer in time, or one that refuses: a message for the operator.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<(StatusCode, Value)> {
        let asking = tokio::time::timeout(TIMEOUT, self.exchange(method, path, body));
        let (status, body) = asking.await.map_err(|_| anyhow!("the admin port {self} does not answer within {TIMEOUT:?}"))??;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        match (status, value["message"].as_str()) {
            (status, _) if status.is_success() && !value.is_null() => Ok((status, value)),
            (StatusCode::UNAUTHORIZED, _) => {
                let wrong = if self.token.is_some() { "refuses the token" } else { "wants a token" };
                bail!(
                    "the admin port {self} {wrong}\n  hint: set SSR_HOST_ADMIN_TOKEN (`admin.token`) or --token to that of the host"
                )
            }
            (status, Some(message)) if !status.is_success() => bail!("{message} (status {})", status.as_u16()),
            _ => bail!("what answers at {self} is not the admin port of ssr-host (status {})", status.as_u16()),
        }
    }

    async fn exchange(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = self.request(method, path, body)?;
        let unreachable = |error: io::Error| {
            anyhow!("cannot connect to the admin port {self}: {error}\n  hint: is the host running, with this `admin.listen`?")
        };
        let response = match &self.endpoint {
            Endpoint::Unix(path) => send(UnixStream::connect(path).await.map_err(unreachable)?, request).await,
            Endpoint::Tcp(host, port) => {
                send(TcpStream::connect((reachable(host).as_str(), *port)).await.map_err(unreachable)?, request).await
            }
        };
        let failed = || format!("the admin port {self} gives no answer");
        let (head, body) = response.with_context(failed)?.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| anyhow!(error)).with_context(failed)?;
        Ok((head.status, body.to_bytes()))
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Request<Full<Bytes>>> {
        let host = match &self.endpoint {
            Endpoint::Tcp(host, port) => authority(&reachable(host), *port),
            Endpoint::Unix(_) => "localhost".to_owned(),
        };
        let mut request = Request::builder().method(method).uri(path).header(HOST, host);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.reveal()));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        Ok(request.body(body.map(Value::to_string).unwrap_or_default().into())?)
    }
}

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.endpoint {
            Endpoint::Tcp(host, port) => write!(f, "http://{}", authority(host, *port)),
            Endpoint::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Host and port as a URL has them.
pub(crate) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Whoever listens on all addresses is reached on this machine's own.
fn reachable(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(ip) if ip.is_unspecified() && ip.is_ipv4() => Ipv4Addr::LOCALHOST.to_string(),
        Ok(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        _ => host.to_owned(),
    }
}

/// Sends a request over a connection of its own.
pub(crate) async fn send<S, B>(stream: S, request: Request<B>) -> hyper::Result<Response<hyper::body::Incoming>>
where
    B: http_body::Body<Data: Send, Error: Into<edge::BoxError>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // What goes wrong with it is told by the request.
    tokio::spawn(connection);
    sender.send_request(request).await
}
