//! Backends that do what they are told, byte by byte.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use edge::BoxError;
use edge::upstream::{Body, Config, RequestBody, Resolver, Upstream, body, resolve};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio::sync::mpsc;

/// What it does after it has answered.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    ReadOn,
    Close,
    CloseLate,
    Wait,
    Echo,
}

/// A backend with the same answer for everything; an empty one closes the connection.
pub(crate) struct Backend {
    pub(crate) port: u16,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) requests: Arc<AtomicUsize>,
    pub(crate) seen: Arc<Mutex<Vec<String>>>,
}

/// A backend that does not listen yet.
pub(crate) struct Later(TcpSocket, Box<dyn FnOnce(TcpListener) + Send>);

impl Later {
    pub(crate) fn start(self) {
        (self.1)(self.0.listen(64).unwrap());
    }
}

impl Backend {
    fn new(port: u16) -> Backend {
        Backend { port, connections: Arc::default(), requests: Arc::default(), seen: Arc::default() }
    }

    async fn start(answer: &'static str, then: Then) -> Backend {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let backend = Backend::new(listener.local_addr().unwrap().port());
        backend.serve(listener, answer, then);
        backend
    }

    fn serve(&self, listener: TcpListener, answer: &'static str, then: Then) {
        let (connections, requests, seen) = (self.connections.clone(), self.requests.clone(), self.seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(talk(stream, answer, then, requests.clone(), seen.clone()));
            }
        });
    }

    pub(crate) async fn answering(answer: &'static str) -> Backend {
        Backend::start(answer, if answer.is_empty() { Then::Close } else { Then::ReadOn }).await
    }

    pub(crate) async fn closing_after(answer: &'static str) -> Backend {
        Backend::start(answer, Then::Close).await
    }

    pub(crate) async fn closing_late_after(answer: &'static str) -> Backend {
        Backend::start(answer, Then::CloseLate).await
    }

    pub(crate) async fn answering_and_waiting(answer: &'static str) -> Backend {
        Backend::start(answer, Then::Wait).await
    }

    pub(crate) async fn answering_and_echoing(answer: &'static str) -> Backend {
        Backend::start(answer, Then::Echo).await
    }

    pub(crate) async fn silent() -> Backend {
        Backend::start("", Then::Wait).await
    }

    pub(crate) async fn later(answer: &'static str) -> (Backend, Later) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let backend = Backend::new(socket.local_addr().unwrap().port());
        let copy = Backend { port: backend.port, ..Backend::new(0) };
        (backend, Later(socket, Box::new(move |listener| copy.serve(listener, answer, Then::ReadOn))))
    }

    pub(crate) async fn unix(path: &Path, answer: &'static str) -> Backend {
        let (listener, backend) = (UnixListener::bind(path).unwrap(), Backend::new(0));
        let (requests, seen) = (backend.requests.clone(), backend.seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answer, Then::ReadOn, requests.clone(), seen.clone()));
            }
        });
        backend
    }

    /// Answers with authority and body of the request.
    pub(crate) async fn h2c() -> Backend {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let backend = Backend::new(listener.local_addr().unwrap().port());
        let connections = backend.connections.clone();
        let service = hyper::service::service_fn(|request: Request<hyper::body::Incoming>| async move {
            let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let text = format!("{authority} {}", String::from_utf8_lossy(&body));
            Ok::<_, std::convert::Infallible>(Response::new(http_body_util::Full::new(Bytes::from(text))))
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let builder = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
                tokio::spawn(builder.serve_connection(hyper_util::rt::TokioIo::new(stream), service));
            }
        });
        backend
    }

    pub(crate) fn upstream(&self) -> Upstream {
        self.upstream_with(|_| {})
    }

    pub(crate) fn upstream_with(&self, change: impl FnOnce(&mut Config)) -> Upstream {
        let mut config = Config::new(format!("http://127.0.0.1:{}", self.port).parse().unwrap());
        change(&mut config);
        Upstream::new(config, resolver(), None)
    }
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &str,
    then: Then,
    requests: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
) {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
        if !is_complete(&read) {
            continue;
        }
        seen.lock().unwrap().push(std::mem::take(&mut read));
        requests.fetch_add(1, Ordering::SeqCst);
        stream.write_all(answer.as_bytes()).await.unwrap();
        match then {
            Then::ReadOn => {}
            Then::Close => return,
            Then::CloseLate => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                return;
            }
            Then::Wait => tokio::time::sleep(Duration::from_secs(60)).await,
            Then::Echo => {
                let (mut reading, mut writing) = tokio::io::split(stream);
                drop(tokio::io::copy(&mut reading, &mut writing).await);
                return;
            }
        }
    }
}

/// Whether a request is whole, by its `content-length`.
fn is_complete(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    body.len() >= length
}

/// Asks nobody: addresses need no asking.
pub(crate) fn resolver() -> Resolver {
    let (timeout, ttl) = (Duration::from_secs(1), Duration::from_secs(1));
    Resolver::new(resolve::Config { servers: vec!["127.0.0.1:9".parse().unwrap()], timeout, min_ttl: ttl, max_ttl: ttl }).unwrap()
}

pub(crate) fn get(path: &str) -> Request<RequestBody> {
    Request::get(path).body(body::empty()).unwrap()
}

pub(crate) fn post(path: &str, text: &str) -> Request<RequestBody> {
    Request::post(path).body(body::full(Bytes::from(text.to_owned()))).unwrap()
}

pub(crate) async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// A body that is sent piece by piece.
pub(crate) fn channel() -> (mpsc::Sender<Bytes>, RequestBody) {
    let (sender, mut receiver) = mpsc::channel(1);
    let stream = futures_util::stream::poll_fn(move |cx| {
        receiver.poll_recv(cx).map(|piece| piece.map(|piece| Ok::<_, BoxError>(Frame::data(piece))))
    });
    (sender, Box::pin(http_body_util::StreamBody::new(stream)))
}
