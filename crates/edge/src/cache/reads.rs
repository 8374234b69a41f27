//! What a render read of its request: the inputs that its page depends on, by name.

use std::fmt;
use std::sync::Arc;

use http::HeaderName;

/// One input. Reading that something is absent is reading it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// The host that was asked for, as [`crate::client::Client::host`] has it.
    Host,
    /// Whether it was asked for over TLS, as [`crate::client::Client::https`] has it.
    Scheme,
    /// The version of HTTP.
    Version,
    /// The whole query string.
    Query,
    /// The values of a query parameter; its name is decoded.
    Parameter(Box<str>),
    /// All cookies.
    Cookies,
    /// A cookie.
    Cookie(Box<str>),
    /// All headers, and so all cookies.
    Headers,
    /// A header.
    Header(Name),
    /// The client's address.
    Client,
    /// What no other request has: its number.
    Unique,
}

/// A header's name with an order, so that a set of reads has one form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(pub HeaderName);

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

/// An extension of a response: what was read for it. A streamed body may add to that until it ends, so it is asked for then.
///
/// A response without it depends on host, scheme, query and what its `Vary` names, as RFC 9111 has it.
#[derive(Clone)]
pub struct Reads(Arc<dyn Fn() -> Vec<Read> + Send + Sync>);

impl Reads {
    /// `list` is called when the body has ended.
    pub fn new(list: impl Fn() -> Vec<Read> + Send + Sync + 'static) -> Reads {
        Reads(Arc::new(list))
    }

    /// What has been read so far, in any order.
    pub fn list(&self) -> Vec<Read> {
        (self.0)()
    }
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reads").field(&self.list()).finish()
    }
}

/// An extension of a request: the cache wants to know what is read for it.
#[derive(Debug, Clone, Copy)]
pub struct Track;
