//! Bodies that do not come at once: events, uploads, trailers, upgrades, and clients that leave.

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;

use super::backend::{Backend, axum};
use super::{API, configured};
use crate::host::PATIENCE;

fn api(port: u16) -> String {
    API.replace("URL", &format!("http://127.0.0.1:{port}"))
}

/// A stream of what is sent into a channel.
fn events() -> (mpsc::UnboundedSender<&'static str>, Router) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let handler = move || {
        let receiver = receiver.lock().unwrap().take().unwrap();
        let pieces = stream::unfold(receiver, |mut receiver: mpsc::UnboundedReceiver<&'static str>| async move {
            receiver.recv().await.map(|piece| (Ok::<_, Infallible>(Bytes::from(piece)), receiver))
        });
        let body = Body::from_stream(pieces);
        async move { Response::builder().header("content-type", "text/event-stream").body(body).unwrap() }
    };
    (sender, Router::new().route("/api/events", get(handler)))
}

/// Each event is sent when the one before has arrived; compression and cache are on.
#[test]
fn events_arrive_one_by_one() {
    let (sender, app) = events();
    let host = configured(&format!("{}[[cache.rules]]\npath = '/api/*'\nttl = '1h'\n", api(axum(app))));
    let mut connection = host.connect();
    sender.send("data: 1\n\n").unwrap();
    connection.request("GET", "/api/events", "accept-encoding: gzip, br\r\n");
    let head = connection.head();
    assert_eq!((head.status, head.header("content-encoding")), (200, None), "{:?}", head.headers);
    for event in ["data: 2\n\n", "data: 3\n\n"] {
        assert!(connection.chunk().unwrap().starts_with(b"data: "));
        sender.send(event).unwrap();
    }
    assert_eq!(connection.chunk().unwrap(), b"data: 3\n\n");
    drop(sender);
    assert_eq!(connection.chunk(), None);
}

/// The backend answers the first piece of a body before the second is sent.
#[test]
fn both_ways_at_once() {
    let echo =
        |request: axum::extract::Request| async move { Response::new(Body::from_stream(request.into_body().into_data_stream())) };
    let host = configured(&api(axum(Router::new().route("/api/echo", post(echo)))));
    let mut connection = host.connect();
    connection.request("POST", "/api/echo", "transfer-encoding: chunked\r\n");
    connection.send("3\r\none\r\n");
    assert_eq!(connection.head().status, 200);
    assert_eq!(connection.chunk().unwrap(), b"one");
    connection.send("3\r\ntwo\r\n0\r\n\r\n");
    assert_eq!(connection.chunk().unwrap(), b"two");
    assert_eq!(connection.chunk(), None);
}

/// A client that takes nothing stops the backend, and one that leaves ends it.
#[test]
fn back_pressure_reaches_the_backend() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let handler = move || {
        let count = count.clone();
        let pieces = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Bytes::from_static(&[0; 64 << 10]))
        });
        async move { Response::new(Body::from_stream(pieces.take(16 << 10))) }
    };
    let app = Router::new().route("/api/endless", get(handler));
    let host = configured(&api(axum(app)));
    let mut connection = crate::client::Connection::open_narrow(host.port);
    connection.request("GET", "/api/endless", "");
    assert_eq!(connection.head().status, 200);
    let mut last = 0;
    let since = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = sent.load(Ordering::SeqCst);
        if now == last {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "it goes on");
        last = now;
    }
    assert!(last < 1 << 10, "a gigabyte is not kept anywhere, but {last} pieces are");
    connection.hang_up();
    let before = sent.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(300));
    assert!(sent.load(Ordering::SeqCst) <= before + 64);
    let printed = host.printed();
    assert!(!printed.contains("ERROR") && !printed.contains("WARN"), "{printed}");
}

#[test]
fn trailers_pass() {
    let backend = Backend::says("HTTP/1.1 200 OK\ntrailer: x-sum\ntransfer-encoding: chunked\n\n3\nabc\n0\nx-sum: 7\n\n");
    let host = configured(&api(backend.port));
    let mut connection = host.connect();
    connection.request("GET", "/api/a", "te: trailers\r\nconnection: te, close\r\n");
    let head = connection.head();
    assert_eq!(head.header("trailer"), Some("x-sum"), "{:?}", head.headers);
    assert_eq!(connection.chunk().unwrap(), b"abc");
    assert_eq!(connection.rest(), b"0\r\nx-sum: 7\r\n\r\n");
}

/// Bytes both ways after the 101, and the end when the host stops.
#[test]
fn other_protocols() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let echoing = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n").unwrap();
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            stream.write_all(&buffer[..length]).unwrap();
        }
        String::from_utf8(head).unwrap()
    });
    let mut host = configured(&api(port));
    let mut connection = host.connect();
    connection.request("GET", "/api/socket", "connection: upgrade\r\nupgrade: h2c, echo\r\n");
    let head = connection.head();
    assert_eq!((head.status, head.header("upgrade")), (101, Some("echo")), "{:?}", head.headers);
    connection.send("ping");
    assert!(connection.is_answered_within(PATIENCE));
    host.signal(rustix::process::Signal::TERM);
    assert!(connection.is_closed_within(PATIENCE));
    assert!(host.ended().0.success());
    let asked = echoing.join().unwrap().to_ascii_lowercase();
    assert!(asked.contains("\r\nupgrade: echo\r\n") && asked.contains("\r\nconnection: upgrade\r\n"), "{asked}");
}
