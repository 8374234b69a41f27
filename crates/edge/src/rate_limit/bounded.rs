//! A map that holds at most so many entries, for state that anybody can make grow by inventing keys.
//!
//! # What goes when it is full
//! Every entry has a *worth*: what is given away by forgetting it. Nothing for one whose time is over ([`EXPIRED`]); more, the
//! more its key has used up; and one that is refusing its key right now is marked [`REFUSING`]. The least worthy go first, a
//! sixteenth of a shard at a time, so that looking for them costs little for each new key. An entry that refuses goes only when
//! its shard holds hardly anything else: inventing keys, each used once, does not free a key that is refused.
//!
//! # What that means for correctness
//! Forgetting a key gives back what it has used up. It errs towards letting pass, never towards refusing.
//!
//! # Why not a cache crate
//! They evict by recency or frequency and not by worth, which is just what a flood of invented keys exploits.

use std::hash::{BuildHasher as _, Hash, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use parking_lot::Mutex;

/// Worth of an entry that says no more than its absence would.
pub(super) const EXPIRED: u64 = 0;

/// Added to the worth of an entry that is refusing its key.
pub(super) const REFUSING: u64 = 1 << 63;

/// Entries in a shard, about: what one search for the least worthy looks at.
const SHARD: usize = 512;
const MAX_SHARDS: usize = 1024;

/// The map. Each operation locks one shard, for well under a microsecond; a few when it makes room.
pub(super) struct Bounded<K, V> {
    shards: Box<[Shard<K, V>]>,
    /// Keyed at random, so that nobody can aim keys at one shard.
    hasher: RandomState,
}

struct Shard<K, V> {
    entries: Mutex<HashTable<(K, V)>>,
    capacity: usize,
}

impl<K: Hash + Eq + Copy, V> Bounded<K, V> {
    /// A map for at most `max` entries (at least one). Shards fill unevenly, so that the first may go a little earlier.
    pub(super) fn new(max: usize) -> Self {
        let max = max.max(1);
        let count = (max / SHARD).clamp(1, MAX_SHARDS);
        let capacity = |index| max / count + usize::from(index < max % count);
        let shard = |index| Shard { entries: Mutex::new(HashTable::new()), capacity: capacity(index) };
        Bounded { shards: (0..count).map(shard).collect(), hasher: RandomState::new() }
    }

    /// Shows `change` the entry of a key, which it may replace, atomically. Returns what it returned, and how many entries that
    /// were worth something went to make room.
    pub(super) fn update<R>(
        &self,
        key: &K,
        worth: impl Fn(&V) -> u64,
        change: impl FnOnce(Option<&V>) -> (Option<V>, R),
    ) -> (R, usize) {
        let hash = self.hasher.hash_one(key);
        // The table of a shard takes the low bits and the top seven for itself.
        let shard = &self.shards[(hash >> 32) as usize % self.shards.len()];
        let mut entries = shard.entries.lock();
        if let Some((_, value)) = entries.find_mut(hash, |(other, _)| other == key) {
            let (new, result) = change(Some(value));
            if let Some(new) = new {
                *value = new;
            }
            return (result, 0);
        }
        let (new, result) = change(None);
        let Some(new) = new else { return (result, 0) };
        let lost = if entries.len() >= shard.capacity { make_room(&mut entries, shard.capacity, worth) } else { 0 };
        let rehash = |(key, _): &(K, V)| self.hasher.hash_one(key);
        if let Entry::Vacant(place) = entries.entry(hash, |(other, _)| other == key, rehash) {
            place.insert((*key, new));
        }
        (result, lost)
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.entries.lock().len()).sum()
    }

    /// Bytes allocated for them.
    pub(super) fn bytes(&self) -> usize {
        let shards = self.shards.iter().map(|shard| shard.entries.lock().allocation_size());
        shards.sum::<usize>() + size_of_val(&*self.shards)
    }
}

/// Removes the least worthy; returns how many were worth something.
fn make_room<K, V>(entries: &mut HashTable<(K, V)>, capacity: usize, worth: impl Fn(&V) -> u64) -> usize {
    let mut worths: Vec<u64> = entries.iter().map(|(_, value)| worth(value)).collect();
    let batch = (capacity / 16).max(1);
    let spared = worths.iter().filter(|&&worth| worth < REFUSING).count();
    // Half of those that do not refuse, at most: the ones that have used more stay and can come to be refused themselves.
    let count = if spared < 2 { batch } else { batch.min(spared / 2) };
    let (below, &mut limit, _) = worths.select_nth_unstable(count - 1);
    let mut ties = count - below.iter().filter(|&&worth| worth < limit).count();
    let mut lost = 0;
    entries.retain(|(_, value)| {
        let worth = worth(value);
        let tie = worth == limit && ties > 0;
        ties -= usize::from(tie);
        let goes = tie || worth < limit || worth == EXPIRED;
        lost += usize::from(goes && worth != EXPIRED);
        !goes
    });
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets the worth of a key, which is its value.
    fn set(map: &Bounded<u32, u64>, key: u32, worth: u64) -> usize {
        map.update(&key, |&worth| worth, |_| (Some(worth), ())).1
    }

    fn get(map: &Bounded<u32, u64>, key: u32) -> Option<u64> {
        map.update(&key, |&worth| worth, |value| (None, value.copied())).0
    }

    #[test]
    fn holds_as_many_as_it_says() {
        for max in [1, 2, 15, 16, 17, 511, 512, 1023, 1024, 5000, 100_000] {
            let map = Bounded::new(max);
            assert_eq!(map.shards.iter().map(|shard| shard.capacity).sum::<usize>(), max);
            for key in 0..3 * max as u32 {
                set(&map, key, 1);
                assert_eq!(get(&map, key), Some(1), "the newest of {key} is there, max {max}");
            }
            assert!(map.len() <= max, "{} of {max}", map.len());
            assert!(map.len() >= max * 3 / 4, "{} of {max}", map.len());
        }
    }

    #[test]
    fn forgets_the_least_worthy_first() {
        let map = Bounded::new(32);
        for key in 0..32 {
            set(&map, key, 100 + u64::from(key));
        }
        assert_eq!(set(&map, 32, 1000), 2, "a sixteenth");
        assert_eq!((0..33).filter(|&key| get(&map, key).is_none()).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn forgets_all_that_have_expired_at_once_and_calls_it_no_loss() {
        let map = Bounded::new(32);
        for key in 0..32 {
            set(&map, key, if key % 2 == 0 { EXPIRED } else { 5 });
        }
        assert_eq!(set(&map, 32, 5), 0);
        assert_eq!(map.len(), 17);
    }

    #[test]
    fn keeps_what_refuses_while_there_is_anything_else() {
        let map = Bounded::new(32);
        for key in 0..30 {
            set(&map, key, REFUSING | u64::from(key));
        }
        for key in 100..1100 {
            set(&map, key, 7);
        }
        assert!((0..30).all(|key| get(&map, key).is_some()));
        // And of two others the one that has used more stays, so that it can come to be refused.
        set(&map, 2000, 9);
        for key in 3000..3100 {
            set(&map, key, 7);
        }
        assert_eq!(get(&map, 2000), Some(9));
    }

    #[test]
    fn makes_room_among_those_that_refuse_when_there_is_nothing_else() {
        let map = Bounded::new(32);
        for key in 0..32 {
            set(&map, key, REFUSING | u64::from(key));
        }
        assert_eq!(set(&map, 32, 1), 2);
        assert_eq!((0..33).filter(|&key| get(&map, key).is_none()).collect::<Vec<_>>(), [0, 1]);
    }
}
