//! The second level: a Redis or Valkey that instances share.

use std::time::Duration;

/// Which, and how long it is waited for.
#[derive(Clone)]
pub struct Config {
    /// `redis://[user:password@]host[:port][/database]` or `unix:///path`; may be secret.
    pub url: String,
    /// How long a call may take.
    pub timeout: Duration,
    /// What keys begin with.
    pub prefix: String,
}
