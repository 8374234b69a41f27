//! What becomes of the children of others: PID 1 of a container inherits every process whose parent has ended, and when one of those ends
//! nobody else will ever take note of it (`docker exec` and health checks leave some behind). The host starts no processes itself, so
//! whatever ends is such a one.

use rustix::process::{WaitOptions, wait};
use tokio::signal::unix::{SignalKind, signal};

/// Takes note of the end of inherited processes, if this is PID 1. Must be called within a tokio runtime.
pub fn adopt() {
    if std::process::id() != 1 {
        return;
    }
    let mut ended = match signal(SignalKind::child()) {
        Ok(ended) => ended,
        Err(error) => return tracing::warn!("processes that end in this container stay as zombies: {error}"),
    };
    tokio::spawn(async move {
        loop {
            // One signal may stand for several, also for those before the first.
            while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
            if ended.recv().await.is_none() {
                return;
            }
        }
    });
}
