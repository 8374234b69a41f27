//! Durations in classes, as Prometheus has them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The upper bounds of the classes in microseconds: from what a page from memory takes to the longest that a request may.
pub const BOUNDS: [u64; 14] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000, 30_000_000];

/// Durations so far.
#[derive(Debug, Default)]
pub struct Histogram {
    classes: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// What a [`Histogram`] says at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many were not longer than each of [`BOUNDS`].
    pub at_most: [u64; BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// All of them together.
    pub sum: Duration,
}

impl Histogram {
    /// Adds one.
    pub fn add(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(class) = self.classes.get(class) {
            class.fetch_add(1, Relaxed);
        }
        self.micros.fetch_add(micros, Relaxed);
        self.count.fetch_add(1, Relaxed);
    }

    /// Reads it.
    pub fn read(&self) -> Reading {
        let mut so_far = 0;
        let at_most = std::array::from_fn(|class| {
            so_far += self.classes[class].load(Relaxed);
            so_far
        });
        // One that is being added is in a class already: there are never fewer than in all classes.
        let count = self.count.load(Relaxed).max(so_far);
        Reading { at_most, count, sum: Duration::from_micros(self.micros.load(Relaxed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_class() {
        let histogram = Histogram::default();
        for micros in [0, 500, 501, 30_000_000, 30_000_001] {
            histogram.add(Duration::from_micros(micros));
        }
        let reading = histogram.read();
        assert_eq!((reading.at_most[0], reading.at_most[1], reading.at_most[12], reading.at_most[13]), (2, 3, 3, 4));
        assert_eq!((reading.count, reading.sum), (5, Duration::from_micros(60_001_002)));
    }
}
