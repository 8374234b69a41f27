//! Requests, by the pattern of their route.

use super::{Metric, Sample, Value, counter, gauge, histogram, one};
use crate::observe::{Observer, RouteView};

pub(super) const METRICS: &[Metric<Observer>] = &[
    counter(
        "ssr_host_http_requests_total",
        "Requests that are over. Status 499: the client left before there was a response.",
        |observer| {
            let views = observer.requests.view();
            let of_route = |view: &RouteView| {
                let labels = labels(view);
                let sample = |(status, count): &(u16, u64)| (with(&labels, "status", status), Value::from(*count));
                view.statuses.iter().map(sample).collect::<Vec<_>>()
            };
            views.iter().flat_map(of_route).collect()
        },
    ),
    histogram("ssr_host_http_request_duration_seconds", "Time from a request to the head of its response.", |observer| {
        by_route(observer, |view| view.head.clone().into())
    }),
    counter(
        "ssr_host_http_response_bytes_total",
        "Bytes of the bodies of responses, compressed as they were sent.",
        |observer| by_route(observer, |view| view.bytes.into()),
    ),
    counter(
        "ssr_host_http_responses_cut_total",
        "Responses that did not come to their end: they failed, or the client left.",
        |observer| by_route(observer, |view| view.cut.into()),
    ),
    histogram("ssr_host_request_queue_seconds", "Time from a trusted proxy's `X-Request-Start` to here.", |observer| {
        let reading = observer.proxy_queue.read();
        // Nothing before the first proxy has said when a request came.
        if reading.count == 0 { Vec::new() } else { one(reading) }
    }),
    gauge("ssr_host_http_requests_in_flight", "Requests under way.", |observer| one(observer.in_flight())),
    histogram("ssr_host_pool_wait_seconds", "Time until an isolate took a request, or until it was refused.", |observer| {
        one(observer.wait.read())
    }),
    histogram("ssr_host_render_seconds", "Time from when an isolate took a request to the head of its response.", |observer| {
        one(observer.render.read())
    }),
];

fn labels(view: &RouteView) -> Vec<(&'static str, String)> {
    vec![("route", view.route.clone()), ("method", view.method.to_owned())]
}

fn with(labels: &[(&'static str, String)], name: &'static str, value: &impl ToString) -> Vec<(&'static str, String)> {
    labels.iter().cloned().chain([(name, value.to_string())]).collect()
}

fn by_route(observer: &Observer, value: fn(&RouteView) -> Value) -> Vec<Sample> {
    observer.requests.view().iter().map(|view| (labels(view), value(view))).collect()
}
