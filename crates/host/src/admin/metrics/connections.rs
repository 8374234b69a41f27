//! Connections of clients.

use super::{Metric, counter, gauge, labelled, one};
use crate::listener::View;

pub(super) const METRICS: &[Metric<View>] = &[
    gauge("ssr_host_connections_open", "Connections that are open, upgraded ones included.", |view| one(view.open)),
    gauge("ssr_host_connections_max", "Connections that there may be.", |view| one(view.most)),
    counter("ssr_host_connections_accepted_total", "Connections that were accepted.", |view| one(view.accepted)),
    counter("ssr_host_connections_refused_total", "Connections that were closed because their client had too many.", |view| {
        one(view.refused)
    }),
    counter("ssr_host_connections_waited_total", "Connections that had to wait for the place of another.", |view| {
        one(view.waited)
    }),
    counter("ssr_host_tls_failures_total", "TLS handshakes that failed.", |view| one(view.tls_failed)),
    counter(
        "ssr_host_http_malformed_total",
        "What was refused before it was a request, by status; 0 is no answer at all.",
        |view| labelled("status", view.malformed.iter().copied()),
    ),
];
