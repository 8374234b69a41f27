//! `GET /metrics`: the Prometheus text format, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>), of tables.
//!
//! Written by hand: all numbers are counted elsewhere, by whoever knows them, and a registry would only be a second place that does. A file
//! below is a part of the host; its table is all that is told of it, and what `docs/METRICS.md` lists.

use std::fmt::Write as _;

use edge::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use crate::observe::{BOUNDS, Reading};

mod cache;
mod connections;
mod limiter;
mod pool;
mod process;
mod requests;
mod sources;
mod upstreams;

pub use process::Process;
pub use sources::Sources;

/// A metric as it is declared (<https://prometheus.io/docs/practices/naming/>), told of an `S`.
struct Metric<S: ?Sized> {
    name: &'static str,
    kind: Kind,
    /// One line.
    help: &'static str,
    samples: fn(&S) -> Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

/// Labels with their values, and what they have.
type Sample = (Vec<(&'static str, String)>, Value);

/// What a sample has.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Whole(u64),
    Part(f64),
    Times(Reading),
}

impl From<u64> for Value {
    fn from(value: u64) -> Value {
        Value::Whole(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Whole(value as u64)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Whole(value.into())
    }
}

impl From<std::time::Duration> for Value {
    fn from(value: std::time::Duration) -> Value {
        Value::Part(value.as_secs_f64())
    }
}

impl From<Reading> for Value {
    fn from(value: Reading) -> Value {
        Value::Times(value)
    }
}

const fn counter<S: ?Sized>(name: &'static str, help: &'static str, samples: fn(&S) -> Vec<Sample>) -> Metric<S> {
    Metric { name, kind: Kind::Counter, help, samples }
}

const fn gauge<S: ?Sized>(name: &'static str, help: &'static str, samples: fn(&S) -> Vec<Sample>) -> Metric<S> {
    Metric { name, kind: Kind::Gauge, help, samples }
}

const fn histogram<S: ?Sized>(name: &'static str, help: &'static str, samples: fn(&S) -> Vec<Sample>) -> Metric<S> {
    Metric { name, kind: Kind::Histogram, help, samples }
}

/// A sample without labels.
fn one(value: impl Into<Value>) -> Vec<Sample> {
    vec![(Vec::new(), value.into())]
}

/// Samples by one label.
fn labelled<T: ToString, V: Into<Value>>(label: &'static str, values: impl IntoIterator<Item = (T, V)>) -> Vec<Sample> {
    values.into_iter().map(|(name, value)| (vec![(label, name.to_string())], value.into())).collect()
}

/// Answers with all there is.
pub(super) fn answer(sources: &Sources) -> Response<Body> {
    let mut response = Response::new(sources.text().into());
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Writes what a table tells of `source`; nothing of a metric without samples.
fn write<S: ?Sized>(text: &mut String, metrics: &[Metric<S>], source: &S) {
    for Metric { name, kind, help, samples } in metrics {
        let samples = samples(source);
        if samples.is_empty() {
            continue;
        }
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {}", kind.name());
        for (labels, value) in samples {
            match value {
                Value::Whole(value) => drop(writeln!(text, "{name}{} {value}", set(&labels, None))),
                Value::Part(value) => drop(writeln!(text, "{name}{} {value}", set(&labels, None))),
                Value::Times(reading) => times(text, name, &labels, &reading),
            }
        }
    }
}

fn times(text: &mut String, name: &str, labels: &[(&str, String)], Reading { at_most, count, sum }: &Reading) {
    for (bound, so_far) in BOUNDS.iter().zip(at_most) {
        let bound = (*bound as f64 / 1e6).to_string();
        let _ = writeln!(text, "{name}_bucket{} {so_far}", set(labels, Some(&bound)));
    }
    let _ = writeln!(text, "{name}_bucket{} {count}", set(labels, Some("+Inf")));
    let plain = set(labels, None);
    let _ = writeln!(text, "{name}_sum{plain} {}\n{name}_count{plain} {count}", sum.as_secs_f64());
}

/// `{a="b",le="1"}`.
fn set(labels: &[(&str, String)], bound: Option<&str>) -> String {
    let labels = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    let all: Vec<_> = labels.chain(bound.map(|bound| format!("le=\"{bound}\""))).collect();
    if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
