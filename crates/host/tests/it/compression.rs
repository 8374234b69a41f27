//! Compression over the socket: what is negotiated, and that a stream still streams.

use std::io::Read as _;
use std::time::{Duration, Instant};

use crate::host::{App, TestHost};

/// A page, a stream of two chunks a second apart, an event stream, a picture.
const APP: &str = r#"
  const page = "<p>The same words again and again.</p>".repeat(200);
  const encoder = new TextEncoder();
  const inTwo = (type) => new Response(new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode("the first chunk"));
      await new Promise((wake) => setTimeout(wake, 1000));
      controller.enqueue(encoder.encode(" and the second"));
      controller.close();
    },
  }), { headers: { "content-type": type } });
  export default {
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/two") return inTwo("text/html");
      if (pathname === "/events") return inTwo("text/event-stream");
      if (pathname === "/small") return new Response("small", { headers: { "content-type": "text/html" } });
      if (pathname === "/picture") return new Response(page, { headers: { "content-type": "image/png" } });
      if (pathname === "/encoded") return new Response(page, { headers: { "content-type": "text/html", "content-encoding": "x-own" } });
      if (pathname === "/transient") return new Response(page, { headers: { "content-type": "text/html", "cache-control": "no-transform" } });
      if (pathname === "/tagged") return new Response(page, { headers: { "content-type": "text/html", etag: '"strong"' } });
      return new Response(page, { headers: { "content-type": "text/html" } });
    },
  };
"#;

const ENCODINGS: [&str; 3] = ["zstd", "br", "gzip"];

fn start() -> TestHost {
    App::source(APP).isolates(1).start()
}

/// Whatever can be decoded of an encoded text that may not have ended.
fn decoded(encoding: &str, bytes: &[u8]) -> String {
    let mut reader: Box<dyn std::io::Read> = match encoding {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        "br" => Box::new(brotli::Decompressor::new(bytes, 4096)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
        other => panic!("{other}"),
    };
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        text.extend(&buffer[..length]);
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn pages_are_compressed_as_the_client_prefers() {
    let host = start();
    let plain = host.get("/");
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("Accept-Encoding")));
    let cases = [
        ("gzip, deflate, br, zstd", Some("zstd")),
        ("gzip, br", Some("br")),
        ("gzip", Some("gzip")),
        ("br;q=0.5, gzip;q=0.9", Some("gzip")),
        ("br;q=0, gzip;q=0", None),
        ("identity", None),
        ("*", Some("zstd")),
        ("*;q=0", None),
        ("", None),
    ];
    for (accepts, expected) in cases {
        let mut client = host.connect();
        client.request("GET", "/", &format!("accept-encoding: {accepts}\r\n"));
        let page = client.response();
        assert_eq!(page.header("content-encoding"), expected, "{accepts}");
        assert_eq!(page.header("vary"), Some("Accept-Encoding"), "{accepts}");
        match expected {
            Some(encoding) => assert_eq!(decoded(encoding, &page.body), plain.text(), "{accepts}"),
            None => assert_eq!(page.text(), plain.text(), "{accepts}"),
        }
    }
}

#[test]
fn some_answers_are_left_alone() {
    let host = start();
    for (path, encoding) in [("/small", None), ("/picture", None), ("/encoded", Some("x-own")), ("/transient", None)] {
        let mut client = host.connect();
        client.request("GET", path, "accept-encoding: gzip\r\n");
        assert_eq!(client.response().header("content-encoding"), encoding, "{path}");
    }
    let mut client = host.connect();
    client.request("GET", "/tagged", "accept-encoding: gzip\r\n");
    assert_eq!(client.response().header("etag"), Some("W/\"strong\""), "two encodings are not the same bytes");
}

#[test]
fn chunks_of_a_stream_arrive_when_they_are_written() {
    let host = start();
    for encoding in ENCODINGS {
        let mut client = host.connect();
        client.request("GET", "/two", &format!("accept-encoding: {encoding}\r\n"));
        let head = client.head();
        assert_eq!(head.header("content-encoding"), Some(encoding));

        let mut received = client.chunk().expect("a first chunk");
        while decoded(encoding, &received) != "the first chunk" {
            received.extend(client.chunk().unwrap_or_else(|| panic!("{encoding}: the first chunk comes with the second")));
        }
        let first = Instant::now();
        while let Some(chunk) = client.chunk() {
            received.extend(chunk);
        }
        assert!(first.elapsed() > Duration::from_millis(500), "{encoding}: the first chunk was held back");
        assert_eq!(decoded(encoding, &received), "the first chunk and the second", "{encoding}");
    }
}

#[test]
fn event_streams_pass_as_they_are() {
    let host = start();
    let mut client = host.connect();
    client.request("GET", "/events", "accept-encoding: gzip, br, zstd\r\n");
    assert_eq!(client.head().header("content-encoding"), None);
    assert_eq!(client.chunk().unwrap(), b"the first chunk");
}

#[test]
fn can_be_switched_off() {
    let host = App::source(APP).isolates(1).env("SSR_HOST_COMPRESSION_ENABLED", "false").start();
    let mut client = host.connect();
    client.request("GET", "/", "accept-encoding: gzip\r\n");
    let page = client.response();
    assert_eq!((page.header("content-encoding"), page.header("vary")), (None, None));
}
