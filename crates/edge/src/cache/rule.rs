//! What an operator says about the caching of some paths.

use std::time::Duration;

use http::HeaderName;

use crate::path::Pattern;

/// A rule. The first one that matches a path holds; a path that is written so that readers of it may disagree matches none.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which paths.
    pub path: Pattern,
    /// Whether anything is stored.
    pub enabled: bool,
    /// How long a response that says nothing of it itself is fresh. `None`: it is not stored then.
    pub ttl: Option<Duration>,
    /// How long after that it is served while it is refreshed, unless the response says (RFC 5861 section 3).
    pub stale_while_revalidate: Option<Duration>,
    /// How long after that it is served when there is no other answer, unless the response says (RFC 5861 section 4).
    pub stale_if_error: Option<Duration>,
    /// Query parameters that the app does not get to see. A final `*` stands for any rest: `utm_*`.
    pub ignore_query: Vec<String>,
    /// Headers of which the app sees one of a few values.
    pub headers: Vec<(HeaderName, Normalizer)>,
    /// The cookies that the app gets to see, and that a page may depend on. `None`: all, and a page that depends on one is not stored.
    pub cookies: Option<Vec<String>>,
    /// Tags besides those of `Cache-Tag`.
    pub tags: Vec<String>,
}

impl Rule {
    /// A rule that says nothing yet.
    pub fn new(path: Pattern) -> Rule {
        Rule {
            path,
            enabled: true,
            ttl: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            ignore_query: Vec::new(),
            headers: Vec::new(),
            cookies: None,
            tags: Vec::new(),
        }
    }
}

/// What becomes of a header before the app sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Normalizer {
    /// The app does not see it.
    Drop,
    /// One of these: the one that the client likes best (RFC 9110 section 12.5, for languages RFC 4647 section 3.4 "lookup"); the first when it likes
    /// none, or has no such header.
    OneOf(Vec<String>),
}
