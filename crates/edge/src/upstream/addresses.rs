//! The addresses of an upstream, and which of them is asked next.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use smallvec::SmallVec;
use tokio::sync::Notify;

use super::Pool;
use super::connect::Address;
use super::endpoint::Endpoint;

/// Those that a request has tried already.
pub(super) type Tried = SmallVec<[Arc<Endpoint>; 4]>;

/// The addresses of an upstream.
pub(super) struct Addresses {
    known: RwLock<Known>,
    /// They have become others, or it has turned out that there are none.
    pub(super) changed: Notify,
}

struct Known {
    endpoints: Arc<[Arc<Endpoint>]>,
    /// Why there are none.
    why: Option<None>,
}

/// Why no address can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum None {
    /// Nobody has said yet which there are.
    Unknown,
    /// There are none: a sentence.
    Unresolved(Arc<str>),
    /// None of those that there are may be asked.
    Refused,
    /// All have been tried.
    Tried,
    /// All are ejected.
    Out,
}

impl Addresses {
    pub(super) fn new() -> Addresses {
        Addresses { known: RwLock::new(Known { endpoints: Arc::default(), why: Option::None }), changed: Notify::new() }
    }

    /// These are the addresses now. What is known of those that stay is kept; the others get no more requests.
    pub(super) fn set(&self, addresses: &[Address], limits: &Pool) {
        let old = self.all();
        let find = |address: &Address| old.iter().find(|endpoint| endpoint.address == *address).cloned();
        let endpoint = |address: &Address| find(address).unwrap_or_else(|| Endpoint::new(address.clone(), limits.clone()));
        let endpoints: Arc<[_]> = addresses.iter().map(endpoint).collect();
        let gone = old.iter().filter(|endpoint| !addresses.contains(&endpoint.address));
        gone.for_each(|endpoint| endpoint.retire());
        *self.known.write() = Known { endpoints, why: Option::None };
        self.changed.notify_waiters();
    }

    /// There are none, for this reason. Those that there were are still asked: an empty answer is more often the fault of a name server
    /// than the end of all backends, and if they are gone, connecting tells.
    pub(super) fn fail(&self, why: Arc<str>) {
        self.known.write().why = Some(None::Unresolved(why));
        self.changed.notify_waiters();
    }

    /// There are some, but none that may be asked. Those that there were are not asked any more, either.
    pub(super) fn refuse(&self) {
        self.all().iter().for_each(|endpoint| endpoint.retire());
        *self.known.write() = Known { endpoints: Arc::default(), why: Some(None::Refused) };
        self.changed.notify_waiters();
    }

    /// All of them.
    pub(super) fn all(&self) -> Arc<[Arc<Endpoint>]> {
        Arc::clone(&self.known.read().endpoints)
    }

    /// The next to ask: of two that are picked at random the one that has less to do (Mitzenmacher, "The power of two choices in
    /// randomized load balancing"), in proportion to its share.
    pub(super) fn pick(&self, tried: &Tried, slow_start: Duration) -> Result<Arc<Endpoint>, None> {
        let known = self.known.read();
        if known.endpoints.is_empty() {
            return Err(known.why.clone().unwrap_or(None::Unknown));
        }
        let is_new = |endpoint: &&Arc<Endpoint>| !tried.iter().any(|other| Arc::ptr_eq(other, endpoint));
        let untried: SmallVec<[&Arc<Endpoint>; 8]> = known.endpoints.iter().filter(is_new).collect();
        if untried.is_empty() {
            return Err(None::Tried);
        }
        let fit: SmallVec<[&Arc<Endpoint>; 8]> = untried.iter().copied().filter(|endpoint| !endpoint.health.is_out()).collect();
        if fit.is_empty() { last_resort(&untried) } else { Ok(Arc::clone(less_loaded(&fit, slow_start))) }
    }
}

/// While all are out, those are asked that answer at all; else somebody must find out when one is back.
fn last_resort(out: &[&Arc<Endpoint>]) -> Result<Arc<Endpoint>, None> {
    let answering: SmallVec<[&Arc<Endpoint>; 8]> = out.iter().copied().filter(|endpoint| endpoint.health.answers()).collect();
    if !answering.is_empty() {
        return Ok(Arc::clone(less_loaded(&answering, Duration::ZERO)));
    }
    let probe = out.iter().copied().find(|endpoint| endpoint.health.may_be_probed());
    probe.cloned().ok_or(None::Out)
}

fn less_loaded<'a>(fit: &[&'a Arc<Endpoint>], slow_start: Duration) -> &'a Arc<Endpoint> {
    let [first, second] = match fit.len() {
        1 => return fit[0],
        2 => [fit[0], fit[1]],
        count => {
            let first = fastrand::usize(..count);
            let second = (first + fastrand::usize(1..count)) % count;
            [fit[first], fit[second]]
        }
    };
    let cost = |endpoint: &Endpoint| (endpoint.load() + 1) as f64 / endpoint.health.weight(slow_start);
    let (a, b) = (cost(first), cost(second));
    if a < b || (a == b && fastrand::bool()) { first } else { second }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Ejection};
    use super::*;

    fn config() -> Config {
        Config::new("http://a".parse().unwrap())
    }

    fn address(n: u8) -> Address {
        Address::Tcp(([10, 0, 0, n], 80).into())
    }

    fn three() -> Addresses {
        let addresses = Addresses::new();
        addresses.set(&[address(1), address(2), address(3)], &config().pool);
        addresses
    }

    #[tokio::test]
    async fn says_why_there_are_none() {
        let addresses = Addresses::new();
        let pick = |addresses: &Addresses| addresses.pick(&Tried::new(), Duration::ZERO).map(|endpoint| endpoint.address.clone());
        assert_eq!(pick(&addresses), Err(None::Unknown));
        addresses.fail("no such name".into());
        assert_eq!(pick(&addresses), Err(None::Unresolved("no such name".into())));
        addresses.set(&[address(1)], &config().pool);
        assert_eq!(pick(&addresses), Ok(address(1)));
        addresses.fail("no such name".into());
        assert_eq!(pick(&addresses), Ok(address(1)), "those that there were are still asked");
        addresses.refuse();
        assert_eq!(pick(&addresses), Err(None::Refused), "whereas those that may not be asked are not");
    }

    #[tokio::test]
    async fn the_less_loaded_is_asked_and_none_twice() {
        let addresses = three();
        let busy = addresses.all();
        let _load: Vec<_> = (0..5).flat_map(|_| [busy[0].begin(), busy[1].begin()]).collect();
        let picked: Vec<_> = (0..300).map(|_| addresses.pick(&Tried::new(), Duration::ZERO).unwrap()).collect();
        let third = picked.iter().filter(|endpoint| endpoint.address == address(3)).count();
        // Two of three pairs have it, and it wins in both.
        assert!((150..250).contains(&third), "{third}");
        let tried = Tried::from_iter([Arc::clone(&busy[0]), Arc::clone(&busy[2])]);
        assert_eq!(addresses.pick(&tried, Duration::ZERO).unwrap().address, address(2));
        let tried = Tried::from_iter(busy.iter().cloned());
        assert_eq!(addresses.pick(&tried, Duration::ZERO).map(drop), Err(None::Tried));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_ejected_is_not_asked_unless_all_are() {
        let addresses = three();
        let ejection = Ejection { failures: 1, ..config().ejection };
        let all = addresses.all();
        all[0].health.failed(&ejection, false);
        all[1].health.failed(&ejection, false);
        let pick = || addresses.pick(&Tried::new(), Duration::ZERO);
        assert!((0..50).all(|_| pick().unwrap().address == address(3)));
        all[2].health.failed(&ejection, false);
        let probes = (0..50).filter(|_| pick().is_ok()).count();
        assert_eq!(probes, 3, "one request each");
        assert_eq!(pick().map(drop), Err(None::Out));
        all[1].health.failed(&ejection, true);
        assert!((0..50).all(|_| pick().unwrap().address == address(2)), "errors are better than nothing");
    }

    #[tokio::test]
    async fn what_stays_keeps_what_is_known_of_it() {
        let addresses = three();
        let (before, ejection) = (addresses.all(), Ejection { failures: 1, ..config().ejection });
        before[1].health.failed(&ejection, false);
        addresses.set(&[address(2), address(4)], &config().pool);
        let after = addresses.all();
        assert!(Arc::ptr_eq(&before[1], &after[0]) && after[0].health.is_out());
        assert!(before[0].is_retired.load(std::sync::atomic::Ordering::Relaxed));
        assert!(!before[1].is_retired.load(std::sync::atomic::Ordering::Relaxed));
    }
}
