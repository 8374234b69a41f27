//! What is known of how a response was made: extensions of it, for the log and for metrics.
//!
//! Whoever answers says so; nothing in between reads it. The cache keeps the [`Route`] of what it stores, because what it answers later
//! comes from the same.

use std::sync::Arc;
use std::time::Duration;

/// The pattern of the route that a response came from (`/posts/:id`), and not the path that a client asked for: of patterns
/// there are few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route(pub Arc<str>);

/// A route of the host's own.
impl From<&'static str> for Route {
    fn from(pattern: &'static str) -> Route {
        Route(pattern.into())
    }
}

/// How the app's part of a request went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Render {
    /// The number of the isolate that took it. `None`: none did.
    pub isolate: Option<usize>,
    /// From the request to the moment at which an isolate took it, or at which it was refused.
    pub queued: Duration,
    /// From then to the head of the response.
    pub worked: Duration,
}
