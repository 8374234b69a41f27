//! Rate limits.

use edge::rate_limit::Layer;

use super::{Metric, counter, gauge, labelled, one};

pub(super) const METRICS: &[Metric<Layer>] = &[
    counter(
        "ssr_host_rate_limit_requests_total",
        "Requests that a limit was asked about, by what it said; `shadow_refused` passed.",
        |layer| {
            let stats = layer.stats();
            labelled(
                "result",
                [("allowed", stats.allowed()), ("refused", stats.refused()), ("shadow_refused", stats.shadow_refused())],
            )
        },
    ),
    gauge("ssr_host_rate_limit_keys", "Clients that are counted.", |layer| one(layer.size().0)),
    gauge("ssr_host_rate_limit_max_keys", "Clients that can be counted.", |layer| one(layer.size().1)),
    counter(
        "ssr_host_rate_limit_evictions_total",
        "Clients that were forgotten to make room before their time was over.",
        |layer| one(layer.stats().evicted()),
    ),
    counter("ssr_host_rate_limit_redis_errors_total", "Calls to Redis that failed or took too long.", |layer| {
        one(layer.stats().redis_errors())
    }),
];
