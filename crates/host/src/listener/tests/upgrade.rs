//! What comes behind a request that asks for an upgrade, and what comes before an answer.

use edge::proxy::interim::Interim;
use http::header::{CONNECTION, LINK, UPGRADE};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use super::*;

const UPGRADE_REQUEST: &str = "GET /up HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/// An app that answers when it is told to.
#[derive(Clone, Default)]
struct App {
    seen: Arc<Mutex<Vec<String>>>,
    asked: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl App {
    async fn serve(&self, config: Config) -> Host {
        let app = self.clone();
        Host::serve(config, tower::service_fn(move |request| app.clone().answer(request))).await
    }

    async fn answer(self, mut request: Request<Incoming>) -> Result<Response<edge::Body>, Infallible> {
        self.seen.lock().push(request.uri().path().to_owned());
        let interim: Option<Interim> = request.extensions_mut().remove();
        self.asked.notify_one();
        self.go_on.notified().await;
        Ok(match request.uri().path() {
            "/up" => echo(hyper::upgrade::on(&mut request)),
            "/hint" => {
                let hint = HeaderMap::from_iter([(LINK, HeaderValue::from_static("</a.css>; rel=preload"))]);
                interim.expect("HTTP/1.1 can carry it").send(StatusCode::EARLY_HINTS, &hint);
                self.asked.notify_one();
                self.go_on.notified().await;
                Response::new(edge::Body::from("hinted".to_owned()))
            }
            _ => Response::new(edge::Body::from("plain".to_owned())),
        })
    }
}

/// Sends back what comes.
fn echo(upgrade: OnUpgrade) -> Response<edge::Body> {
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let (mut reads, mut writes) = tokio::io::split(TokioIo::new(upgraded));
        let _ = tokio::io::copy(&mut reads, &mut writes).await;
        let _ = writes.shutdown().await;
    });
    let mut response = Response::new(edge::Body::Empty);
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("echo"));
    response
}

async fn head(client: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let reading = async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("a head comes");
    String::from_utf8(head).unwrap()
}

/// Bytes that hyper's refusals are made of pass both ways, and what is no HTTP.
#[tokio::test]
async fn after_the_101_nothing_is_looked_at() {
    let app = App::default();
    let short = Limits {
        header_timeout: Duration::from_millis(100),
        idle_timeout: Duration::from_millis(100),
        write_timeout: Duration::from_millis(100),
        ..limits()
    };
    let host = app.serve(with(short)).await;
    let mut client = host.connect().await;
    client.write_all(UPGRADE_REQUEST.as_bytes()).await.unwrap();
    app.go_on.notify_one();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 101 "));
    let refusal =
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Tue, 24 Nov 2026 08:00:00 GMT\r\n\r\n";
    for text in ["GET / HTTP/1.1\nbad\0\r\n\r\n", refusal, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        // Longer than any limit of HTTP.
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.write_all(text.as_bytes()).await.unwrap();
        let mut back = vec![0; text.len()];
        tokio::time::timeout(PATIENCE, client.read_exact(&mut back)).await.unwrap().unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), text);
    }
    client.shutdown().await.unwrap();
    assert_eq!(rest(&mut client).await, "");
    assert_eq!(*app.seen.lock(), ["/up"]);
}

/// CVE-2026-2833: with the head or after it, whole or in parts.
#[tokio::test]
async fn what_comes_before_the_101_waits_for_it() {
    let early = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n\0";
    for (with_head, after) in [(early, ""), ("", early), ("GET /sm", &early[7..])] {
        let app = App::default();
        let host = app.serve(Config::default()).await;
        let mut client = host.connect().await;
        client.write_all(format!("{UPGRADE_REQUEST}{with_head}").as_bytes()).await.unwrap();
        app.asked.notified().await;
        client.write_all(after.as_bytes()).await.unwrap();
        assert_eq!(some(&mut client, Duration::from_millis(100)).await, "", "nobody has answered");
        app.go_on.notify_one();
        assert!(head(&mut client).await.starts_with("HTTP/1.1 101 "));
        let mut back = vec![0; early.len()];
        tokio::time::timeout(PATIENCE, client.read_exact(&mut back)).await.unwrap().unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), early);
        assert_eq!(*app.seen.lock(), ["/up"]);
    }
}

#[tokio::test]
async fn what_comes_before_a_refusal_is_no_request() {
    let next = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let refused = UPGRADE_REQUEST.replace("/up", "/refused");
    for (with_head, after) in [(next, ""), ("", next), ("GET /sm", &next[7..])] {
        let app = App::default();
        let host = app.serve(Config::default()).await;
        let mut client = host.connect().await;
        client.write_all(format!("{refused}{with_head}").as_bytes()).await.unwrap();
        app.asked.notified().await;
        client.write_all(after.as_bytes()).await.unwrap();
        // A moment for it to be seen: what the host has not seen it takes for sent after the answer.
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.go_on.notify_one();
        let text = rest(&mut client).await;
        assert_eq!(statuses(&text), [200], "{text}");
        assert_eq!(*app.seen.lock(), ["/refused"]);
    }
}

#[tokio::test]
async fn a_client_that_waits_for_the_refusal_goes_on() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    for _ in 0..3 {
        client.write_all(UPGRADE_REQUEST.replace("/up", "/refused").as_bytes()).await.unwrap();
        app.go_on.notify_one();
        assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
        client.read_exact(&mut [0; 5]).await.unwrap();
    }
    client.write_all(b"GET / HTTP/1.1\nHost: x\r\n\r\n").await.unwrap();
    assert_eq!(statuses(&rest(&mut client).await), [400], "it is looked at again");
    assert_eq!(app.seen.lock().len(), 3);
}

/// A pipelined upgrade must not be let through by the answer to the request before it.
#[tokio::test]
async fn the_answer_before_is_not_the_answer() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    let first = "GET /first HTTP/1.1\r\nHost: x\r\n\r\n";
    client.write_all(format!("{first}{UPGRADE_REQUEST}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    app.asked.notified().await;
    app.go_on.notify_one();
    app.asked.notified().await;
    app.go_on.notify_one();
    let text = some(&mut client, Duration::from_millis(500)).await;
    assert_eq!(statuses(&text)[..2], [200, 101], "{text}");
    assert!(text.ends_with("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"), "as bytes, echoed: {text}");
    assert_eq!(*app.seen.lock(), ["/first", "/up"]);
}

#[tokio::test]
async fn a_request_with_a_body_is_not_upgraded() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    let request = UPGRADE_REQUEST.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nab");
    client.write_all(format!("{request}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    app.go_on.notify_one();
    head(&mut client).await;
    assert_eq!(rest(&mut client).await, "", "closed: the app has said 101 to a request that it could not upgrade");
    assert_eq!(*app.seen.lock(), ["/up"]);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_is_noticed() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    client.write_all(UPGRADE_REQUEST.as_bytes()).await.unwrap();
    app.asked.notified().await;
    // The app's future is dropped with its copy of this.
    let copies = Arc::strong_count(&app.seen);
    drop(client);
    let gone = async {
        while Arc::strong_count(&app.seen) >= copies {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
}

#[tokio::test]
async fn a_tunnel_counts_as_a_connection() {
    let app = App::default();
    let host = app.serve(with(Limits { max_connections_per_client: 1, ..limits() })).await;
    let mut client = host.connect().await;
    client.write_all(UPGRADE_REQUEST.as_bytes()).await.unwrap();
    app.go_on.notify_one();
    head(&mut client).await;
    let mut other = host.connect().await;
    assert_eq!(statuses(&rest(&mut other).await), [503]);
    client.shutdown().await.unwrap();
    rest(&mut client).await;
    let again = async {
        loop {
            let mut other = host.connect().await;
            other.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
            app.go_on.notify_one();
            if statuses(&rest(&mut other).await) == [200] {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("its place is free again");
}

/// Whoever stops tunnels, it is not the listener.
#[tokio::test]
async fn a_stop_does_not_wait_for_tunnels() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    client.write_all(UPGRADE_REQUEST.as_bytes()).await.unwrap();
    app.go_on.notify_one();
    head(&mut client).await;
    host.task.abort();
    host.stop.send_replace(());
    tokio::time::timeout(PATIENCE, host.stop.closed()).await.expect("nothing is waited for");
    client.write_all(b"still there").await.unwrap();
    let mut back = [0; 11];
    client.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"still there");
}

#[tokio::test]
async fn early_hints_come_between_answers() {
    let app = App::default();
    let host = app.serve(Config::default()).await;
    let mut client = host.connect().await;
    for _ in 0..2 {
        client.write_all(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /hint HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        app.asked.notified().await;
        app.go_on.notify_one();
        assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
        client.read_exact(&mut [0; 5]).await.unwrap();
        app.asked.notified().await;
        app.go_on.notify_one();
        let hint = head(&mut client).await;
        assert_eq!(hint, "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n");
        app.asked.notified().await;
        app.go_on.notify_one();
        assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
        client.read_exact(&mut [0; 6]).await.unwrap();
    }
}

/// Too late is never, and an HTTP/1.0 client would take it for the answer.
#[tokio::test]
async fn hints_that_come_too_late_or_to_the_wrong_client_are_dropped() {
    let kept: Arc<Mutex<Vec<Interim>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let app = move |mut request: Request<Incoming>| {
        let interim = request.extensions_mut().remove::<Interim>();
        let known = interim.is_some();
        keep.lock().extend(interim);
        keep.lock().iter().for_each(|interim| interim.send(StatusCode::PROCESSING, &HeaderMap::new()));
        std::future::ready(Ok::<_, Infallible>(Response::new(edge::Body::from(known.to_string()))))
    };
    let host = Host::serve(Config::default(), tower::service_fn(app)).await;
    assert!(host.answer("GET / HTTP/1.0\r\n\r\n").await.ends_with("\r\n\r\nfalse"));
    let text = host.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(statuses(&text), [200, 200], "the answers were there at once: {text}");
    assert_eq!(kept.lock().len(), 2);
    kept.lock().iter().for_each(|interim| interim.send(StatusCode::PROCESSING, &HeaderMap::new()));
}
