//! The first level: entries in memory, by bytes, and what is known of the paths they belong to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use http::request::Parts;
use moka::Expiry;
use moka::notification::RemovalCause;
use moka::ops::compute::Op;
use moka::sync::Cache;
use parking_lot::RwLock;

use super::clock;
use super::entry::{Entry, FlightKey};
use super::key::{Key, Spec};
use super::purge::Moment;
use super::purges::{Purges, Standing};
use super::view::Top;

/// Paths of which is remembered what their pages depend on.
const PATHS: u64 = 100_000;

/// For how long after its last use.
const PATH_IDLE: Duration = Duration::from_hours(24);

/// Specs of one path. A page that reads other inputs for every value of a few has more; then the oldest is forgotten, and what
/// was stored for it is rendered anew.
const SPECS: usize = 16;

/// Requests that are known to be answered with what cannot be stored, and for how long that is believed ("hit-for-miss").
const PASSES: u64 = 50_000;
const PASS: Duration = Duration::from_secs(10);

/// The first level.
pub(super) struct Store {
    entries: Cache<Key, Arc<Entry>>,
    paths: Cache<Arc<str>, Arc<Path>>,
    passes: Cache<FlightKey, ()>,
    evicted: Arc<AtomicU64>,
}

/// What is known of a path: on what its responses were found to depend.
#[derive(Default)]
struct Path {
    specs: RwLock<Arc<[Arc<Spec>]>>,
}

/// An entry is held for as long as it may be served.
struct UntilUseless;

impl Expiry<Key, Arc<Entry>> for UntilUseless {
    fn expire_after_create(&self, _: &Key, entry: &Arc<Entry>, _: Instant) -> Option<Duration> {
        Some(entry.stored.kept_for(clock::wall()))
    }

    fn expire_after_update(&self, _: &Key, entry: &Arc<Entry>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.stored.kept_for(clock::wall()))
    }
}

impl Store {
    pub(super) fn new(max_size: u64) -> Store {
        let evicted = Arc::new(AtomicU64::new(0));
        let count = evicted.clone();
        let entries = Cache::builder()
            .max_capacity(max_size)
            .weigher(|_, entry: &Arc<Entry>| {
                entry.weighed.store(entry.kept.bytes() as u64, Relaxed);
                u32::try_from(entry.size()).unwrap_or(u32::MAX)
            })
            .expire_after(UntilUseless)
            .eviction_listener(move |_, _, cause| {
                if cause == RemovalCause::Size {
                    count.fetch_add(1, Relaxed);
                }
            })
            .build();
        let paths = Cache::builder().max_capacity(PATHS).time_to_idle(PATH_IDLE).build();
        let passes = Cache::builder().max_capacity(PASSES).time_to_live(PASS).build();
        Store { entries, paths, passes, evicted }
    }

    /// On what responses of this path were found to depend; nothing, when none was stored yet.
    pub(super) fn specs(&self, path: &str) -> Option<Arc<[Arc<Spec>]>> {
        self.paths.get(path).map(|path| path.specs.read().clone())
    }

    /// The entry for a request that has these inputs.
    pub(super) fn find(&self, parts: &Parts, purges: &Purges) -> Option<(Arc<Entry>, Standing)> {
        let specs = self.specs(parts.uri.path())?;
        let mut stale = None;
        for spec in specs.iter() {
            let Some(entry) = Key::lookup(parts, spec).ok().and_then(|key| self.entries.get(&key[..])) else { continue };
            match standing(&entry, purges) {
                Standing::Valid => return Some((entry, Standing::Valid)),
                Standing::Stale => stale = Some((entry, Standing::Stale)),
                Standing::Gone => self.entries.invalidate(&entry.stored.key),
            }
        }
        stale
    }

    /// Takes an entry in, and learns what pages of its path depend on.
    pub(super) fn insert(&self, entry: &Arc<Entry>) {
        let path = self.paths.get_with(entry.stored.path.clone(), Arc::default);
        path.learn(&entry.stored.spec);
        self.entries.insert(entry.stored.key.clone(), entry.clone());
    }

    /// Throws an entry out.
    pub(super) fn forget(&self, entry: &Arc<Entry>) {
        self.entries.remove(&entry.stored.key);
    }

    /// Weighs an entry again if it has grown by an encoded form.
    pub(super) fn reweigh(&self, entry: &Arc<Entry>) {
        if entry.kept.bytes() as u64 == entry.weighed.load(Relaxed) {
            return;
        }
        self.entries.entry_by_ref(&entry.stored.key).and_compute_with(|held| match held {
            Some(held) if Arc::ptr_eq(held.value(), entry) => Op::Put(entry.clone()),
            _ => Op::Nop,
        });
    }

    /// Whether requests like this are known to be answered with what cannot be stored.
    pub(super) fn passes(&self, flight: &[u8]) -> bool {
        self.passes.contains_key(flight)
    }

    /// Remembers that.
    pub(super) fn pass(&self, flight: FlightKey) {
        self.passes.insert(flight, ());
    }

    /// Throws out what was purged: only for the memory's sake, since it does not count any more anyway.
    pub(super) fn sweep(&self, purges: &Purges) {
        for (key, entry) in &self.entries {
            if standing(&entry, purges) == Standing::Gone {
                self.entries.invalidate(&*key);
            }
        }
        self.passes.invalidate_all();
    }

    pub(super) fn evicted(&self) -> u64 {
        self.evicted.load(Relaxed)
    }

    /// Number of entries, their bytes, number of paths.
    pub(super) fn sizes(&self) -> (u64, u64, u64) {
        self.entries.run_pending_tasks();
        self.paths.run_pending_tasks();
        (self.entries.entry_count(), self.entries.weighted_size(), self.paths.entry_count())
    }

    /// The entries that were served most.
    pub(super) fn top(&self, count: usize, now: Moment) -> Vec<Top> {
        let mut all: Vec<(u64, Arc<Entry>)> = self.entries.iter().map(|(_, entry)| (entry.hits(), entry)).collect();
        all.sort_unstable_by_key(|(hits, _)| std::cmp::Reverse(*hits));
        all.truncate(count);
        all.into_iter().map(|(_, entry)| top(&entry, now)).collect()
    }
}

/// What purges say of an entry; cheap as long as nothing was purged since they were last asked.
fn standing(entry: &Entry, purges: &Purges) -> Standing {
    let version = purges.version();
    if entry.checked.load(Relaxed) == version {
        return Standing::Valid;
    }
    let standing = purges.verdict(&entry.stored);
    if standing == Standing::Valid {
        entry.checked.store(version, Relaxed);
    }
    standing
}

fn top(entry: &Entry, now: Moment) -> Top {
    let stored = &entry.stored;
    let age = stored.age(now);
    let query = if stored.query.is_empty() { String::new() } else { format!("?{}", stored.query) };
    Top {
        url: format!("{}{query}", stored.path),
        depends_on: stored.spec.texts(),
        status: stored.status.as_u16(),
        bytes: entry.size(),
        hits: entry.hits(),
        age,
        ttl: stored.lifetime.fresh.saturating_sub(age),
        tags: stored.tags.iter().map(|tag| tag.to_string()).collect(),
    }
}

impl Path {
    fn learn(&self, spec: &Arc<Spec>) {
        if self.specs.read().contains(spec) {
            return;
        }
        let mut specs = self.specs.write();
        let known: Vec<Arc<Spec>> = specs.iter().filter(|known| *known != spec).cloned().collect();
        let oldest = (known.len() + 1).saturating_sub(SPECS);
        *specs = known.into_iter().skip(oldest).chain([spec.clone()]).collect();
    }
}
