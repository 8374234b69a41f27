//! Reaches a Redis server over TCP, TLS or a Unix socket, as `net.connect` and `tls.connect` of Node would.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use deno_tls::rustls::pki_types::ServerName;
use deno_tls::rustls::{ClientConfig, RootCertStore};
use deno_tls::{TlsClientConfigOptions, TlsKey, TlsKeys, create_client_config, load_certs, load_private_keys};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Where to connect.
#[derive(Deserialize)]
pub(super) struct Target {
    /// A Unix socket; then `host` and `port` do not count.
    path: Option<String>,
    host: String,
    port: u16,
    /// 4 or 6: only addresses of that family.
    family: u8,
    tls: Option<Tls>,
}

/// The options of `tls.connect` that are supported.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tls {
    /// PEM; in place of Mozilla's roots.
    ca: Option<String>,
    /// The client's own certificate, PEM.
    cert: Option<String>,
    key: Option<String>,
    servername: Option<String>,
    reject_unauthorized: bool,
}

/// What came of it. Without failures there is a connection.
#[derive(Default, Serialize)]
pub(super) struct Dialled {
    failures: Vec<Failure>,
    /// Address and port of a TCP peer.
    remote: Option<(String, u16)>,
}

/// Why one address could not be reached.
#[derive(Serialize)]
struct Failure {
    /// The step: `getaddrinfo`, `connect` or `tls`.
    step: &'static str,
    /// The system's error number, if it has one.
    errno: Option<i32>,
    message: String,
    address: Option<(String, u16)>,
}

impl Failure {
    fn new(step: &'static str, error: &io::Error) -> Failure {
        Failure { step, errno: error.raw_os_error(), message: error.to_string(), address: None }
    }
}

pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<TlsStream<TcpStream>>),
}

pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl Stream {
    pub(super) fn duplex(&mut self) -> Pin<&mut dyn Duplex> {
        Pin::new(match self {
            Stream::Tcp(stream) => stream,
            Stream::Unix(stream) => stream,
            Stream::Tls(stream) => stream.as_mut(),
        })
    }

    pub(super) fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Stream::Tcp(stream) => Some(stream),
            Stream::Tls(stream) => Some(stream.get_ref().0),
            Stream::Unix(_) => None,
        }
    }
}

/// Connects to `target`: to the first of its addresses that answers.
pub(super) async fn dial(target: Target) -> (Dialled, Option<Stream>) {
    match connect(&target).await {
        Ok((stream, remote)) => {
            let remote = remote.map(|address| (address.ip().to_string(), address.port()));
            (Dialled { failures: Vec::new(), remote }, Some(stream))
        }
        Err(failures) => (Dialled { failures, remote: None }, None),
    }
}

async fn connect(target: &Target) -> Result<(Stream, Option<SocketAddr>), Vec<Failure>> {
    if let Some(path) = &target.path {
        let stream = UnixStream::connect(path).await.map_err(|error| vec![Failure::new("connect", &error)])?;
        return Ok((Stream::Unix(stream), None));
    }
    let (stream, remote) = connect_tcp(target).await?;
    // Commands are small and wait for an answer each.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &target.tls else { return Ok((Stream::Tcp(stream), Some(remote))) };
    let stream = handshake(tls, &target.host, stream).await.map_err(|error| vec![Failure::new("tls", &error)])?;
    Ok((Stream::Tls(Box::new(stream)), Some(remote)))
}

async fn connect_tcp(target: &Target) -> Result<(TcpStream, SocketAddr), Vec<Failure>> {
    let addresses = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
    let addresses = addresses.map_err(|error| vec![Failure::new("getaddrinfo", &error)])?;
    let mut failures = Vec::new();
    for address in addresses.filter(|address| target.family == 0 || address.is_ipv6() == (target.family == 6)) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok((stream, address)),
            Err(error) => {
                let address = Some((address.ip().to_string(), address.port()));
                failures.push(Failure { address, ..Failure::new("connect", &error) });
            }
        }
    }
    if failures.is_empty() {
        failures.push(Failure::new("getaddrinfo", &io::Error::other("no address of that family")));
    }
    Err(failures)
}

async fn handshake(tls: &Tls, host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let name = tls.servername.as_deref().filter(|name| !name.is_empty()).unwrap_or(host);
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(client_config(tls)?)).connect(name, stream).await
}

fn client_config(tls: &Tls) -> io::Result<ClientConfig> {
    let keys = match (&tls.cert, &tls.key) {
        (Some(cert), Some(key)) => {
            let chain = load_certs(&mut cert.as_bytes()).map_err(io::Error::other)?;
            let mut keys = load_private_keys(key.as_bytes()).map_err(io::Error::other)?;
            if keys.is_empty() {
                return Err(io::Error::other("`key` holds no private key"));
            }
            TlsKeys::Static(TlsKey(chain, keys.swap_remove(0)))
        }
        _ => TlsKeys::Null,
    };
    create_client_config(TlsClientConfigOptions {
        root_cert_store: tls.ca.as_ref().map(|_| RootCertStore::empty()),
        ca_certs: tls.ca.iter().map(|pem| pem.clone().into_bytes()).collect(),
        unsafely_ignore_certificate_errors: (!tls.reject_unauthorized).then(Vec::new),
        cert_chain_and_key: keys,
        ..TlsClientConfigOptions::default()
    })
    .map_err(io::Error::other)
}
