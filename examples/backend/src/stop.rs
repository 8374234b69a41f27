//! The end: SIGTERM (or SIGINT, which is what Fly sends unless told otherwise), then no new connections, `connection: close` on those
//! that are busy, and a farewell to whoever listens.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// For how long open streams may take to end. Fly kills after five seconds.
const GRACE: Duration = Duration::from_secs(4);

/// Returns when the process is asked to stop, and has told everyone.
pub async fn begin(stopping: watch::Sender<bool>) {
    let (mut terminate, mut interrupt) = match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(terminate), Ok(interrupt)) => (terminate, interrupt),
        // Without handlers the signals end the process by themselves.
        _ => return std::future::pending().await,
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stopping.send_replace(true);
    // A request that has been answered but not read, or a client that never ends its own, is not waited for.
    tokio::spawn(async {
        tokio::time::sleep(GRACE).await;
        std::process::exit(0);
    });
}

/// Returns when it is time to go.
pub async fn begun(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Returns when nobody listens any more: WebSockets are no connections of the HTTP server, which does not wait for them.
pub async fn finish(stopping: watch::Sender<bool>) {
    stopping.closed().await;
}
