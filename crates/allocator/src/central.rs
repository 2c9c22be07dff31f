//! Central lists: the spans of each class that have room, and a few empty spans for whoever needs one next.
//!
//! A class keeps its spans by how full they are, in four lists; blocks come from the fullest ones, so that the emptiest
//! get the chance to become empty. Full spans are in no list: the next block that comes back leads to them. An empty
//! span is given back, unless it is the only one with room.
//!
//! **Nobody waits for a thread that frees.** Where the list's lock is taken, who wants blocks gets a new span whole, and
//! who brings some may keep them ([`give`]). A thread that frees millions of blocks takes these locks all the time; if it
//! loses its processor while it has one, others would wait until it gets it back.

use crate::class::COUNT;
use crate::fill;
use crate::lock::Lock;
use crate::region;
use crate::span::{Block, Span};
use std::ptr::{NonNull, null_mut};

const TIERS: usize = 4;
/// Empty spans kept for all classes together, with their pages.
const RESERVE_MAX: usize = 2;
/// Spans that are looked at for empty ones.
const LOOKED_AT_MAX: usize = 256;
/// The tier of a full span: none.
const FULL: usize = TIERS;

static CENTRAL: [Lock<Tiers>; COUNT] = [const { Lock::new(Tiers::new()) }; COUNT];
static RESERVE: Lock<Reserve> = Lock::new(Reserve { spans: [None; RESERVE_MAX] });

/// The spans of a class that have room, as doubly linked lists by quarter of their use.
struct Tiers {
    heads: [*mut Span; TIERS],
}

// SAFETY: the spans are reached under the lock only.
unsafe impl Send for Tiers {}

impl Tiers {
    const fn new() -> Self {
        Tiers { heads: [null_mut(); TIERS] }
    }

    /// # Safety
    /// `span` is live, and in the list of `tier`.
    unsafe fn unlink(&mut self, span: *mut Span, tier: usize) {
        // SAFETY: the neighbours of a span in a list are live spans of the same list.
        unsafe {
            let (next, previous) = ((*span).next, (*span).previous);
            if previous.is_null() {
                self.heads[tier] = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
        }
    }

    /// # Safety
    /// `span` is live, and in no list.
    unsafe fn link(&mut self, span: *mut Span, tier: usize) {
        let next = self.heads[tier];
        // SAFETY: the head of a list is live or null.
        unsafe {
            (*span).next = next;
            (*span).previous = null_mut();
            if !next.is_null() {
                (*next).previous = span;
            }
        }
        self.heads[tier] = span;
    }

    /// Puts a span whose use changed where it belongs.
    ///
    /// # Safety
    /// `span` is live, and in the list of `from` unless that is [`FULL`].
    #[inline]
    unsafe fn moved(&mut self, span: *mut Span, from: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let to = tier(span);
            if from == to {
                return;
            }
            if from != FULL {
                self.unlink(span, from);
            }
            if to != FULL {
                self.link(span, to);
            }
        }
    }

    fn fullest(&self) -> Option<*mut Span> {
        self.heads.iter().rev().copied().find(|head| !head.is_null())
    }

    /// Whether `span`, which is in the lowest list, is the only span with room.
    ///
    /// # Safety
    /// `span` is live.
    unsafe fn is_only(&self, span: *mut Span) -> bool {
        // SAFETY: the caller's promise.
        let alone = unsafe { (*span).next.is_null() && (*span).previous.is_null() };
        alone && self.heads[1..].iter().all(|head| head.is_null())
    }
}

/// # Safety
/// `span` is live and its class's lock is held.
#[inline(always)]
unsafe fn tier(span: *mut Span) -> usize {
    // SAFETY: the caller's promise.
    let (used, capacity) = unsafe { ((*span).used, (*span).capacity) };
    if used == capacity {
        return FULL;
    }
    let quarters = 4 * used;
    usize::from(quarters >= capacity)
        + usize::from(quarters >= 2 * capacity)
        + usize::from(quarters >= 3 * capacity)
}

struct Reserve {
    spans: [Option<NonNull<Span>>; RESERVE_MAX],
}

// SAFETY: the spans in the reserve are nobody's.
unsafe impl Send for Reserve {}

/// A span that nobody uses, from the reserve or from below; `None` where there is no more.
fn obtain() -> Option<NonNull<Span>> {
    if let Some(mut reserve) = RESERVE.try_lock()
        && let Some(span) = reserve.spans.iter_mut().find_map(Option::take)
    {
        return Some(span);
    }
    region::obtain()
}

/// A new span for a class, counted as its.
fn obtain_for(class: usize) -> Option<NonNull<Span>> {
    let span = obtain()?;
    fill::note_spans(class, 1);
    Some(span)
}

/// Gives a span away.
///
/// # Safety
/// It came from `obtain`, and nothing points into it.
unsafe fn release(span: NonNull<Span>) {
    if let Some(mut reserve) = RESERVE.try_lock()
        && let Some(place) = reserve.spans.iter_mut().find(|place| place.is_none())
    {
        *place = Some(span);
        return;
    }
    // SAFETY: allocated in `obtain`; nothing points into it.
    unsafe { region::give(span) };
}

/// Gives the spans of the reserve away, and the empty ones that classes keep.
pub(crate) fn purge() {
    (0..COUNT).for_each(release_empty);
    let reserve = std::mem::replace(&mut RESERVE.lock().spans, [None; RESERVE_MAX]);
    for span in reserve.into_iter().flatten() {
        // SAFETY: allocated in `obtain`; the spans of the reserve are nobody's.
        unsafe { region::give(span) };
    }
}

/// Gives the empty spans that a class keeps away, among the emptiest ones that it has seen last.
pub(crate) fn release_empty(class: usize) {
    let mut empty: *mut Span = null_mut();
    let mut tiers = CENTRAL[class].lock();
    let mut span = tiers.heads[0];
    for _ in 0..LOOKED_AT_MAX {
        let Some(at) = NonNull::new(span) else { break };
        // SAFETY: spans in the lists are live; those on the way out are in no list and linked by `next`.
        unsafe {
            span = (*at.as_ptr()).next;
            if (*at.as_ptr()).used == 0 {
                tiers.unlink(at.as_ptr(), 0);
                (*at.as_ptr()).next = empty;
                empty = at.as_ptr();
            }
        }
    }
    drop(tiers);
    // SAFETY: the spans are in no list, and none of their blocks is out.
    unsafe { release_all(empty) };
}

/// Whether a block in use lies in a span that should be emptied: its class is [`sparse`](fill), and the span is emptier than
/// most, and not the one that the next blocks come from. False, too, for what is in no block of ours, and where the list is
/// in use.
pub(crate) fn is_sparse(block: *const u8) -> bool {
    if !region::contains(block) {
        return false;
    }
    let span = Span::of(block.cast_mut().cast());
    // SAFETY: the block is in use, so its span is live, and its class never changes.
    let class = unsafe { (&raw const (*span).class).read() } as usize;
    let emptier_than = fill::emptier_than(class);
    if emptier_than == 0 {
        return false;
    }
    CENTRAL[class].lock_soon().is_some_and(|tiers| {
        // SAFETY: as above; the lock is held.
        let used = unsafe { (*span).used };
        used < emptier_than && tiers.fullest() != Some(span)
    })
}

/// Takes up to `wanted` blocks of a class (at least one), linked; null and 0 where memory has run out. More than `wanted`
/// where the list is in use: a span of its own.
#[cold]
pub(crate) fn take(class: usize, wanted: u32) -> (*mut Block, u32) {
    let Some(mut tiers) = CENTRAL[class].lock_soon() else { return take_span(class) };
    let (mut list, mut taken) = (null_mut(), 0);
    while taken < wanted {
        let Some(span) = tiers.fullest() else {
            // What there is will do; a new span is for those who would get nothing.
            if taken > 0 {
                break;
            }
            drop(tiers);
            let Some(span) = obtain_for(class) else { return (null_mut(), 0) };
            tiers = CENTRAL[class].lock();
            // SAFETY: the span is new; its tier is the lowest.
            unsafe { tiers.link(Span::create(span, class), 0) };
            continue;
        };
        // SAFETY: spans in the lists are live; the lock is held.
        unsafe {
            let from = tier(span);
            let (longer, more) = Span::take(span, wanted - taken, list);
            (list, taken) = (longer, taken + more);
            tiers.moved(span, from);
        }
    }
    fill::note_blocks(class, taken as isize);
    (list, taken)
}

/// Takes one block of a class; null where memory has run out.
#[cold]
pub(crate) fn take_one(class: usize) -> *mut Block {
    // Waits: there is no place for the rest of a span.
    let mut tiers = CENTRAL[class].lock();
    loop {
        if let Some(span) = tiers.fullest() {
            // SAFETY: spans in the lists are live; the lock is held.
            unsafe {
                let from = tier(span);
                let (block, _) = Span::take(span, 1, null_mut());
                tiers.moved(span, from);
                fill::note_blocks(class, 1);
                return block;
            }
        }
        drop(tiers);
        let Some(span) = obtain_for(class) else { return null_mut() };
        tiers = CENTRAL[class].lock();
        // SAFETY: the span is new; its tier is the lowest.
        unsafe { tiers.link(Span::create(span, class), 0) };
    }
}

/// All blocks of a new span. It is full, so it belongs in no list, and no lock is needed.
fn take_span(class: usize) -> (*mut Block, u32) {
    let Some(span) = obtain_for(class) else { return (null_mut(), 0) };
    // SAFETY: the span is new; nobody else knows of it until its first block is given back.
    let (list, taken) = unsafe { Span::take(Span::create(span, class), u32::MAX, null_mut()) };
    fill::note_blocks(class, taken as isize);
    (list, taken)
}

/// Takes back `count` blocks of a class, linked from `list` on; unless `waits`, only if the list is not in use. Whether it
/// has.
///
/// # Safety
/// They came from `take` of the same class, and nobody uses them; if they are taken back, that ends the caller's right to
/// them, which is why the links are read first.
#[cold]
pub(crate) unsafe fn give(class: usize, mut list: *mut Block, count: u32, waits: bool) -> bool {
    // SAFETY: the caller's promise.
    unsafe { bring_spans(list, count) };
    let mut tiers = match CENTRAL[class].lock_soon() {
        Some(tiers) => tiers,
        None if waits => CENTRAL[class].lock(),
        None => return false,
    };
    fill::note_blocks(class, -(count as isize));
    let mut empty: *mut Span = null_mut();
    for _ in 0..count {
        // SAFETY: a block's span is live as long as one of its blocks is out. Spans on the way out are linked by `next`.
        unsafe {
            let block = list;
            list = (*block).next;
            let span = Span::of(block);
            let from = tier(span);
            Span::give(span, block);
            tiers.moved(span, from);
            if (*span).used == 0 && !tiers.is_only(span) {
                tiers.unlink(span, 0);
                (*span).next = empty;
                empty = span;
            }
        }
    }
    drop(tiers);
    // SAFETY: the spans are in no list, and none of their blocks is out.
    unsafe { release_all(empty) };
    true
}

/// Gives spans away.
///
/// # Safety
/// They are in no list but this one, linked by `next`, and none of their blocks is out.
unsafe fn release_all(mut list: *mut Span) {
    while let Some(span) = NonNull::new(list) {
        // SAFETY: the caller's promise; the header is read before it goes.
        unsafe {
            list = (*span.as_ptr()).next;
            fill::note_spans((*span.as_ptr()).class as usize, -1);
            release(span);
        }
    }
}

/// Brings in the headers of blocks' spans, all at once, before the lock is taken: with them at hand it is held for a
/// fraction of the time.
///
/// # Safety
/// The caller has the right to `count` blocks, linked from `list` on.
unsafe fn bring_spans(mut list: *mut Block, count: u32) {
    let mut sum = 0u32;
    for _ in 0..count {
        // SAFETY: the blocks are the caller's, so their spans are live; the capacity of a live span never changes.
        unsafe {
            sum = sum.wrapping_add((&raw const (*Span::of(list)).capacity).read());
            list = (*list).next;
        }
    }
    std::hint::black_box(sum);
}
