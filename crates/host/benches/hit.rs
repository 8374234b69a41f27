//! Servers to compare by `benches/hit.mjs`: a page that is in memory, behind the real listener and every layer with default
//! settings (`host`), and the same page from a bare axum handler (`bare`). Prints the address it listens on.

use std::convert::Infallible;
use std::future::ready;
use std::io::Write as _;

use bytes::Bytes;
use clap::Parser as _;
use edge::Body;
use edge::compression::Kept;
use edge::drain::Draining;
use http::header::{ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, HeaderName, VARY};
use http::{HeaderMap, HeaderValue, Request, Response};
use hyper::body::Incoming;
use ssr_host::address::Address;
use ssr_host::config::{AppCommand, Args, Command, Config};
use ssr_host::listener::Listener;
use ssr_host::stack;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bytes of the page, about.
const SIZE: usize = 13 << 10;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    match std::env::args().nth(1).as_deref() {
        Some("host") => runtime.block_on(host()),
        Some("bare") => runtime.block_on(bare()),
        _ => eprintln!("run `node benches/hit.mjs`"),
    }
}

async fn host() {
    let config = default_settings();
    let address = Address { host: "127.0.0.1".into(), port: 0, widened: None, dual_stack: false };
    let listener = Listener::bind(&address, config.listener()).await.unwrap();
    announce(listener.local_addr().unwrap());
    let (kept, headers) = (Kept::new(page()), headers());
    let hit = tower::service_fn(move |_: Request<Incoming>| {
        let mut response = Response::new(Body::Full(kept.body().clone()));
        response.extensions_mut().insert(kept.clone());
        *response.headers_mut() = headers.clone();
        ready(Ok::<_, Infallible>(response))
    });
    let (stop, _) = tokio::sync::watch::channel(());
    listener.accept(stack::stack(hit, config.layers(None), Draining::default()), &stop).await;
}

async fn bare() {
    let forms: Vec<(&str, Bytes)> = vec![("gzip", gzip()), ("br", brotli()), ("zstd", zstd())];
    let (page, headers) = (page(), headers());
    let hit = move |request: Request<axum::body::Body>| {
        let asked = request.headers().get(ACCEPT_ENCODING);
        let form = forms.iter().find(|(name, _)| asked.is_some_and(|asked| asked == name));
        let mut response = Response::new(axum::body::Body::from(form.map_or(&page, |(_, form)| form).clone()));
        *response.headers_mut() = headers.clone();
        if let Some((name, _)) = form {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        ready(response)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    announce(listener.local_addr().unwrap());
    axum::serve(listener, axum::Router::new().fallback(hit)).await.unwrap();
}

/// What holds when nothing is set; the file stands for an app, and is not run.
fn default_settings() -> Config {
    let args = Args::parse_from(["ssr-host", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/fastify.js")]);
    let Command::App(AppCommand::Serve(config)) = args.check().unwrap() else { panic!("serving is the default") };
    *config
}

fn announce(address: std::net::SocketAddr) {
    println!("{address}");
    std::io::stdout().flush().unwrap();
}

/// The file that is named after the side, or a page that is neither all alike nor noise.
fn page() -> Bytes {
    if let Some(file) = std::env::args_os().nth(2) {
        return std::fs::read(file).unwrap().into();
    }
    let mut page = String::from("<!doctype html><html><head><title>Posts</title></head><body><ul>");
    for number in 1_u32.. {
        if page.len() >= SIZE {
            break;
        }
        let hash = number.wrapping_mul(0x9e37_79b9);
        page += &format!("<li class=\"post\"><a href=\"/posts/{number}\">Post {hash:x}</a><p>{} words</p></li>\n", hash % 997);
    }
    (page + "</ul></body></html>").into()
}

fn headers() -> HeaderMap {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=0, s-maxage=60"),
        (ETAG, "\"3a5f0e1c9b7d2468\""),
        (AGE, "12"),
        (HeaderName::from_static("cache-status"), "ssr-host; hit; ttl=48"),
        (DATE, "Tue, 24 Nov 2026 08:00:00 GMT"),
        (VARY, "Accept-Encoding"),
    ];
    headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

fn gzip() -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(&page()).unwrap();
    encoder.finish().unwrap().into()
}

fn brotli() -> Bytes {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 8 << 10, 4, 16);
    encoder.write_all(&page()).unwrap();
    encoder.into_inner().into()
}

fn zstd() -> Bytes {
    zstd::encode_all(&page()[..], 3).unwrap().into()
}
