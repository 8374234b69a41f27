//! A stored response.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::key::{Key, Spec};
use super::lifetime::Lifetime;
use super::purge::Moment;

/// What is stored of a response, and all that another instance needs to serve it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The path of the request as the client wrote it, without its query.
    pub path: Arc<str>,
    /// The query of the request that it was rendered for, for purges by URL; empty when there was none.
    pub query: Box<str>,
    /// The inputs that it depends on.
    pub spec: Arc<Spec>,
    /// Path, inputs and their values.
    pub key: Key,
    /// Status code.
    pub status: StatusCode,
    /// Headers as they are served, but for `Age` and `Cache-Status`: with `Date`, and `ETag`.
    pub headers: HeaderMap,
    /// Whether the `ETag` is the app's own, so that the app can be asked whether it still holds.
    pub own_etag: bool,
    /// The body, not encoded by the host.
    pub body: Bytes,
    /// How long it may be served.
    pub lifetime: Lifetime,
    /// When it was received.
    pub received: Moment,
    /// When its render began: what was purged after that does not count any more.
    pub born: Moment,
    /// Its tags.
    pub tags: Box<[Box<str>]>,
}
