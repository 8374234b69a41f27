//! What an app has read of its request while it made the response: what the response depends on, besides method and path.
//!
//! JavaScript notes each read when it happens (`js-runtime/reads.js`); here they become a small set. Names that a stranger can
//! make up are bounded: too many, or one that cannot be told apart for certain, and the whole counts as read.

use std::sync::Arc;

use http::HeaderName;
use parking_lot::Mutex;

/// Names of one kind that are kept apart; one more, and the whole has been read.
const MAX_NAMES: usize = 64;

/// Longest name in bytes that is kept.
const MAX_NAME: usize = 256;

/// A part of a request that an app has read. Reading that something is not there is reading it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Read {
    /// All headers, cookies among them.
    Headers,
    /// One header.
    Header(HeaderName),
    /// The `cookie` header as a whole.
    Cookies,
    /// One cookie: the values of all pairs of this name. The name is ASCII, and so is the header.
    Cookie(Box<str>),
    /// The query string as a whole.
    Query,
    /// One parameter of the query: the values of all pairs of this name, which is decoded (`application/x-www-form-urlencoded`). It
    /// is ASCII without `%`, so that a name that does not decode is none of it.
    Parameter(Box<str>),
    /// Who the client is: addresses and ports.
    Client,
    /// The host, with its port, that was asked for.
    Host,
    /// `http` or `https`.
    Scheme,
    /// The version of HTTP.
    Version,
    /// What is new in each request: its id, its body.
    Unique,
}

/// How JavaScript calls them, in the order of [`Read`] (`js-runtime/reads.js`).
pub(crate) mod kind {
    pub(crate) const HEADERS: u32 = 0;
    pub(crate) const HEADER: u32 = 1;
    pub(crate) const COOKIES: u32 = 2;
    pub(crate) const COOKIE: u32 = 3;
    pub(crate) const QUERY: u32 = 4;
    pub(crate) const PARAMETER: u32 = 5;
    pub(crate) const CLIENT: u32 = 6;
    pub(crate) const HOST: u32 = 7;
    pub(crate) const SCHEME: u32 = 8;
    pub(crate) const VERSION: u32 = 9;
}

impl Read {
    /// What JavaScript notes as `kind` and `name`; `None` for the name of a header that no request can have.
    pub(crate) fn of(kind: u32, name: &str) -> Option<Read> {
        let short = name.len() <= MAX_NAME;
        Some(match kind {
            kind::HEADERS => Read::Headers,
            kind::HEADER if !short => Read::Headers,
            kind::HEADER => match HeaderName::from_bytes(name.as_bytes()).ok()? {
                http::header::COOKIE => Read::Cookies,
                name => Read::Header(name),
            },
            kind::COOKIE if short => Read::Cookie(name.into()),
            kind::COOKIES | kind::COOKIE => Read::Cookies,
            kind::PARAMETER if short => Read::Parameter(name.into()),
            kind::QUERY | kind::PARAMETER => Read::Query,
            kind::CLIENT => Read::Client,
            kind::HOST => Read::Host,
            kind::SCHEME => Read::Scheme,
            kind::VERSION => Read::Version,
            _ => Read::Unique,
        })
    }

    /// What a name is a part of.
    fn whole(&self) -> Option<Read> {
        match self {
            Read::Header(_) | Read::Cookies => Some(Read::Headers),
            Read::Cookie(_) => Some(Read::Cookies),
            Read::Parameter(_) => Some(Read::Query),
            _ => None,
        }
    }

    fn is_within(&self, other: &Read) -> bool {
        self == other || self.whole().is_some_and(|whole| whole.is_within(other))
    }
}

/// What has been read for one response. Clones share it. It is complete once the response's body has ended: what makes a stream
/// goes on reading.
#[derive(Debug, Clone, Default)]
pub struct Reads(Arc<Mutex<Vec<Read>>>);

impl Reads {
    /// All of it so far, in the order of the first reads; what is a part of something else in it is left out.
    pub fn list(&self) -> Vec<Read> {
        self.0.lock().clone()
    }

    pub(crate) fn add(&self, read: Read) {
        let mut known = self.0.lock();
        if known.iter().any(|other| read.is_within(other)) {
            return;
        }
        let same_kind = |other: &&Read| std::mem::discriminant(*other) == std::mem::discriminant(&read);
        let full = known.iter().filter(same_kind).count() >= MAX_NAMES;
        let read = if full { read.whole().unwrap_or(read) } else { read };
        known.retain(|other| !other.is_within(&read));
        known.push(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(reads: &[Read]) -> Vec<Read> {
        let all = Reads::default();
        reads.iter().for_each(|read| all.add(read.clone()));
        all.list()
    }

    #[test]
    fn parts_are_within_their_wholes() {
        let accept = Read::Header(http::header::ACCEPT);
        let sid = Read::Cookie("sid".into());
        assert_eq!(list(&[accept.clone(), sid.clone(), accept.clone()]), [accept.clone(), sid.clone()]);
        assert_eq!(list(&[sid.clone(), Read::Cookies, Read::Host, sid.clone()]), [Read::Cookies, Read::Host]);
        assert_eq!(list(&[sid.clone(), accept.clone(), Read::Headers, sid, accept]), [Read::Headers]);
        assert_eq!(list(&[Read::Parameter("a".into()), Read::Headers, Read::Query]), [Read::Headers, Read::Query]);
    }

    #[test]
    fn names_are_bounded() {
        let parameters: Vec<_> = (0..=MAX_NAMES).map(|n| Read::Parameter(format!("p{n}").into())).collect();
        assert_eq!(list(&parameters[..MAX_NAMES]).len(), MAX_NAMES);
        assert_eq!(list(&parameters), [Read::Query]);
        let long = "x".repeat(MAX_NAME + 1);
        assert_eq!(Read::of(kind::HEADER, &long), Some(Read::Headers));
        assert_eq!(Read::of(kind::COOKIE, &long), Some(Read::Cookies));
        assert_eq!(Read::of(kind::PARAMETER, &long), Some(Read::Query));
    }

    #[test]
    fn a_header_is_one_whatever_its_case() {
        assert_eq!(Read::of(kind::HEADER, "Accept"), Some(Read::Header(http::header::ACCEPT)));
        assert_eq!(Read::of(kind::HEADER, "Cookie"), Some(Read::Cookies));
        assert_eq!(Read::of(kind::HEADER, "no header"), None);
    }
}
