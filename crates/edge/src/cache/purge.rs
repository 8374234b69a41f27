//! Purges: which entries no longer count, told by when they were rendered.
//!
//! Nothing is looked for when something is purged. Each selector has the time of its last purge, and an entry whose render began before
//! that of any of its selectors does not count. So a purge also reaches a render that is under way, and
//! other instances that learn of it late.

use std::fmt;

/// What to purge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    /// Everything.
    All,
    /// What has this tag.
    Tag(String),
    /// A path, with all its queries; or with its query, exactly that.
    Url(String),
    /// All paths that begin with this.
    Prefix(String),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::All => f.write_str("all"),
            Selector::Tag(tag) => write!(f, "tag {tag}"),
            Selector::Url(url) => write!(f, "url {url}"),
            Selector::Prefix(prefix) => write!(f, "prefix {prefix}"),
        }
    }
}

/// A purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// Of what.
    pub selector: Selector,
    /// Stale rather than gone: served while it is refreshed and when there is no other answer, as far as it may be.
    pub soft: bool,
}

/// A time in microseconds since the Unix epoch.
pub type Moment = u64;
