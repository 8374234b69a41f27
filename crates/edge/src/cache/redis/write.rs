//! What is written in the background, one after the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task;

use super::find::MAX_SPECS;
use super::lease::{self, Held};
use super::{Shared, codec};
use crate::cache::clock;
use crate::cache::purge::Moment;
use crate::cache::{Lifetime, Stored};
use crate::redis::in_time;

/// No entry stays longer.
const MAX_LIFE: Duration = Duration::from_hours(7 * 24);

/// How long a write may take: nobody waits for it, and a large page takes its time.
pub(super) const WRITE: Duration = Duration::from_secs(1);

/// Something to write.
pub(super) enum Job {
    Store(Arc<Stored>),
    Release(Held),
}

pub(super) async fn all(shared: Arc<Shared>, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Store(stored) => store(&shared, stored).await,
            Job::Release(held) => lease::release(&shared, &held).await,
        }
    }
}

async fn store(shared: &Arc<Shared>, stored: Arc<Stored>) {
    let left = left(&stored.lifetime, stored.received, clock::wall());
    let Some(mut connection) = shared.connection.get().filter(|_| left > 0 && shared.is_left(&stored)) else { return };
    // Not on a thread that serves requests: it compresses.
    let (encoder, entry) = (shared.clone(), stored.clone());
    let Ok(Some(value)) = task::spawn_blocking(move || codec::encode(&entry, &encoder.build)).await else { return };
    let mut call = shared.scripts.store.key(shared.names.entry(&stored.key));
    call.key(shared.names.specs(&stored.path)).arg(value).arg(left).arg(stored.spec.to_bytes()).arg(MAX_SPECS);
    if let Err(error) = in_time(WRITE, call.invoke_async::<()>(&mut connection)).await {
        shared.failed(&error);
    }
}

/// How long it may still be served in whatever way, in milliseconds.
fn left(lifetime: &Lifetime, received: Moment, now: Moment) -> u64 {
    let fresh = lifetime.fresh.saturating_sub(lifetime.initial_age);
    let whole = fresh.saturating_add(lifetime.stale_while_revalidate.max(lifetime.stale_if_error)).min(MAX_LIFE);
    let left = whole.saturating_sub(Duration::from_micros(now.saturating_sub(received)));
    left.as_millis() as u64
}
