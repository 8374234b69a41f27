//! `edge::compression` as a layer: what the real `@fastify/compress` answered (`compression/recorded.json`, made by
//! `compression/record.mjs`) is replayed, and bodies are decoded by the encodings' own decoders.

use std::convert::Infallible;
use std::io::{self, Read as _};
use std::sync::Arc;

use bytes::Bytes;
use edge::compression::{Choice, Encoding, Layer, Levels, Policy, Types};
use edge::{Body, BoxError};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use serde_json::Value;
use tokio::sync::mpsc;
use tower::{Layer as _, ServiceExt as _};

mod kept;

const ENCODINGS: [&str; 4] = ["zstd", "br", "gzip", "deflate"];

/// The layer around an app that gives this answer.
async fn answer(policy: Policy, request: Request<Empty<Bytes>>, response: Response<Body>) -> Response<Body> {
    let layer = Layer::new(Choice::Policy(Arc::new(policy)));
    let once = std::sync::Mutex::new(Some(response));
    let app = tower::service_fn(move |_: Request<Empty<Bytes>>| {
        let response = once.lock().unwrap().take().unwrap();
        std::future::ready(Ok::<_, Infallible>(response))
    });
    layer.layer(app).oneshot(request).await.unwrap()
}

fn get(accept: &str) -> Request<Empty<Bytes>> {
    Request::get("/").header(header::ACCEPT_ENCODING, accept).body(Empty::new()).unwrap()
}

fn page(headers: &[(&str, &str)], body: Body) -> Response<Body> {
    let builder = headers.iter().fold(Response::builder(), |builder, (name, value)| builder.header(*name, *value));
    builder.body(body).unwrap()
}

fn html(size: usize) -> String {
    (0..).map(|n| format!("<li>entry {n}</li>\n")).take(size / 8 + 1).collect::<String>()[..size].to_owned()
}

/// Policy with all encodings on offer.
fn all() -> Policy {
    Policy { encodings: ENCODINGS.map(|name| name.parse().unwrap()).to_vec(), ..Policy::default() }
}

fn decode(encoding: Option<&str>, data: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match encoding {
        Some("zstd") => zstd::stream::read::Decoder::new(data)?.read_to_end(&mut out)?,
        Some("br") => brotli::Decompressor::new(data, 4096).read_to_end(&mut out)?,
        Some("gzip") => flate2::read::GzDecoder::new(data).read_to_end(&mut out)?,
        Some("deflate") => flate2::read::ZlibDecoder::new(data).read_to_end(&mut out)?,
        _ => return Ok(data.to_vec()),
    };
    Ok(out)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn answers_as_the_real_fastify_compress() {
    let recorded: Value = serde_json::from_str(include_str!("compression/recorded.json")).unwrap();
    let mut wrong = Vec::new();
    let cases = recorded["cases"].as_array().unwrap();
    for case in cases {
        let before = &recorded["replies"][case["reply"].as_str().unwrap()];
        let options = &recorded["apps"][case["app"].as_str().unwrap()];
        let (expected, actual) = (expected(case), replayed(options, before, case).await);
        if expected != actual {
            wrong.push(format!("{case}\n  expected {expected}\n  got      {actual}"));
        }
    }
    assert!(cases.len() > 300);
    assert!(wrong.is_empty(), "{}\n{} of {}", wrong.join("\n"), wrong.len(), cases.len());
}

/// Where this layer differs on purpose: what the package encodes has no `content-length`, and data in one encoding is never
/// labelled as another.
fn expected(case: &Value) -> String {
    let answer = &case["answer"];
    let pairs = answer["headers"].as_array().unwrap().iter();
    let headers = pairs.map(|pair| format!("{}: {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
    described(answer["status"].as_u64().unwrap(), headers.collect(), answer["same"].as_bool().unwrap_or(true))
}

fn described(status: u64, mut headers: Vec<String>, same: bool) -> String {
    headers.sort_unstable();
    let known = |line: &&String| ENCODINGS.iter().any(|name| **line == format!("content-encoding: {name}"));
    if headers.iter().any(|line| known(&line)) {
        headers.retain(|line| !line.starts_with("content-length"));
    }
    format!("{status} {headers:?} {same}")
}

async fn replayed(options: &Value, before: &Value, case: &Value) -> String {
    let mut request = get("");
    *request.method_mut() = case["method"].as_str().unwrap().parse().unwrap();
    *request.headers_mut() = header_map(case["headers"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value)));
    let original = base64(before["body"].as_str().unwrap());
    let mut response = Response::new(match before["kind"].as_str().unwrap() {
        _ if case["method"] == "HEAD" => Body::Empty,
        "stream" => Body::stream(StreamBody::new(futures_util::stream::iter([Ok::<_, BoxError>(Frame::data(Bytes::from(
            original.clone(),
        )))]))),
        _ => Body::from(Bytes::from(original.clone())),
    });
    *response.status_mut() = http::StatusCode::from_u16(before["status"].as_u64().unwrap() as u16).unwrap();
    let pairs = before["headers"].as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), &pair[1]));
    *response.headers_mut() = header_map(pairs);
    let policy = fastify_policy(options, text(response.headers(), "content-type"));
    let (parts, body) = answer(policy, request, response).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let encoding = text(&parts.headers, "content-encoding");
    let same = decode(encoding, &body).unwrap() == original;
    let headers = parts.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    described(u64::from(parts.status.as_u16()), headers.collect(), same)
}

/// What the facade makes of a registration.
fn fastify_policy(options: &Value, content_type: Option<&str>) -> Policy {
    let mut policy = Policy::fastify();
    if let Some(threshold) = options["threshold"].as_u64() {
        policy.min_size = threshold as usize;
    }
    if let Some(encodings) = options["encodings"].as_array() {
        policy.encodings = encodings.iter().map(|name| name.as_str().unwrap().parse().unwrap()).collect();
    }
    if options["customTypes"] == "^application/x-custom$" {
        policy.types = if content_type == Some("application/x-custom") { Types::all() } else { Types::mime_db() };
    }
    policy
}

fn header_map<'a>(pairs: impl Iterator<Item = (&'a str, &'a Value)>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value.as_str().unwrap()).unwrap());
    }
    map
}

fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|c| *c == byte);
    let (mut bits, mut count, mut out) = (0_usize, 0, Vec::new());
    for value in text.bytes().filter_map(value) {
        (bits, count) = ((bits << 6 | value) & 0xffff, count + 6);
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// The first chunk of a stream can be decoded before the second one exists.
#[tokio::test]
async fn a_chunk_arrives_before_the_next_is_made() {
    for encoding in ENCODINGS {
        for size in [5, 5000, 50_000] {
            let (sender, receiver) = mpsc::unbounded_channel();
            let mut sent = Vec::new();
            let response = answer(all(), get(encoding), page(&[("content-type", "text/html")], stream(receiver))).await;
            assert_eq!(text(response.headers(), "content-encoding"), Some(encoding));
            let mut body = response.into_body();
            let mut expected = String::new();
            for n in 0..3 {
                let chunk = format!("{n}{}", html(size));
                expected += &chunk;
                sender.send(Ok(Frame::data(Bytes::from(chunk)))).unwrap();
                while decode_start(encoding, &sent).len() < expected.len() {
                    let frame = tokio::time::timeout(std::time::Duration::from_secs(5), body.frame()).await;
                    sent.extend_from_slice(frame.expect("held back").unwrap().unwrap().data_ref().unwrap());
                }
                assert!(decode_start(encoding, &sent) == expected.as_bytes(), "{encoding} {size} {n}");
            }
            drop(sender);
            while let Some(frame) = body.frame().await {
                sent.extend_from_slice(frame.unwrap().data_ref().unwrap());
            }
            assert!(decode(Some(encoding), &sent).unwrap() == expected.as_bytes());
            assert!(http_body::Body::is_end_stream(&body));
        }
    }
}

/// A cut stream brings what came before the cut, then the error, and is not a complete encoding.
#[tokio::test]
async fn a_cut_stream_is_never_complete() {
    for encoding in ENCODINGS {
        for size in [5, 50_000] {
            let (sender, receiver) = mpsc::unbounded_channel();
            sender.send(Ok(Frame::data(Bytes::from(html(size))))).unwrap();
            sender.send(Err("cut".into())).unwrap();
            let mut body =
                answer(all(), get(encoding), page(&[("content-type", "text/html")], stream(receiver))).await.into_body();
            let (mut sent, mut error) = (Vec::new(), None);
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => sent.extend_from_slice(frame.data_ref().unwrap()),
                    Err(cut) => error = Some(cut.to_string()),
                }
            }
            assert_eq!(error.as_deref(), Some("cut"), "{encoding}");
            assert!(decode_start(encoding, &sent) == html(size).as_bytes(), "{encoding}");
            assert!(decode(Some(encoding), &sent).is_err(), "{encoding}");
        }
    }
}

/// What a client can read of an encoding whose end has not come.
fn decode_start(encoding: &str, data: &[u8]) -> Vec<u8> {
    let mut reader: Box<dyn io::Read + '_> = match encoding {
        "zstd" => Box::new(zstd::stream::read::Decoder::new(data).unwrap()),
        "br" => Box::new(brotli::Decompressor::new(data, 4096)),
        "gzip" => Box::new(flate2::read::GzDecoder::new(data)),
        _ => Box::new(flate2::read::ZlibDecoder::new(data)),
    };
    let (mut out, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        out.extend_from_slice(&buffer[..length]);
    }
    out
}

fn stream(mut receiver: mpsc::UnboundedReceiver<Result<Frame<Bytes>, BoxError>>) -> Body {
    Body::stream(StreamBody::new(futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx))))
}

#[tokio::test]
async fn trailers_come_after_the_end() {
    let (sender, receiver) = mpsc::unbounded_channel();
    sender.send(Ok(Frame::data(Bytes::from("x".repeat(20_000))))).unwrap();
    sender.send(Ok(Frame::trailers(HeaderMap::from_iter([(header::ETAG, HeaderValue::from_static("x"))])))).unwrap();
    drop(sender);
    let body = answer(all(), get("gzip"), page(&[("content-type", "text/html")], stream(receiver))).await.into_body();
    let collected = body.collect().await.unwrap();
    assert_eq!(collected.trailers().unwrap()[header::ETAG], "x");
    assert_eq!(decode(Some("gzip"), &collected.to_bytes()).unwrap(), "x".repeat(20_000).as_bytes());
}

/// In one go on the I/O thread, in one go on another, in slices: the same body, and a length where it is known.
#[tokio::test]
async fn bodies_in_memory_of_every_size() {
    for encoding in ENCODINGS {
        for size in [1024, 8192, 8193, 262_144, 262_145, 600_000] {
            let response = answer(all(), get(encoding), page(&[("content-type", "text/html")], html(size).into())).await;
            let length = text(response.headers(), "content-length").map(|length| length.parse::<usize>().unwrap());
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(length, (size <= 262_144).then_some(body.len()), "{encoding} {size}");
            assert!(body.len() < size / 3, "{encoding} {size}: {}", body.len());
            assert!(decode(Some(encoding), &body).unwrap() == html(size).as_bytes(), "{encoding} {size}");
        }
    }
}

#[tokio::test]
async fn levels_matter_and_every_level_works() {
    let policy = |level| Policy { levels: Levels { zstd: level, br: level, gzip: level }, ..all() };
    for encoding in ENCODINGS {
        let mut sizes = Vec::new();
        for level in [1, 5, 9, 11, 22, 99] {
            let response =
                answer(policy(level), get(encoding), page(&[("content-type", "text/html")], html(30_000).into())).await;
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert!(decode(Some(encoding), &body).unwrap() == html(30_000).as_bytes(), "{encoding} {level}");
            sizes.push(body.len());
        }
        assert!(sizes[0] > sizes[3], "{encoding} {sizes:?}");
    }
}

#[tokio::test]
async fn a_file_is_encoded_as_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.js"), html(300_000)).unwrap();
    let mount = Arc::new(edge::files::Mount::new(&serde_json::json!({ "root": dir.path() })).unwrap());
    for encoding in ENCODINGS {
        let base = (http::StatusCode::OK, HeaderMap::new());
        let file = mount.respond(&http::Method::GET, &HeaderMap::new(), base, "/a.js").await;
        assert!(matches!(file.body(), Body::File(_)));
        let response = answer(all(), get(encoding), file).await;
        let headers = response.headers().clone();
        for absent in ["content-length", "accept-ranges"] {
            assert!(!headers.contains_key(absent), "{absent}");
        }
        assert!(text(&headers, "etag").unwrap().starts_with("W/"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(decode(Some(encoding), &body).unwrap() == html(300_000).as_bytes(), "{encoding}");
    }
}

/// [what, request headers, status, response headers, size, expected headers that matter]
#[tokio::test]
async fn what_is_compressed_and_what_the_headers_say() {
    const HTML: (&str, &str) = ("content-type", "text/html");
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let gzip: Pairs = &[("accept-encoding", "gzip")];
    let cases: [(&str, Pairs, u16, Pairs, usize, &str); 29] = [
        ("compressed", gzip, 200, &[HTML], 2000, "gzip, vary Accept-Encoding"),
        ("an error page too", gzip, 404, &[HTML], 2000, "gzip, vary Accept-Encoding"),
        ("two lines", &[("accept-encoding", "x"), ("accept-encoding", "br")], 200, &[HTML], 2000, "br, vary Accept-Encoding"),
        ("not asked for", &[], 200, &[HTML], 2000, "vary Accept-Encoding"),
        ("refused", &[("accept-encoding", "gzip;q=0")], 200, &[HTML], 2000, "vary Accept-Encoding"),
        ("nothing acceptable", &[("accept-encoding", "identity;q=0")], 200, &[HTML], 2000, "vary Accept-Encoding"),
        ("small", gzip, 200, &[HTML], 1023, ""),
        ("no type", gzip, 200, &[], 2000, ""),
        ("an image", gzip, 200, &[("content-type", "image/png")], 2000, ""),
        ("events", gzip, 200, &[("content-type", "text/event-stream")], 2000, ""),
        ("encoded", gzip, 200, &[HTML, ("content-encoding", "br")], 2000, "br"),
        ("encoding none", gzip, 200, &[HTML, ("content-encoding", "none")], 2000, "none"),
        ("encoding identity", gzip, 200, &[HTML, ("content-encoding", "identity")], 2000, "identity"),
        ("no-transform", gzip, 200, &[HTML, ("cache-control", "public, No-Transform")], 2000, ""),
        ("for Fly's proxy", gzip, 200, &[HTML, ("fly-replay", "region=fra")], 2000, ""),
        ("for Fly's proxy, as a body", gzip, 200, &[("content-type", "application/vnd.fly.replay+json")], 2000, ""),
        ("part", gzip, 206, &[HTML, ("content-range", "bytes 0-1999/9999")], 2000, ""),
        ("part of another status", gzip, 200, &[HTML, ("content-range", "bytes 0-1999/9999")], 2000, ""),
        ("no content", gzip, 204, &[HTML], 0, ""),
        ("not modified", gzip, 304, &[], 0, "vary Accept-Encoding"),
        ("an image not modified", gzip, 304, &[("content-type", "image/png")], 0, ""),
        ("encoded not modified", gzip, 304, &[HTML, ("content-encoding", "br")], 0, "br"),
        ("vary is added to", gzip, 200, &[HTML, ("vary", "Origin")], 2000, "gzip, vary Origin, vary Accept-Encoding"),
        ("vary has it", gzip, 200, &[HTML, ("vary", "Origin, accept-encoding")], 2000, "gzip, vary Origin, accept-encoding"),
        ("vary on all", gzip, 200, &[HTML, ("vary", "*")], 2000, "gzip, vary *"),
        ("strong etag", gzip, 200, &[HTML, ("etag", "\"x\"")], 2000, "gzip, etag W/\"x\", vary Accept-Encoding"),
        ("strong etag, plain", &[], 200, &[HTML, ("etag", "\"x\"")], 2000, "etag \"x\", vary Accept-Encoding"),
        ("weak etag", gzip, 200, &[HTML, ("etag", "W/\"x\"")], 2000, "gzip, etag W/\"x\", vary Accept-Encoding"),
        (
            "digests",
            gzip,
            200,
            &[
                HTML,
                ("accept-ranges", "bytes"),
                ("content-md5", "x"),
                ("digest", "x"),
                ("content-digest", "x"),
                ("repr-digest", "x"),
            ],
            2000,
            "gzip, vary Accept-Encoding",
        ),
    ];
    for (what, request, status, headers, size, expected) in cases {
        let mut asked = Request::get("/").body(Empty::new()).unwrap();
        for (name, value) in request {
            asked.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let mut response = page(headers, html(size).into());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        let headers = answer(Policy::default(), asked, response).await.into_parts().0.headers;
        let mut said: Vec<String> =
            headers.get("content-encoding").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        for name in ["accept-ranges", "content-md5", "digest", "content-digest", "repr-digest", "etag", "vary"] {
            said.extend(headers.get_all(name).iter().map(|value| format!("{name} {}", value.to_str().unwrap())));
        }
        assert_eq!(said.join(", "), expected, "{what}");
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let cases = [(Some("2000"), Some("gzip")), (Some("1023"), None), (None, Some("gzip"))];
    for (length, expected) in cases {
        let mut request = get("gzip");
        *request.method_mut() = http::Method::HEAD;
        let mut response = page(&[("content-type", "text/html")], Body::Empty);
        if let Some(length) = length {
            response.headers_mut().insert("content-length", HeaderValue::from_static(length));
        }
        let (parts, body) = answer(Policy::default(), request, response).await.into_parts();
        let headers = parts.headers;
        assert_eq!(text(&headers, "content-encoding"), expected);
        // Else axum and hyper would take 0 for the length.
        assert_eq!(http_body::Body::size_hint(&body).exact().is_none(), expected.is_some());
        assert!(http_body::Body::is_end_stream(&body));
        assert_eq!(text(&headers, "content-length"), length.filter(|_| expected.is_none()));
    }
}

#[tokio::test]
async fn the_response_may_bring_its_own_choice() {
    let never = || {
        let mut response = page(&[("content-type", "text/html")], html(2000).into());
        response.extensions_mut().insert(Choice::Never);
        response
    };
    let headers = answer(Policy::default(), get("gzip"), never()).await.into_parts().0.headers;
    assert_eq!(headers.len(), 1);
    let mut response = page(&[("content-type", "text/html")], html(2000).into());
    response
        .extensions_mut()
        .insert(Choice::Policy(Arc::new(Policy { encodings: vec![Encoding::Deflate], ..Policy::fastify() })));
    let headers = answer(Policy::default(), get("br, deflate"), response).await.into_parts().0.headers;
    assert_eq!((text(&headers, "content-encoding"), text(&headers, "vary")), (Some("deflate"), Some("accept-encoding")));
}

/// The rule itself is tested beside it.
#[tokio::test]
async fn a_session_that_repeats_the_request_is_sent_as_it_is() {
    for (target, policy, encoding) in [
        ("/?q=entry", Policy::default(), None),
        ("/?q=other", Policy::default(), Some("gzip")),
        ("/?q=entry", Policy::fastify(), None),
    ] {
        let request = Request::get(target).header("accept-encoding", "gzip").body(Empty::new()).unwrap();
        let response = page(&[("content-type", "text/html"), ("set-cookie", "sid=1")], html(20_000).into());
        let (parts, body) = answer(policy, request, response).await.into_parts();
        assert_eq!(text(&parts.headers, "content-encoding"), encoding, "{target}");
        if encoding.is_none() {
            assert_eq!(body.collect().await.unwrap().to_bytes(), html(20_000));
        }
    }
}
