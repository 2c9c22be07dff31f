//! Resident bytes a block and nanoseconds a pair, for this allocator or for mimalloc alone.
//!
//! `measure [hematite|mimalloc] density SIZE [BLOCKS]`: resident bytes a block, after filling, and after freeing everything.
//! `measure [hematite|mimalloc] speed SIZE [THREADS]`: a pair alone, a thousand at a time, and at random in a million.

use hematite_allocator::Hematite;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

/// Exact, unlike `statm`, which some kernels let lag behind.
fn resident() -> f64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()).unwrap_or(0.0)
        * 1024.0
}

fn density(allocator: &impl GlobalAlloc, layout: Layout, blocks: usize) {
    let mut held = vec![std::ptr::null_mut::<u8>(); blocks];
    // The list itself is resident before it is measured.
    held.iter_mut().for_each(|slot| *slot = black_box(std::ptr::dangling_mut()));
    let before = resident();
    // SAFETY: the layout is not empty; each block is freed once.
    unsafe {
        for slot in &mut held {
            *slot = allocator.alloc(layout);
            slot.write_bytes(1, layout.size());
        }
        let filled = resident();
        for slot in &held {
            allocator.dealloc(*slot, layout);
        }
        let after = resident();
        hematite_allocator::purge();
        println!(
            "{:5} bytes: {:.2} a block; freed: {:.1} MiB stay, {:.1} MiB after a purge",
            layout.size(),
            (filled - before) / blocks as f64,
            (after - before) / 1048576.0,
            (resident() - before) / 1048576.0
        );
    }
}

fn speed(allocator: &impl GlobalAlloc, layout: Layout) -> [f64; 3] {
    const MANY: usize = 1_000_000;
    let mut held = vec![std::ptr::null_mut::<u8>(); MANY];
    let ns = |begin: Instant, pairs: usize| begin.elapsed().as_nanos() as f64 / pairs as f64;
    // SAFETY: the layout is not empty; each block is freed once.
    unsafe {
        let begin = Instant::now();
        for _ in 0..10 * MANY {
            allocator.dealloc(black_box(allocator.alloc(layout)), layout);
        }
        let alone = ns(begin, 10 * MANY);
        let begin = Instant::now();
        for _ in 0..5_000 {
            held[..1000].iter_mut().for_each(|slot| *slot = allocator.alloc(layout));
            held[..1000].iter().for_each(|slot| allocator.dealloc(*slot, layout));
        }
        let thousand = ns(begin, 5_000_000);
        held.iter_mut().for_each(|slot| *slot = allocator.alloc(layout));
        let mut state = 88172645463325252u64;
        let begin = Instant::now();
        for _ in 0..2 * MANY {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let slot = &mut held[state as usize % MANY];
            allocator.dealloc(*slot, layout);
            *slot = allocator.alloc(layout);
            slot.write(1);
        }
        let random = ns(begin, 2 * MANY);
        held.iter().for_each(|slot| allocator.dealloc(*slot, layout));
        [alone, thousand, random]
    }
}

fn run(allocator: &(impl GlobalAlloc + Sync), what: &str, size: usize, count: usize) {
    let layout = Layout::from_size_align(size, 8).expect("a small size");
    if what == "density" {
        return density(allocator, layout, if count == 0 { 1_000_000 } else { count });
    }
    let threads = count.max(1);
    std::thread::scope(|scope| {
        for thread in (0..threads).map(|_| scope.spawn(|| speed(allocator, layout))).collect::<Vec<_>>() {
            let [alone, thousand, random] = thread.join().expect("a thread that only allocates");
            println!(
                "{size:5} bytes: pair {alone:.1} ns, by thousands {thousand:.1} ns, random {random:.1} ns"
            );
        }
    });
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| words.get(n).and_then(|word| word.parse().ok()).unwrap_or(0);
    let what = words.get(1).map_or("density", |word| word);
    if words.first().is_some_and(|word| word == "mimalloc") {
        run(&MiMalloc, what, number(2).max(1), number(3));
    } else {
        run(&ALLOCATOR, what, number(2).max(1), number(3));
    }
}
