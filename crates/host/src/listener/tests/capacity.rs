//! How many connections there may be, whose they are, and who has to go.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

use super::*;
use crate::listener::capacity::SPARED;

const QUIET: Duration = Duration::from_millis(300);

/// A client at another address of this machine.
async fn connect_from(host: &Host, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(Ipv4Addr::new(127, 0, 0, last).into(), 0)).unwrap();
    socket.connect(([127, 0, 0, 1], host.port).into()).await.unwrap()
}

async fn is_closed(client: &mut TcpStream) -> bool {
    matches!(tokio::time::timeout(QUIET, client.read_u8()).await, Ok(Err(_)))
}

/// Whoever has waited longest without a request goes, whatever it was waiting with.
#[tokio::test]
async fn a_full_host_makes_room() {
    let host = Host::start(with(Limits { max_connections: 3, ..limits() })).await;
    let mut silent = host.connect().await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut half = host.connect().await;
    half.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut idle = host.connect().await;
    get(&mut idle).await;
    let mut others = [&mut silent, &mut half, &mut idle];
    // Nobody is chased away who has just come.
    tokio::time::sleep(SPARED).await;
    let mut newcomers = Vec::new();
    for gone in 1..=3 {
        let mut newcomer = host.connect().await;
        assert_eq!(statuses(&get(&mut newcomer).await), [200]);
        newcomers.push(newcomer);
        for (index, client) in others.iter_mut().enumerate().skip(gone - 1) {
            assert_eq!(is_closed(client).await, index < gone, "client {index} after {gone} newcomers");
        }
    }
}

/// A request that is being worked on is never cut for another.
#[tokio::test]
async fn work_is_not_cut() {
    let app = |_: Request<Incoming>| async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        Ok::<_, Infallible>(Response::new(edge::Body::from("tls=false".to_owned())))
    };
    let host = Host::serve(with(Limits { max_connections: 2, ..limits() }), tower::service_fn(app)).await;
    let clients = (0..6).map(|_| async { get(&mut host.connect().await).await });
    for answer in join_all(clients).await {
        assert_eq!(statuses(&answer), [200]);
    }
}

#[tokio::test]
async fn one_client_has_its_share() {
    let host = Host::start(with(Limits { max_connections_per_client: 2, ..limits() })).await;
    let mut open = [host.connect().await, host.connect().await];
    for client in &mut open {
        get(client).await;
    }
    let text = host.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains(&format!("Content-Length: {}\r\n", body.len())), "{text}");
    assert_eq!(statuses(&get(&mut connect_from(&host, 2).await).await), [200], "somebody else");
    let [one, two] = open;
    drop(one);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(statuses(&get(&mut host.connect().await).await), [200]);
    drop(two);
}

fn trusting(limits: Limits, proxy_protocol: ProxyProtocol) -> Config {
    let is_trusted = |peer: &Peer| peer.addr.is_some_and(|address| address.ip() == Ipv4Addr::new(127, 0, 0, 9));
    Config { proxy_protocol, trusted: Trusted::new(is_trusted), ..with(limits) }
}

#[tokio::test]
async fn trusted_peers_have_no_share() {
    let host = Host::start(trusting(Limits { max_connections_per_client: 1, ..limits() }, ProxyProtocol::Off)).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut client = connect_from(&host, 9).await;
        assert_eq!(statuses(&get(&mut client).await), [200]);
        open.push(client);
    }
}

#[tokio::test]
async fn the_proxy_protocol_names_the_client() {
    let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let v1 = format!("PROXY TCP4 203.0.113.7 192.0.2.1 4000 443\r\n{request}");
    let v2 =
        [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\xc0\0\x02\x01\x0f\xa0\x01\xbb"[..], request.as_bytes()].concat();
    let local = format!("PROXY UNKNOWN\r\n{request}");
    use ProxyProtocol::{Off, Optional, Required};
    let cases = [
        (Off, 9, v1.as_bytes(), "400 Bad Request"),
        (Optional, 9, v1.as_bytes(), "203.0.113.7 tls=false"),
        (Optional, 9, &v2[..], "203.0.113.7 tls=false"),
        (Optional, 9, local.as_bytes(), "127.0.0.9 tls=false"),
        (Optional, 9, request.as_bytes(), "127.0.0.9 tls=false"),
        (Optional, 9, b"PROXY TCP4 nonsense\r\n", ""),
        (Optional, 1, v1.as_bytes(), "400 Bad Request"),
        (Optional, 1, request.as_bytes(), "127.0.0.1 tls=false"),
        (Required, 9, v1.as_bytes(), "203.0.113.7 tls=false"),
        (Required, 9, request.as_bytes(), ""),
        (Required, 1, v1.as_bytes(), ""),
    ];
    for (mode, from, bytes, expected) in cases {
        for piece in [usize::MAX, 3] {
            let host = Host::start(trusting(limits(), mode)).await;
            let mut client = connect_from(&host, from).await;
            client.set_nodelay(true).unwrap();
            for piece in bytes.chunks(piece) {
                let _ = client.write_all(piece).await;
                tokio::task::yield_now().await;
            }
            let text = some(&mut client, Duration::from_secs(1)).await;
            let told = if expected.is_empty() { text.is_empty() } else { text.contains(expected) };
            assert!(told, "{mode:?} from 127.0.0.{from}: {text:?}, expected {expected}");
        }
    }
    // The share is that of the client it names.
    let host = Host::start(trusting(Limits { max_connections_per_client: 1, ..limits() }, Optional)).await;
    let mut clients = Vec::new();
    for (source, status) in [("203.0.113.7", 200), ("203.0.113.8", 200), ("203.0.113.7", 503)] {
        let mut client = connect_from(&host, 9).await;
        let text = format!("PROXY TCP4 {source} 192.0.2.1 4000 443\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client.write_all(text.as_bytes()).await.unwrap();
        assert_eq!(statuses(&some(&mut client, QUIET).await), [status], "{source}");
        clients.push(client);
    }
}
