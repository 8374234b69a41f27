//! Stopping: tell those who ask, take no new connections, finish what is in flight, run the app's own close hooks, all within a
//! deadline.
//!
//! SIGINT and SIGTERM mean the same (Fly sends SIGINT, Kubernetes SIGTERM, and both arrive at PID 1, which has no default
//! action for them). A second one ends the process at once.

use std::time::Duration;

use anyhow::Context as _;
use edge::drain::Draining;
use isolate::Pool;
use isolate::script::Signal;
use tokio::signal::unix::{self, SignalKind};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::backends::Backends;
use crate::listener::{Listener, Service};
use crate::telemetry;

/// The signals that end the process.
#[derive(Debug)]
pub struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

impl Signals {
    /// Starts to listen: from here on a signal no longer kills.
    ///
    /// # Errors
    /// The system refused.
    pub fn listen() -> anyhow::Result<Self> {
        let signal = |kind| unix::signal(kind).context("cannot handle signals");
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// How much time stopping takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// From the end of `ready_delay` to the end of the process: what is still in flight then is cut.
    pub timeout: Duration,
    /// How long requests are still taken after the signal, while `/ready` says 503: as long as whoever distributes requests
    /// takes to notice.
    pub ready_delay: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config { timeout: Duration::from_secs(5), ready_delay: Duration::ZERO }
    }
}

/// What is ended when nothing is in flight any more.
#[derive(Clone, Copy)]
pub struct Ends<'a> {
    /// The isolates.
    pub pool: &'a Pool,
    /// Whoever is asked on behalf of requests; their tunnels go on after a request.
    pub backends: &'a Backends,
}

/// Serves until a signal comes, then stops.
pub async fn run(
    listener: Listener,
    service: impl Service,
    ends: Ends<'_>,
    mut signals: Signals,
    draining: Draining,
    config: Config,
) {
    let (stop, _) = watch::channel(());
    tokio::select! {
        () = listener.accept(service.clone(), &stop) => {}
        _ = signals.next() => {}
    }
    // From here on /ready says 503, and HTTP/1 answers say `Connection: close`.
    draining.begin();
    let stopping = async {
        if !config.ready_delay.is_zero() {
            tracing::debug!("stopping: requests are taken for another {:?}", config.ready_delay);
            let _ = timeout(config.ready_delay, listener.accept(service.clone(), &stop)).await;
        }
        // Closing the sockets resets what the kernel has accepted and we have not: that is taken out first, with no pause between
        // the two. From here on a proxy tries elsewhere.
        listener.accept_pending(&service, &stop);
        drop(listener);
        finish(stop, ends, config.timeout).await;
    };
    tokio::select! {
        () = stopping => {}
        second = signals.next() => {
            telemetry::end();
            std::process::exit(second.exit_code())
        }
    }
}

/// The close hooks keep a fifth of the time for themselves: an endless stream must not eat it.
async fn finish(stop: watch::Sender<()>, Ends { pool, backends }: Ends<'_>, deadline: Duration) {
    let start = Instant::now();
    let connections = stop.receiver_count();
    tracing::debug!("stopping: {connections} connections open");
    stop.send_replace(());
    let grace = deadline * 4 / 5;
    // Side by side: a tunnel is told to end at once, for nothing else would end it.
    let ended = futures_util::future::join(stop.closed(), backends.tunnels.drain(grace));
    if timeout_at(start + grace, ended).await.is_err() {
        let (connections, tunnels) = (stop.receiver_count(), backends.tunnels.count());
        tracing::warn!("{connections} connections and {tunnels} tunnels are still busy and are cut");
    }
    let left = deadline.saturating_sub(start.elapsed());
    if timeout_at(start + deadline, pool.close(left)).await.is_err() {
        tracing::warn!("the app did not close within {deadline:?}");
    }
}
