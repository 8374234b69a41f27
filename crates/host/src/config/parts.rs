//! Settings as the parts of the server want them: the only place that knows both.

use std::time::Duration;

use super::Config;
use crate::shutdown;

/// Longest time until the app listens. Not an option until somebody needs it.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(60);

impl Config {
    /// The part that the pool needs.
    pub fn pool(&self) -> isolate::Config {
        let (pool, overload) = (&self.settings.pool, &self.settings.overload);
        isolate::Config {
            args: self.args.clone(),
            isolates: pool.isolates.get(),
            in_flight: pool.in_flight.get(),
            queue: pool.queue,
            queue_timeout: pool.queue_timeout,
            overload: isolate::overload::Config {
                adaptive: overload.adaptive,
                target: overload.target,
                min: overload.min,
            },
            request_timeout: pool.request_timeout,
            cpu_limit: pool.cpu_limit,
            heap_limit: pool.heap_limit.bytes(),
            startup_timeout: STARTUP_TIMEOUT,
            recycle_requests: pool.recycle_requests.map(|count| count.get() as u64),
            recycle_age: pool.recycle_age,
            code_cache: pool.code_cache.clone(),
            ..isolate::Config::new(self.entry.clone())
        }
    }

    /// How the process stops.
    pub fn shutdown(&self) -> shutdown::Config {
        let shutdown = &self.settings.shutdown;
        shutdown::Config { timeout: shutdown.timeout, ready_delay: shutdown.ready_delay }
    }
}
