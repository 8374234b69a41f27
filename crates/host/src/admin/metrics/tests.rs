use std::collections::BTreeMap;
use std::time::Duration;

use edge::cache::View;

use super::super::view;
use super::*;

/// As <https://prometheus.io/docs/practices/naming/> has it.
#[test]
fn names_follow_the_rules() {
    let all = sources::all();
    for (at, (_, name, kind, help)) in all.iter().enumerate() {
        let own = name.strip_prefix("ssr_host_").or_else(|| name.strip_prefix("process_"));
        assert!(own.is_some_and(|own| own.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')), "{name}");
        assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
        assert_eq!(name.ends_with("_seconds"), *kind == Kind::Histogram || name.ends_with("_seconds"), "{name}");
        assert!(help.ends_with('.') && !help.contains(['\n', '\\', '|']), "{name}");
        assert!(all[..at].iter().all(|other| other.1 != *name), "{name}");
    }
}

/// `docs/METRICS.md` has a row for every metric, in words of the tables, and none besides.
#[test]
fn the_page_lists_them_all() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/METRICS.md")).unwrap();
    let written: Vec<_> =
        page.lines().filter(|line| line.starts_with("| `ssr_host_") || line.starts_with("| `process_")).collect();
    let mut expected: BTreeMap<&str, String> = BTreeMap::new();
    for (_, name, kind, help) in sources::all() {
        expected.insert(name, format!("| `{name}` | {} | {help} |", kind.name()));
    }
    for row in expected.values() {
        assert!(written.contains(&row.as_str()), "docs/METRICS.md lacks the row\n{row}");
    }
    for row in written {
        assert!(expected.values().any(|known| known == row), "docs/METRICS.md has a row of no metric:\n{row}");
    }
}

fn text<S: ?Sized>(metrics: &[Metric<S>], source: &S) -> String {
    let mut text = String::new();
    write(&mut text, metrics, source);
    text
}

#[test]
fn every_number_of_the_cache_is_there() {
    let mut view = view::tests::full();
    view.counts.refused.push(("a \"b\"\\c", 99));
    let text = text(cache::METRICS, &view);
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
    let text = text(cache::METRICS, &View::default());
    assert!(!text.contains("redis") && !text.contains("refused"), "{text}");
    assert!(text.contains("\nssr_host_cache_entries 0\n"), "{text}");
}

#[test]
fn a_histogram_as_prometheus_reads_it() {
    let times: [Metric<()>; 1] = [histogram("x_seconds", "X.", |()| {
        let mut at_most = [1; BOUNDS.len()];
        at_most[13] = 3;
        vec![(vec![("a", "b".to_owned())], Reading { at_most, count: 4, sum: Duration::from_millis(40_500) }.into())]
    })];
    let text = text(&times, &());
    assert!(
        text.starts_with("# HELP x_seconds X.\n# TYPE x_seconds histogram\nx_seconds_bucket{a=\"b\",le=\"0.0005\"} 1\n"),
        "{text}"
    );
    let end = "x_seconds_bucket{a=\"b\",le=\"10\"} 1\nx_seconds_bucket{a=\"b\",le=\"30\"} 3\nx_seconds_bucket{a=\"b\",le=\"+Inf\"} 4\n\
               x_seconds_sum{a=\"b\"} 40.5\nx_seconds_count{a=\"b\"} 4\n";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn every_isolate_is_told_of() {
    let isolate = |number, busy| isolate::IsolateView { number, busy, heap_used: 1 << 20, ..isolate::IsolateView::default() };
    let pool = isolate::View {
        isolates: vec![isolate(0, true), isolate(3, false)],
        restarts: vec![("cpu_limit", 2)],
        cpu: Duration::from_millis(1500),
        ..isolate::View::default()
    };
    let text = text(pool::METRICS, &pool);
    let expected = [
        "ssr_host_pool_isolates{state=\"busy\"} 1\nssr_host_pool_isolates{state=\"idle\"} 1\n",
        "ssr_host_pool_restarts_total{reason=\"cpu_limit\"} 2\n",
        "ssr_host_pool_cpu_seconds_total 1.5\n",
        "ssr_host_isolate_heap_used_bytes{isolate=\"0\"} 1048576\nssr_host_isolate_heap_used_bytes{isolate=\"3\"} 1048576\n",
    ];
    for part in expected {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("in_flight_limit"), "{text}");
}
