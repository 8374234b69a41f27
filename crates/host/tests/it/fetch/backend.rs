//! A backend with the answers that tests of `fetch` want, and with sockets that break off.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A running one; its thread ends with the test's process.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    /// Heads that came, in order.
    pub(crate) came: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

impl Backend {
    pub(crate) fn start() -> Backend {
        let came = Arc::<Mutex<Vec<(String, HeaderMap)>>>::default();
        let (sender, receiver) = std::sync::mpsc::channel();
        let log = Arc::clone(&came);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let raw = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let raw_address = raw.local_addr().unwrap();
                tokio::spawn(break_off(raw));
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, router(log, raw_address)).await.unwrap();
            });
        });
        Backend { address: receiver.recv().unwrap(), came }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came for this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.came.lock().unwrap().iter().filter(|(target, _)| target.split('?').next() == Some(path)).count()
    }
}

fn router(log: Arc<Mutex<Vec<(String, HeaderMap)>>>, raw: SocketAddr) -> Router {
    // What breaks off is another socket's, reached by a redirect that the client does not see the difference of.
    let away = move |path: &'static str| {
        get(move || async move { (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("http://{raw}{path}"))]) })
    };
    let to = |place: &'static str| get(move || async move { (StatusCode::FOUND, [(header::LOCATION, place)]) });
    Router::new()
        .route("/echo", any(echo))
        .route("/json", any(|| async { ([("x-a", "1"), ("content-type", "application/json")], r#"{"a":1}"#) }))
        .route("/created", get(|| async { (StatusCode::CREATED, "made") }))
        .route("/empty", get(|| async { StatusCode::NO_CONTENT }))
        .route("/cookies", get(|| async { ([("set-cookie", "a=1; Path=/")], "cookies") }))
        .route("/redirect", to("/json"))
        .route("/redirects", to("/redirect"))
        .route("/relative", to("created"))
        .route("/loop", to("/loop"))
        .route("/to-ftp", to("ftp://a/"))
        .route("/to-metadata", to("http://169.254.169.254/latest/meta-data/"))
        .route(
            "/to-echo/{status}",
            any(|Path(status): Path<u16>| async move { (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, "/echo")]) }),
        )
        .route("/coded/{coding}", get(|Path(coding): Path<String>| async move { coded(&coding) }))
        .route("/never", get(|| async { std::future::pending::<StatusCode>().await }))
        .route("/endless", get(|| async { Body::from_stream(endless()) }))
        .route("/mirror", any(|request: Request| async { request.into_body() }))
        .route("/closed-port", get(closed_port))
        .route("/large", get(|| async { vec![b'x'; 2 << 20] }))
        .route("/reason", away("/reason"))
        .route("/close", away("/close"))
        .route("/cut", away("/cut"))
        .route("/cut-chunked", away("/cut-chunked"))
        .layer(axum::middleware::map_request(move |request: Request| {
            let head = (request.uri().to_string(), request.headers().clone());
            log.lock().unwrap().push(head);
            async { request }
        }))
}

/// Method, target, headers (without those of the connection) and body, as text.
async fn echo(request: Request) -> String {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let mut headers: Vec<_> = head.headers.iter().filter(|(name, _)| *name != header::CONNECTION).collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    let headers =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect::<Vec<_>>().join("\n");
    format!("{} {}\n{headers}\n\n{}", head.method, head.uri, String::from_utf8_lossy(&body))
}

fn endless() -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(Bytes::from_static(b"more"))
    })
}

fn coded(coding: &str) -> Response {
    let text = b"some text that is compressed, some text that is not".as_slice();
    let gzip = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    let brotli = |text: &[u8]| {
        let mut out = Vec::new();
        brotli::CompressorWriter::new(&mut out, 4096, 5, 22).write_all(text).unwrap();
        out
    };
    let (header, body) = match coding {
        "gzip" => ("gzip", gzip(text)),
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(text).unwrap();
            ("deflate", encoder.finish().unwrap())
        }
        "raw-deflate" => {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(text).unwrap();
            ("deflate", encoder.finish().unwrap())
        }
        "br" => ("br", brotli(text)),
        "gzip, br" => ("gzip, br", brotli(&gzip(text))),
        "none" => ("gzip", Vec::new()),
        "broken" => ("gzip", b"this is not gzip at all".to_vec()),
        other => return ([(header::CONTENT_ENCODING, other.to_owned())], text.to_vec()).into_response(),
    };
    ([(header::CONTENT_ENCODING, header)], body).into_response()
}

/// A port that nobody listens on: one that was free a moment ago.
async fn closed_port() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port().to_string()
}

/// Says what the path asks for, and closes.
async fn break_off(listener: TcpListener) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            let mut head = vec![0; 4096];
            let read = socket.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let answer = match head.split(' ').nth(1) {
                Some("/reason") => "HTTP/1.1 218 This Is Fine\r\ncontent-length: 4\r\nx-b: 2\r\n\r\nfine",
                Some("/cut") => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc",
                Some("/cut-chunked") => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
                _ => "",
            };
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        });
    }
}
