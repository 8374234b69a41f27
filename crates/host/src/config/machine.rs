//! What the machine, or the container's share of it, offers: CPUs and memory.
//!
//! # How the memory is shared out
//! A process that takes more than there is, is killed, so all that can grow has a place in the sum:
//! ```text
//! memory = RESERVE + cache.max_size + heaps of all isolates + a third of those
//! ```
//! The last part is what V8 has beside the heaps (code, buffers, stacks), and an isolate that is warmed while its predecessor still
//! lives. Files that are read are in the kernel's page cache, which gives way.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;

use super::environment::Environment;

/// Smallest and largest heap that is chosen without being asked for. V8 does not start an app in less; a bigger one makes
/// collections long, so whoever needs it says so.
pub(super) const HEAP_BOUNDS: Range<usize> = 32 << 20..1 << 30;

/// No further isolate is started, unless asked for, when each would have less than this. An app in an isolate takes 22 MiB before its first
/// page.
const COMFORT: usize = 64 << 20;

/// Smallest and largest cache of pages that is chosen without being asked for.
const CACHE_BOUNDS: Range<usize> = 16 << 20..512 << 20;

/// What the process needs beside heaps and cache: the binary, threads, buffers of connections. With one isolate that has done nothing it is
/// 58 MiB.
const RESERVE: usize = 64 << 20;

/// CPUs by affinity and cgroup quota.
pub(super) fn cpus() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// What all heaps together may have of the memory, when the cache takes `cache`. `None`: nobody knows.
pub(super) fn for_heaps(memory: Option<usize>, cache: usize) -> Option<usize> {
    memory.map(|memory| memory.saturating_sub(RESERVE).saturating_sub(cache) / 4 * 3)
}

/// Isolates: one for each CPU, as far as the memory is enough for them.
pub(super) fn isolates(cpus: NonZeroUsize, for_heaps: Option<usize>) -> NonZeroUsize {
    let room = for_heaps.and_then(|bytes| NonZeroUsize::new(bytes / COMFORT).or(Some(NonZeroUsize::MIN)));
    room.map_or(cpus, |room| cpus.min(room))
}

/// Heap of one isolate: an even share.
pub(super) fn heap_limit(for_heaps: Option<usize>, isolates: NonZeroUsize) -> usize {
    let share = for_heaps.map_or(HEAP_BOUNDS.end, |bytes| bytes / isolates);
    share.clamp(HEAP_BOUNDS.start, HEAP_BOUNDS.end)
}

/// Pages that the render cache keeps: a sixteenth of the memory.
pub(super) fn cache_size(memory: Option<usize>) -> usize {
    memory.map_or(CACHE_BOUNDS.start, |memory| memory / 16).clamp(CACHE_BOUNDS.start, CACHE_BOUNDS.end)
}

/// Memory this process may use: the smallest of what the machine has, the cgroup allows and Fly says.
pub(super) fn memory(environment: &Environment) -> Option<usize> {
    let megabytes = environment.get("FLY_VM_MEMORY_MB").and_then(|text| text.parse::<usize>().ok());
    let fly = megabytes.and_then(|megabytes| megabytes.checked_mul(1 << 20)).filter(|bytes| *bytes > 0);
    [fly, cgroup_memory(), total_memory()].into_iter().flatten().min()
}

/// The limit of the own cgroup and of those above it (v2), or the one v1 shows inside a container.
fn cgroup_memory() -> Option<usize> {
    let root = Path::new("/sys/fs/cgroup");
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let above = Path::new(own).ancestors().map(|group| root.join(group).join("memory.max"));
    let v1 = root.join("memory/memory.limit_in_bytes");
    above.chain([v1]).filter_map(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok()).min()
}

fn total_memory() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib =
        text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    /// Memory in MiB, CPUs; isolates, heap of each in MiB.
    #[test]
    fn memory_is_shared_out() {
        let cases = [
            // Fly's smallest machine: 64 of reserve, 16 of cache, and a quarter of what is left stays free.
            (Some(256), 1, 1, 132),
            (Some(512), 1, 1, 312),
            (Some(512), 2, 2, 156),
            (Some(1024), 2, 2, 336),
            (Some(2048), 8, 8, 174),
            (Some(4096), 4, 4, 708),
            (Some(65536), 2, 2, 1024),
            // A container without a limit on CPUs: as many isolates as there is room for.
            (Some(256), 64, 2, 66),
            (Some(512), 64, 4, 78),
            (Some(2048), 64, 21, 66),
            // Too little for anything: the least there can be.
            (Some(128), 8, 1, 36),
            (Some(10), 1, 1, 32),
            (None, 4, 4, 1024),
        ];
        for (memory, cpus, isolates, heap) in cases {
            let memory = memory.map(|mib: usize| mib * MIB);
            let (cache, cpus) = (cache_size(memory), NonZeroUsize::new(cpus).unwrap());
            let for_heaps = for_heaps(memory, cache);
            let count = self::isolates(cpus, for_heaps);
            let each = heap_limit(for_heaps, count);
            assert_eq!((count.get(), each / MIB), (isolates, heap), "{memory:?} / {cpus}");
            if let Some(memory) = memory.filter(|memory| *memory >= 128 * MIB) {
                assert!(RESERVE + cache + each * count.get() / 3 * 4 <= memory, "{memory} / {cpus}");
            }
        }
    }

    #[test]
    fn a_big_cache_is_taken_from_the_heaps() {
        let one = NonZeroUsize::MIN;
        let cases = [(0, 144), (16, 132), (128, 48), (192, 32), (1024, 32)];
        for (cache, heap) in cases {
            assert_eq!(heap_limit(for_heaps(Some(256 * MIB), cache * MIB), one), heap * MIB, "{cache}");
        }
    }

    #[test]
    fn fly_says_how_much_there_is() {
        let memory = |text: &str| memory(&[("FLY_VM_MEMORY_MB".to_owned(), text.to_owned())].into_iter().collect());
        assert_eq!(memory("64"), Some(64 * MIB));
        let unknown = memory("");
        for nonsense in ["0", "-1", "much", "18446744073709551615"] {
            assert_eq!(memory(nonsense), unknown, "{nonsense}");
        }
    }

    #[test]
    fn the_cache_has_a_share_within_bounds() {
        let cases = [(None, 16), (Some(128 * MIB), 16), (Some(512 * MIB), 32), (Some(4096 * MIB), 256), (Some(64 << 30), 512)];
        for (memory, expected) in cases {
            assert_eq!(cache_size(memory), expected * MIB, "{memory:?}");
        }
    }
}
