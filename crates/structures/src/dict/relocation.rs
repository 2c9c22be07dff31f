//! Relocation: the tables of a dict move to new allocations, wherever memory is better used there; the items stay.

use super::Dict;
use crate::thin::Thin;

impl<T: Thin> Dict<T> {
    /// Moves the parts of the table whose address `should` is true of. Returns how many, and their bytes. Takes a look a
    /// segment: one for some hundred items.
    pub fn relocate_table(&mut self, should: impl Fn(*const u8) -> bool) -> (usize, usize) {
        let (mut count, mut bytes) = (0, 0);
        let mut index = 0;
        while let Some(segment) = self.directory.get(index).copied() {
            if should(segment.address_of(0)) {
                // SAFETY: the header is overwritten in all its places at once.
                let moved = unsafe { segment.relocated() };
                self.publish(index, moved);
                count += 1;
                bytes += moved.bytes();
            }
            index += 1 << (self.global - segment.depth);
        }
        if should(self.directory.as_ptr().cast()) {
            self.directory = self.directory.to_vec();
            count += 1;
            bytes += size_of_val(&self.directory[..]);
        }
        (count, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    #[test]
    fn tables_move_and_items_stay() {
        let mix = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
        for len in [0, 1, 7, 8, 1000, 20_000] {
            let mut dict = Dict::<Box<u64>>::new();
            for n in 0..len {
                dict.insert_unique(mix(n), Box::new(n), |item| mix(**item));
            }
            let before = RefCell::new(BTreeSet::new());
            assert_eq!(dict.relocate_table(|at| !before.borrow_mut().insert(at.addr())), (0, 0));
            let before = before.into_inner();
            let (count, bytes) = dict.relocate_table(|at| before.contains(&at.addr()) && len > 0);
            assert_eq!(count, if len > 0 { before.len() } else { 0 });
            assert!(bytes <= dict.table_bytes());
            assert_eq!(dict.len() as u64, len);
            for n in 0..len {
                assert!(dict.find(mix(n), |item| **item == n).is_some(), "{n} of {len}");
            }
        }
    }
}
