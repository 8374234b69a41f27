//! What is told of the process itself: which it is, and how long requests were on their way to it.

use std::fmt::Write as _;
use std::sync::Arc;

use edge::queue_time::{BOUNDS_MS, Counters, Counts};

use super::escaped;
use crate::fly::Machine;

/// What there is to tell.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// The machine of Fly.io that this is, if it is one.
    pub fly: Option<Machine>,
    /// How long requests were on their way.
    pub queue_time: Arc<Counters>,
}

impl Process {
    pub(super) fn write(&self, text: &mut String) {
        self.info(text);
        queue_time(&self.queue_time.read(), text);
    }

    /// A gauge that is always 1, whose labels are what is told (<https://prometheus.io/docs/instrumenting/writing_exporters/>).
    fn info(&self, text: &mut String) {
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        let Machine { app, region, id, .. } = self.fly.clone().unwrap_or_default();
        let labels = [("version", version), ("app", app), ("region", region), ("machine", id)];
        let labels = labels.into_iter().filter_map(|(name, value)| Some(format!("{name}=\"{}\"", escaped(&value?))));
        let labels = labels.collect::<Vec<_>>().join(",");
        let _ =
            writeln!(text, "# HELP ssr_host_info What runs, and where.\n# TYPE ssr_host_info gauge\nssr_host_info{{{labels}}} 1");
    }
}

/// A histogram, in seconds; nothing before the first proxy has said when a request came.
fn queue_time(counts: &Counts, text: &mut String) {
    const NAME: &str = "ssr_host_request_queue_seconds";
    if counts.count == 0 {
        return;
    }
    let help = "Time from a trusted proxy's `X-Request-Start` to here.";
    let _ = writeln!(text, "# HELP {NAME} {help}\n# TYPE {NAME} histogram");
    for (bound, count) in BOUNDS_MS.iter().zip(counts.at_most) {
        let _ = writeln!(text, "{NAME}_bucket{{le=\"{}\"}} {count}", *bound as f64 / 1000.0);
    }
    let Counts { count, sum, .. } = counts;
    let _ = writeln!(text, "{NAME}_bucket{{le=\"+Inf\"}} {count}\n{NAME}_sum {}\n{NAME}_count {count}", sum.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn info(machine: Option<Machine>) -> String {
        let mut text = String::new();
        Process { fly: machine, ..Process::default() }.write(&mut text);
        text.replace(env!("CARGO_PKG_VERSION"), "1.2.3")
    }

    #[test]
    fn tells_what_is_known() {
        let head = "# HELP ssr_host_info What runs, and where.\n# TYPE ssr_host_info gauge\n";
        assert_eq!(info(None), format!("{head}ssr_host_info{{version=\"1.2.3\"}} 1\n"));
        let machine =
            Machine { app: Some("a\"b".into()), region: Some("fra".into()), id: Some("148e".into()), ..Machine::default() };
        let labels = r#"version="1.2.3",app="a\"b",region="fra",machine="148e""#;
        assert_eq!(info(Some(machine)), format!("{head}ssr_host_info{{{labels}}} 1\n"));
    }

    #[test]
    fn a_histogram_as_prometheus_reads_it() {
        let mut text = String::new();
        queue_time(&Counts::default(), &mut text);
        assert_eq!(text, "");
        let counts = Counts { at_most: [1, 1, 2, 2, 2, 2, 2, 3], count: 4, sum: Duration::from_millis(40_500) };
        queue_time(&counts, &mut text);
        let expected = "# HELP ssr_host_request_queue_seconds Time from a trusted proxy's `X-Request-Start` to here.
# TYPE ssr_host_request_queue_seconds histogram
ssr_host_request_queue_seconds_bucket{le=\"0.001\"} 1
ssr_host_request_queue_seconds_bucket{le=\"0.005\"} 1
ssr_host_request_queue_seconds_bucket{le=\"0.025\"} 2
ssr_host_request_queue_seconds_bucket{le=\"0.1\"} 2
ssr_host_request_queue_seconds_bucket{le=\"0.25\"} 2
ssr_host_request_queue_seconds_bucket{le=\"1\"} 2
ssr_host_request_queue_seconds_bucket{le=\"5\"} 2
ssr_host_request_queue_seconds_bucket{le=\"30\"} 3
ssr_host_request_queue_seconds_bucket{le=\"+Inf\"} 4
ssr_host_request_queue_seconds_sum 40.5
ssr_host_request_queue_seconds_count 4
";
        assert_eq!(text, expected);
    }
}
