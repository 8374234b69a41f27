//! Identical GETs of one render are made once: while the first is under way, or after it for a few seconds, whoever asks for the same URL
//! with the same headers gets its response.
//!
//! A render asks for the same thing in several components; what it gets should be the same, and the backend should be asked once. This is no
//! cache: it begins and ends with the request that is handled, and only those that are `GET` or `HEAD` have it. What a program that is not a
//! render may rely on stays:
//! - The first caller reads his response as it streams. Only a response that is there as a whole is given to others, and of at most
//!   [`MOST`] bytes; for another one they ask themselves. They wait for a body [`PATIENCE`] at most: some never end.
//! - After a request that may change something (`POST` and the like), everything is asked anew.
//! - A loop that asks until something has happened goes on: a response is remembered for [`FRESH`].
//! - A failure, or a response that is one (5xx, 401, 429), is not remembered: who tries again asks again. Nor is one with `set-cookie`: it was
//!   made for one caller.
//! - `cache: "no-store"`, `"reload"` or `"no-cache"`, a header `cache-control`, `pragma` or `range`, or a condition: the app wants its own.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, PRAGMA, RANGE, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};

use super::flight::{Flight, Head};
use super::response::Body;
use crate::host::{Fetch, FetchError, Host};

/// Most bytes of a body that are kept for others.
const MOST: usize = 1 << 20;

/// Most bytes that are kept for one request.
const MOST_IN_ALL: usize = 8 << 20;

/// How long others wait for the body of a response whose head is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a response is given to others after it was complete.
const FRESH: Duration = Duration::from_secs(5);

/// What has been asked on behalf of one request.
#[derive(Default)]
pub(crate) struct Shared {
    slots: HashMap<String, Vec<(HeaderMap, Rc<Slot>)>>,
    /// Bytes kept.
    kept: Rc<Cell<usize>>,
}

/// Where the response to one GET is left.
pub(super) struct Slot {
    flight: RefCell<Weak<Flight>>,
    response: OnceCell<Whole>,
    kept: Rc<Cell<usize>>,
}

/// A response that is there as a whole.
pub(super) struct Whole {
    head: Rc<Head>,
    chunks: Vec<Bytes>,
    since: Instant,
}

/// How a request gets its response.
pub(super) enum Way {
    /// It is made.
    Own(Rc<Flight>),
    /// It is the same as another one, if that turns out well; otherwise it is made.
    Another(Rc<Slot>, Option<Rc<Flight>>, Box<Fetch>),
}

/// Whether a request with this head, and without a body, may have the response to another one.
pub(super) fn is_shareable(parts: &http::request::Parts) -> bool {
    parts.method == Method::GET && ![CACHE_CONTROL, PRAGMA, RANGE].iter().any(|name| parts.headers.contains_key(name))
}

impl Shared {
    /// How the shareable `fetch` gets its response.
    pub(super) fn way(&mut self, fetch: Fetch, host: &Arc<dyn Host>) -> Way {
        let url = fetch.request.uri().to_string();
        let slots = self.slots.entry(url).or_default();
        if let Some((_, slot)) = slots.iter().find(|(headers, _)| headers == fetch.request.headers())
            && let Some(flight) = slot.is_of_use()
        {
            return Way::Another(Rc::clone(slot), flight, Box::new(fetch));
        }
        let headers = fetch.request.headers().clone();
        slots.retain(|(known, _)| *known != headers);
        let kept = Rc::clone(&self.kept);
        let slot = Rc::new(Slot { flight: RefCell::default(), response: OnceCell::new(), kept });
        let flight = Flight::new(Method::GET, host.fetch(fetch), Some(Rc::clone(&slot)));
        *slot.flight.borrow_mut() = Rc::downgrade(&flight);
        slots.push((headers, slot));
        Way::Own(flight)
    }

    /// Something may have changed: everything is asked anew.
    pub(super) fn forget(&mut self) {
        self.slots.clear();
    }
}

impl Slot {
    /// Whether there is, or may be, a response; with the flight that brings it.
    fn is_of_use(&self) -> Option<Option<Rc<Flight>>> {
        match self.response.get() {
            Some(whole) => (whole.since.elapsed() < FRESH).then_some(None),
            None => self.flight.borrow().upgrade().map(Some),
        }
    }

    /// Whether a response with this head is one for others.
    pub(super) fn takes(&self, head: &Head) -> bool {
        let status = head.status;
        let is_answer =
            status.is_success() || status.is_redirection() || [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status);
        is_answer && !head.headers.contains_key(SET_COOKIE) && head.length.is_none_or(|length| length <= MOST as u64)
    }

    /// Whether a response of so many bytes is too much.
    pub(super) fn has_no_room(&self, size: usize) -> bool {
        size > MOST || self.kept.get() + size > MOST_IN_ALL
    }

    /// Leaves a response here.
    pub(super) fn fill(&self, head: Rc<Head>, chunks: Vec<Bytes>, size: usize) {
        self.kept.set(self.kept.get() + size);
        let _ = self.response.set(Whole { head, chunks, since: Instant::now() });
    }

    /// The pieces of its body.
    pub(super) fn chunk(&self, nth: usize) -> Option<Bytes> {
        self.response.get()?.chunks.get(nth).cloned()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let size = self.response.get().map_or(0, |whole| whole.chunks.iter().map(Bytes::len).sum());
        self.kept.set(self.kept.get() - size);
    }
}

impl Way {
    /// Waits for the response.
    pub(super) async fn answer(self, host: &Arc<dyn Host>) -> Result<(Rc<Head>, Body), FetchError> {
        let flight = match self {
            Way::Own(flight) => flight,
            Way::Another(slot, flight, fetch) => {
                if let Some(flight) = flight {
                    // Who has waited for it fails with it.
                    flight.head().await?;
                    let _ = tokio::time::timeout(PATIENCE, flight.whole()).await;
                }
                if let Some(whole) = slot.response.get() {
                    return Ok((Rc::clone(&whole.head), Body::kept(Rc::clone(&slot))));
                }
                Flight::new(Method::GET, host.fetch(*fetch), None)
            }
        };
        let head = flight.head().await?;
        flight.read_ahead();
        Ok((head, Body::coming(flight)))
    }
}
