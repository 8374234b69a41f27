//! What became of a request, for those who count and log it.

/// What the cache did: an extension of every response that came by it. Each request is counted under one of these
/// ([`super::Counts`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered by what is stored, fresh.
    Hit,
    /// Answered by what is stored, stale, while it is rendered anew.
    Stale,
    /// Answered by what is stored because the render failed or took too long.
    StaleIfError,
    /// Answered with the render of another request that was under way.
    Collapsed,
    /// Rendered, or found in the second level.
    Miss,
    /// None of the cache's business.
    Bypass,
}

impl Outcome {
    /// As it is called in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Hit => "hit",
            Outcome::Stale => "stale",
            Outcome::StaleIfError => "stale_if_error",
            Outcome::Collapsed => "collapsed",
            Outcome::Miss => "miss",
            Outcome::Bypass => "bypass",
        }
    }
}
