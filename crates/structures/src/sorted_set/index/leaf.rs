//! A leaf of the ordered index: a run of member pointers in order, with a two-byte code of each score beside them.
//!
//! ```text
//!   0        8        16       24     28     30      32
//!   +--------+--------+--------+------+------+-------+-------------------+------------------------+
//!   | prev   | next   | base   | len  | cap  | shift | codes: [u16; cap] | members: [ptr; cap]    |
//!   +--------+--------+--------+------+------+-------+-------------------+------------------------+
//!      code(score) = clamp((order_key(score) - base) >> shift, 0, 65535)
//! ```
//!
//! A code is monotone in the score for any `base` and `shift`, so comparing codes decides all but ties, and a search
//! touches the members themselves only among equal codes. `base` and `shift` are chosen for the scores in the leaf with
//! as much room on either side ([`Leaf::recode`]); they are chosen anew when a score lands outside or the leaf splits.
//!
//! A leaf grows and shrinks by reallocation through [`CAPACITIES`], so that it is about 9/10 full at every size; it
//! splits when it is full at the largest. Capacities fill the size classes that allocators commonly have. Header and codes
//! come first, so that one burst of prefetches brings in what a search reads.
//!
//! `Leaf` is a copyable pointer: the tree (`tree.rs`) owns the allocations and is the only one to hold `Leaf`s.

use super::super::bounds::Boundary;
use super::super::member::MemberRef;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

#[repr(C)]
struct Header {
    prev: Option<Leaf>,
    next: Option<Leaf>,
    base: u64,
    len: u16,
    cap: u16,
    shift: u8,
}

const HEADER: usize = size_of::<Header>();
const ENTRY: usize = size_of::<MemberRef>() + size_of::<u16>();

/// So many codes are as large as a pointer is aligned.
const ALIGNING: usize = align_of::<MemberRef>() / size_of::<u16>();

/// The capacities that a leaf steps through.
const CAPACITIES: [u16; CLASSES.len()] = {
    let mut caps = [0; CLASSES.len()];
    let mut i = 0;
    while i < caps.len() {
        // A multiple that makes the members lie aligned behind the codes.
        caps[i] = ((CLASSES[i] - HEADER) / ENTRY / ALIGNING * ALIGNING) as u16;
        i += 1;
    }
    caps
};
const CLASSES: [usize; 12] = [128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024];

/// Members in a leaf at most.
pub const CAPACITY_MAX: usize = CAPACITIES[CAPACITIES.len() - 1] as usize;

/// A pointer to a leaf.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Leaf(NonNull<Header>);

fn layout(cap: u16) -> Layout {
    let size = HEADER + cap as usize * ENTRY;
    Layout::from_size_align(size, align_of::<Header>()).expect("a leaf is small")
}

fn capacity_for(len: usize) -> u16 {
    *CAPACITIES.iter().find(|&&cap| cap as usize >= len).expect("a leaf holds no more than CAPACITY_MAX")
}

/// # Safety
/// All methods: the leaf is allocated and the caller has sole use of it (for methods that only read: no one changes it
/// meanwhile), and the members in it are alive. The tree guarantees both.
#[allow(clippy::missing_safety_doc)]
impl Leaf {
    /// An empty, unlinked leaf with room for `len` members.
    pub fn alloc(len: usize) -> Leaf {
        let cap = capacity_for(len);
        let layout = layout(cap);
        // SAFETY: the layout is not empty; the header lies within it and is written before anything reads it.
        unsafe {
            let Some(at) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            let at = at.cast::<Header>();
            at.write(Header { prev: None, next: None, base: 0, len: 0, cap, shift: 0 });
            Leaf(at)
        }
    }

    /// The leaf as a bare pointer, for [`Leaf::from_raw`].
    pub fn into_raw(self) -> NonNull<()> {
        self.0.cast()
    }

    /// The leaf of a pointer that came from [`Leaf::into_raw`].
    pub unsafe fn from_raw(raw: NonNull<()>) -> Leaf {
        Leaf(raw.cast())
    }

    /// Frees the leaf, not its members; the links of its neighbours are the caller's.
    pub unsafe fn free(self) {
        // SAFETY: allocated by `alloc` with the layout of its capacity.
        unsafe { dealloc(self.0.as_ptr().cast(), layout(self.header().cap)) }
    }

    unsafe fn header<'a>(self) -> &'a Header {
        // SAFETY: the caller's; the header was written in `alloc`.
        unsafe { self.0.as_ref() }
    }

    unsafe fn header_mut<'a>(mut self) -> &'a mut Header {
        // SAFETY: the caller's.
        unsafe { self.0.as_mut() }
    }

    unsafe fn codes_start(self) -> NonNull<u16> {
        // SAFETY: the codes lie right behind the header.
        unsafe { self.0.cast::<u8>().add(HEADER).cast() }
    }

    unsafe fn members_start(self) -> NonNull<MemberRef> {
        // SAFETY: the members lie behind `cap` codes, aligned since `cap` is a multiple of `ALIGNING`.
        unsafe { self.codes_start().add(self.header().cap as usize).cast() }
    }

    pub unsafe fn len(self) -> usize {
        // SAFETY: the caller's.
        unsafe { self.header() }.len as usize
    }

    pub unsafe fn is_full(self) -> bool {
        // SAFETY: the caller's.
        unsafe { self.len() == CAPACITY_MAX }
    }

    /// Bytes of the leaf's allocation.
    pub unsafe fn heap_bytes(self) -> usize {
        // SAFETY: the caller's.
        layout(unsafe { self.header() }.cap).size()
    }

    pub unsafe fn prev(self) -> Option<Leaf> {
        // SAFETY: the caller's.
        unsafe { self.header() }.prev
    }

    pub unsafe fn next(self) -> Option<Leaf> {
        // SAFETY: the caller's.
        unsafe { self.header() }.next
    }

    /// Makes `left` and `right` neighbours; either may be missing at the ends of the index.
    pub unsafe fn link(left: Option<Leaf>, right: Option<Leaf>) {
        // SAFETY: the caller's, for both.
        unsafe {
            if let Some(left) = left {
                left.header_mut().next = right;
            }
            if let Some(right) = right {
                right.header_mut().prev = left;
            }
        }
    }

    pub unsafe fn members<'a>(self) -> &'a [MemberRef] {
        // SAFETY: the first `len` members are initialised.
        unsafe { std::slice::from_raw_parts(self.members_start().as_ptr(), self.len()) }
    }

    unsafe fn codes<'a>(self) -> &'a [u16] {
        // SAFETY: the first `len` codes are initialised.
        unsafe { std::slice::from_raw_parts(self.codes_start().as_ptr(), self.len()) }
    }

    unsafe fn code(self, key: u64) -> u16 {
        // SAFETY: the caller's.
        let header = unsafe { self.header() };
        (key.saturating_sub(header.base) >> header.shift).min(u16::MAX as u64) as u16
    }

    /// Whether `key` lies in the span for which `base` and `shift` were chosen.
    unsafe fn spans(self, key: u64) -> bool {
        // SAFETY: the caller's.
        let header = unsafe { self.header() };
        key >= header.base && (key - header.base) >> header.shift < u16::MAX as u64
    }

    /// Chooses `base` and `shift` for the scores that are in the leaf, and codes them.
    pub unsafe fn recode(self) {
        // SAFETY: the caller's; `len` codes fit in `cap`.
        unsafe {
            let members = self.members();
            let (Some(first), Some(last)) = (members.first(), members.last()) else { return };
            let (first, last) = (first.key(), last.key());
            let base = first.saturating_sub(last - first);
            let top = last.saturating_add(last - first);
            let header = self.header_mut();
            header.base = base;
            // `last` lies within the lower two thirds (or is infinite, below 65521): the highest code stays for the clamped.
            header.shift = (u64::BITS - (top - base).leading_zeros()).saturating_sub(u16::BITS) as u8;
            let codes = self.codes_start();
            for (i, member) in members.iter().enumerate() {
                codes.add(i).write(self.code(member.key()));
            }
        }
    }

    /// How many members lie before `boundary`.
    pub unsafe fn partition(self, boundary: &impl Boundary) -> usize {
        // SAFETY: the caller's; members are alive.
        unsafe {
            let (low, high) = match boundary.key() {
                Some(key) => self.run(self.code(key)),
                None => (0, self.len()),
            };
            low + self.members()[low..high].partition_point(|&member| boundary.precedes(member))
        }
    }

    /// The positions with this code: (first, one past the last).
    unsafe fn run(self, code: u16) -> (usize, usize) {
        // Sums of u16 so that the compiler compares eight at a time.
        // SAFETY: the caller's.
        let codes = unsafe { self.codes() };
        let below: u16 = codes.iter().map(|&c| (c < code) as u16).sum();
        let through: u16 = codes.iter().map(|&c| (c <= code) as u16).sum();
        (below as usize, through as usize)
    }

    /// The position of `member`, which is in the index and whose place is in this leaf. Where its code is the only one
    /// of its kind that tells the position, and the members are not looked at.
    pub unsafe fn position(self, member: MemberRef, key: u64) -> Option<usize> {
        // SAFETY: the caller's.
        unsafe {
            let (low, high) = self.run(self.code(key));
            if high - low == 1 {
                debug_assert!(self.members()[low] == member);
                return Some(low);
            }
            let found = self.members()[low..high].iter().position(|&m| m == member);
            found.map(|i| low + i)
        }
    }

    /// Puts `member` at `at`; there is room for it.
    pub unsafe fn insert(self, at: usize, member: MemberRef, key: u64) {
        // SAFETY: `at <= len < cap`, so the moved ranges lie within the arrays.
        unsafe {
            let len = self.len();
            debug_assert!(at <= len && len < self.header().cap as usize);
            let members = self.members_start();
            members.add(at).copy_to(members.add(at + 1), len - at);
            members.add(at).write(member);
            let codes = self.codes_start();
            codes.add(at).copy_to(codes.add(at + 1), len - at);
            codes.add(at).write(self.code(key));
            self.header_mut().len += 1;
            if !self.spans(key) {
                self.recode();
            }
        }
    }

    /// Takes out the members at `at..at + count`.
    pub unsafe fn remove(self, at: usize, count: usize) {
        // SAFETY: `at + count <= len`.
        unsafe {
            let len = self.len();
            debug_assert!(at + count <= len);
            let (members, codes) = (self.members_start(), self.codes_start());
            members.add(at + count).copy_to(members.add(at), len - at - count);
            codes.add(at + count).copy_to(codes.add(at), len - at - count);
            self.header_mut().len -= count as u16;
        }
    }

    /// Moves the member at `from` to the position `to` of the leaf without it, with a new key.
    pub unsafe fn rotate(self, from: usize, to: usize, key: u64) {
        // SAFETY: both positions lie within `len`.
        unsafe {
            let member = self.members()[from];
            self.remove(from, 1);
            self.insert(to, member, key);
        }
    }

    /// The leaf with room for `len` members, moved if its capacity had to change. Neighbours are relinked.
    pub unsafe fn fit(self, len: usize) -> Leaf {
        // SAFETY: the caller's; everything is copied into the new allocation before the old one goes.
        unsafe {
            let header = self.header();
            let (cap, wanted) = (header.cap, capacity_for(len));
            // Growing when full; shrinking only when two steps too large, so that the edge of a class does not flutter.
            if len <= cap as usize && capacity_for((len + len / 8 + 2).min(CAPACITY_MAX)) >= cap {
                return self;
            }
            let fresh = Leaf::alloc(wanted as usize);
            let to = fresh.header_mut();
            (to.base, to.shift, to.len) = (header.base, header.shift, header.len);
            fresh.members_start().copy_from_nonoverlapping(self.members_start(), self.len());
            fresh.codes_start().copy_from_nonoverlapping(self.codes_start(), self.len());
            Leaf::link(header.prev, Some(fresh));
            Leaf::link(Some(fresh), header.next);
            self.free();
            fresh
        }
    }

    /// Moves the members from `at` on into a new leaf, linked to the right of this one. This one may move, too.
    pub unsafe fn split(self, at: usize) -> (Leaf, Leaf) {
        // SAFETY: `at <= len`; the new leaf has room for the rest.
        unsafe {
            let rest = self.len() - at;
            let right = Leaf::alloc(rest.max(1));
            right.members_start().copy_from_nonoverlapping(self.members_start().add(at), rest);
            right.header_mut().len = rest as u16;
            Leaf::link(Some(right), self.next());
            Leaf::link(Some(self), Some(right));
            self.header_mut().len = at as u16;
            let left = self.fit(at);
            left.recode();
            right.recode();
            (left, right)
        }
    }

    /// Appends all of `right`, the next leaf, to this one and frees it.
    pub unsafe fn merge(self, right: Leaf) -> Leaf {
        // SAFETY: the caller checked that both fit in one leaf; `fit` makes the room.
        unsafe {
            let (len, more) = (self.len(), right.len());
            let left = self.fit(len + more);
            left.members_start().add(len).copy_from_nonoverlapping(right.members_start(), more);
            left.header_mut().len = (len + more) as u16;
            Leaf::link(Some(left), right.next());
            right.free();
            left.recode();
            left
        }
    }

    /// Appends a member that comes after all others, for bulk building; `recode` follows when the leaf is complete.
    pub unsafe fn push_uncoded(self, member: MemberRef) {
        // SAFETY: the caller leaves room.
        unsafe {
            let len = self.len();
            self.members_start().add(len).write(member);
            self.header_mut().len += 1;
        }
    }

    /// Panics where the codes contradict the members, for tests.
    #[cfg(test)]
    pub unsafe fn check_codes(self) {
        // SAFETY: the caller's.
        unsafe {
            let coded = self.members().iter().map(|member| self.code(member.key()));
            assert!(coded.eq(self.codes().iter().copied()));
            assert!(self.codes().is_sorted());
        }
    }
}
