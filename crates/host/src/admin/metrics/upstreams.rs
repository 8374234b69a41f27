//! Backends, and the connections that were upgraded.

use std::collections::BTreeMap;

use edge::proxy::tunnel;
use edge::upstream::{AddressView, View};

use super::{Metric, Sample, Value, counter, gauge, labelled, one};

/// Backends by name.
pub(super) type Upstreams = BTreeMap<String, View>;

pub(super) const METRICS: &[Metric<Upstreams>] = &[
    counter("ssr_host_upstream_requests_total", "Requests to a backend.", |all| each(all, |view| view.requests)),
    counter("ssr_host_upstream_failed_total", "Requests that had no response.", |all| each(all, |view| view.failed)),
    counter("ssr_host_upstream_unavailable_total", "Failed requests for which no address was found in time.", |all| {
        each(all, |view| view.unavailable)
    }),
    counter("ssr_host_upstream_retries_total", "Requests that were sent once more.", |all| each(all, |view| view.retried)),
    counter("ssr_host_upstream_responses_cut_total", "Responses that were not complete.", |all| each(all, |view| view.cut)),
    counter("ssr_host_upstream_connections_total", "Connections that were made.", |all| each(all, |view| view.connected)),
    counter("ssr_host_upstream_ejections_total", "Times that an address was left alone for a while.", |all| {
        each(all, |view| view.ejected)
    }),
    gauge("ssr_host_upstream_addresses", "Addresses by whether they are in use.", |all| {
        let sample = |name: &str, state: &str, count: usize| {
            (vec![("upstream", name.to_owned()), ("state", state.to_owned())], Value::from(count))
        };
        let of = |(name, view): (&String, &View)| {
            let ejected = view.addresses.iter().filter(|address| address.ejected).count();
            [sample(name, "used", view.addresses.len() - ejected), sample(name, "ejected", ejected)]
        };
        all.iter().flat_map(of).collect()
    }),
    gauge("ssr_host_upstream_in_flight", "Requests under way at an address.", |all| at_each(all, |address| address.in_flight)),
    gauge("ssr_host_upstream_open_connections", "Connections that are open to an address.", |all| {
        at_each(all, |address| address.connections)
    }),
];

fn each(all: &Upstreams, value: fn(&View) -> u64) -> Vec<Sample> {
    labelled("upstream", all.iter().map(|(name, view)| (name, value(view))))
}

fn at_each(all: &Upstreams, value: fn(&AddressView) -> usize) -> Vec<Sample> {
    let at = |name: &str, address: &AddressView| {
        (vec![("upstream", name.to_owned()), ("address", address.address.clone())], Value::from(value(address)))
    };
    all.iter().flat_map(|(name, view)| view.addresses.iter().map(move |address| at(name, address))).collect()
}

pub(super) const TUNNELS: &[Metric<tunnel::View>] =
    &[
        gauge("ssr_host_tunnels_open", "Connections that were upgraded, WebSockets above all, and are open.", |view| {
            one(view.active)
        }),
        counter("ssr_host_tunnels_opened_total", "Connections that were upgraded.", |view| one(view.opened)),
        counter("ssr_host_tunnels_ended_total", "Upgraded connections that have ended, by how.", |view| {
            labelled(
                "how",
                [
                    ("closed", view.ended),
                    ("broken", view.broken),
                    ("idle", view.idle),
                    ("drained", view.drained),
                    ("client_gone", view.refused),
                ],
            )
        }),
        counter("ssr_host_tunnels_bytes_total", "Bytes that went through upgraded connections.", |view| {
            labelled("to", [("backend", view.to_backend), ("client", view.to_client)])
        }),
    ];
