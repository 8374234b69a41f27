//! How long a response may be served: RFC 9111 section 4.2, RFC 5861.

use std::time::Duration;

/// What a response's directives, or a rule in their place, come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifetime {
    /// How old it may get and still be fresh.
    pub fresh: Duration,
    /// How old it was when it came (RFC 9111 section 4.2.3).
    pub initial_age: Duration,
    /// For how long after that it is served while it is refreshed. Zero where that is forbidden.
    pub stale_while_revalidate: Duration,
    /// For how long after it was fresh it is served when there is no other answer. Zero where that is forbidden.
    pub stale_if_error: Duration,
    /// It may answer requests with `Authorization` (RFC 9111 section 3.5).
    pub authorized: bool,
}
