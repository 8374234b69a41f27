//! One render at a time for requests that will get the same page.
//!
//! What a page depends on is not known before it is rendered. Requests wait for each other when they agree in all that pages
//! of their path are known to depend on, or, while nothing is known, in path, query, host and scheme. Who has waited looks whether the page
//! is for him as well; if not, more is known now, and he waits for or renders another one.

use std::collections::HashMap;
use std::sync::Arc;

use http::request::Parts;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::entry::{Entry, FlightKey};
use super::key::{Key, Spec, is_for};
use super::reads::Read;

/// The renders under way.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<FlightKey, watch::Receiver<Option<Landing>>>>);

/// How a render ended.
#[derive(Debug, Clone)]
pub(super) enum Landing {
    /// Its page is stored.
    Stored(Arc<Entry>),
    /// There is nothing that others could use.
    Nothing,
    /// The app has failed; what there is instead.
    Stale(Arc<Entry>),
    /// The app has failed, and so: an answer that is stored nowhere.
    Failed(Arc<Entry>),
}

/// What to do about a request.
pub(super) enum Boarding {
    /// Render it for all.
    Lead(Ticket),
    /// Wait for another one.
    Follow(watch::Receiver<Option<Landing>>),
}

/// The render that others wait for. Dropping it without landing tells them that there is nothing.
pub(super) struct Ticket {
    /// The table it is in, and its place there; `None`: nobody can join.
    place: Option<(Arc<Flights>, FlightKey)>,
    landed: watch::Sender<Option<Landing>>,
}

impl Flights {
    /// Joins the flight for `key`, or begins it.
    pub(super) fn board(self: &Arc<Self>, key: FlightKey) -> Boarding {
        let mut flights = self.0.lock();
        if let Some(flight) = flights.get(&key) {
            return Boarding::Follow(flight.clone());
        }
        let (landed, flight) = watch::channel(None);
        flights.insert(key.clone(), flight);
        Boarding::Lead(Ticket { place: Some((self.clone(), key)), landed })
    }

    /// Whether one is for this path.
    pub(super) fn any_for(&self, path: &str) -> bool {
        self.0.lock().keys().any(|key| is_for(key, path))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

impl Ticket {
    /// For a render that nobody waits for, because pages like it could not be stored lately.
    pub(super) fn alone() -> Ticket {
        Ticket { place: None, landed: watch::Sender::new(None) }
    }

    /// What those have in common who can join; `None`: nobody can.
    pub(super) fn key(&self) -> Option<&FlightKey> {
        self.place.as_ref().map(|(_, key)| key)
    }

    /// Whether anybody waits. One receiver is the table's.
    pub(super) fn is_waited_for(&self) -> bool {
        self.landed.receiver_count() > 1
    }

    pub(super) fn land(self, landing: Landing) {
        self.landed.send_replace(Some(landing));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some((flights, key)) = &self.place {
            flights.0.lock().remove(key);
        }
        self.landed.send_if_modified(|landing| {
            let open = landing.is_none();
            if open {
                *landing = Some(Landing::Nothing);
            }
            open
        });
    }
}

/// Waits for a flight to land.
pub(super) async fn landing(mut flight: watch::Receiver<Option<Landing>>) -> Landing {
    match flight.wait_for(Option::is_some).await {
        Ok(landing) => landing.clone().unwrap_or(Landing::Nothing),
        Err(_) => Landing::Nothing,
    }
}

/// What requests have in common that wait for each other.
pub(super) fn key(parts: &Parts, authorized: bool, known: &[Arc<Spec>]) -> Option<FlightKey> {
    let spec = match known {
        [] => Spec(Box::new([Read::Host, Read::Scheme, Read::Query])),
        [spec] => (**spec).clone(),
        several => Spec::union(several),
    };
    let mut key = Key::lookup(parts, &spec).ok()?;
    key.push(authorized.into());
    Some(key[..].into())
}
