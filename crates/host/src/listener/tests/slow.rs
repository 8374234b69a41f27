//! Slowloris in its forms: slow heads, slow bodies, slow readers, silence. And what must not be taken for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream;
use http_body_util::StreamBody;

use super::*;

const SHORT: Duration = Duration::from_millis(300);

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const TIMEOUT: refusal::Answer = refusal::Answer::Timeout;

#[tokio::test]
async fn a_slow_head_is_answered_408() {
    let host = Host::start(with(Limits { header_timeout: SHORT, ..limits() })).await;
    let expected = str::from_utf8(TIMEOUT.bytes()).unwrap();
    // All at once and then nothing; or byte for byte, which must not win any time.
    for (start, pause) in [("GET / HTTP/1.1\r\nHost: x\r\n", None), ("GET /", None), ("G", Some(ms(40)))] {
        let since = Instant::now();
        let (mut reader, mut writer) = host.connect().await.into_split();
        writer.write_all(start.as_bytes()).await.unwrap();
        let dripping = tokio::spawn(async move {
            while let Some(pause) = pause {
                tokio::time::sleep(pause).await;
                if writer.write_all(b"x").await.is_err() {
                    break;
                }
            }
            writer
        });
        assert_eq!(rest(&mut reader).await, expected, "{start:?}");
        assert!(since.elapsed() >= SHORT - ms(20), "{:?}", since.elapsed());
        dripping.abort();
    }
    // On a connection that has served a request.
    let mut client = host.connect().await;
    get(&mut client).await;
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    assert_eq!(rest(&mut client).await, expected);
}

#[tokio::test]
async fn a_silent_client_is_closed_without_a_word() {
    let limits = Limits { header_timeout: SHORT, idle_timeout: ms(700), ..limits() };
    let host = Host::start(with(limits)).await;
    let since = Instant::now();
    assert_eq!(rest(&mut host.connect().await).await, "");
    let first = since.elapsed();
    let mut client = host.connect().await;
    get(&mut client).await;
    let since = Instant::now();
    assert_eq!(rest(&mut client).await, "");
    let idle = since.elapsed();
    assert!(idle >= ms(680) && idle < ms(2000), "the idle deadline after a request: {idle:?}");
    let mut client = host.connect().await;
    get(&mut client).await;
    let since = Instant::now();
    // One empty line before a request is allowed (RFC 9112 section 2.2), and wins no time.
    client.write_all(b"\r\n").await.unwrap();
    assert_eq!(rest(&mut client).await, "");
    let idle = since.elapsed();
    assert!(first >= SHORT - ms(20) && first < ms(650), "the header deadline before the first request: {first:?}");
    assert!(idle >= ms(680), "the idle deadline after it: {idle:?}");
    // Half a preface of HTTP/2.
    let mut client = host.connect().await;
    client.write_all(b"PRI * HT").await.unwrap();
    assert_eq!(rest(&mut client).await, "");
}

/// Neither an app that takes its time nor a client that uploads steadily is slow.
#[tokio::test]
async fn work_is_not_slowness() {
    let limits = Limits { header_timeout: ms(150), idle_timeout: ms(150), write_timeout: ms(150), ..limits() };
    let app = |request: Request<Incoming>| async {
        let length = request.into_body().collect().await.map_or(0, |body| body.to_bytes().len());
        tokio::time::sleep(ms(500)).await;
        let pieces = stream::unfold(0, |count| async move {
            tokio::time::sleep(ms(200)).await;
            (count < 3).then(|| (Ok::<_, BoxError>(http_body::Frame::data(Bytes::from_static(b"piece "))), count + 1))
        });
        tracing::trace!("{length}");
        Ok::<_, Infallible>(Response::new(edge::Body::stream(StreamBody::new(Box::pin(pieces)))))
    };
    let host = Host::serve(with(limits), tower::service_fn(app)).await;
    let mut client = host.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n").await.unwrap();
    for _ in 0..5 {
        tokio::time::sleep(ms(100)).await;
        client.write_all(b"x").await.unwrap();
    }
    let text = rest(&mut client).await;
    assert_eq!((statuses(&text), text.matches("piece").count()), (vec![200], 3), "{text}");
}

/// 408 and 413 are read by clients that are still sending: the connection is not reset under them.
#[tokio::test]
async fn a_slow_or_large_body_is_answered() {
    let host = Host::start(Config::default()).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let text = host.answer(format!("{head}Content-Length: 5\r\n\r\nab")).await;
    assert!(statuses(&text) == [408] && text.contains("Client Timeout"), "{text}");
    assert!(host.seen.lock().is_empty());
    for framing in
        [format!("Content-Length: {}\r\n\r\n", 8 << 20), format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", 8 << 20)]
    {
        let (mut reader, mut writer) = host.connect().await.into_split();
        writer.write_all(format!("{head}{framing}").as_bytes()).await.unwrap();
        let sending = tokio::spawn(async move { writer.write_all(&vec![b'x'; 8 << 20]).await });
        let text = rest(&mut reader).await;
        assert!(statuses(&text) == [413] && text.contains("FST_ERR_CTP_BODY_TOO_LARGE"), "{text}");
        sending.abort();
    }
}

/// Counts the bodies that are still being sent.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Alive(Arc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An answer without an end.
fn endless(count: &Arc<AtomicUsize>) -> Response<edge::Body> {
    let alive = Alive::new(count);
    let piece = Bytes::from_static(&[b'x'; 16 << 10]);
    let pieces = stream::unfold(alive, move |alive| {
        let piece = piece.clone();
        async move { Some((Ok::<_, BoxError>(http_body::Frame::data(piece)), alive)) }
    });
    Response::new(edge::Body::stream(StreamBody::new(Box::pin(pieces))))
}

async fn wait_for(count: &AtomicUsize, expected: usize) {
    let since = Instant::now();
    while count.load(Ordering::SeqCst) != expected {
        assert!(since.elapsed() < PATIENCE, "{} and not {expected}", count.load(Ordering::SeqCst));
        tokio::time::sleep(ms(10)).await;
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut() {
    let alive = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&alive);
    let app = move |_: Request<Incoming>| std::future::ready(Ok::<_, Infallible>(endless(&count)));
    let host = Host::serve(with(Limits { write_timeout: ms(500), ..limits() }), tower::service_fn(app)).await;
    let mut greedy = host.connect().await;
    greedy.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    // One that reads slowly is left alone for longer than that.
    let mut slow = host.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    wait_for(&alive, 2).await;
    let mut buffer = vec![0; 4 << 20];
    for _ in 0..10 {
        tokio::time::sleep(ms(150)).await;
        slow.read_exact(&mut buffer).await.unwrap();
    }
    assert_eq!(alive.load(Ordering::SeqCst), 1, "only the one that reads is served");
    drop(slow);
    wait_for(&alive, 0).await;
}

/// Two thousand clients of each bad kind at the same time, while others are served as if they were alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_slow_clients_starve_nobody() {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    rustix::process::setrlimit(rustix::process::Resource::Nofile, rustix::process::Rlimit { current: most, maximum: most })
        .unwrap();
    let each = if most.is_none_or(|most| most > 15_000) { 2000 } else { 100 };
    let alive = Arc::new(AtomicUsize::new(0));
    let (count, bodies) = (Arc::clone(&alive), Arc::new(AtomicUsize::new(0)));
    let reading = Arc::clone(&bodies);
    let app = move |request: Request<Incoming>| {
        let (count, reading) = (Arc::clone(&count), Arc::clone(&reading));
        async move {
            Ok::<_, Infallible>(match request.uri().path() {
                "/endless" => endless(&count),
                "/upload" => {
                    let _alive = Alive::new(&reading);
                    // Not under test here, and a busy machine may need longer to connect them all.
                    let patient = request_body::Limits { timeout: 30 * PATIENCE, min_rate: 0, ..Default::default() };
                    let (body, _) = request_body::Body::new(request.into_body(), patient);
                    Response::new(edge::Body::from(format!("{}", body.collect().await.is_ok())))
                }
                _ => Response::new(edge::Body::from("tls=false".to_owned())),
            })
        }
    };
    let (header_timeout, write_timeout) = (30 * PATIENCE, 30 * PATIENCE);
    let (max_connections, max_connections_per_client) = (10 * each, usize::MAX);
    let limits = Limits { max_connections, max_connections_per_client, header_timeout, write_timeout, ..limits() };
    let host = Host::serve(with(limits), tower::service_fn(app)).await;
    let kinds = [
        "GET / HTTP/1.1\r\nHost: x\r\nX-",
        "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nab",
        "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n",
    ];
    let mut bad = Vec::new();
    for _ in 0..each {
        for kind in kinds {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(4 << 10).unwrap();
            let mut client = socket.connect(([127, 0, 0, 1], host.port).into()).await.unwrap();
            client.write_all(kind.as_bytes()).await.unwrap();
            bad.push(client);
        }
    }
    wait_for(&alive, each).await;
    wait_for(&bodies, each).await;
    // They go on, a byte at a time, while new and old connections of others are served.
    let mut kept = host.connect().await;
    for round in 0..100 {
        for client in bad.iter_mut().skip(round).step_by(97) {
            let _ = client.try_write(b"x");
        }
        assert_eq!(statuses(&get(&mut kept).await), [200]);
        assert_eq!(statuses(&get(&mut host.connect().await).await), [200]);
    }
    assert_eq!((alive.load(Ordering::SeqCst), bodies.load(Ordering::SeqCst)), (each, each), "the slow ones are still there");
}
