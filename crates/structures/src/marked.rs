//! MarkedDict: a dict that also lists those of its items that are marked, so that they can be walked and sampled alone.
//!
//! The list is a second dict of the same addresses (about 10 bytes an item that is marked, nothing for one that is not). It
//! follows by itself: whoever changes an item does so through [`ItemMut`], which looks at the mark and at the address
//! before and after.

use crate::dict::{Dict, Dismantling};
use crate::dismantle::Dismantle;
use crate::thin::{Ref, RefMut, Thin};
use core::ptr::NonNull;

/// An item that can be marked.
pub trait Marked {
    /// Whether it is.
    fn is_marked(&self) -> bool;
}

/// The address of an item that the main dict owns.
struct Alias<T>(NonNull<u8>, core::marker::PhantomData<*const T>);

// SAFETY: the address is given and taken unchanged. Dropping an Alias frees nothing.
unsafe impl<T> Thin for Alias<T> {
    fn into_raw(self) -> NonNull<u8> {
        self.0
    }
    unsafe fn from_raw(raw: NonNull<u8>) -> Self {
        Alias(raw, core::marker::PhantomData)
    }
}
// SAFETY: an Alias is used only under a borrow of the MarkedDict that owns the item.
unsafe impl<T: Send> Send for Alias<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Alias<T> {}

/// See the head of the file.
pub struct MarkedDict<T: Thin + Marked> {
    items: Dict<T>,
    marked: Dict<Alias<T>>,
}

impl<T: Thin + Marked> Default for MarkedDict<T> {
    fn default() -> Self {
        MarkedDict { items: Dict::new(), marked: Dict::new() }
    }
}

fn with_item<T: Thin, R>(alias: &Alias<T>, f: impl FnOnce(&T) -> R) -> R {
    // SAFETY: aliases are kept equal to the addresses of live items of the same MarkedDict, which is borrowed.
    f(unsafe { Ref::<T>::new(alias.0) }.get())
}

impl<T: Thin + Marked> MarkedDict<T> {
    /// Gives the dict up, to be dropped in steps: its items, and the list of the marked ones, which must go first.
    pub fn dismantle(self) -> (Dismantling<T>, impl Dismantle + use<T>)
    where
        T: Send,
    {
        (self.items.dismantle(), self.marked.dismantle())
    }
    /// All items. Changes go through [`MarkedDict::find_mut`].
    pub fn items(&self) -> &Dict<T> {
        &self.items
    }
    /// Number of marked items.
    pub fn marked_len(&self) -> usize {
        self.marked.len()
    }
    /// Bytes of both tables.
    pub fn table_bytes(&self) -> usize {
        self.items.table_bytes() + self.marked.table_bytes()
    }
    /// Bytes of the table of marked items.
    pub fn marked_table_bytes(&self) -> usize {
        self.marked.table_bytes()
    }
    /// The item with this hash for which `eq` holds.
    #[inline(always)]
    pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<Ref<'_, T>> {
        self.items.find(hash, eq)
    }
    /// The same, to be changed.
    #[inline(always)]
    pub fn find_mut<H: Fn(&T) -> u64>(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        rehash: H,
    ) -> Option<ItemMut<'_, T, H>> {
        let item = self.items.find_mut(hash, eq)?;
        Some(ItemMut {
            before: item.raw(),
            was: item.is_marked(),
            item: Some(item),
            marked: &mut self.marked,
            hash,
            rehash,
        })
    }
    /// Puts in an item that is known not to be there.
    pub fn insert_unique<H: Fn(&T) -> u64>(&mut self, hash: u64, item: T, rehash: H) -> ItemMut<'_, T, H> {
        let item = self.items.insert_unique(hash, item, &rehash);
        let before = item.raw();
        let is = item.is_marked();
        if is {
            mark(&mut self.marked, hash, before, &rehash);
        }
        ItemMut { before, was: is, item: Some(item), marked: &mut self.marked, hash, rehash }
    }
    /// See [`Dict::reserve`].
    pub fn reserve(&mut self, len: usize) {
        self.items.reserve(len);
    }
    /// Moves parts of both tables; see [`Dict::relocate_table`].
    pub fn relocate_tables(&mut self, should: impl Fn(*const u8) -> bool) -> (usize, usize) {
        let (items, marked) = (self.items.relocate_table(&should), self.marked.relocate_table(&should));
        (items.0 + marked.0, items.1 + marked.1)
    }
    /// Takes an item out.
    pub fn remove(&mut self, hash: u64, eq: impl FnMut(&T) -> bool, rehash: impl Fn(&T) -> u64) -> Option<T> {
        let item = self.items.remove(hash, eq, &rehash)?;
        if item.is_marked() {
            let raw = item.into_raw();
            unmark(&mut self.marked, hash, raw, &rehash);
            // SAFETY: just given up by into_raw, and no alias is left.
            return Some(unsafe { T::from_raw(raw) });
        }
        Some(item)
    }
    /// Walks the marked items as [`Dict::scan`] does.
    pub fn scan_marked(&self, cursor: u64, mut f: impl FnMut(&T)) -> u64 {
        self.marked.scan(cursor, |alias| with_item(alias, &mut f))
    }
    /// A marked item, each with the same chance.
    pub fn random_marked(&self, random: impl FnMut() -> u64) -> Option<Ref<'_, T>> {
        let alias = self.marked.random(random)?;
        // SAFETY: the alias is the address of a live item, and self is borrowed as long as the Ref.
        Some(unsafe { Ref::new(alias.0) })
    }
}

fn mark<T: Thin>(marked: &mut Dict<Alias<T>>, hash: u64, raw: NonNull<u8>, rehash: &impl Fn(&T) -> u64) {
    marked.insert_unique(hash, Alias(raw, core::marker::PhantomData), |a| with_item(a, rehash));
}

/// The item at `raw` may be gone already, but its neighbours in the table are alive; `rehash` is only asked about those.
fn unmark<T: Thin>(marked: &mut Dict<Alias<T>>, hash: u64, raw: NonNull<u8>, rehash: &impl Fn(&T) -> u64) {
    let removed = marked.remove(hash, |a| a.0 == raw, |a| with_item(a, rehash));
    debug_assert!(removed.is_some(), "every marked item has its alias");
}

/// A mutably borrowed item; when it is dropped, the list of marked items follows what was done.
pub struct ItemMut<'a, T: Thin + Marked, H: Fn(&T) -> u64> {
    item: Option<RefMut<'a, T>>,
    marked: &'a mut Dict<Alias<T>>,
    hash: u64,
    before: NonNull<u8>,
    was: bool,
    rehash: H,
}

impl<T: Thin + Marked, H: Fn(&T) -> u64> core::ops::Deref for ItemMut<'_, T, H> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        self.item.as_ref().expect("present until drop")
    }
}
impl<T: Thin + Marked, H: Fn(&T) -> u64> core::ops::DerefMut for ItemMut<'_, T, H> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        self.item.as_mut().expect("present until drop")
    }
}
impl<T: Thin + Marked, H: Fn(&T) -> u64> Drop for ItemMut<'_, T, H> {
    #[inline(always)]
    fn drop(&mut self) {
        let Some(item) = self.item.take() else { return };
        let (after, is) = (item.raw(), item.is_marked());
        drop(item);
        if self.was && (!is || after != self.before) {
            unmark(self.marked, self.hash, self.before, &self.rehash);
        }
        if is && (!self.was || after != self.before) {
            mark(self.marked, self.hash, after, &self.rehash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::{NewBody, Packed};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Item = Packed<Box<u8>>;
    fn hash(name: &[u8]) -> u64 {
        name.iter()
            .fold(99, |h: u64, b| (h ^ u64::from(*b)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
    }

    proptest! {
        #[test]
        fn the_list_follows(ops in prop::collection::vec((0..60u8, 0..5u8, 0..200usize), 1..400)) {
            let mut dict = MarkedDict::<Item>::default();
            let mut model: BTreeMap<u8, Option<u64>> = BTreeMap::new();
            let rehash = |i: &Item| hash(i.name());
            for (key, what, size) in ops {
                let (h, bytes) = (hash(&[key]), vec![0; size]);
                match what {
                    0 => {
                        let gone = dict.remove(h, |i| i.name() == [key], rehash).is_some();
                        prop_assert_eq!(gone, model.remove(&key).is_some());
                    }
                    1..=3 => {
                        let extra = (what != 1).then_some(size as u64);
                        model.insert(key, extra);
                        if let Some(mut item) = dict.find_mut(h, |i| i.name() == [key], rehash) {
                            item.set_body(NewBody::Bytes(&bytes));
                            item.set_extra(extra);
                            continue;
                        }
                        dict.insert_unique(h, Packed::new(&[key], extra, NewBody::Bytes(&bytes)), rehash);
                    }
                    _ => if let Some(mut item) = dict.find_mut(h, |i| i.name() == [key], rehash) {
                        item.set_body(NewBody::Bytes(&bytes));
                    },
                }
            }
            let mut seen = Vec::new();
            let mut cursor = 0;
            loop {
                cursor = dict.scan_marked(cursor, |i| seen.push((i.name()[0], i.extra())));
                if cursor == 0 { break; }
            }
            seen.sort_unstable();
            let expected: Vec<_> = model.iter().filter(|(_, e)| e.is_some()).map(|(k, e)| (*k, *e)).collect();
            prop_assert_eq!(dict.marked_len(), expected.len());
            prop_assert_eq!(seen, expected);
            prop_assert_eq!(dict.items().len(), model.len());
        }
    }
}
