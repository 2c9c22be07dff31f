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
use crate::class::{COUNT, bytes_of};
use crate::fill;
use crate::ledger;
use crate::span::Block;
use std::cell::Cell;
use std::ptr::null_mut;

/// Blocks moved between a cache and the central list at once: 4 KiB of them, within bounds.
const BATCH: [u32; COUNT] = {
    let mut batch = [0; COUNT];
    let mut class = 0;
    while class < COUNT {
        let fit = 4096 / bytes_of(class) as u32;
        batch[class] = match fit {
            0 => 1,
            1..=64 => fit,
            _ => 64,
        };
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

/// Batches that a cache keeps of a class while others have its central list.
const BATCHES_MAX: u32 = 64;

/// The free blocks of a class: how many there may be, and how many more it takes.
struct List {
    head: Cell<*mut Block>,
    room: Cell<u32>,
    capacity: Cell<u32>,
}

impl List {
    const fn new() -> List {
        List { head: Cell::new(null_mut()), room: Cell::new(0), capacity: Cell::new(0) }
    }
    /// Says how many blocks there may be, where `kept` are.
    fn resize(&self, capacity: u32, kept: u32) {
        self.capacity.set(capacity);
        self.room.set(capacity - kept);
    }
}

struct Cache {
    lists: [List; COUNT],
    /// How each list was when `trim` last looked.
    seen: [Cell<(*mut Block, u32)>; COUNT],
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
            lists: [const { List::new() }; COUNT],
            seen: [const { Cell::new((null_mut(), 0)) }; COUNT],
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

/// Gives back what this thread keeps of classes that it has not used since the last call.
pub(crate) fn trim() {
    CACHE.with(|cache| {
        if cache.is_live() {
            cache.trim();
        }
    });
}

/// Runs `f` past the cache of this thread, which keeps nothing of the classes that are packed: each block comes from the
/// fullest span that there is and goes back to its own at once. Slow, and how blocks are moved together.
pub(crate) fn bypass<R>(f: impl FnOnce() -> R) -> R {
    /// Puts the lists back, however `f` ends.
    struct Aside(Option<[(*mut Block, u32, u32); COUNT]>);
    impl Drop for Aside {
        fn drop(&mut self) {
            if let Some(kept) = &self.0 {
                CACHE.with(|cache| cache.put_back(kept));
            }
        }
    }
    let aside = CACHE.with(|cache| {
        let is_live = cache.is_live();
        if is_live {
            cache.empty_sparse();
        }
        Aside(is_live.then(|| cache.put_aside()))
    });
    let result = f();
    drop(aside);
    result
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
                    list.resize(2 * batch, 0);
                }
                self.pending_max.set(ledger::PENDING_MAX);
                self.state.set(State::Live);
            }
        }
        self.state.get() == State::Live
    }

    #[cold]
    fn refill(&self, class: usize, bytes: usize) -> *mut u8 {
        let block = if self.is_live() {
            let (block, taken) = central::take(class, BATCH[class]);
            if !block.is_null() {
                let list = &self.lists[class];
                // SAFETY: the block is ours, and its `next` the rest of what was taken.
                list.head.set(unsafe { (*block).next });
                list.resize(taken.max(2 * BATCH[class]), taken - 1);
            }
            block
        } else {
            central::take_one(class)
        };
        if block.is_null() {
            self.note(-(bytes as i64));
        }
        block.cast()
    }

    /// # Safety
    /// As [`free`].
    #[cold]
    unsafe fn spill(&self, class: usize, block: *mut Block) {
        if !self.is_live() {
            // SAFETY: the caller's promise; one block needs no link.
            unsafe {
                (*block).next = null_mut();
                central::give(class, block, 1, true);
            }
            return;
        }
        let list = &self.lists[class];
        if list.room.get() == 0 {
            // SAFETY: a list without room has two batches at least, all this thread's.
            unsafe { self.give_batch(class) };
        }
        // SAFETY: the block is ours now.
        unsafe { (*block).next = list.head.get() };
        list.head.set(block);
        list.room.set(list.room.get() - 1);
    }

    /// Makes room on a list that has none: by a batch that goes back, or, while others have the central list, by more room.
    ///
    /// # Safety
    /// The list has two batches at least.
    unsafe fn give_batch(&self, class: usize) {
        let (list, batch) = (&self.lists[class], BATCH[class]);
        let (kept, first) = (list.capacity.get(), list.head.get());
        let mut rest = first;
        for _ in 0..batch {
            // SAFETY: the list has that many blocks.
            rest = unsafe { (*rest).next };
        }
        // SAFETY: the blocks are this thread's, and the central list's from here on if it takes them.
        if unsafe { central::give(class, first, batch, kept >= BATCHES_MAX * batch) } {
            list.head.set(rest);
            // What a list has beyond two batches goes one batch a call.
            let kept = kept - batch;
            list.resize((kept + 1).max(2 * batch), kept);
        } else {
            list.resize(kept + batch, kept);
        }
    }

    /// A few blocks that nobody uses keep whole spans: those that were taken as a table or a leaf passed their size.
    fn trim(&self) {
        for (class, (list, seen)) in self.lists.iter().zip(&self.seen).enumerate() {
            let now = (list.head.get(), list.room.get());
            if seen.replace(now) == now && !now.0.is_null() {
                self.give_all(class, 2 * BATCH[class]);
                central::release_empty(class);
            }
        }
    }

    /// Gives back what lies in classes that are packed: a few blocks that nobody uses keep whole spans.
    fn empty_sparse(&self) {
        for (class, list) in self.lists.iter().enumerate() {
            if fill::emptier_than(class) != 0 && !list.head.get().is_null() {
                self.give_all(class, 2 * BATCH[class]);
            }
        }
    }

    /// Takes the lists away, so that every call takes the slow path and, as after the thread's end, goes to the central lists.
    fn put_aside(&self) -> [(*mut Block, u32, u32); COUNT] {
        self.state.set(State::Gone);
        std::array::from_fn(|class| {
            let list = &self.lists[class];
            (list.head.replace(null_mut()), list.room.replace(0), list.capacity.replace(0))
        })
    }

    fn put_back(&self, kept: &[(*mut Block, u32, u32); COUNT]) {
        for (list, (head, room, capacity)) in self.lists.iter().zip(kept) {
            list.head.set(*head);
            list.room.set(*room);
            list.capacity.set(*capacity);
        }
        self.state.set(State::Live);
    }

    /// Gives all blocks back; lists that have done so hold up to `capacity` others.
    fn empty(&self, capacity: impl Fn(usize) -> u32) {
        for class in 0..COUNT {
            self.give_all(class, capacity(class));
        }
    }

    /// Gives all blocks of a class back; its list holds up to `capacity` others then.
    fn give_all(&self, class: usize, capacity: u32) {
        let list = &self.lists[class];
        let kept = list.capacity.get() - list.room.get();
        let head = list.head.replace(null_mut());
        list.resize(capacity, 0);
        if kept > 0 {
            // SAFETY: the list has that many blocks, all this thread's.
            unsafe { central::give(class, head, kept, true) };
        }
    }

    fn close(&self) {
        self.state.set(State::Gone);
        self.empty(|_| 0);
        self.pending_max.set(0);
        ledger::enter(self.pending.replace(0));
    }
}
