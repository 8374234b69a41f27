//! What the machine, or the container's share of it, offers: CPUs and memory.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;

/// Smallest and largest heap that is chosen without being asked for. V8 does not start an app in less; a bigger one makes
/// collections long, so whoever needs it says so.
pub(super) const HEAP_BOUNDS: Range<usize> = 32 << 20..1 << 30;

/// Smallest and largest cache of pages that is chosen without being asked for.
const CACHE_BOUNDS: Range<usize> = 16 << 20..512 << 20;

/// What the process needs beside the heaps: binary, buffers, stacks, files.
const RESERVE: usize = 64 << 20;

/// CPUs by affinity and cgroup quota.
pub(super) fn cpus() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Heap of one isolate: three quarters of the memory after the reserve, shared evenly. A quarter stays for V8's code,
/// buffers outside the heap, and a replacement that is warmed while its predecessor still lives.
pub(super) fn heap_limit(memory: Option<usize>, isolates: NonZeroUsize) -> usize {
    let share = memory.map_or(HEAP_BOUNDS.end, |memory| memory.saturating_sub(RESERVE) / 4 * 3 / isolates);
    share.clamp(HEAP_BOUNDS.start, HEAP_BOUNDS.end)
}

/// Pages that the render cache keeps: a sixteenth of the memory, a quarter of what the heaps leave.
pub(super) fn cache_size(memory: Option<usize>) -> usize {
    memory.map_or(CACHE_BOUNDS.start, |memory| memory / 16).clamp(CACHE_BOUNDS.start, CACHE_BOUNDS.end)
}

/// Memory this process may use: the smallest of what the machine has, the cgroup allows and Fly says.
pub(super) fn memory() -> Option<usize> {
    let fly = std::env::var("FLY_VM_MEMORY_MB").ok().and_then(|text| text.parse::<usize>().ok()).map(|mb| mb << 20);
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

    #[test]
    fn heap_is_a_share_within_bounds() {
        const MIB: usize = 1 << 20;
        let cases = [
            (Some(256 * MIB), 1, 144 * MIB),
            (Some(512 * MIB), 2, 168 * MIB),
            (Some(128 * MIB), 8, 32 * MIB),
            (Some(10 * MIB), 1, 32 * MIB),
            (Some(64 << 30), 2, 1 << 30),
            (None, 4, 1 << 30),
        ];
        for (memory, isolates, expected) in cases {
            assert_eq!(heap_limit(memory, NonZeroUsize::new(isolates).unwrap()), expected, "{memory:?} / {isolates}");
        }
    }

    #[test]
    fn the_cache_has_a_share_within_bounds() {
        const MIB: usize = 1 << 20;
        let cases = [(None, 16), (Some(128 * MIB), 16), (Some(512 * MIB), 32), (Some(4096 * MIB), 256), (Some(64 << 30), 512)];
        for (memory, expected) in cases {
            assert_eq!(cache_size(memory), expected * MIB, "{memory:?}");
        }
    }
}
