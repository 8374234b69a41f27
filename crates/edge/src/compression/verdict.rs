//! Whether a response is compressed, and in which encoding.

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;

use super::{Encoding, Policy, Rules, accept, breach, fastify, headers};
use crate::Body;

const X_NO_COMPRESSION: HeaderName = HeaderName::from_static("x-no-compression");

/// What is needed of a request after it has gone on.
pub(super) struct Asked {
    pub(super) head: bool,
    accept: Option<HeaderValue>,
    no_compression: bool,
    breach: breach::Asked,
}

impl Asked {
    pub(super) fn new<B: http_body::Body>(request: &Request<B>) -> Self {
        let head = request.method() == Method::HEAD;
        // Who accepts nothing gets nothing encoded, and the rest is not asked.
        let Some(accept) = headers::joined(request.headers(), ACCEPT_ENCODING) else {
            return Asked { head, accept: None, no_compression: false, breach: breach::Asked::default() };
        };
        let no_compression = request.headers().contains_key(X_NO_COMPRESSION);
        Asked { head, accept: Some(accept), no_compression, breach: breach::Asked::new(request) }
    }

    fn encoding(&self, policy: &Policy) -> Option<Encoding> {
        let header = self.accept.as_ref().map(HeaderValue::as_bytes);
        match policy.rules {
            Rules::Host => accept::choose(header, &policy.encodings),
            Rules::Fastify => fastify::choose(header, &policy.encodings).filter(|_| !self.no_compression),
        }
    }
}

/// What becomes of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it is.
    Leave,
    /// As it is, but another client might get it encoded.
    Vary,
    /// The headers of this encoding: the body is in it already, or there is none to see (HEAD).
    Label(Encoding),
    /// Encoded.
    Encode(Encoding),
}

/// Decides about a response to `asked`.
pub(super) fn verdict(asked: &Asked, policy: &Policy, response: &Response<Body>) -> Verdict {
    // `@fastify/compress` says nothing of what it did not compress.
    let uncompressed = if policy.rules == Rules::Host { Verdict::Vary } else { Verdict::Leave };
    let (status, fields) = (response.status(), response.headers());
    if status == StatusCode::NOT_MODIFIED && (!fields.contains_key(CONTENT_TYPE) || headers::has_type(fields, policy)) {
        return if headers::is_encoded(fields, policy.rules) { Verdict::Leave } else { uncompressed };
    }
    if !headers::allow(status, fields, policy) {
        return Verdict::Leave;
    }
    let length = match response.body() {
        // `@fastify/compress` does not see the body of HEAD.
        Body::Empty if !asked.head || policy.rules == Rules::Fastify => return Verdict::Leave,
        Body::Empty => headers::length(fields),
        Body::Stream(_) => None,
        body => body.size_hint().exact(),
    };
    if length.is_some_and(|length| length < policy.min_size as u64) {
        return Verdict::Leave;
    }
    match asked.encoding(policy) {
        Some(encoding) if !asked.breach.forbids(response) => match response.body() {
            Body::Empty => Verdict::Label(encoding),
            Body::Full(page) if policy.rules == Rules::Fastify && fastify::is_encoded(page, encoding) => Verdict::Label(encoding),
            _ => Verdict::Encode(encoding),
        },
        _ => uncompressed,
    }
}
