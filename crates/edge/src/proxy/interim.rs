//! Interim responses (1xx): `100 Continue` when the backend says so, and the others passed on to the client (RFC 9110 section 15.2).
//!
//! Clients and backends that speak HTTP/1.1 have them. hyper can send none on HTTP/2 and hands none out that come there; HTTP/1.0
//! has none.

mod patience;

use std::fmt;
use std::sync::Arc;

use http::header::EXPECT;
use http::{HeaderMap, Request, StatusCode};
use http_body::Body as _;

use crate::upstream::RequestBody;
use patience::{Patient, Word};

/// A connection that may carry interim responses.
pub trait Carrier: Send + Sync {
    /// Takes the head of an interim response to the request with this number, and sends it before that one's final response or never.
    fn carry(&self, request: usize, head: &[u8]);
}

/// The way back to the client before there is a response: an extension of requests whose connection can carry interim responses.
#[derive(Clone)]
pub struct Interim {
    carrier: Arc<dyn Carrier>,
    request: usize,
}

impl Interim {
    /// For one request of a connection.
    pub fn new(carrier: Arc<dyn Carrier>, request: usize) -> Interim {
        Interim { carrier, request }
    }

    /// Sends an interim response, if the connection can carry one now. Neither `100 Continue`, which is hyper's to say, nor `101
    /// Switching Protocols`, which is none.
    pub fn send(&self, status: StatusCode, headers: &HeaderMap) {
        if !status.is_informational() || matches!(status, StatusCode::CONTINUE | StatusCode::SWITCHING_PROTOCOLS) {
            return;
        }
        let mut head = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default()).into_bytes();
        for (name, value) in headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                head.extend_from_slice(part);
            }
        }
        head.extend_from_slice(b"\r\n");
        self.carrier.carry(self.request, &head);
    }
}

impl fmt::Debug for Interim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interim").field("request", &self.request).finish_non_exhaustive()
    }
}

/// Prepares a request to a backend: with `expect: 100-continue` its body is first read when the backend asks for it (or has said nothing
/// for a second); other interim responses go to `client`.
///
/// hyper tells a client to continue when its body is first read, so the client's `100` follows the backend's. Whoever sends the request more
/// than once keeps its extensions: that they are dropped says that there is a response.
pub fn prepare(mut request: Request<RequestBody>, client: Option<Interim>) -> Request<RequestBody> {
    let expects = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"100-continue");
    let waits = request.headers().get(EXPECT).is_some_and(expects) && !request.body().is_end_stream();
    if !waits && client.is_none() {
        return request;
    }
    let (word, heard) = Word::new();
    hyper::ext::on_informational(&mut request, move |response| match (response.status(), &client) {
        (StatusCode::CONTINUE, _) => word.go_on(),
        (status, Some(client)) => {
            let mut headers = response.headers().clone();
            super::headers::strip(&mut headers);
            client.send(status, &headers);
        }
        _ => {}
    });
    if !waits {
        return request;
    }
    request.map(|body| Box::pin(Patient::new(body, heard)) as RequestBody)
}

#[cfg(test)]
mod tests;
