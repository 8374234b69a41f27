//! Answers of every kind that a proxy has to pass on: large, slow, cut short, with trailers.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, Path, Query};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRAILER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const PIECE: usize = 16 << 10;

/// `GET /health`
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `POST /api/upload`: takes a body of any size piece by piece, and says how long it was and what its SHA-256 is.
pub async fn upload(body: Body) -> Result<Json<Value>, StatusCode> {
    let (mut body, mut size, mut hash) = (body, 0, Sha256::new());
    let mut trailers = BTreeMap::new();
    while let Some(frame) = body.frame().await {
        match frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() {
            Ok(data) => {
                size += data.len();
                hash.update(&data);
            }
            Err(frame) => trailers.extend(frame.trailers_ref().into_iter().flatten().map(readable)),
        }
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Json(json!({ "size": size, "sha256": hash, "trailers": trailers })))
}

/// How much of a body.
#[derive(Deserialize)]
pub struct Size {
    /// Bytes.
    bytes: Option<usize>,
    /// Say the length beforehand, rather than send chunks.
    #[serde(default)]
    length: bool,
}

impl Size {
    fn bytes(&self) -> usize {
        self.bytes.unwrap_or(1 << 20)
    }

    fn response(&self, pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Response {
        let mut response = Body::from_stream(pieces).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        if self.length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(self.bytes()));
        }
        response
    }
}

/// `GET /api/big?bytes=&length=true`: that many bytes, which count up to 250.
pub async fn big(Query(size): Query<Size>) -> Response {
    let pieces = pieces(size.bytes()).map(Ok);
    size.response(stream::iter(pieces))
}

/// `GET /api/cut?bytes=&length=true`: half of what was promised, and then the connection ends.
pub async fn cut(Query(size): Query<Size>) -> Response {
    size.response(cut_after(pieces(size.bytes() / 2)))
}

/// These pieces, and then the connection ends.
pub fn cut_after(pieces: impl Iterator<Item = Bytes>) -> impl Stream<Item = io::Result<Bytes>> {
    let end = async {
        // What is there is sent first.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("cut short on purpose"))
    };
    stream::iter(pieces.map(Ok)).chain(stream::once(end))
}

fn pieces(bytes: usize) -> impl Iterator<Item = Bytes> + Send {
    let piece = |from: usize, until: usize| (from..until).map(|position| (position % 251) as u8).collect();
    (0..bytes).step_by(PIECE).map(move |from| piece(from, bytes.min(from + PIECE)))
}

/// `GET /api/trailers`: a body with a trailer after it. On HTTP/1.1 a client that wants it says `te: trailers`.
pub async fn trailers() -> Response {
    let trailer = HeaderMap::from_iter([(HeaderName::from_static("x-checksum"), HeaderValue::from_static("4"))]);
    let frames = [Frame::data(Bytes::from_static(b"body")), Frame::trailers(trailer)];
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, io::Error>)));
    ([(TRAILER, "x-checksum")], Body::new(body)).into_response()
}

/// How long to wait.
#[derive(Deserialize)]
pub struct Wait {
    /// Milliseconds.
    ms: Option<u64>,
}

/// `/api/slow?ms=`: takes its time.
pub async fn slow(Query(Wait { ms }): Query<Wait>) -> Json<Value> {
    let ms = ms.unwrap_or(1000).min(600_000);
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Json(json!({ "waited": ms }))
}

/// `/api/status/:code`: answers with that.
pub async fn status(Path(code): Path<u16>) -> Result<Response, StatusCode> {
    let code = StatusCode::from_u16(code).ok().filter(|code| !code.is_informational()).ok_or(StatusCode::BAD_REQUEST)?;
    Ok((code, Json(json!({ "status": code.as_u16() }))).into_response())
}

/// `/api/headers`: what has arrived here.
pub async fn headers(method: Method, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Json<Value> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in headers.iter().map(readable) {
        all.entry(name).or_default().push(value);
    }
    Json(json!({ "method": method.as_str(), "url": uri.to_string(), "headers": all }))
}

fn readable((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
}
