//! Tunnels with hyper on both sides and raw sockets at both ends.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// How long anything may take that is not itself under test.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway that passes upgrades on to one backend.
struct Gateway {
    address: SocketAddr,
    backend: TcpListener,
    tunnels: Tunnels,
}

impl Gateway {
    async fn start(config: Config) -> Gateway {
        let backend = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Gateway { address: listener.local_addr().unwrap(), tunnels: Tunnels::default(), backend };
        let (to, tunnels) = (gateway.backend.local_addr().unwrap(), gateway.tunnels.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (tunnels, config) = (tunnels.clone(), config.clone());
                let pass = service_fn(move |request| {
                    let (tunnels, config) = (tunnels.clone(), config.clone());
                    async move { Ok::<_, Infallible>(pass(request, to, &tunnels, &config).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), pass);
                tokio::spawn(connection.with_upgrades());
            }
        });
        gateway
    }

    /// A client and a backend after their `101`.
    async fn websocket(&self) -> (TcpStream, TcpStream) {
        self.upgrade("websocket", "").await
    }

    /// The same for any protocol. `with`: what the backend sends right behind its `101`.
    async fn upgrade(&self, protocol: &str, with: &str) -> (TcpStream, TcpStream) {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        client.write_all(&request(protocol)).await.unwrap();
        let (mut backend, _) = self.backend.accept().await.unwrap();
        head(&mut backend).await;
        let answer = format!("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n{with}");
        backend.write_all(answer.as_bytes()).await.unwrap();
        let answer = head(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        (client, backend)
    }
}

fn request(protocol: &str) -> Vec<u8> {
    format!("GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n").into_bytes()
}

async fn pass(mut request: Request<Incoming>, to: SocketAddr, tunnels: &Tunnels, config: &Config) -> Response<Body> {
    let client = hyper::upgrade::on(&mut request);
    let socket = TcpStream::connect(to).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    let asked = request.headers().clone();
    let response = sender.send_request(request.map(|_| Empty::<bytes::Bytes>::new())).await.unwrap();
    let response = response.map(|body| Box::pin(body.map_err(Into::into)) as upstream::Body);
    tunnels.open(client, &asked, response, config).unwrap_or_else(|error| {
        let mut refusal = Response::new(Body::from(error));
        *refusal.status_mut() = StatusCode::BAD_GATEWAY;
        refusal
    })
}

async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(socket.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it does not take that long")
}

async fn bytes<const N: usize>(socket: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    within(socket.read_exact(&mut bytes)).await.unwrap();
    bytes
}

async fn rest(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    within(socket.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

fn config() -> Config {
    Config { idle_timeout: Duration::from_secs(60), ping_interval: None }
}

#[tokio::test]
async fn bytes_both_ways_and_half_closes() {
    let gateway = Gateway::start(config()).await;
    let (mut client, mut backend) = gateway.upgrade("echo", "first").await;
    assert_eq!(&bytes::<5>(&mut client).await, b"first");
    client.write_all(b"up").await.unwrap();
    assert_eq!(&bytes::<2>(&mut backend).await, b"up");
    client.shutdown().await.unwrap();
    assert!(rest(&mut backend).await.is_empty());
    assert_eq!(gateway.tunnels.count(), 1);
    backend.write_all(b"down").await.unwrap();
    drop(backend);
    assert_eq!(rest(&mut client).await, b"down");
    within(gateway.tunnels.0.stop.closed()).await;
    let view = View { opened: 1, to_backend: 2, to_client: 9, ended: 1, ..View::default() };
    assert_eq!(gateway.tunnels.view(), view);
}

/// More than all buffers hold goes in before anything is taken out.
#[tokio::test]
async fn back_pressure_both_ways() {
    const SIZE: usize = 16 << 20;
    let gateway = Gateway::start(config()).await;
    let (client, backend) = gateway.upgrade("bulk", "").await;
    let send = async |mut socket: tokio::net::tcp::OwnedWriteHalf, seed: u8| {
        let block: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8 ^ seed).collect();
        let is_stuck = timeout(Duration::from_millis(300), socket.write_all(&block)).await.is_err();
        assert!(is_stuck, "nobody reads");
        socket
    };
    let (mut client_reads, client_writes) = client.into_split();
    let (mut backend_reads, backend_writes) = backend.into_split();
    let (client_writes, backend_writes) = tokio::join!(send(client_writes, 1), send(backend_writes, 2));
    drop((client_writes, backend_writes));
    let check = async |socket: &mut tokio::net::tcp::OwnedReadHalf, seed: u8| {
        let mut bytes = Vec::new();
        within(socket.read_to_end(&mut bytes)).await.unwrap();
        assert!(bytes.iter().enumerate().all(|(at, byte)| *byte == (at % 251) as u8 ^ seed));
        bytes.len()
    };
    let (up, down) = tokio::join!(check(&mut backend_reads, 1), check(&mut client_reads, 2));
    within(gateway.tunnels.0.stop.closed()).await;
    let view = gateway.tunnels.view();
    assert_eq!((view.to_backend, view.to_client), (up as u64, down as u64));
    assert!(up > 64 << 10 && up < SIZE, "{up}");
}

#[tokio::test]
async fn the_backend_must_agree_to_what_was_asked() {
    for answer in ["Connection: upgrade\r\nUpgrade: other\r\n", "Connection: upgrade\r\n", "Upgrade: websocket, other\r\n"] {
        let gateway = Gateway::start(config()).await;
        let mut client = TcpStream::connect(gateway.address).await.unwrap();
        client.write_all(&request("websocket")).await.unwrap();
        let (mut backend, _) = gateway.backend.accept().await.unwrap();
        head(&mut backend).await;
        backend.write_all(format!("HTTP/1.1 101 Switching\r\n{answer}\r\n").as_bytes()).await.unwrap();
        let answer = head(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert_eq!(gateway.tunnels.count(), 0);
    }
}

#[tokio::test]
async fn the_answer_is_the_backends() {
    let gateway = Gateway::start(config()).await;
    let mut client = TcpStream::connect(gateway.address).await.unwrap();
    client.write_all(&request("WebSocket")).await.unwrap();
    let (mut backend, _) = gateway.backend.accept().await.unwrap();
    head(&mut backend).await;
    let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade, x-hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\
                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\
                  Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    backend.write_all(answer.as_bytes()).await.unwrap();
    let answer = head(&mut client).await;
    let mut lines: Vec<&str> = answer.lines().filter(|line| !line.starts_with("date:")).collect();
    lines.sort_unstable();
    let expected = [
        "",
        "HTTP/1.1 101 Switching Protocols",
        "connection: upgrade",
        "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "sec-websocket-extensions: permessage-deflate",
        "sec-websocket-protocol: chat",
        "upgrade: websocket",
    ];
    assert_eq!(lines, expected);
}

/// A masked text frame.
const TEXT: [u8; 9] = [0x81, 0x83, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, b'c' ^ 3];

/// A Pong that answers a Ping without a payload, from a client.
const PONG: [u8; 6] = [0x8a, 0x80, 9, 9, 9, 9];

/// The next frame, if it is short: its first byte and its payload, unmasked.
async fn frame(socket: &mut (impl AsyncRead + Unpin)) -> (u8, Vec<u8>) {
    let reading = async {
        let (first, second) = (socket.read_u8().await?, socket.read_u8().await?);
        let mut key = [0; 4];
        if second & 0x80 != 0 {
            socket.read_exact(&mut key).await?;
        }
        let mut payload = vec![0; usize::from(second & 0x7f)];
        socket.read_exact(&mut payload).await?;
        payload.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
        std::io::Result::Ok((first, payload))
    };
    within(reading).await.unwrap()
}

/// Code 1001.
fn going_away() -> (u8, Vec<u8>) {
    (0x88, vec![0x03, 0xe9])
}

const CLIENT_CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9];
const SERVER_CLOSE: [u8; 4] = [0x88, 2, 0x03, 0xe9];

/// Answers every Ping for a while; how many there were, and how many Pongs of the other side.
async fn answer_pings(mut socket: TcpStream, pong: &[u8], until: Instant) -> (TcpStream, usize, usize) {
    let (mut pings, mut pongs) = (0, 0);
    while Instant::now() < until {
        match frame(&mut socket).await {
            (0x89, _) => {
                socket.write_all(pong).await.unwrap();
                pings += 1;
            }
            (0x8a, _) => pongs += 1,
            other => panic!("{other:?}"),
        }
    }
    (socket, pings, pongs)
}

#[tokio::test]
async fn silent_sides_are_asked_at_a_border_and_stay_when_they_answer() {
    let config = Config { idle_timeout: Duration::from_secs(4), ping_interval: Some(Duration::from_millis(200)) };
    let gateway = Gateway::start(config).await;
    let (mut client, mut backend) = gateway.websocket().await;
    // Half a frame to the backend: it cannot be asked now, the client can.
    client.write_all(&TEXT[..7]).await.unwrap();
    assert_eq!(bytes::<7>(&mut backend).await, TEXT[..7]);
    assert_eq!(frame(&mut client).await, (0x89, vec![]));
    client.write_all(&TEXT[7..]).await.unwrap();
    assert_eq!(bytes::<2>(&mut backend).await, TEXT[7..]);
    assert_eq!(bytes::<2>(&mut backend).await, [0x89, 0x80]);
    bytes::<4>(&mut backend).await;
    // Longer than the limit, and both answer.
    let until = Instant::now() + Duration::from_secs(5);
    backend.write_all(&[0x8a, 0]).await.unwrap();
    client.write_all(&PONG).await.unwrap();
    let (client, backend) = tokio::join!(answer_pings(client, &PONG, until), answer_pings(backend, &[0x8a, 0], until));
    for (_, pings, pongs) in [&client, &backend] {
        assert!(*pings > 1 && *pongs > 1, "{pings} Pings, {pongs} Pongs");
    }
    assert_eq!(gateway.tunnels.count(), 1);
}

#[tokio::test]
async fn a_side_that_does_not_answer_ends_it() {
    let config = Config { idle_timeout: Duration::from_millis(600), ping_interval: Some(Duration::from_millis(100)) };
    let gateway = Gateway::start(config).await;
    let (mut client, backend) = gateway.websocket().await;
    // The backend talks and the client says nothing to its Pings.
    let (mut backend_reads, mut backend_writes) = backend.into_split();
    let talking = async {
        while backend_writes.write_all(&[0x81, 1, b'x']).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let closed = async {
        let mut next = frame(&mut backend_reads).await;
        while next.0 == 0x89 {
            next = frame(&mut backend_reads).await;
        }
        next
    };
    tokio::select! {
        closed = closed => assert_eq!(closed, going_away()),
        () = talking => panic!("it ends with a word"),
    }
    backend_writes.write_all(&SERVER_CLOSE).await.unwrap();
    client.write_all(&CLIENT_CLOSE).await.unwrap();
    let seen = rest(&mut client).await;
    assert!(seen.ends_with(&SERVER_CLOSE), "nothing after the Close: {seen:?}");
    within(gateway.tunnels.0.stop.closed()).await;
    assert_eq!(gateway.tunnels.view().idle, 1);
}

#[tokio::test]
async fn nothing_moves_for_too_long() {
    let config = Config { idle_timeout: Duration::from_millis(200), ping_interval: None };
    let gateway = Gateway::start(config).await;
    let (mut client, mut backend) = gateway.upgrade("bytes", "").await;
    assert!(rest(&mut client).await.is_empty() && rest(&mut backend).await.is_empty());
    within(gateway.tunnels.0.stop.closed()).await;
    assert_eq!(gateway.tunnels.view().idle, 1);
}

#[tokio::test]
async fn a_drain_says_goodbye_between_two_frames() {
    let gateway = Gateway::start(config()).await;
    let (mut client, mut backend) = gateway.websocket().await;
    let (mut plain, _backend) = gateway.upgrade("bytes", "").await;
    client.write_all(&TEXT[..5]).await.unwrap();
    assert_eq!(bytes::<5>(&mut backend).await, TEXT[..5]);
    let tunnels = gateway.tunnels.clone();
    let draining = tokio::spawn(async move { tunnels.drain(Duration::from_secs(60)).await });
    assert_eq!(frame(&mut client).await, going_away());
    assert!(rest(&mut plain).await.is_empty());
    // What was begun is finished; then the Close, and nothing more.
    client.write_all(&TEXT[5..]).await.unwrap();
    client.write_all(&TEXT).await.unwrap();
    client.write_all(&CLIENT_CLOSE).await.unwrap();
    assert_eq!(bytes::<4>(&mut backend).await, TEXT[5..]);
    assert_eq!(frame(&mut backend).await, going_away());
    backend.write_all(&SERVER_CLOSE).await.unwrap();
    assert!(rest(&mut backend).await.is_empty() && rest(&mut client).await.is_empty());
    within(draining).await.unwrap();
    assert_eq!((gateway.tunnels.count(), gateway.tunnels.view().drained), (0, 2));
}

#[tokio::test]
async fn a_drain_waits_no_longer_than_it_should() {
    let gateway = Gateway::start(config()).await;
    let (mut client, _backend) = gateway.websocket().await;
    within(gateway.tunnels.drain(Duration::from_millis(100))).await;
    assert_eq!(gateway.tunnels.count(), 0);
    assert_eq!(rest(&mut client).await, SERVER_CLOSE);
    // Whoever comes after that has no better luck.
    let (mut client, _backend) = gateway.websocket().await;
    within(gateway.tunnels.0.stop.closed()).await;
    rest(&mut client).await;
}

#[tokio::test]
async fn what_is_no_websocket_passes_all_the_same() {
    let config = Config { idle_timeout: Duration::from_secs(60), ping_interval: Some(Duration::from_millis(50)) };
    let gateway = Gateway::start(config).await;
    let (mut client, mut backend) = gateway.websocket().await;
    let nonsense = [&[0x82, 0xff, 0xff][..], &[7; 100]].concat();
    client.write_all(&nonsense).await.unwrap();
    assert_eq!(bytes::<103>(&mut backend).await, nonsense[..]);
    // The client is asked, and no border is ever found for the backend.
    assert_eq!(frame(&mut client).await, (0x89, vec![]));
    client.write_all(b"end").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(rest(&mut backend).await, b"end");
}
