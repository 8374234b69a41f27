//! What a flight asks the second level before it asks the app.

use std::sync::Arc;

use http::request::Parts;

use super::clock;
use super::entry::{Entry, Stored};
use super::fly::Flight;
use super::key::{Key, Spec};
use super::redis::{Found, Guard, Lease, Redis, Waited};
use super::shared::Shared;

/// What came of it.
pub(super) enum Second {
    /// A fresh entry.
    Entry(Arc<Stored>),
    /// The app is to be asked; other instances wait as long as this is held.
    Render(Option<Guard>),
}

/// Asks it, and waits while another instance renders.
pub(super) async fn ask(shared: &Shared, parts: &Parts, flight: &mut Flight) -> Second {
    let (Some(redis), Some(key)) = (&shared.redis, flight.ticket.key().cloned()) else { return Second::Render(None) };
    let deadline = std::time::Instant::now() + shared.config.wait;
    loop {
        match find(shared, redis, parts, flight).await {
            Found::Entry(stored) => return Second::Entry(Arc::new(stored)),
            Found::Down => return Second::Render(None),
            Found::Nothing => {}
        }
        match redis.lease(&key).await {
            // It may have been stored and given back between the two questions.
            Lease::Granted(guard) => match find(shared, redis, parts, flight).await {
                Found::Entry(stored) => return Second::Entry(Arc::new(stored)),
                Found::Down | Found::Nothing => return Second::Render(Some(guard)),
            },
            Lease::Down => return Second::Render(None),
            Lease::Taken => {}
        }
        match redis.wait(&key, deadline).await {
            // Another one of those who wait takes its place.
            Waited::Lost => {}
            Waited::Landed | Waited::Late => break,
        }
    }
    match find(shared, redis, parts, flight).await {
        Found::Entry(stored) => Second::Entry(Arc::new(stored)),
        Found::Down | Found::Nothing => Second::Render(None),
    }
}

/// An entry that is fresh and newer than what is there. A stale one is kept for when there is no other answer.
async fn find(shared: &Shared, redis: &Redis, parts: &Parts, flight: &mut Flight) -> Found {
    let path = parts.uri.path();
    let known = shared.store.specs(path).unwrap_or_default();
    let found = redis.find(path, &known, |spec: &Spec| Key::of(parts, spec).ok()).await;
    let Found::Entry(stored) = found else { return found };
    let newer = flight.stale.as_ref().is_none_or(|stale| stored.received > stale.stored.received);
    if !newer || (flight.asked.authorized && !stored.lifetime.authorized) {
        return Found::Nothing;
    }
    if stored.age(clock::wall()) < stored.lifetime.fresh && shared.purges.verdict(&stored) == super::purges::Standing::Valid {
        return Found::Entry(stored);
    }
    flight.stale = Some(Arc::new(Entry::new(Arc::new(stored))));
    Found::Nothing
}
