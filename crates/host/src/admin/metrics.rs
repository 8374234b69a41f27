//! `GET /metrics`: the Prometheus text format, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>), of one table.
//!
//! Written by hand: all numbers are counted elsewhere, and a registry would only be a second place that knows them.

use std::fmt::Write as _;

use edge::Body;
use edge::cache::{Cache, RedisView, View};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

mod process;

pub use process::Process;

use super::view;

/// A metric as it is declared (<https://prometheus.io/docs/practices/naming/>).
struct Metric {
    name: &'static str,
    /// `counter` or `gauge`.
    kind: &'static str,
    /// One line.
    help: &'static str,
    samples: fn(&View) -> Vec<Sample>,
}

/// A label with its value, if there is one, and a number.
type Sample = (Option<(&'static str, &'static str)>, u64);

const METRICS: [Metric; 16] = [
    counter("ssr_host_cache_requests_total", "Requests by what became of them.", |view| {
        labelled("result", &view::by_result(&view.counts))
    }),
    counter("ssr_host_cache_stored_total", "Responses that were stored.", |view| one(view.counts.stored)),
    counter("ssr_host_cache_refused_total", "Responses that were not stored, by reason.", |view| {
        labelled("reason", &view.counts.refused)
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

const fn counter(name: &'static str, help: &'static str, samples: fn(&View) -> Vec<Sample>) -> Metric {
    Metric { name, kind: "counter", help, samples }
}

const fn gauge(name: &'static str, help: &'static str, samples: fn(&View) -> Vec<Sample>) -> Metric {
    Metric { name, kind: "gauge", help, samples }
}

fn one(value: u64) -> Vec<Sample> {
    vec![(None, value)]
}

fn labelled(label: &'static str, values: &[(&'static str, u64)]) -> Vec<Sample> {
    values.iter().map(|(value, count)| (Some((label, *value)), *count)).collect()
}

fn of_redis(view: &View, value: fn(&RedisView) -> u64) -> Vec<Sample> {
    view.redis.iter().map(|redis| (None, value(redis))).collect()
}

/// Answers with all metrics; without a cache there are none of it.
pub(super) fn answer(process: &Process, cache: Option<&Cache>) -> Response<Body> {
    let mut all = cache.map(|cache| text(&cache.view(0))).unwrap_or_default();
    process.write(&mut all);
    let mut response = Response::new(all.into());
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn text(view: &View) -> String {
    let mut text = String::new();
    for Metric { name, kind, help, samples } in &METRICS {
        let samples = samples(view);
        if samples.is_empty() {
            continue;
        }
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (label, value) in samples {
            let label = label.map(|(label, value)| format!("{{{label}=\"{}\"}}", escaped(value))).unwrap_or_default();
            let _ = writeln!(text, "{name}{label} {value}");
        }
    }
    text
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As <https://prometheus.io/docs/practices/naming/> has it.
    #[test]
    fn names_follow_the_rules() {
        for (at, Metric { name, kind, help, .. }) in METRICS.iter().enumerate() {
            assert!(
                name.starts_with("ssr_host_") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{name}"
            );
            assert_eq!(name.ends_with("_total"), *kind == "counter", "{name}");
            assert!(help.ends_with('.') && !help.contains(['\n', '\\']), "{name}");
            assert!(METRICS[..at].iter().all(|other| other.name != *name), "{name}");
        }
    }

    #[test]
    fn every_number_is_there() {
        let mut view = view::tests::full();
        view.counts.refused.push(("a \"b\"\\c", 99));
        let text = text(&view);
        let expected = [
            "# HELP ssr_host_cache_requests_total Requests by what became of them.\n# TYPE ssr_host_cache_requests_total counter\n",
            "\nssr_host_cache_requests_total{result=\"hit\"} 60\n",
            "\nssr_host_cache_requests_total{result=\"stale_if_error\"} 3\n",
            "\nssr_host_cache_requests_total{result=\"miss\"} 25\n",
            "\nssr_host_cache_refused_total{reason=\"set-cookie\"} 12\n",
            "\nssr_host_cache_refused_total{reason=\"a \\\"b\\\"\\\\c\"} 99\n",
            "\nssr_host_cache_stored_total 22\n",
            "\nssr_host_cache_refreshes_total 7\n",
            "\nssr_host_cache_evictions_total 6\n",
            "\nssr_host_cache_purges_total 11\n",
            "\n# TYPE ssr_host_cache_entries gauge\nssr_host_cache_entries 2\n",
            "\nssr_host_cache_bytes 3000\n",
            "\nssr_host_cache_max_bytes 67108864\n",
            "\nssr_host_cache_redis_up 1\n",
            "\nssr_host_cache_redis_hits_total 14\n",
            "\nssr_host_cache_redis_misses_total 15\n",
            "\nssr_host_cache_redis_errors_total 16\n",
            "\nssr_host_cache_redis_dropped_writes_total 18\n",
            "\nssr_host_cache_redis_pending_purges 17\n",
        ];
        for part in expected {
            assert!(format!("\n{text}").contains(part), "no `{part}` in\n{text}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_there_is_not() {
        let text = text(&View::default());
        assert!(!text.contains("redis") && !text.contains("refused"), "{text}");
        assert!(text.contains("\nssr_host_cache_entries 0\n"), "{text}");
    }
}
