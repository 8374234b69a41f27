//! A listener with small limits in front of a service that needs no V8, and clients that do what they must not.

mod capacity;
mod http2;
mod slow;
mod smuggling;
mod sockets;
mod tls;
mod upgrade;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use edge::request_body;
use futures_util::future::{Either, FutureExt as _, select};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::*;
use crate::node_http;

/// How long anything may take that is not itself under test.
const PATIENCE: Duration = Duration::from_secs(20);

fn loopback() -> Address {
    Address { host: "127.0.0.1".into(), port: 0, widened: None, dual_stack: false }
}

fn limits() -> Limits {
    Limits::default()
}

fn with(limits: Limits) -> Config {
    Config { limits, ..Config::default() }
}

/// A listener that serves until it is dropped.
struct Host {
    port: u16,
    /// `METHOD target body` of every request that reached the app.
    seen: Arc<Mutex<Vec<String>>>,
    stop: Arc<watch::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

impl Host {
    async fn start(config: Config) -> Host {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let app = move |request| app(request, Arc::clone(&record));
        let mut host = Host::serve(config, tower::service_fn(app)).await;
        host.seen = seen;
        host
    }

    async fn serve(config: Config, service: impl Service) -> Host {
        let listener = Listener::bind(&loopback(), config).await.unwrap();
        let port = listener.local_addr().map_or(0, |address| address.port());
        let stop = Arc::new(watch::channel(()).0);
        let stopping = Arc::clone(&stop);
        let task = tokio::spawn(async move { listener.accept(service, &stopping).await });
        Host { port, seen: Arc::default(), stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends these bytes and reads until the connection ends.
    async fn answer(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut client).await
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Notes what it gets, as Node's answers to what is not for an app, and answers with the client's address.
async fn app(request: Request<Incoming>, seen: Arc<Mutex<Vec<String>>>) -> Result<Response<edge::Body>, Infallible> {
    let (parts, body) = request.into_parts();
    if let Some(refusal) = node_http::refuse(&parts) {
        return Ok(refusal);
    }
    let limits = request_body::Limits { timeout: Duration::from_millis(500), ..request_body::Limits::default() };
    if let Some(error) = limits.refuse(&parts.headers) {
        return Ok(error.problem().into_response());
    }
    let (body, outcome) = request_body::Body::new(body, limits);
    let reading = pin!(body.collect());
    let body = match select(outcome, reading).await {
        Either::Left((error, _)) => return Ok(error.problem().into_response()),
        // As Fastify, which does not look at the body of a GET.
        Either::Right((Ok(body), _)) => {
            if parts.method == http::Method::GET {
                Bytes::new()
            } else {
                body.to_bytes()
            }
        }
        Either::Right((Err(_), outcome)) => {
            return Ok(match outcome.now_or_never() {
                Some(request_body::Error::Malformed) => node_http::malformed(),
                Some(error) => error.problem().into_response(),
                None => Response::new(edge::Body::Empty),
            });
        }
    };
    let text = format!("{} {} {}", parts.method, parts.uri, String::from_utf8_lossy(&body));
    seen.lock().push(text.trim_end().to_owned());
    let peer: &Peer = parts.extensions.get().unwrap();
    let address = peer.addr.map_or("unix".to_owned(), |address| address.ip().to_string());
    Ok(Response::new(edge::Body::from(format!("{address} tls={}", peer.tls))))
}

/// Everything until the connection ends.
async fn rest(client: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, client.read_to_end(&mut bytes)).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(ended.is_ok(), "the connection does not end: {text}");
    text
}

/// What comes until nothing more does.
async fn some(client: &mut (impl AsyncRead + Unpin), quiet: Duration) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(length @ 1..)) = tokio::time::timeout(quiet, client.read(&mut buffer)).await {
        bytes.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One request on a connection that stays open; the answer of the test's app.
async fn get(client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> String {
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut text = Vec::new();
    let reading = async {
        while !text.ends_with(b"false") && !text.ends_with(b"true") {
            text.push(client.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("an answer comes");
    String::from_utf8(text).unwrap()
}

fn statuses(text: &str) -> Vec<u16> {
    text.match_indices("HTTP/1.").filter_map(|(at, found)| text[at + found.len() + 2..].get(..3)?.parse().ok()).collect()
}

#[tokio::test]
async fn says_which_address_is_taken() {
    let first = Listener::bind(&loopback(), Config::default()).await.unwrap();
    let taken = Address { port: first.local_addr().unwrap().port(), ..loopback() };
    let error = Listener::bind(&taken, Config::default()).await.err().unwrap().to_string();
    assert!(error.contains(&first.app_url()) && error.contains("--port or PORT"), "{error}");
}

#[tokio::test]
async fn tells_the_protocols_apart() {
    let host = Host::start(Config::default()).await;
    let answer_to = async |parts: &[&[u8]]| {
        let mut client = host.connect().await;
        for part in parts {
            client.write_all(part).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        some(&mut client, Duration::from_millis(200)).await
    };
    let http1 = answer_to(&[b"P", b"RI / HTTP/1.1\r\nhost: x\r\n\r\n"]).await;
    assert!(http1.starts_with("HTTP/1.1 400"), "{http1}");
    let http1 = answer_to(&[b"P", b"UT / HTTP/1.1\r\nhost: x\r\n\r\n"]).await;
    assert!(http1.starts_with("HTTP/1.1 200 OK") && http1.ends_with("127.0.0.1 tls=false"), "{http1}");
    let (start, end) = connection::H2_PREFACE.split_at(10);
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    let http2 = answer_to(&[start, end, settings]).await;
    assert_eq!(http2.as_bytes().get(3), Some(&4), "a SETTINGS frame comes first: {http2:?}");
}

#[tokio::test]
async fn answers_what_is_not_http() {
    let host = Host::start(Config::default()).await;
    let bad = String::from_utf8_lossy(refusal::Answer::BadRequest.bytes()).into_owned();
    assert_eq!(host.answer("GARBAGE\r\n\r\n").await, bad);
    // A proxy that speaks TLS to a plain port.
    assert_eq!(host.answer(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\n").await, bad);
}
