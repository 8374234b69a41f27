//! What can be seen of the cache: counters for metrics, and its state at a moment.

use std::time::Duration;

/// The state of the cache.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Entries held.
    pub entries: u64,
    /// Their size in bytes: bodies, encoded forms, headers and keys.
    pub bytes: u64,
    /// What they may be in bytes.
    pub max_bytes: u64,
    /// Paths of which it is known what their pages depend on.
    pub paths: u64,
    /// Renders under way, for the cache.
    pub flights: u64,
    /// The entries that were asked for most, most first.
    pub top: Vec<Top>,
    /// Counted since the start.
    pub counts: Counts,
    /// The second level, when there is one.
    pub redis: Option<RedisView>,
}

/// An entry.
#[derive(Debug, Clone)]
pub struct Top {
    /// Path, and the query it was rendered for.
    pub url: String,
    /// The inputs it depends on, such as `header accept-language`.
    pub depends_on: Vec<String>,
    /// Status code.
    pub status: u16,
    /// Its size in bytes.
    pub bytes: u64,
    /// How often it was served.
    pub hits: u64,
    /// Its age.
    pub age: Duration,
    /// How long it is still fresh; zero: it is stale.
    pub ttl: Duration,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What happened to requests. Each counts once in `hits` … `bypassed`.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Served fresh from memory.
    pub hits: u64,
    /// Served stale while it was refreshed.
    pub stale: u64,
    /// Served stale because there was no other answer.
    pub stale_if_error: u64,
    /// Served what another request waited for as well.
    pub collapsed: u64,
    /// Rendered, or answered by the second level.
    pub misses: u64,
    /// Not the cache's business: methods, bodies, rules.
    pub bypassed: u64,
    /// Responses stored.
    pub stored: u64,
    /// Renders in the background, before or after expiry.
    pub refreshed: u64,
    /// Entries thrown out to make room.
    pub evicted: u64,
    /// Purges received.
    pub purges: u64,
    /// Responses not stored, by reason.
    pub refused: Vec<(&'static str, u64)>,
}

/// The second level.
#[derive(Debug, Clone, Default)]
pub struct RedisView {
    /// Whether it is asked.
    pub up: bool,
    /// Lookups that found an entry.
    pub hits: u64,
    /// Lookups that found none.
    pub misses: u64,
    /// Calls that failed or took too long.
    pub errors: u64,
    /// Entries that were not written because too many waited.
    pub dropped_writes: u64,
    /// Purges that other instances have not been told of yet.
    pub pending_purges: u64,
}
