//! The task that keeps the addresses of one name up to date while somebody watches.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch::Sender;

use super::lookup::Answer;
use super::{Names, State};

/// The first pause after a question that had no good answer, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Asks until nobody watches any more.
pub(super) async fn run(names: Arc<Names>, host: String, states: Sender<State>) {
    let mut wakes = names.wakes.subscribe();
    let mut name = Watched { names: &names, host: &host, states: &states, failures: 0 };
    loop {
        tokio::select! {
            () = name.keep() => {}
            // What is under way goes to sockets of before the sleep.
            _ = wakes.changed() => name.failures = 0,
            () = states.closed() => if names.forget(&host) { return },
        }
    }
}

struct Watched<'a> {
    names: &'a Names,
    host: &'a str,
    states: &'a Sender<State>,
    /// How many questions in a row had no good answer.
    failures: u32,
}

impl Watched<'_> {
    /// One question, and the time until the next.
    async fn keep(&mut self) {
        match self.ask().await {
            Some(pause) => tokio::time::sleep(pause).await,
            None => std::future::pending().await,
        }
    }

    /// Asks, tells, and says when to ask again; `None`: never.
    async fn ask(&mut self) -> Option<Duration> {
        match self.names.lookup.ask(self.host).await {
            Answer::Addresses(addresses, ttl) => {
                self.failures = 0;
                self.tell(known(addresses));
                ttl
            }
            Answer::Incomplete(mut addresses, ttl) => {
                self.failures = 0;
                if let State::Known(old) = &*self.states.borrow() {
                    let has_v4 = addresses.iter().any(IpAddr::is_ipv4);
                    addresses.extend(old.iter().filter(|address| address.is_ipv4() != has_v4));
                }
                self.tell(known(addresses));
                Some(ttl)
            }
            Answer::Nothing(why) => {
                self.tell(State::Failed(why.into()));
                Some(pause(&mut self.failures))
            }
            Answer::Silence(why) => {
                self.bear(&why);
                Some(pause(&mut self.failures))
            }
        }
    }

    /// Nobody answers: what is known stays.
    fn bear(&self, why: &str) {
        if !matches!(*self.states.borrow(), State::Known(_)) {
            return self.tell(State::Failed(why.into()));
        }
        if self.failures == 0 {
            tracing::warn!("{why}; the addresses that it had stay in use");
        }
    }

    fn tell(&self, state: State) {
        self.states.send_if_modified(|old| {
            let is_new = *old != state;
            *old = state;
            is_new
        });
    }
}

/// Twice as long as before, give or take a quarter: names that fail at the same time are not to be asked about at the same time.
fn pause(failures: &mut u32) -> Duration {
    let pause = PAUSES.0.saturating_mul(1 << (*failures).min(10)).min(PAUSES.1);
    *failures = failures.saturating_add(1);
    pause.mul_f64(0.75 + fastrand::f64() / 2.0)
}

/// In an order of ours, so that the same addresses are the same state.
fn known(mut addresses: Vec<IpAddr>) -> State {
    addresses.sort_unstable();
    addresses.dedup();
    State::Known(addresses.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let mut failures = 0;
        let pauses: Vec<_> = (0..40).map(|_| pause(&mut failures)).collect();
        for (i, expected) in [100, 200, 400, 800, 1600, 3200, 5000, 5000].into_iter().enumerate() {
            let expected = Duration::from_millis(expected);
            assert!(pauses[i] >= expected.mul_f64(0.75) && pauses[i] <= expected.mul_f64(1.25), "{i}: {:?}", pauses[i]);
        }
        assert!(pauses.iter().all(|pause| *pause <= PAUSES.1.mul_f64(1.25)));
    }
}
