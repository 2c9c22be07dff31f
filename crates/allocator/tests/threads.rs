//! The allocator under several threads: blocks never overlap, whoever frees them, and nothing is lost when threads end.
//!
//! Every block is filled with a value of its own and checked before it goes, so that two owners of one byte are seen. Also
//! clean under the sanitizers (nightly, `RUSTFLAGS='-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer --cfg
//! hematite_backing="system"'` and a `--target`), but for reports about fences and futexes inside the standard library, which
//! is not instrumented.

use hematite_allocator::{Hematite, used};
use std::alloc::{GlobalAlloc, Layout};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard};

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

/// Tests that look at what the whole process uses run one by one.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

const STEPS: u64 = if cfg!(miri) { 300 } else { 60_000 };

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// A block that knows what it was filled with.
struct Filled {
    block: *mut u8,
    layout: Layout,
    byte: u8,
}

// SAFETY: a Filled owns its block.
unsafe impl Send for Filled {}

impl Filled {
    fn new(size: usize, align: usize, byte: u8) -> Filled {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: the layout is not empty.
        let block = unsafe { ALLOCATOR.alloc(layout) };
        assert!(!block.is_null() && block.addr().is_multiple_of(align));
        // SAFETY: just allocated with that size.
        unsafe { block.write_bytes(byte, size) };
        Filled { block, layout, byte }
    }
    fn check(&self, size: usize) {
        // SAFETY: the block has at least `size` initialised bytes.
        let bytes = unsafe { std::slice::from_raw_parts(self.block, size) };
        assert!(
            bytes.iter().all(|&byte| byte == self.byte),
            "a block of {size} was written by somebody else"
        );
    }
    fn resize(&mut self, size: usize) {
        self.check(self.layout.size());
        // SAFETY: the block has this layout; the new size is not 0.
        self.block = unsafe { ALLOCATOR.realloc(self.block, self.layout, size) };
        assert!(!self.block.is_null());
        self.check(size.min(self.layout.size()));
        self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
        // SAFETY: the block has that size now.
        unsafe { self.block.write_bytes(self.byte, size) };
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.check(self.layout.size());
        // SAFETY: allocated or reallocated with this layout; freed once.
        unsafe { ALLOCATOR.dealloc(self.block, self.layout) };
    }
}

fn some_size(state: &mut u64) -> usize {
    let r = random(state);
    1 + match r % 8 {
        0 => (r >> 8) % 3000,
        1..3 => (r >> 8) % 1100,
        _ => (r >> 8) % 260,
    } as usize
}

/// Allocates, resizes and frees at random.
fn churn(seed: u64) {
    let mut state = seed | 1;
    let mut held: Vec<Filled> = Vec::new();
    for step in 0..STEPS {
        if step % 10_000 == 9_999 {
            hematite_allocator::purge();
        }
        let r = random(&mut state);
        let at = if held.is_empty() { 0 } else { (r >> 16) as usize % held.len() };
        match r % 16 {
            0..7 => held.push(Filled::new(some_size(&mut state), 1 << ((r >> 8) % 7), r as u8)),
            7..9 if !held.is_empty() => held[at].resize(some_size(&mut state)),
            _ if !held.is_empty() => drop(held.swap_remove(at)),
            _ => {}
        }
    }
}

/// Threads at once, then their blocks and their accounts are all back.
fn within(slack: usize, work: impl FnOnce()) {
    let _alone = alone();
    let before = used();
    work();
    let after = used();
    assert!(after.abs_diff(before) <= slack, "{before} bytes before, {after} after");
}

#[test]
fn blocks_do_not_overlap() {
    within(64 * 1024, || {
        std::thread::scope(|scope| {
            for seed in 1..=4 {
                scope.spawn(move || churn(seed << 32 | 0x9e37_79b9));
            }
        });
    });
}

#[test]
fn a_consumer_frees_what_a_producer_allocates() {
    let rounds = if cfg!(miri) { 5 } else { 2_000 };
    within(64 * 1024, || {
        let (send, receive) = sync_channel::<Vec<Filled>>(4);
        let resident_max = std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut state = 77;
                for round in 0..rounds {
                    let batch =
                        (0..100).map(|_| Filled::new(some_size(&mut state), 8, round as u8)).collect();
                    send.send(batch).unwrap();
                }
            });
            let consumer = scope.spawn(move || {
                let mut most = 0;
                while let Ok(batch) = receive.recv() {
                    drop(batch);
                    most = most.max(used());
                }
                most
            });
            consumer.join().unwrap()
        });
        // 200,000 blocks of some 300 bytes went through, a few hundred at a time.
        assert!(resident_max < 4 << 20, "grew to {resident_max}");
    });
}

#[test]
fn threads_that_end_leave_nothing_behind() {
    let rounds = if cfg!(miri) { 3 } else { 400 };
    within(64 * 1024, || {
        let mut left = Vec::new();
        for round in 0..rounds {
            left = std::thread::spawn(move || {
                drop(left);
                (0..50).map(|n| Filled::new(8 * (1 + n % 40), 8, round as u8)).collect::<Vec<_>>()
            })
            .join()
            .unwrap();
        }
    });
}

/// A destructor that allocates and frees after (or before) the cache of its thread has ended.
struct Late(Vec<Filled>);

impl Drop for Late {
    fn drop(&mut self) {
        self.0.clear();
        self.0.extend((0..100).map(|n| Filled::new(24 + 8 * (n % 5), 8, 3)));
    }
}

#[test]
fn destructors_of_a_thread_may_allocate_after_its_cache_is_gone() {
    thread_local!(static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) });
    within(64 * 1024, || {
        for _ in 0..20 {
            std::thread::spawn(|| {
                // Registered before the thread's first allocation of ours, where the platform lets us: then it runs last.
                LATE.with(|late| *late.borrow_mut() = Some(Late(Vec::new())));
                LATE.with(|late| {
                    late.borrow_mut().as_mut().unwrap().0.extend((0..50).map(|_| Filled::new(40, 8, 9)));
                });
            })
            .join()
            .unwrap();
        }
    });
}

#[test]
fn the_largest_classes_have_few_blocks_a_span() {
    let _alone = alone();
    let before = used();
    for size in [12_000, 16_000, 20_000, 24_000, 28_000, 32_768, 32_769] {
        let mut blocks: Vec<Filled> = (0..100).map(|at| Filled::new(size, 8, at)).collect();
        for _ in 0..50 {
            blocks.swap_remove(blocks.len() / 3).check(size);
        }
        blocks.extend((0..50).map(|at| Filled::new(size, 8, at)));
        for block in &blocks {
            block.check(size);
        }
    }
    assert!(used() <= before + 64 * 1024);
}
