//! HTTP/2: what a client may hold, and how much it may ask of a connection.

use std::time::Instant;

use futures_util::stream;
use h2::client::SendRequest;
use http_body_util::StreamBody;

use super::*;

async fn client(host: &Host) -> SendRequest<Bytes> {
    let (requests, connection) = h2::client::handshake(host.connect().await).await.unwrap();
    tokio::spawn(connection);
    requests.ready().await.unwrap()
}

async fn status(requests: &mut SendRequest<Bytes>, request: http::request::Builder) -> u16 {
    let (response, _) = requests.send_request(request.body(()).unwrap(), true).unwrap();
    response.await.unwrap().status().as_u16()
}

/// A frame (RFC 9113 section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `GET http://x/` in HPACK: three fields of the static table and `:authority` x.
const GET: &[u8] = b"\x82\x86\x84\x41\x01x";

/// Writes frames after the preface; the error code of the GOAWAY that comes back, `None` when the connection just ends.
async fn goaway(host: &Host, frames: impl Iterator<Item = Vec<u8>>) -> Option<u32> {
    let (mut reader, mut writer) = host.connect().await.into_split();
    let frames: Vec<_> = frames.collect();
    let writing = tokio::spawn(async move {
        let _ = writer.write_all(&[connection::H2_PREFACE, &frame(SETTINGS, 0, 0, &[])[..]].concat()).await;
        for frame in frames {
            if writer.write_all(&frame).await.is_err() {
                break;
            }
        }
        writer
    });
    let reading = async {
        loop {
            let mut head = [0; 9];
            reader.read_exact(&mut head).await.ok()?;
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            reader.read_exact(&mut payload).await.ok()?;
            if head[3] == GOAWAY {
                return Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
            }
        }
    };
    let code = tokio::time::timeout(PATIENCE, reading).await.expect("the connection ends");
    writing.abort();
    code
}

#[tokio::test]
async fn refuses_what_http1_refuses() {
    let host = Host::start(Config::default()).await;
    let mut requests = client(&host).await;
    let get = |uri: &str| Request::get(uri);
    let many = |count: usize| (0..count).fold(get("http://x/"), |request, index| request.header(format!("x-{index}"), "y"));
    let long = |length: usize| get(&format!("http://x/{}", "a".repeat(length - 1)));
    let cases = [
        ("plain", get("http://x/"), 200),
        ("as many fields as may be", many(100), 200),
        ("one more", many(101), 431),
        ("the longest target", long(8192), 200),
        ("a longer one", long(8193), 414),
        ("the same host twice", get("http://x/").header("host", "X:80"), 200),
        ("two hosts", get("http://x/").header("host", "y"), 400),
        ("a tunnel", Request::connect("x:443"), 405),
        ("a head that is too large", get("http://x/").header("x", "y".repeat(17_000)), 431),
    ];
    for (name, request, expected) in cases {
        assert_eq!(status(&mut requests, request).await, expected, "{name}");
    }
}

/// A stream whose window is never opened is reset; the others on the connection go on.
#[tokio::test]
async fn a_stream_that_is_not_read_is_reset() {
    let app = |request: Request<Incoming>| async move {
        let pieces = match request.uri().path() {
            "/large" => 1000,
            _ => 1,
        };
        let piece = |_| Ok::<_, BoxError>(http_body::Frame::data(Bytes::from_static(&[b'x'; 4096])));
        let pieces = stream::iter((0..pieces).map(piece));
        Ok::<_, Infallible>(Response::new(edge::Body::stream(StreamBody::new(pieces))))
    };
    let host = Host::serve(with(Limits { write_timeout: Duration::from_millis(500), ..limits() }), tower::service_fn(app)).await;
    let (requests, connection) = h2::client::Builder::new()
        .initial_connection_window_size(1 << 20)
        .handshake::<_, Bytes>(host.connect().await)
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut requests = requests.ready().await.unwrap();
    let large = Request::get("http://x/large").body(()).unwrap();
    let mut unread = requests.send_request(large.clone(), true).unwrap().0.await.unwrap().into_body();
    let mut read = requests.send_request(large, true).unwrap().0.await.unwrap().into_body();
    let since = Instant::now();
    let mut received = 0;
    // Read at a pace that takes longer than the deadline, but goes on.
    while let Some(data) = read.data().await {
        let length = data.unwrap().len();
        received += length;
        read.flow_control().release_capacity(length).unwrap();
        if received % (512 << 10) < length {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    assert!(received == 1000 * 4096 && since.elapsed() > Duration::from_secs(1), "{received} in {:?}", since.elapsed());
    let mut error = None;
    while let Some(data) = unread.data().await {
        error = data.err();
        if error.is_some() {
            break;
        }
    }
    assert!(error.as_ref().is_some_and(h2::Error::is_reset), "{error:?}");
    assert_eq!(status(&mut requests, Request::get("http://x/small")).await, 200);
}

#[tokio::test]
async fn an_idle_connection_is_let_go() {
    let host = Host::start(with(Limits { idle_timeout: Duration::from_millis(400), ..limits() })).await;
    let since = Instant::now();
    assert_eq!(goaway(&host, std::iter::empty()).await, Some(0), "NO_ERROR");
    assert!(since.elapsed() >= Duration::from_millis(380), "{:?}", since.elapsed());
    let (mut requests, connection) = h2::client::handshake(host.connect().await).await.unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(status(&mut requests, Request::get("http://x/")).await, 200);
    }
    tokio::time::timeout(PATIENCE, connection).await.expect("it ends").unwrap().unwrap();
}

/// CVE-2023-44487.
#[tokio::test]
async fn rapid_reset_ends_the_connection() {
    let host = Host::start(Config::default()).await;
    let frames = (0..2000).flat_map(|index| {
        let stream = 2 * index + 1;
        [frame(HEADERS, END_STREAM | END_HEADERS, stream, GET), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())]
    });
    let code = goaway(&host, frames).await;
    assert!(matches!(code, Some(11) | None), "ENHANCE_YOUR_CALM: {code:?}");
    assert!(host.seen.lock().len() < 1000, "{}", host.seen.lock().len());
    assert_eq!(status(&mut client(&host).await, Request::get("http://x/")).await, 200);
}

/// CVE-2024-27316 and its kin: a head without an end.
#[tokio::test]
async fn continuation_flood_ends_the_connection() {
    let host = Host::start(Config::default()).await;
    for payload in [&b""[..], &b"\0\x01x\x01y".repeat(200)] {
        let start = std::iter::once(frame(HEADERS, END_STREAM, 1, GET));
        let flood = (0..100_000).map(|_| frame(CONTINUATION, 0, 1, payload));
        let since = Instant::now();
        let code = goaway(&host, start.chain(flood)).await;
        assert!(matches!(code, Some(1..) | None), "{code:?}");
        assert!(since.elapsed() < PATIENCE);
    }
    assert!(host.seen.lock().is_empty());
    assert_eq!(status(&mut client(&host).await, Request::get("http://x/")).await, 200);
}

/// One large field, written once and named a thousand times: a few kilobytes that decode to megabytes.
#[tokio::test]
async fn an_hpack_bomb_is_refused() {
    let host = Host::start(Config::default()).await;
    let large = [&b"\x40\x01x\x7f\xe1\x1e"[..], &[b'y'; 4000]].concat();
    let bomb = [GET, &large[..], &[0xbe; 4000]].concat();
    let frames = [frame(HEADERS, END_STREAM | END_HEADERS, 1, &bomb)];
    let (mut reader, mut writer) = host.connect().await.into_split();
    writer.write_all(&[connection::H2_PREFACE, &frame(SETTINGS, 0, 0, &[])[..], &frames.concat()].concat()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(1), reader.read_to_end(&mut bytes)).await;
    assert!(host.seen.lock().is_empty(), "it did not reach the app");
    assert_eq!(status(&mut client(&host).await, Request::get("http://x/")).await, 200);
}
