//! The render cache.

use edge::cache::{RedisView, View};

use super::super::view;
use super::{Metric, Sample, counter, gauge, labelled, one};

pub(super) const METRICS: &[Metric<View>] = &[
    counter("ssr_host_cache_requests_total", "Requests by what became of them.", |view| {
        labelled("result", view::by_result(&view.counts))
    }),
    counter("ssr_host_cache_stored_total", "Responses that were stored.", |view| one(view.counts.stored)),
    counter("ssr_host_cache_refused_total", "Responses that were not stored, by reason.", |view| {
        labelled("reason", view.counts.refused.iter().copied())
    }),
    counter("ssr_host_cache_refreshes_total", "Renders in the background.", |view| one(view.counts.refreshed)),
    counter("ssr_host_cache_evictions_total", "Entries thrown out to make room.", |view| one(view.counts.evicted)),
    counter("ssr_host_cache_purges_total", "Purges received.", |view| one(view.counts.purges)),
    gauge("ssr_host_cache_entries", "Entries held.", |view| one(view.entries)),
    gauge("ssr_host_cache_bytes", "Size of the entries held.", |view| one(view.bytes)),
    gauge("ssr_host_cache_max_bytes", "What the entries may take.", |view| one(view.max_bytes)),
    gauge("ssr_host_cache_renders_in_flight", "Renders under way for the cache.", |view| one(view.flights)),
    gauge("ssr_host_cache_redis_up", "Whether the second level is asked.", |view| of_redis(view, |redis| redis.up.into())),
    counter("ssr_host_cache_redis_hits_total", "Lookups in the second level that found an entry.", |view| {
        of_redis(view, |redis| redis.hits)
    }),
    counter("ssr_host_cache_redis_misses_total", "Lookups in the second level that found none.", |view| {
        of_redis(view, |redis| redis.misses)
    }),
    counter("ssr_host_cache_redis_errors_total", "Calls to the second level that failed or took too long.", |view| {
        of_redis(view, |redis| redis.errors)
    }),
    counter("ssr_host_cache_redis_dropped_writes_total", "Entries that were not written because too many waited.", |view| {
        of_redis(view, |redis| redis.dropped_writes)
    }),
    gauge("ssr_host_cache_redis_pending_purges", "Purges that other instances have not been told of yet.", |view| {
        of_redis(view, |redis| redis.pending_purges)
    }),
];

fn of_redis(view: &View, value: fn(&RedisView) -> u64) -> Vec<Sample> {
    view.redis.as_ref().map(|redis| one(value(redis))).unwrap_or_default()
}
