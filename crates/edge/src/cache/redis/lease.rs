//! The right to render a page, so that of all instances one does. It is given back, or expires soon after whoever has it has died.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, cmd};
use tokio::sync::oneshot;
use tokio::time;

use super::write::Job;
use super::{Hash, Shared, names};
use crate::redis::{CONNECT, in_time};

/// How long a lease lasts whose holder has died.
const LASTS: Duration = Duration::from_secs(2);

/// How often its holder says that it lives.
const EXTEND: Duration = Duration::from_millis(500);

/// How often is looked whether a lease has expired.
const POLL: Duration = Duration::from_millis(250);

/// What becomes of a wish to render.
#[derive(Debug)]
pub(in crate::cache) enum Lease {
    /// Go on, and store the page before this is dropped.
    Granted(Guard),
    /// Another instance does.
    Taken,
    /// Redis was not asked, or did not answer in time.
    Down,
}

/// How a wait for another instance ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cache) enum Waited {
    /// It has given the lease back.
    Landed,
    /// Nobody has the lease, and nobody has said that he gives it back: whoever had it has died, perhaps.
    Lost,
    /// Time is up.
    Late,
}

/// Holds a lease. Dropped, it is given back, after what has been stored until then is written; then those who wait look again.
#[derive(Debug)]
pub(in crate::cache) struct Guard {
    _alive: oneshot::Sender<()>,
}

/// A lease and who has it.
pub(super) struct Held {
    flight: Hash,
    token: String,
}

pub(super) async fn take(shared: &Arc<Shared>, flight: &[u8]) -> Lease {
    let Some(mut connection) = shared.connection.get() else { return Lease::Down };
    let held = Held { flight: names::hash(flight), token: token() };
    let mut call = shared.scripts.lease.key(shared.names.lease(&held.flight));
    call.arg(&held.token).arg(LASTS.as_millis() as u64);
    match shared.ask(call.invoke_async::<bool>(&mut connection)).await {
        Ok(true) => {
            let (alive, dropped) = oneshot::channel();
            tokio::spawn(hold(shared.clone(), held, dropped));
            Lease::Granted(Guard { _alive: alive })
        }
        Ok(false) => Lease::Taken,
        Err(_) => {
            // Behind the question, on the same connection: it may still be granted, and others would wait for nobody.
            let shared = shared.clone();
            tokio::spawn(async move { in_time(CONNECT, give_back(&shared, &held, &mut connection)).await });
            Lease::Down
        }
    }
}

/// 128 bits that nobody else has: the standard library seeds its hashes by the system's random numbers.
fn token() -> String {
    let part = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", part(), part())
}

async fn hold(shared: Arc<Shared>, held: Held, mut dropped: oneshot::Receiver<()>) {
    while time::timeout(EXTEND, &mut dropped).await.is_err() {
        extend(&shared, &held).await;
    }
    // Behind what is to be written: who is woken by it finds the page.
    if let Err(unsent) = shared.jobs.try_send(Job::Release(held))
        && let Job::Release(held) = unsent.into_inner()
    {
        release(&shared, &held).await;
    }
}

async fn extend(shared: &Shared, held: &Held) {
    let Some(mut connection) = shared.connection.get() else { return };
    let mut call = shared.scripts.extend.key(shared.names.lease(&held.flight));
    call.arg(&held.token).arg(LASTS.as_millis() as u64);
    // Whether it is still ours does not matter: the worst is two renders.
    let _ = shared.ask(call.invoke_async::<()>(&mut connection)).await;
}

pub(super) async fn release(shared: &Shared, held: &Held) {
    let Some(mut connection) = shared.connection.get() else { return };
    let _ = shared.ask(give_back(shared, held, &mut connection)).await;
}

async fn give_back(shared: &Shared, held: &Held, connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let mut call = shared.scripts.release.key(shared.names.lease(&held.flight));
    call.arg(&held.token).arg(&shared.names.landed).arg(&held.flight[..]).invoke_async(connection).await
}

/// Until nobody has the lease, or nobody knows.
pub(super) async fn wait(shared: &Shared, flight: &[u8]) -> Waited {
    let flight = names::hash(flight);
    let name = shared.names.lease(&flight);
    let mut landed = shared.landed.subscribe();
    loop {
        let Some(mut connection) = shared.connection.get() else { return Waited::Lost };
        let exists: RedisResult<bool> = shared.ask(cmd("EXISTS").arg(&name).query_async(&mut connection)).await;
        if !exists.unwrap_or(false) {
            return Waited::Lost;
        }
        let ours = async {
            loop {
                match landed.recv().await {
                    Ok(landed) if landed == flight => return true,
                    Ok(_) => {}
                    // Some were missed.
                    Err(_) => return false,
                }
            }
        };
        if time::timeout(POLL, ours).await.unwrap_or(false) {
            return Waited::Landed;
        }
    }
}
