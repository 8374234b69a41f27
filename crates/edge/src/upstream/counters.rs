//! What has happened at an upstream.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts up.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Since the beginning.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) requests: Counter,
    pub(super) failed: Counter,
    pub(super) retried: Counter,
    pub(super) unavailable: Counter,
    pub(super) ejected: Counter,
    pub(super) cut: Counter,
    pub(super) connected: Counter,
}

/// What has happened at an upstream, and what it has to do now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// Requests that were made.
    pub requests: u64,
    /// Those of them that had no response.
    pub failed: u64,
    /// Those that were sent once more.
    pub retried: u64,
    /// Those for which no address could be found in time: some of `failed`.
    pub unavailable: u64,
    /// Responses that were not complete.
    pub cut: u64,
    /// Times that an address was ejected.
    pub ejected: u64,
    /// Connections that were made.
    pub connected: u64,
    /// The addresses.
    pub addresses: Vec<AddressView>,
}

/// An address of an upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressView {
    /// As text.
    pub address: String,
    /// Requests that are under way.
    pub in_flight: usize,
    /// Connections that are open.
    pub connections: usize,
    /// It is left alone at the moment.
    pub ejected: bool,
}

impl View {
    /// Adds what another upstream of the same name has to tell.
    pub fn add(&mut self, other: View) {
        let View { requests, failed, retried, unavailable, cut, ejected, connected, addresses } = other;
        self.requests += requests;
        self.failed += failed;
        self.retried += retried;
        self.unavailable += unavailable;
        self.cut += cut;
        self.ejected += ejected;
        self.connected += connected;
        for address in addresses {
            match self.addresses.iter_mut().find(|known| known.address == address.address) {
                Some(known) => {
                    known.in_flight += address.in_flight;
                    known.connections += address.connections;
                    known.ejected |= address.ejected;
                }
                None => self.addresses.push(address),
            }
        }
    }
}

impl Counters {
    pub(super) fn view(&self, addresses: Vec<AddressView>) -> View {
        View {
            requests: self.requests.get(),
            failed: self.failed.get(),
            retried: self.retried.get(),
            unavailable: self.unavailable.get(),
            cut: self.cut.get(),
            ejected: self.ejected.get(),
            connected: self.connected.get(),
            addresses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_of_as_one() {
        let address =
            |address: &str, in_flight, ejected| AddressView { address: address.into(), in_flight, connections: 1, ejected };
        let mut view = View { requests: 1, addresses: vec![address("a", 1, false)], ..View::default() };
        view.add(View {
            requests: 2,
            failed: 3,
            addresses: vec![address("a", 2, true), address("b", 4, false)],
            ..View::default()
        });
        assert_eq!((view.requests, view.failed), (3, 3));
        let a = AddressView { connections: 2, ..address("a", 3, true) };
        assert_eq!(view.addresses, [a, address("b", 4, false)]);
    }
}
