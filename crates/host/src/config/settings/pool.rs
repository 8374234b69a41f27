//! `[pool]` and `[overload]`: the isolates, and what waits for them.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::super::declare::settings;
use super::super::setting::Size;

settings! {
    /// The isolates.
    pub struct Pool {
        /// Number of isolates.
        isolates: NonZeroUsize = (computed "the CPUs that the machine or its cgroup grants, but no more than have a heap of 64 MiB each"),
        /// Heap of one isolate.
        heap_limit: Size = (computed "three quarters of the memory (the least of what machine, cgroup and FLY_VM_MEMORY_MB say) after 64 MiB for the process and `cache.max_size`, shared by the isolates; from 32 MiB to 1 GiB") from "32MiB",
        /// CPU time JavaScript may use without letting go.
        cpu_limit: Duration = "5s",
        /// Time from a request to the start of its response.
        request_timeout: Duration = "30s",
        /// Requests that may wait for an isolate; one more is refused.
        queue: usize = 1024,
        /// Longest wait for an isolate.
        queue_timeout: Duration = "5s",
        /// Requests one isolate works on at the same time while they wait for I/O.
        in_flight: NonZeroUsize = 100,
        /// Requests after which an isolate is replaced by a fresh one.
        recycle_requests: Option<NonZeroUsize> = (unset "never"),
        /// Age at which an isolate is replaced by a fresh one, such as `6h`.
        recycle_age: Option<Duration> = (unset "never"),
        /// Directory where V8's byte code is kept for the next start.
        code_cache: Option<PathBuf> = (unset "in memory"),
    }
}

settings! {
    /// What happens when more is asked than the isolates can do.
    pub struct Overload {
        /// Adapt how many requests are let in to how long they wait for an isolate.
        adaptive: bool = true,
        /// The wait for an isolate that is aimed at.
        target: Duration = "250ms",
        /// Requests that are always let in; 0 for two for each isolate, one at work and one that comes next.
        min: usize = 0,
        /// What `Retry-After` says to those that are refused.
        retry_after: Duration = "1s" from "1s" to "1h",
    }
}
