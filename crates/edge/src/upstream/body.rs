//! The bodies of requests and responses.

use std::pin::Pin;

use bytes::Bytes;

use crate::BoxError;

/// The body of a request.
pub type RequestBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a response, with its deadlines. Dropping it before its end closes the connection.
pub type Body = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// No body.
pub fn empty() -> RequestBody {
    full(Bytes::new())
}

/// All of a body, in memory.
pub fn full(bytes: Bytes) -> RequestBody {
    use http_body_util::BodyExt as _;
    Box::pin(http_body_util::Full::new(bytes).map_err(|never| match never {}))
}
