//! A raw client, hyper as the gateway, a raw backend.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough for anything that would come to have come.
const QUIET: Duration = Duration::from_millis(200);

/// Collects what would be sent.
#[derive(Default)]
struct Sent(Mutex<String>);

impl Carrier for Sent {
    fn carry(&self, request: usize, head: &[u8]) {
        assert_eq!(request, 7);
        self.0.lock().push_str(str::from_utf8(head).unwrap());
    }
}

/// A client that has sent this, the backend that has got the head of it, and what is sent to the client before the response.
async fn begin(request: &str) -> (TcpStream, TcpStream, Arc<Sent>) {
    let (front, back) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let mut client = TcpStream::connect(front.local_addr().unwrap()).await.unwrap();
    let (to, sent) = (back.local_addr().unwrap(), Arc::<Sent>::default());
    let interim = Interim::new(Arc::clone(&sent) as _, 7);
    let (socket, _) = front.accept().await.unwrap();
    let pass = service_fn(move |request| pass(request, to, interim.clone()));
    tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), pass));
    client.write_all(request.as_bytes()).await.unwrap();
    let (mut backend, _) = back.accept().await.unwrap();
    head(&mut backend).await;
    (client, backend, sent)
}

async fn pass(request: Request<Incoming>, to: SocketAddr, interim: Interim) -> Result<Response<Incoming>, Infallible> {
    let request = request.map(|body| Box::pin(body.map_err(Into::into)) as RequestBody);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(TcpStream::connect(to).await.unwrap())).await.unwrap();
    tokio::spawn(connection);
    Ok(sender.send_request(prepare(request, Some(interim))).await.unwrap())
}

async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn is_quiet(socket: &mut TcpStream) -> bool {
    timeout(QUIET, socket.peek(&mut [0])).await.is_err()
}

async fn hello(socket: &mut TcpStream) {
    let mut body = [0; 5];
    timeout(PATIENCE, socket.read_exact(&mut body)).await.unwrap().unwrap();
    assert_eq!(&body, b"hello");
}

const POST: &str = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

#[tokio::test]
async fn the_client_is_told_to_continue_when_the_backend_says_so() {
    let (mut client, mut backend, _) = begin(POST).await;
    assert!(is_quiet(&mut client).await);
    backend.write_all(CONTINUE.as_bytes()).await.unwrap();
    assert_eq!(head(&mut client).await, CONTINUE);
    assert!(is_quiet(&mut backend).await);
    client.write_all(b"hello").await.unwrap();
    hello(&mut backend).await;
    backend.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 204 "));
}

#[tokio::test]
async fn a_body_that_is_not_wanted_is_never_asked_for() {
    let (mut client, mut backend, _) = begin(POST).await;
    backend.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno").await.unwrap();
    let mut text = String::new();
    timeout(PATIENCE, client.read_to_string(&mut text)).await.unwrap().unwrap();
    assert!(text.starts_with("HTTP/1.1 401 ") && text.ends_with("\r\n\r\nno"), "{text}");
    // Also not when the backend would have been given up on.
    tokio::time::sleep(patience::PATIENCE + QUIET).await;
    assert!(is_quiet(&mut backend).await);
}

#[tokio::test]
async fn a_backend_that_says_nothing_gets_the_body_after_a_while() {
    let began = Instant::now();
    let (mut client, mut backend, _) = begin(POST).await;
    assert_eq!(head(&mut client).await, CONTINUE);
    assert!(began.elapsed() >= patience::PATIENCE - Duration::from_millis(1));
    client.write_all(b"hello").await.unwrap();
    hello(&mut backend).await;
}

#[tokio::test]
async fn a_body_nobody_waits_for_flows_at_once() {
    let (_client, mut backend, _) =
        begin(&POST.replace("Expect: 100-continue\r\n", "").replace("\r\n\r\n", "\r\n\r\nhello")).await;
    hello(&mut backend).await;
}

#[tokio::test]
async fn other_interim_responses_pass_without_what_is_about_the_connection() {
    let (mut client, mut backend, sent) = begin("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nLink: </b.css>\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n\
                 HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    backend.write_all(format!("{hints}HTTP/1.1 204 No Content\r\n\r\n").as_bytes()).await.unwrap();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 204 "));
    let expected = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\nlink: </b.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    assert_eq!(*sent.0.lock(), expected);
}

#[test]
fn what_is_no_interim_response_is_not_sent_as_one() {
    let sent = Arc::<Sent>::default();
    let interim = Interim::new(Arc::clone(&sent) as _, 7);
    for status in [100, 101, 200, 500] {
        interim.send(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
    }
    assert_eq!(*sent.0.lock(), "");
}
