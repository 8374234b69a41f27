//! Where the numbers come from.

use std::sync::Arc;

use edge::cache::Cache;
use edge::rate_limit;

use super::{Process, cache, connections, limiter, pool, process, requests, upstreams, write};
use crate::backends::Backends;
use crate::listener;
use crate::observe::Observer;

/// All parts of a running host that count something.
#[derive(Clone)]
pub struct Sources {
    /// The process itself.
    pub process: Process,
    /// Requests.
    pub observer: Arc<Observer>,
    /// The isolates.
    pub pool: isolate::Pool,
    /// The render cache, if it is on.
    pub cache: Option<Cache>,
    /// The limits.
    pub rate_limit: rate_limit::Layer,
    /// The backends.
    pub backends: Arc<Backends>,
    /// Connections of clients.
    pub connections: Arc<listener::Counters>,
}

impl Sources {
    /// Everything, as Prometheus reads it.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(32 << 10);
        write(&mut text, process::METRICS, &self.process);
        write(&mut text, requests::METRICS, &self.observer);
        write(&mut text, pool::METRICS, &self.pool.view());
        if let Some(cache) = &self.cache {
            write(&mut text, cache::METRICS, &cache.view(0));
        }
        write(&mut text, limiter::METRICS, &self.rate_limit);
        write(&mut text, upstreams::METRICS, &self.backends.view());
        write(&mut text, upstreams::TUNNELS, &self.backends.tunnels.view());
        write(&mut text, connections::METRICS, &self.connections.view());
        text
    }
}

/// Part, name, kind and help of every metric there is, in the order in which they are told.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, &'static str, super::Kind, &'static str)> {
    fn of<S: ?Sized>(
        part: &'static str,
        metrics: &'static [super::Metric<S>],
    ) -> impl Iterator<Item = (&'static str, &'static str, super::Kind, &'static str)> {
        metrics.iter().map(move |metric| (part, metric.name, metric.kind, metric.help))
    }
    of("Process", process::METRICS)
        .chain(of("Requests", requests::METRICS))
        .chain(of("Isolates", pool::METRICS))
        .chain(of("Render cache", cache::METRICS))
        .chain(of("Rate limits", limiter::METRICS))
        .chain(of("Backends", upstreams::METRICS))
        .chain(of("Upgraded connections", upstreams::TUNNELS))
        .chain(of("Connections", connections::METRICS))
        .collect()
}
