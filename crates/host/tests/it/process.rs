//! What Linux says about a process, and requests that keep it company.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::client::{Connection, Response};
use crate::host::TestHost;

/// Memory of a process in MiB: now, and at its peak.
pub(crate) fn memory(host: &TestHost) -> (usize, usize) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.pid())).unwrap();
    let mib = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() >> 10
    };
    (mib("VmRSS:"), mib("VmHWM:"))
}

/// CPU time that a process has used, in ticks of 10 ms.
pub(crate) fn cpu_ticks(host: &TestHost) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", host.pid())).unwrap();
    // The second field is the name in parentheses; user and system time are the 14th and 15th.
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum()
}

/// Ordinary requests, one after the other, that must all succeed while something else goes wrong.
pub(crate) struct Bystanders {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Vec<Response>>>,
}

impl Bystanders {
    /// Starts one client for each path.
    pub(crate) fn start(host: &TestHost, paths: &[&str]) -> Bystanders {
        let stop = Arc::new(AtomicBool::new(false));
        let client = |path: &&str| {
            let (port, path, stop) = (host.port, (*path).to_owned(), stop.clone());
            std::thread::spawn(move || {
                let mut answers = Vec::new();
                loop {
                    answers.push(Connection::open(port).get(&path));
                    if stop.load(Ordering::Relaxed) {
                        return answers;
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
            })
        };
        let threads = paths.iter().map(client).collect();
        Bystanders { threads, stop }
    }

    /// Stops; all answers, every one of which was a success.
    pub(crate) fn finish(self) -> Vec<Response> {
        self.stop.store(true, Ordering::Relaxed);
        let answers: Vec<_> = self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        for answer in &answers {
            assert_eq!(answer.status, 200, "a bystander was hit: {answer:?}");
        }
        answers
    }
}
