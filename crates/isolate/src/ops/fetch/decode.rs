//! Content codings of responses, as Node's `fetch` undoes them: `gzip`, `deflate` (with or without its zlib wrapper) and `br`, also several. The
//! headers stay as they came. A response with a coding that is not known is left as it is.
//!
//! Where Node is lenient this is not: compressed data that is cut short is an error, as any other body that is.

use std::io;
use std::pin::Pin;

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder};
use deno_core::futures::{StreamExt as _, TryStreamExt as _, stream};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method, StatusCode};
use http_body::Frame;
use http_body_util::{BodyDataStream, StreamBody};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader};
use tokio_util::io::{ReaderStream, StreamReader};

use crate::host::FetchError;
use crate::message::RequestBody;

/// Most codings that are undone (as undici since CVE-2026-22036): each multiplies what the other side can make us do.
const MOST: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The codings of a response's body, the last one applied first; none when it has no body, or one is not known.
pub(super) fn codings(method: &Method, status: StatusCode, headers: &HeaderMap) -> Vec<Coding> {
    if *method == Method::HEAD || matches!(status.as_u16(), 101 | 103 | 204 | 205 | 304) {
        return Vec::new();
    }
    let names =
        headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let codings: Option<Vec<_>> = names.map(|name| coding(name.trim())).collect();
    let mut codings = codings.filter(|codings| codings.len() <= MOST).unwrap_or_default();
    codings.reverse();
    codings
}

fn coding(name: &str) -> Option<Coding> {
    let names = [("gzip", Coding::Gzip), ("x-gzip", Coding::Gzip), ("deflate", Coding::Deflate), ("br", Coding::Brotli)];
    names.into_iter().find_map(|(known, coding)| name.eq_ignore_ascii_case(known).then_some(coding))
}

/// The body without `codings`.
pub(super) fn decoded(body: RequestBody, codings: Vec<Coding>) -> RequestBody {
    if codings.is_empty() {
        return body;
    }
    let reader: Reader = Box::pin(StreamReader::new(BodyDataStream::new(body).map_err(io::Error::other)));
    let pieces = stream::once(open(reader, codings)).map_ok(ReaderStream::new).try_flatten();
    Box::pin(StreamBody::new(pieces.map(|piece| piece.map(Frame::data).map_err(Into::into))))
}

type Reader = Pin<Box<dyn AsyncBufRead + Send>>;

/// Wraps a decoder for each coding around `reader`, once its first byte is there: nothing at all is an empty body, whatever the headers say.
async fn open(mut reader: Reader, codings: Vec<Coding>) -> io::Result<Reader> {
    for coding in codings {
        let Some(first) = reader.fill_buf().await?.first().copied() else { break };
        reader = match coding {
            Coding::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                Box::pin(BufReader::new(decoder))
            }
            // RFC 1950: the low bits of a zlib wrapper say that it holds deflate.
            Coding::Deflate if first & 0x0f == 8 => Box::pin(BufReader::new(ZlibDecoder::new(reader))),
            Coding::Deflate => Box::pin(BufReader::new(DeflateDecoder::new(reader))),
            Coding::Brotli => Box::pin(BufReader::new(BrotliDecoder::new(reader))),
        };
    }
    Ok(reader)
}

/// What went wrong with a response's body, in Node's codes.
pub(super) fn error_of(error: Box<dyn std::error::Error + Send + Sync>) -> FetchError {
    let failed = |code, message| FetchError { code, status: 502, message };
    let error = match error.downcast::<FetchError>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    let error = match error.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(error) => return failed("UND_ERR_SOCKET", error.to_string()),
    };
    match (error.kind(), error.to_string()) {
        (io::ErrorKind::UnexpectedEof, _) => failed("Z_BUF_ERROR", "unexpected end of file".to_owned()),
        (io::ErrorKind::Other, message) => error.into_inner().map_or_else(|| failed("Z_DATA_ERROR", message), error_of),
        (_, message) => failed("Z_DATA_ERROR", message),
    }
}
