//! The process itself. What is not the host's own has the names that all Prometheus clients use
//! (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::{Metric, Sample, Value, counter, gauge, one};
use crate::fly::Machine;
use crate::telemetry;

/// What there is to tell.
#[derive(Debug, Clone)]
pub struct Process {
    /// When it started.
    pub started: SystemTime,
    /// The machine of Fly.io that this is, if it is one.
    pub fly: Option<Machine>,
}

pub(super) const METRICS: &[Metric<Process>] = &[
    gauge("ssr_host_info", "What runs, and where. Always 1.", |process| vec![(info(process), Value::Whole(1))]),
    counter("ssr_host_log_lines_dropped_total", "Lines that were not written because nobody read those before.", |_| {
        one(telemetry::dropped())
    }),
    counter("process_cpu_seconds_total", "CPU time of the process.", |_| one(cpu())),
    gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", |process| {
        one(process.started.duration_since(UNIX_EPOCH).unwrap_or_default())
    }),
    gauge("process_resident_memory_bytes", "Memory in use.", |_| statm(1)),
    gauge("process_virtual_memory_bytes", "Addresses in use.", |_| statm(0)),
    gauge("process_open_fds", "Files that are open, connections included.", |_| {
        std::fs::read_dir("/proc/self/fd").map(|files| one(files.count())).unwrap_or_default()
    }),
    gauge("process_max_fds", "Files that may be open.", |_| getrlimit(Resource::Nofile).current.map(one).unwrap_or_default()),
];

/// Labels that tell what runs (<https://prometheus.io/docs/instrumenting/writing_exporters/>).
fn info(process: &Process) -> Vec<(&'static str, String)> {
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let Machine { app, region, id, .. } = process.fly.clone().unwrap_or_default();
    let labels = [("version", version), ("app", app), ("region", region), ("machine", id)];
    labels.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// A number of pages of proc_pid_statm(5), in bytes. Nothing where there is no `/proc`.
fn statm(place: usize) -> Vec<Sample> {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<u64> = text.split_whitespace().nth(place).and_then(|pages| pages.parse().ok());
    pages.map(|pages| one(pages * rustix::param::page_size() as u64)).unwrap_or_default()
}
