//! Requests by route, method and status.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use parking_lot::{Mutex, RwLock};

use super::histogram::{Histogram, Reading};

/// Most routes that are told apart: patterns come from the app, and an app might make them up as it goes.
const MOST: usize = 500;

/// The route of those beyond.
const OTHER: &str = "other";

/// Methods that are told apart; a client may send any word as another.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// What a request is counted under.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The pattern of its route.
    pub route: &'a str,
    /// Its method.
    pub method: &'a Method,
}

/// A request that is over.
#[derive(Debug, Clone, Copy)]
pub struct Series {
    /// The status of its response.
    pub status: u16,
    /// Time to the head of the response.
    pub head: Duration,
    /// Bytes of its body that were handed on.
    pub bytes: u64,
    /// The response did not come to its end.
    pub cut: bool,
}

/// All requests so far.
#[derive(Debug, Default)]
pub struct Requests(RwLock<BTreeMap<Box<str>, Arc<Of>>>);

/// The requests of one route, by method; the last place is for any other.
#[derive(Debug, Default)]
struct Of([Counted; METHODS.len() + 1]);

/// The requests of one route and method.
#[derive(Debug, Default)]
struct Counted {
    head: Histogram,
    more: Mutex<More>,
}

#[derive(Debug, Default, Clone)]
struct More {
    /// By status; few, so a list.
    statuses: Vec<(u16, u64)>,
    bytes: u64,
    cut: u64,
}

/// What is known of the requests of one route and method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The route.
    pub route: String,
    /// The method, or `other`.
    pub method: &'static str,
    /// How many had each status.
    pub statuses: Vec<(u16, u64)>,
    /// Times to the head of the response.
    pub head: Reading,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Responses that did not come to their end.
    pub cut: u64,
}

impl Requests {
    /// Counts one.
    pub fn add(&self, key: Key<'_>, request: &Series) {
        let of = self.of(key.route);
        let place = METHODS.iter().position(|method| method == key.method).unwrap_or(METHODS.len());
        let counted = &of.0[place];
        counted.head.add(request.head);
        let mut more = counted.more.lock();
        match more.statuses.iter_mut().find(|(status, _)| *status == request.status) {
            Some((_, count)) => *count += 1,
            None => more.statuses.push((request.status, 1)),
        }
        more.bytes += request.bytes;
        more.cut += u64::from(request.cut);
    }

    fn of(&self, route: &str) -> Arc<Of> {
        if let Some(of) = self.0.read().get(route) {
            return of.clone();
        }
        let mut all = self.0.write();
        let route = if all.len() < MOST || all.contains_key(route) { route } else { OTHER };
        all.entry(route.into()).or_default().clone()
    }

    /// Everything so far, ordered.
    pub fn view(&self) -> Vec<View> {
        let all: Vec<_> = self.0.read().iter().map(|(route, of)| (route.to_string(), of.clone())).collect();
        let mut views = Vec::new();
        for (route, of) in all {
            for (place, counted) in of.0.iter().enumerate() {
                let More { mut statuses, bytes, cut } = counted.more.lock().clone();
                if statuses.is_empty() {
                    continue;
                }
                statuses.sort_unstable();
                let method = METHODS.get(place).map_or(OTHER, name);
                views.push(View { route: route.clone(), method, statuses, head: counted.head.read(), bytes, cut });
            }
        }
        views
    }
}

fn name(method: &'static Method) -> &'static str {
    method.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(requests: &Requests, route: &str, method: &Method, status: u16) {
        let series = Series { status, head: Duration::from_millis(1), bytes: 10, cut: status == 499 };
        requests.add(Key { route, method }, &series);
    }

    #[test]
    fn are_told_apart_as_far_as_there_are_few() {
        let requests = Requests::default();
        add(&requests, "/b", &Method::GET, 404);
        add(&requests, "/b", &Method::GET, 200);
        add(&requests, "/b", &Method::GET, 200);
        add(&requests, "/a", &Method::from_bytes(b"BREW").unwrap(), 499);
        let view = requests.view();
        let told: Vec<_> = view.iter().map(|of| (&*of.route, of.method, &of.statuses[..], of.bytes, of.cut)).collect();
        assert_eq!(told, [("/a", "other", &[(499, 1)][..], 10, 1), ("/b", "GET", &[(200, 2), (404, 1)][..], 30, 0)]);
        assert_eq!(view[1].head.count, 3);
    }

    #[test]
    fn an_app_cannot_fill_the_memory_with_routes() {
        let requests = Requests::default();
        (0..2 * MOST).for_each(|at| add(&requests, &format!("/{at}"), &Method::GET, 200));
        let view = requests.view();
        assert_eq!(view.len(), MOST + 1);
        let rest = view.iter().find(|of| of.route == OTHER).unwrap();
        assert_eq!(rest.statuses, [(200, MOST as u64)]);
    }
}
