//! Thread caches: what a thread allocates and frees without asking anyone.
//!
//! For each class a list of free blocks, filled and emptied by batches. The cache itself is constant-initialised and has no
//! destructor, so the hot path checks nothing but the list; before a thread's first refill, and after its end, the lists
//! are empty and have no room, so that every call takes the slow path, which looks at [`State`]:
//!
//! ```text
//! FRESH ── first slow call: register the end-of-thread guard ──► LIVE ── guard runs: all blocks go back ──► GONE
//! ```
//!
//! While FRESH is being left (registering may allocate) and once GONE, blocks go one by one to and from the central lists.

use crate::central;
use crate::class::{COUNT, SIZES};
use crate::ledger;
use crate::span::Block;
use std::cell::Cell;
use std::ptr::null_mut;

/// Blocks moved between a cache and the central list at once: 4 KiB of them, within bounds.
const BATCH: [u32; COUNT] = {
    let mut batch = [0; COUNT];
    let mut class = 0;
    while class < COUNT {
        let fit = 4096 / SIZES[class] as u32;
        batch[class] = if fit > 64 { 64 } else { fit };
        class += 1;
    }
    batch
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Live,
    Gone,
}

/// The free blocks of a class, and how many more it takes.
struct List {
    head: Cell<*mut Block>,
    room: Cell<u32>,
}

struct Cache {
    lists: [List; COUNT],
    /// Bytes taken less bytes given back since the ledger was last told.
    pending: Cell<i64>,
    /// The ledger is told when `pending` leaves this range around 0.
    pending_max: Cell<i64>,
    state: Cell<State>,
}

/// Its destructor is the end of the thread's cache.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        CACHE.with(Cache::close);
    }
}

thread_local! {
    static CACHE: Cache = const {
        Cache {
            lists: [const { List { head: Cell::new(null_mut()), room: Cell::new(0) } }; COUNT],
            pending: Cell::new(0),
            pending_max: Cell::new(0),
            state: Cell::new(State::Fresh),
        }
    };
    static GUARD: Guard = const { Guard };
}

/// A block of a class; null where memory has run out.
#[inline(always)]
pub(crate) fn allocate(class: usize, bytes: usize) -> *mut u8 {
    CACHE.with(|cache| {
        cache.note(bytes as i64);
        let list = &cache.lists[class];
        let block = list.head.get();
        if block.is_null() {
            return cache.refill(class, bytes);
        }
        // SAFETY: blocks on the list are this thread's, and unused.
        list.head.set(unsafe { (*block).next });
        list.room.set(list.room.get() + 1);
        block.cast()
    })
}

/// Takes a block back.
///
/// # Safety
/// It came from `allocate` with the same class and bytes, on any thread, and nobody uses it.
#[inline(always)]
pub(crate) unsafe fn free(class: usize, bytes: usize, block: *mut u8) {
    let block: *mut Block = block.cast();
    CACHE.with(|cache| {
        cache.note(-(bytes as i64));
        let list = &cache.lists[class];
        if list.room.get() == 0 {
            // SAFETY: the caller's promise.
            return unsafe { cache.spill(class, block) };
        }
        // SAFETY: the block is ours now.
        unsafe { (*block).next = list.head.get() };
        list.head.set(block);
        list.room.set(list.room.get() - 1);
    })
}

/// Counts bytes that were taken (or, negative, given back) elsewhere.
#[inline(always)]
pub(crate) fn note(bytes: i64) {
    CACHE.with(|cache| cache.note(bytes));
}

/// What this thread has not told the ledger yet.
pub(crate) fn pending() -> i64 {
    CACHE.with(|cache| cache.pending.get())
}

/// Gives back what this thread keeps.
pub(crate) fn empty() {
    CACHE.with(|cache| {
        if cache.is_live() {
            cache.empty(|class| 2 * BATCH[class]);
        }
    });
}

impl Cache {
    #[inline(always)]
    fn note(&self, bytes: i64) {
        let pending = self.pending.get() + bytes;
        self.pending.set(pending);
        let max = self.pending_max.get();
        if (pending + max) as u64 > 2 * max as u64 {
            self.settle();
        }
    }

    #[cold]
    fn settle(&self) {
        self.is_live();
        let pending = self.pending.get();
        if pending.abs() > self.pending_max.get() {
            self.pending.set(0);
            ledger::enter(pending);
        }
    }

    /// Whether blocks may be kept; the first call makes it so.
    fn is_live(&self) -> bool {
        if self.state.get() == State::Fresh {
            // What registering allocates meets a cache that is gone.
            self.state.set(State::Gone);
            if GUARD.try_with(|_| ()).is_ok() {
                for (list, batch) in self.lists.iter().zip(BATCH) {
                    list.room.set(2 * batch);
                }
                self.pending_max.set(ledger::PENDING_MAX);
                self.state.set(State::Live);
            }
        }
        self.state.get() == State::Live
    }

    #[cold]
    fn refill(&self, class: usize, bytes: usize) -> *mut u8 {
        let live = self.is_live();
        let (block, taken) = central::take(class, if live { BATCH[class] } else { 1 });
        if block.is_null() {
            self.note(-(bytes as i64));
            return null_mut();
        }
        if live {
            let list = &self.lists[class];
            // SAFETY: the block is ours, and its `next` the rest of what was taken.
            list.head.set(unsafe { (*block).next });
            list.room.set(2 * BATCH[class] - (taken - 1));
        }
        block.cast()
    }

    /// # Safety
    /// As [`free`].
    #[cold]
    unsafe fn spill(&self, class: usize, block: *mut Block) {
        if !self.is_live() {
            // SAFETY: the caller's promise.
            return unsafe { central::give(class, block, 1) };
        }
        let list = &self.lists[class];
        if list.room.get() == 0 {
            let first = list.head.get();
            let mut last = first;
            // SAFETY: a list without room has two batches; its blocks are this thread's and become the central list's.
            unsafe {
                for _ in 1..BATCH[class] {
                    last = (*last).next;
                }
                list.head.set((*last).next);
                central::give(class, first, BATCH[class]);
            }
            list.room.set(BATCH[class]);
        }
        // SAFETY: the block is ours now.
        unsafe { (*block).next = list.head.get() };
        list.head.set(block);
        list.room.set(list.room.get() - 1);
    }

    /// Gives all blocks back; lists that have done so have `room` for others.
    fn empty(&self, room: impl Fn(usize) -> u32) {
        for (class, list) in self.lists.iter().enumerate() {
            let kept = 2 * BATCH[class] - list.room.replace(room(class));
            let head = list.head.replace(null_mut());
            if kept > 0 {
                // SAFETY: the list has that many blocks, all this thread's.
                unsafe { central::give(class, head, kept) };
            }
        }
    }

    fn close(&self) {
        self.state.set(State::Gone);
        self.empty(|_| 0);
        self.pending_max.set(0);
        ledger::enter(self.pending.replace(0));
    }
}
