//! What is known of purges: the time of the last one for each selector, against which an entry's birth is held.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use super::entry::Stored;
use super::purge::{Moment, Purge, Selector};

/// So many tags and URLs are remembered.
pub(super) const MAX_SELECTORS: usize = 10_000;

/// So many prefixes are remembered: each is compared with the path of each entry.
pub(super) const MAX_PREFIXES: usize = 100;

/// What purges say of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Nothing.
    Valid,
    /// It is to be served only while it is refreshed, or when there is no other answer.
    Stale,
    /// It is not to be served.
    Gone,
}

/// When a selector was last purged. Zero: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Times {
    pub(super) hard: Moment,
    pub(super) soft: Moment,
}

impl Times {
    fn of(soft: bool, at: Moment) -> Times {
        if soft { Times { hard: 0, soft: at } } else { Times { hard: at, soft: 0 } }
    }

    pub(super) fn last(self) -> Moment {
        self.hard.max(self.soft)
    }

    fn with(self, other: Times) -> Times {
        Times { hard: self.hard.max(other.hard), soft: self.soft.max(other.soft) }
    }

    /// What was born in the moment of a purge is purged.
    fn verdict(self, born: Moment) -> Standing {
        let purged = |at| at != 0 && born <= at;
        match (purged(self.hard), purged(self.soft)) {
            (true, _) => Standing::Gone,
            (_, true) => Standing::Stale,
            _ => Standing::Valid,
        }
    }
}

/// The purges that an instance knows of, in bounded memory: when there are too many, the oldest are forgotten, and what was born
/// before the last of those counts as gone.
#[derive(Debug, Default)]
pub(super) struct Purges {
    version: AtomicU64,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The hard time is also that of whatever was forgotten.
    all: Times,
    tags: Selected,
    urls: Selected,
    prefixes: Selected,
}

type Selected = HashMap<Box<str>, Times>;

impl Purges {
    /// Remembers a purge.
    pub(super) fn apply(&self, purge: &Purge, at: Moment) {
        self.merge([(purge.selector.clone(), Times::of(purge.soft, at))]);
    }

    /// Adds what another instance knows. Later times win; the order does not matter.
    pub(super) fn merge(&self, others: impl IntoIterator<Item = (Selector, Times)>) {
        let mut known = self.known.write();
        for (selector, times) in others {
            known.add(selector, times);
        }
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Changes with every purge. Who asks for it *before* the verdict need not ask for that again while it stays the same.
    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// What the purges so far say of an entry.
    pub(super) fn verdict(&self, stored: &Stored) -> Standing {
        self.known.read().times(stored).verdict(stored.born)
    }

    /// The last `most` selectors that were purged, the last one first.
    pub(super) fn snapshot(&self, most: usize) -> Vec<(Selector, Times)> {
        let known = self.known.read();
        let mut list = vec![(Selector::All, known.all)];
        list.extend(known.tags.iter().map(|(tag, &times)| (Selector::Tag(tag.to_string()), times)));
        list.extend(known.urls.iter().map(|(url, &times)| (Selector::Url(url.to_string()), times)));
        list.extend(known.prefixes.iter().map(|(prefix, &times)| (Selector::Prefix(prefix.to_string()), times)));
        drop(known);
        list.retain(|(_, times)| times.last() > 0);
        list.sort_unstable_by_key(|(_, times)| std::cmp::Reverse(times.last()));
        list.truncate(most);
        list
    }
}

impl Known {
    fn add(&mut self, selector: Selector, times: Times) {
        match selector {
            Selector::All => return self.add_all(times),
            Selector::Tag(tag) => add(&mut self.tags, &tag, times),
            // An empty query is none, as it is in an entry.
            Selector::Url(url) => match url.split_once('?') {
                Some((path, "")) => add(&mut self.urls, path, times),
                _ => add(&mut self.urls, &url, times),
            },
            Selector::Prefix(prefix) => add(&mut self.prefixes, &prefix, times),
        }
        if self.tags.len() + self.urls.len() > MAX_SELECTORS {
            // A tenth at once: what it takes to find the oldest is shared by many purges.
            let floor = oldest(self.tags.values().chain(self.urls.values()), MAX_SELECTORS / 10);
            self.add_all(Times::of(false, floor));
        }
        if self.prefixes.len() > MAX_PREFIXES {
            let floor = oldest(self.prefixes.values(), 1);
            self.add_all(Times::of(false, floor));
        }
    }

    /// A hard purge of everything says more than earlier ones of anything.
    fn add_all(&mut self, times: Times) {
        let before = self.all.hard;
        self.all = self.all.with(times);
        if self.all.hard > before {
            let floor = self.all.hard;
            for selected in [&mut self.tags, &mut self.urls, &mut self.prefixes] {
                selected.retain(|_, times| times.last() > floor);
            }
        }
    }

    fn times(&self, stored: &Stored) -> Times {
        let mut times = self.all;
        let mut add = |found: Option<&Times>| times = times.with(found.copied().unwrap_or_default());
        if !self.tags.is_empty() {
            stored.tags.iter().for_each(|tag| add(self.tags.get(tag)));
        }
        if !self.urls.is_empty() {
            add(self.urls.get(&*stored.path));
            if !stored.query.is_empty() {
                add(self.urls.get(&*format!("{}?{}", stored.path, stored.query)));
            }
        }
        self.prefixes.iter().filter(|(prefix, _)| stored.path.starts_with(&***prefix)).for_each(|(_, times)| add(Some(times)));
        times
    }
}

fn add(selected: &mut Selected, name: &str, times: Times) {
    match selected.get_mut(name) {
        Some(known) => *known = known.with(times),
        None => drop(selected.insert(name.into(), times)),
    }
}

/// The last time of the `count` oldest.
fn oldest<'a>(selected: impl Iterator<Item = &'a Times>, count: usize) -> Moment {
    let mut times: Vec<Moment> = selected.map(|times| times.last()).collect();
    *times.select_nth_unstable(count - 1).1
}

#[cfg(test)]
mod tests;
