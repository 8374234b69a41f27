//! The isolates.

use isolate::{IsolateView, View};

use super::{Metric, Sample, Value, counter, gauge, labelled, one};

pub(super) const METRICS: &[Metric<View>] = &[
    gauge("ssr_host_pool_isolates", "Isolates by what they do. Starting: for the first time, or in place of another.", |pool| {
        let busy = pool.isolates.iter().filter(|isolate| isolate.busy).count();
        labelled("state", [("busy", busy), ("idle", pool.isolates.len() - busy), ("starting", pool.starting)])
    }),
    gauge("ssr_host_pool_queue_length", "Requests that wait for an isolate.", |pool| one(pool.queued)),
    gauge("ssr_host_pool_queue_capacity", "Requests that may wait.", |pool| one(pool.queue_capacity)),
    gauge("ssr_host_pool_in_flight", "Requests that wait for an isolate or that one works on.", |pool| one(pool.in_flight)),
    gauge("ssr_host_pool_in_flight_limit", "How many there may be at the moment; absent while there is no overload.", |pool| {
        pool.in_flight_limit.map(one).unwrap_or_default()
    }),
    counter("ssr_host_pool_requests_total", "Requests that were taken on.", |pool| one(pool.requests)),
    counter("ssr_host_pool_refused_total", "Requests that were refused under overload: at once, or after a wait.", |pool| {
        labelled("when", [("at_once", pool.refused), ("after_wait", pool.shed)])
    }),
    counter("ssr_host_pool_overloads_total", "Times that an overload began.", |pool| one(pool.overloads)),
    counter("ssr_host_pool_cpu_seconds_total", "CPU time of all isolates, those that are gone included.", |pool| one(pool.cpu)),
    counter("ssr_host_pool_restarts_total", "Isolates that were replaced, by reason.", |pool| {
        labelled("reason", pool.restarts.iter().copied())
    }),
    counter("ssr_host_pool_start_failures_total", "Isolates that did not start; they are tried again.", |pool| {
        one(pool.start_failures)
    }),
    gauge("ssr_host_pool_heap_limit_bytes", "Heap that an isolate may have.", |pool| one(pool.heap_limit)),
    gauge("ssr_host_isolate_heap_used_bytes", "Heap in use, as of the last garbage collection.", |pool| {
        each(pool, |isolate| isolate.heap_used.into())
    }),
    gauge(
        "ssr_host_isolate_heap_after_gc_bytes",
        "Heap that the last full garbage collection has left; 0 before the first.",
        |pool| each(pool, |isolate| isolate.heap_after_gc.into()),
    ),
    gauge("ssr_host_isolate_in_flight", "Requests that an isolate works on.", |pool| {
        each(pool, |isolate| isolate.in_flight.into())
    }),
    gauge("ssr_host_isolate_age_seconds", "Time since an isolate was started.", |pool| each(pool, |isolate| isolate.age.into())),
];

/// Isolates that are replaced take their numbers with them: there are never more series at a time than isolates.
fn each(pool: &View, value: fn(&IsolateView) -> Value) -> Vec<Sample> {
    labelled("isolate", pool.isolates.iter().map(|isolate| (isolate.number, value(isolate))))
}
