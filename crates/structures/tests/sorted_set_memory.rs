//! What a sorted set of half a million members asks of the allocator, counted there.

use hematite_base::hash::Hasher;
use hematite_base::size_class::taken;
use hematite_structures::dismantle::Dismantle;
use hematite_structures::sorted_set::SortedSet;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// What this thread has taken and not given back: the test harness takes memory too, on its own.
    static BYTES: Cell<isize> = const { Cell::new(0) };
}

/// A request as our allocator serves it.
fn served(layout: Layout) -> isize {
    taken(layout) as isize
}

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.set(BYTES.get() + served(layout));
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        BYTES.set(BYTES.get() - served(layout));
        // SAFETY: the caller's.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn half_a_million_members_take_little_memory_and_give_it_back() {
    const MEMBERS: u64 = 500_000;
    let before = BYTES.get();
    let mut set = SortedSet::new(Hasher::new(3));
    let mut state = 88_172_645_463_325_252u64;
    for i in 0..MEMBERS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        set.insert(format!("member:{i:010}").as_bytes(), (state % 10_000_000) as f64 / 8.0);
    }
    let taken = BYTES.get() - before;
    let per_member = taken as f64 / MEMBERS as f64;
    println!("{per_member:.1} bytes a member of 17 bytes");
    assert!(per_member < 53.0, "{per_member} bytes a member");
    let claimed = set.heap_bytes() as f64 / taken as f64;
    assert!((0.97..1.01).contains(&claimed), "heap_bytes tells {claimed} of what was taken");

    set.remove_range(1000..MEMBERS, |_, _| {});
    let left = (BYTES.get() - before) as f64 / 1000.0;
    assert!(left < 120.0, "{left} bytes a member after most are gone");
    let mut left = set.dismantle();
    while left.step(300) > 0 {}
    drop(left);
    assert!(BYTES.get() - before < 256);
}
