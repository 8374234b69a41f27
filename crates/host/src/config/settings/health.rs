//! `[health]`: what being ready means.

use super::super::declare::settings;

settings! {
    /// Readiness.
    pub struct Readiness {
        /// `/ready` answers 503 while a backend of a `[[proxy]]` has no address that can be reached: by its `health` check, else by what became of requests. For an app that is of no use without it: where others are, taking all hosts out of service for one backend makes matters worse.
        backends: bool = false,
    }
}
