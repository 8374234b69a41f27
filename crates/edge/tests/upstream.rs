//! A request on its way to a real backend and back.

mod backend;

use std::sync::atomic::Ordering;
use std::time::Duration;

use backend::{Backend, get, post, text};
use bytes::Bytes;
use edge::upstream::{Config, Kind, Upstream};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, sleep};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_connection_is_used_again() {
    let backend = Backend::answering(OK).await;
    let upstream = backend.upstream();
    for _ in 0..10 {
        assert_eq!(text(upstream.send(get("/")).await.unwrap()).await, "ok");
    }
    assert_eq!(backend.connections.load(Ordering::SeqCst), 1);
    assert_eq!(upstream.view().connected, 1);
    upstream.forget_connections();
    assert_eq!(text(upstream.send(get("/")).await.unwrap()).await, "ok");
    assert_eq!(backend.connections.load(Ordering::SeqCst), 2);
    assert_eq!(upstream.view().requests, 11);
}

#[tokio::test]
async fn the_request_is_as_it_was_given() {
    let backend = Backend::answering(OK).await;
    let upstream = backend.upstream();
    let mut request = post("/a%2Fb?x=1", "hello");
    request.headers_mut().insert("x-a", "1".parse().unwrap());
    text(upstream.send(request).await.unwrap()).await;
    let seen = backend.seen.lock().unwrap().concat();
    assert!(seen.starts_with("POST /a%2Fb?x=1 HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains(&format!("host: 127.0.0.1:{}\r\n", backend.port)) && seen.contains("x-a: 1\r\n"), "{seen}");
    assert!(seen.contains("content-length: 5\r\n") && seen.ends_with("\r\n\r\nhello"), "{seen}");
}

/// The backend closes without a word after each response: what every server does at its keep-alive timeout.
#[tokio::test]
async fn a_stale_connection_costs_no_request() {
    let backend = Backend::closing_after(OK).await;
    let upstream = backend.upstream();
    for _ in 0..50 {
        assert_eq!(text(upstream.send(get("/")).await.unwrap()).await, "ok");
    }
    assert_eq!(upstream.view().failed, 0);
}

#[tokio::test]
async fn what_may_have_been_received_is_sent_again_only_if_that_is_safe() {
    let backend = Backend::answering("").await;
    let upstream = backend.upstream();
    let error = upstream.send(post("/", "x")).await.map(drop).unwrap_err();
    assert_eq!((error.kind, error.unsent), (Kind::Ended, false), "{error}");
    assert_eq!(backend.requests.load(Ordering::SeqCst), 1);
    assert_eq!(upstream.send(get("/")).await.map(drop).unwrap_err().kind, Kind::Ended);
    assert_eq!(backend.requests.load(Ordering::SeqCst), 3, "once more");
    assert_eq!(upstream.view().retried, 1);
}

/// What it has waited for a response does not count as waiting for a connection.
#[tokio::test]
async fn a_request_that_has_been_under_way_for_long_is_sent_again() {
    let backend = Backend::closing_late_after("").await;
    let upstream = backend.upstream_with(|config| config.timeouts.connect = Duration::from_millis(100));
    assert_eq!(upstream.send(get("/")).await.map(drop).unwrap_err().kind, Kind::Ended);
    assert_eq!(backend.requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_short_outage_is_waited_out() {
    let (backend, listener) = Backend::later(OK).await;
    let upstream = backend.upstream();
    let sending = tokio::spawn({
        let upstream = upstream.clone();
        async move { text(upstream.send(post("/", "x")).await.unwrap()).await }
    });
    sleep(Duration::from_millis(300)).await;
    listener.start();
    assert_eq!(sending.await.unwrap(), "ok");
}

#[tokio::test]
async fn a_long_one_is_not() {
    let (backend, _listener) = Backend::later(OK).await;
    let upstream = backend.upstream_with(|config| config.retry.outage = Duration::ZERO);
    let error = upstream.send(get("/")).await.map(drop).unwrap_err();
    assert_eq!((error.kind, error.unsent), (Kind::Connect, true));
    assert!(error.to_string().contains(&backend.port.to_string()), "{error}");
}

#[tokio::test]
async fn deadlines() {
    let backend = Backend::silent().await;
    let short = Duration::from_millis(100);
    let upstream = backend.upstream_with(|config| config.timeouts.first_byte = short);
    assert_eq!(upstream.send(get("/")).await.map(drop).unwrap_err().kind, Kind::ResponseTimeout);
    assert_eq!(backend.requests.load(Ordering::SeqCst), 1, "there was no time for another");

    let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    for (total, expected) in [(None, "stood still"), (Some(short), "took too long")] {
        let backend = Backend::answering_and_waiting(half).await;
        let upstream = backend.upstream_with(|config| {
            config.timeouts.idle = if total.is_some() { Duration::from_secs(60) } else { short };
            config.timeouts.total = total;
        });
        let response = upstream.send(get("/")).await.unwrap();
        let error = response.into_body().collect().await.map(drop).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(upstream.view().cut, 1);
    }
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error() {
    let backend = Backend::closing_after("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
    let response = backend.upstream().send(get("/")).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    let backend = Backend::answering("HTTP/1.1 2OO OK\r\n\r\n").await;
    assert_eq!(backend.upstream().send(get("/")).await.map(drop).unwrap_err().kind, Kind::Malformed);
}

#[tokio::test]
async fn an_address_whose_responses_break_off_is_ejected() {
    let backend = Backend::closing_after("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
    let upstream = backend.upstream_with(|config| config.ejection.failures = 3);
    for is_ejected in [false, false, true] {
        let response = upstream.send(get("/")).await.unwrap();
        assert!(response.into_body().collect().await.is_err());
        assert_eq!(upstream.view().addresses[0].ejected, is_ejected);
    }
}

#[tokio::test]
async fn whoever_listens_to_events_is_no_load() {
    let events = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\ndata: x\n\n";
    for (answer, load) in [(events, 0), ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", 1)] {
        let upstream = Backend::answering_and_waiting(answer).await.upstream();
        let _response = upstream.send(get("/")).await.unwrap();
        assert_eq!(upstream.view().addresses[0].in_flight, load);
    }
}

#[tokio::test]
async fn more_requests_than_connections_wait() {
    let backend = Backend::answering(OK).await;
    let upstream = backend.upstream_with(|config| config.pool.max_connections = 2);
    let all = (0..20).map(|_| {
        let upstream = upstream.clone();
        tokio::spawn(async move { text(upstream.send(get("/")).await.unwrap()).await })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), "ok");
    }
    assert!(backend.connections.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn an_address_that_answers_with_errors_is_ejected_and_asked_when_it_is_the_only_one() {
    let backend = Backend::answering("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n").await;
    let upstream = backend.upstream_with(|config| config.ejection.failures = 3);
    for _ in 0..10 {
        assert_eq!(upstream.send(get("/")).await.unwrap().status(), 500);
    }
    assert!(upstream.view().addresses[0].ejected);
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_not_asked_for_a_while() {
    let backend = Backend::answering("").await;
    let upstream = backend.upstream_with(|config| {
        config.ejection.failures = 3;
        config.retry.outage = Duration::ZERO;
    });
    for _ in 0..3 {
        assert_eq!(upstream.send(post("/", "x")).await.map(drop).unwrap_err().kind, Kind::Ended);
    }
    // One request a second is let through, the others are refused at once.
    let probe = upstream.send(post("/", "x")).await.map(drop).unwrap_err();
    let refused = upstream.send(post("/", "x")).await.map(drop).unwrap_err();
    assert_eq!((probe.kind, refused.kind, refused.unsent), (Kind::Ended, Kind::Unavailable, true));
}

#[tokio::test]
async fn http2_in_the_clear_shares_a_connection() {
    let backend = Backend::h2c().await;
    let upstream =
        Upstream::new(Config::new(format!("h2c://127.0.0.1:{}", backend.port).parse().unwrap()), backend::resolver(), None);
    let all = (0..50).map(|n| {
        let upstream = upstream.clone();
        tokio::spawn(async move { text(upstream.send(post("/", &n.to_string())).await.unwrap()).await })
    });
    for (n, one) in all.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(one.await.unwrap(), format!("127.0.0.1:{} {n}", backend.port));
    }
    assert_eq!(backend.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn over_a_unix_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("backend.sock");
    let backend = Backend::unix(&path, OK).await;
    let upstream = Upstream::new(Config::new(format!("unix:{}", path.display()).parse().unwrap()), backend::resolver(), None);
    assert_eq!(text(upstream.send(get("/")).await.unwrap()).await, "ok");
    assert!(backend.seen.lock().unwrap().concat().contains("host: localhost\r\n"));
}

#[tokio::test]
async fn an_upgrade_is_handed_on() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let backend =
        Backend::answering_and_echoing("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n").await;
    let mut request = get("/");
    request.headers_mut().insert("connection", "upgrade".parse().unwrap());
    request.headers_mut().insert("upgrade", "x".parse().unwrap());
    let mut response = backend.upstream().send(request).await.unwrap();
    assert_eq!(response.status(), 101);
    let upgraded = hyper::upgrade::on(&mut response).await.unwrap();
    let mut io = hyper_util::rt::TokioIo::new(upgraded);
    io.write_all(b"hello").await.unwrap();
    let mut echo = [0; 5];
    io.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"hello");
}

#[tokio::test]
async fn an_upload_may_take_longer_than_the_first_byte() {
    let backend = Backend::answering(OK).await;
    let upstream = backend.upstream_with(|config| config.timeouts.first_byte = Duration::from_millis(400));
    let (sender, body) = backend::channel();
    let sending = tokio::spawn(async move {
        for _ in 0..6 {
            sleep(Duration::from_millis(150)).await;
            sender.send(Bytes::from_static(b"x")).await.unwrap();
        }
    });
    let began = Instant::now();
    let request = http::Request::post("/").header("content-length", 6).body(body).unwrap();
    assert_eq!(text(upstream.send(request).await.unwrap()).await, "ok");
    assert!(began.elapsed() > Duration::from_millis(800));
    sending.await.unwrap();
}
