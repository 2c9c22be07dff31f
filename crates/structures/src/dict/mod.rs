//! Dict: a hash table that never stalls, for anything from three items to billions.
//!
//! Segmented (extendible) hashing after Fagin et al., "Extendible Hashing" (ACM TODS 1979), with the cache-line buckets and
//! one-byte fingerprints of Lu et al., "Dash" (VLDB 2020). Departures: a segment grows in quarter steps before it splits,
//! so the table stays 75–94 % full at every size; buckets are ordered by hash, so a SCAN cursor is a position in hash
//! order; marks in the pointers' unused bits make growth blind to the items.
//!
//! ```text
//!            top `depth` bits of the hash           next 16 bits: home bucket        low byte: tag
//! directory [ seg | seg | seg | seg ]  ──►  segment [ bucket | bucket | ... ]  ──►  slot ──► item
//! ```
//!
//! The dict hashes nothing: callers bring 64 well-mixed bits. It stores [`Thin`] items, eight bytes each.
//! Cost bounds: an insert moves at most one segment's items (≤ 840 slots) and, when the directory doubles, copies 16 bytes
//! a directory entry.

mod dismantling;
pub mod group;
mod piecewise;
mod relocation;
mod scan;
mod segment;
#[cfg(test)]
mod tests;
mod walk;

use crate::thin::{Ref, RefMut, Thin, address};
pub use dismantling::Dismantling;
pub use piecewise::Reading;
use segment::{
    BUCKETS_MAX, BUCKETS_MIN_SPLIT, DEPTH_MAX, Place, SLACK, SLOTS, Segment, fitting, grown, tag_of,
    with_mark,
};
use std::marker::PhantomData;
pub use walk::Walk;

/// The table; see the head of the file. An empty dict owns no memory.
pub struct Dict<T: Thin> {
    /// 2^global headers; those of one segment are neighbours and alike, but for `count`.
    directory: Vec<Segment>,
    len: usize,
    global: u8,
    items: PhantomData<T>,
}

// SAFETY: a Dict owns its items and its buckets; sending it sends them.
unsafe impl<T: Thin + Send> Send for Dict<T> {}
// SAFETY: shared access only reads.
unsafe impl<T: Thin + Sync> Sync for Dict<T> {}

impl<T: Thin> Default for Dict<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Thin> Dict<T> {
    /// An empty dict.
    pub const fn new() -> Self {
        Dict { directory: Vec::new(), len: 0, global: 0, items: PhantomData }
    }
    /// Number of items.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Bytes of the table itself, without the items.
    pub fn table_bytes(&self) -> usize {
        let buckets: usize = self.segments().map(|s| usize::from(s.len) * size_of::<segment::Bucket>()).sum();
        buckets + self.directory.capacity() * size_of::<Segment>()
    }
    /// Number of slots, used or not.
    pub fn slots(&self) -> usize {
        self.segments().map(|s| usize::from(s.len) * SLOTS).sum()
    }

    #[inline(always)]
    fn index_of(&self, hash: u64) -> usize {
        // Two shifts, since a shift by 64 is not one.
        ((hash >> 1) >> (63 - self.global)) as usize
    }
    /// The first directory entry of the segment at `index`.
    #[inline(always)]
    fn first_of(&self, index: usize) -> usize {
        let spare = self.global - self.directory[index].depth;
        index >> spare << spare
    }
    fn segments(&self) -> impl Iterator<Item = &Segment> {
        let mut index = 0;
        std::iter::from_fn(move || {
            let segment = self.directory.get(index)?;
            index += 1 << (self.global - segment.depth);
            Some(segment)
        })
    }

    /// Brings in the line of `hash`'s home bucket.
    #[inline(always)]
    pub fn prefetch_bucket(&self, hash: u64) {
        if let Some(segment) = self.directory.get(self.index_of(hash)) {
            crate::prefetch::read(segment.address_of(segment.home_of_hash(hash)));
        }
    }
    /// Brings in the item that is most likely the one of `hash`.
    #[inline(always)]
    pub fn prefetch_item(&self, hash: u64) {
        if let Some(item) = self.likely(hash) {
            crate::prefetch::read(std::ptr::without_provenance(item.address()));
        }
    }
    /// Brings in what look-ups of these hashes will read: all buckets first, so that they are waited for once.
    pub fn prefetch(&self, hashes: &[u64]) {
        hashes.iter().for_each(|hash| self.prefetch_bucket(*hash));
        hashes.iter().for_each(|hash| self.prefetch_item(*hash));
    }
    /// The item that is most likely the one of `hash`: nothing is compared.
    #[inline(always)]
    pub fn likely(&self, hash: u64) -> Option<Ref<'_, T>> {
        let segment = self.directory.get(self.index_of(hash))?;
        let bucket = segment.bucket(segment.home_of_hash(hash));
        let hits = bucket.matches(tag_of(hash));
        if hits == 0 {
            return None;
        }
        // SAFETY: a slot whose tag is not 0 is occupied; the borrow of self outlives the Ref.
        Some(unsafe { Ref::new(address(bucket.slots[hits.trailing_zeros() as usize])) })
    }

    #[inline(always)]
    fn locate(&self, hash: u64, mut eq: impl FnMut(&T) -> bool) -> Option<(usize, Place)> {
        let index = self.index_of(hash);
        let segment = self.directory.get(index)?;
        // SAFETY: find passes values of occupied slots, items of this dict.
        let place = segment.find(hash, |value| eq(unsafe { Ref::<T>::new(address(value)) }.get()))?;
        Some((index, place))
    }
    /// The item with this hash for which `eq` holds.
    #[inline(always)]
    pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<Ref<'_, T>> {
        let (index, place) = self.locate(hash, eq)?;
        let value = self.directory[index].bucket(place.bucket).slots[place.slot];
        // SAFETY: the slot is occupied, and the borrow of self outlives the Ref.
        Some(unsafe { Ref::new(address(value)) })
    }
    /// The same, to be changed. The item may move to another allocation, but must keep its hash.
    #[inline(always)]
    pub fn find_mut(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<RefMut<'_, T>> {
        let (index, place) = self.locate(hash, eq)?;
        let slot = &mut self.directory[index].bucket_mut(place.bucket).slots[place.slot];
        // SAFETY: the slot is occupied and borrowed exclusively.
        Some(unsafe { RefMut::new(slot) })
    }

    /// Makes room for about `len` items in a dict that has none yet, so that they need not move while they come in. The
    /// caller bounds a `len` that it was told by someone else.
    pub fn reserve(&mut self, len: usize) {
        if !self.directory.is_empty() || len <= SLOTS {
            return;
        }
        let mut depth = 0;
        while depth < DEPTH_MAX && len >> depth > Segment::room(BUCKETS_MAX) as usize * 7 / 8 {
            depth += 1;
        }
        let least = if depth > 0 { BUCKETS_MIN_SPLIT } else { 1 };
        let share = u32::try_from(len >> depth).unwrap_or(u32::MAX).min(Segment::room(BUCKETS_MAX));
        let buckets = fitting(share).clamp(least, BUCKETS_MAX);
        self.directory = (0..1usize << depth).map(|_| Segment::new(buckets, depth, depth)).collect();
        self.global = depth;
    }
    /// Puts in an item that is known not to be there. `rehash` gives the hash of an item and is asked rarely.
    pub fn insert_unique(&mut self, hash: u64, item: T, rehash: impl Fn(&T) -> u64) -> RefMut<'_, T> {
        let raw = item.into_raw().as_ptr().expose_provenance() as u64;
        debug_assert!(raw >> 48 == 0, "addresses fit 48 bits");
        if self.directory.is_empty() {
            // Not a push, which would make room for four.
            self.directory = vec![Segment::new(1, 0, 0)];
        }
        let mut index = self.first_of(self.index_of(hash));
        while self.directory[index].is_full() {
            self.make_room(index, &rehash);
            index = self.first_of(self.index_of(hash));
        }
        let segment = &mut self.directory[index];
        let value = with_mark(raw, segment.mark_of(hash));
        let place = segment.place(value, tag_of(hash));
        self.len += 1;
        // SAFETY: just filled, and borrowed through &mut self.
        unsafe { RefMut::new(&mut self.directory[index].bucket_mut(place.bucket).slots[place.slot]) }
    }

    /// Takes out the item with this hash for which `eq` holds.
    pub fn remove(&mut self, hash: u64, eq: impl FnMut(&T) -> bool, rehash: impl Fn(&T) -> u64) -> Option<T> {
        let (index, place) = self.locate(hash, eq)?;
        let first = self.first_of(index);
        let value = self.directory[first].take(place);
        self.len -= 1;
        self.give_back(first, &rehash);
        // SAFETY: the slot was occupied and is free now: the ownership is the caller's.
        Some(unsafe { T::from_raw(address(value)) })
    }

    /// Drops all items and memory.
    pub fn clear(&mut self) {
        *self = Dict::new();
    }

    /// Every item, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = Ref<'_, T>> {
        self.segments().flat_map(|segment| {
            (0..usize::from(segment.len)).flat_map(move |b| {
                let bucket = segment.bucket(b);
                (0..SLOTS).filter(|&s| bucket.tags[s] != 0).map(|s| {
                    // SAFETY: occupied; the borrow of self outlives the Ref.
                    unsafe { Ref::new(address(bucket.slots[s])) }
                })
            })
        })
    }

    /// Writes a header to all directory entries of its segment, the first of which is `first`.
    fn publish(&mut self, first: usize, segment: Segment) {
        let copies = 1 << (self.global - segment.depth);
        self.directory[first..first + copies].fill(segment);
    }

    fn make_room(&mut self, first: usize, rehash: &impl Fn(&T) -> u64) {
        let segment = self.directory[first];
        if segment.len < BUCKETS_MAX || segment.depth == DEPTH_MAX {
            let larger = segment.resized(grown(segment.len));
            return self.publish(first, larger);
        }
        if segment.depth == self.global {
            self.directory = self.directory.iter().flat_map(|s| [*s, *s]).collect();
            self.global += 1;
            return self.split(first * 2, rehash);
        }
        self.split(first, rehash)
    }

    fn split(&mut self, first: usize, rehash: &impl Fn(&T) -> u64) {
        let old = self.directory[first];
        let depth = old.depth + 1;
        // The mark's bits above the new prefix are used up; past the slack they are filled again from the items.
        let base = if depth - old.base > SLACK { depth } else { old.base };
        let mut counts = [0u32; 2];
        old.for_each(|value, _| counts[side(value, &old)] += 1);
        let mut halves = counts.map(|n| Segment::new(fitting(n).max(BUCKETS_MIN_SPLIT), depth, base));
        if base != old.base {
            // SAFETY: values of occupied slots; the address is that of an item.
            old.for_each(|value, _| crate::prefetch::read(unsafe { address(value) }.as_ptr()));
        }
        old.for_each(|value, tag| {
            let half = &mut halves[side(value, &old)];
            let value = if base == old.base {
                value
            } else {
                // SAFETY: occupied slots hold items of this dict, which stay where they are.
                let hash = rehash(unsafe { Ref::<T>::new(address(value)) }.get());
                with_mark(value, half.mark_of(hash))
            };
            half.place(value, tag);
        });
        // SAFETY: every item moved to a half; all copies of the header are overwritten below.
        unsafe { old.free() };
        let copies = 1 << (self.global - depth);
        let [low, high] = halves;
        self.publish(first, low);
        self.publish(first + copies, high);
    }

    /// After a removal: a sparse segment shrinks, two sparse siblings become one, the last item frees everything.
    fn give_back(&mut self, first: usize, rehash: &impl Fn(&T) -> u64) {
        if self.len == 0 {
            return self.clear();
        }
        let segment = self.directory[first];
        if segment.count > Segment::room(segment.len) / 2 {
            return;
        }
        if segment.depth > 0 && segment.len <= BUCKETS_MIN_SPLIT {
            return self.merge(first, rehash);
        }
        let len = fitting(segment.count);
        let len = if segment.depth > 0 { len.max(BUCKETS_MIN_SPLIT) } else { len };
        if len < segment.len {
            let smaller = segment.resized(len);
            self.publish(first, smaller);
        }
    }

    fn merge(&mut self, first: usize, rehash: &impl Fn(&T) -> u64) {
        let one = self.directory[first];
        let copies = 1usize << (self.global - one.depth);
        let sibling = first ^ copies;
        let other = self.directory[sibling];
        if other.depth != one.depth || one.count + other.count > Segment::room(BUCKETS_MIN_SPLIT) * 3 / 4 {
            return;
        }
        let depth = one.depth - 1;
        let base = if one.base == other.base && one.base <= depth { one.base } else { depth };
        let mut merged = Segment::new(fitting(one.count + other.count), depth, base);
        for half in [one, other] {
            half.for_each(|value, tag| {
                let value = if half.base == base {
                    value
                } else {
                    // SAFETY: occupied slots hold items of this dict, which stay where they are.
                    let hash = rehash(unsafe { Ref::<T>::new(address(value)) }.get());
                    with_mark(value, merged.mark_of(hash))
                };
                merged.place(value, tag);
            });
        }
        self.publish(first.min(sibling), merged);
        // SAFETY: every item moved on, and publish overwrote all copies of both headers.
        unsafe {
            one.free();
            other.free();
        }
        self.shrink_directory();
    }

    fn shrink_directory(&mut self) {
        // Looking at all entries is worth it only when there is a chance: at most half as many segments as entries.
        while self.global > 0 && self.directory.iter().all(|s| s.depth < self.global) {
            self.directory = self.directory.iter().step_by(2).copied().collect();
            self.global -= 1;
        }
    }
}

/// Which half of a split the item goes to: the first bit of its mark below the old prefix.
#[inline(always)]
fn side(value: u64, old: &Segment) -> usize {
    let mark = (value >> 48) as u16;
    usize::from(mark >> (15 - (old.depth - old.base)) & 1)
}

impl<T: Thin> Drop for Dict<T> {
    fn drop(&mut self) {
        self.take_apart();
    }
}
