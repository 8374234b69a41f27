//! How connections end when the process does: nothing that came before is lost, and nobody is waited for in vain.
//!
//! What the system has received is not what tokio knows of: its reactor may not have got around to it, most of all when the machine
//! is busy, which is when processes are stopped. So nothing here acts on the first look.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// The age up to which a connection is waited for that has said nothing yet: its first request is on its way.
const FRESH: Duration = Duration::from_millis(500);

/// Time for requests that the system has received to be seen by tokio and read. Timers fire after sockets in one turn of its
/// reactor, so any time is enough that lets a turn pass.
const LINGER: Duration = Duration::from_millis(10);

/// Waits until an open connection may be told to go: the process stops, and what had arrived by then has been read. To be polled
/// after the connection (`select! { biased; … }`).
pub(super) async fn lets_go(stop: &mut watch::Receiver<()>) {
    stops(stop).await;
    tokio::time::sleep(LINGER).await;
}

/// The same for a connection that was opened at `since` and has said nothing yet.
pub(super) async fn gives_up(stop: &mut watch::Receiver<()>, since: Instant) {
    stops(stop).await;
    tokio::time::sleep_until((since + FRESH).max(Instant::now() + LINGER)).await;
}

async fn stops(stop: &mut watch::Receiver<()>) {
    // An error means that the sender is gone: that is a stop too.
    let _ = stop.changed().await;
    // Whoever waits next must see it again, also if this wait is abandoned.
    stop.mark_changed();
}
