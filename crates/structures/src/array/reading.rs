//! Reading an array's values as they are at one instant, some at a time, while the array goes on changing.
//!
//! ```text
//!   blocks   0 ........ cursor ............ last       a block of 256 slots in which something changes meanwhile:
//!            given out  | still to come     |          before the cursor  it was given out: nothing to do
//!                                                      behind it          noted; a copy is kept and given out in its place
//!                                                      behind `last`      it came later
//! ```
//!
//! Values are given out in the order of their indices. A slice has as many slots as a power of two, 256 at least, so that a
//! block lies within one: what a change costs is bounded whatever the [`Shape`]. A block that is noted, or of which nothing was
//! kept, has nothing but what came later.

use super::directory::Directory;
use super::slice::Slice;
use super::word::Word;
use super::{Array, Shape};
use std::collections::{BTreeMap, HashSet};

/// Slots of a block, as a power of two.
const BLOCK_BITS: u32 = 8;
/// What a look at a block counts for at least, in values: one that is empty costs something, too.
const BLOCK_EFFORT: usize = 4;

/// The reading of an array, if one is under way. A copy of the array is not being read.
#[derive(Default)]
pub(super) struct Reading(Option<Box<Blockwise>>);

impl Clone for Reading {
    fn clone(&self) -> Self {
        Reading(None)
    }
}

struct Blockwise {
    /// Blocks below it were given out.
    cursor: u64,
    /// The last block of the beginning.
    last: u64,
    noted: HashSet<u64>,
    /// Copies of blocks: indices and values.
    kept: BTreeMap<u64, Vec<(u64, Word)>>,
}

fn block_of(index: u64) -> u64 {
    index >> BLOCK_BITS
}

/// The values of a block, with their indices.
fn values(slice: &Slice, block: u64, shape: Shape) -> impl Iterator<Item = (u64, &Word)> {
    let (number, first) = shape.split(block << BLOCK_BITS);
    let last = first | ((1 << BLOCK_BITS) - 1);
    slice.range(first, last).map(move |(offset, word)| (shape.index(number, offset), word))
}

/// The first block from `start` on in which there may be a value.
fn next_block(directory: &Directory, shape: Shape, start: u64) -> Option<u64> {
    let (first, offset) = shape.split(start << BLOCK_BITS);
    directory.range(first, u64::MAX).find_map(|(number, slice)| {
        let ahead = slice.ahead(if number == first { offset } else { 0 })?;
        Some(block_of(shape.index(number, ahead)))
    })
}

impl Reading {
    /// Before the value at an index comes or changes.
    #[inline(always)]
    pub fn keep(&mut self, directory: &Directory, shape: Shape, index: u64) {
        if let Some(blockwise) = &mut self.0 {
            blockwise.keep(directory.get(shape.split(index).0), block_of(index), shape);
        }
    }
    /// Before the values of a slice go that lie between two offsets.
    #[inline]
    pub fn keep_range(&mut self, slice: &Slice, number: u64, (low, high): (u16, u16), shape: Shape) {
        let Some(blockwise) = &mut self.0 else { return };
        let mut start = low;
        while let Some((offset, _)) = slice.range(start, high).next() {
            blockwise.keep(Some(slice), block_of(shape.index(number, offset)), shape);
            let last = offset | ((1 << BLOCK_BITS) - 1);
            if last >= high {
                return;
            }
            start = last + 1;
        }
    }
}

impl Blockwise {
    #[cold]
    fn keep(&mut self, slice: Option<&Slice>, block: u64, shape: Shape) {
        if !(self.cursor..=self.last).contains(&block) || !self.noted.insert(block) {
            return;
        }
        let copy = |slice| values(slice, block, shape).map(|(index, word)| (index, word.clone())).collect();
        let values: Vec<_> = slice.map(copy).unwrap_or_default();
        if !values.is_empty() {
            self.kept.insert(block, values);
        }
    }

    /// Gives out about so many values; whether that were all.
    fn read(
        &mut self,
        directory: &Directory,
        shape: Shape,
        count: usize,
        mut f: impl FnMut(u64, &Word),
    ) -> bool {
        let mut effort = 0;
        while effort < count {
            if self.cursor > self.last {
                return true;
            }
            let kept = self.kept.first_key_value().map(|(block, _)| *block);
            let present = next_block(directory, shape, self.cursor).filter(|block| *block <= self.last);
            let Some(block) = kept.into_iter().chain(present).min() else { return true };
            let mut given = 0;
            if kept == Some(block) {
                let values = self.kept.pop_first().map(|(_, values)| values).unwrap_or_default();
                values.iter().for_each(|(index, word)| f(*index, word));
                given = values.len();
            } else if !self.noted.contains(&block)
                && let Some(slice) = directory.get(shape.split(block << BLOCK_BITS).0)
            {
                for (index, word) in values(slice, block, shape) {
                    given += 1;
                    f(index, word);
                }
            }
            effort += given.max(BLOCK_EFFORT);
            self.cursor = block + 1;
        }
        false
    }
}

impl Array {
    /// Begins to read all values as they are now; [`Array::read_on`] gives them out. The cursor is not kept.
    pub fn begin_reading(&mut self) {
        if self.is_empty() {
            return;
        }
        let (noted, kept) = (HashSet::new(), BTreeMap::new());
        let blockwise = Blockwise { cursor: 0, last: block_of(self.last), noted, kept };
        self.reading = Reading(Some(Box::new(blockwise)));
    }
    /// Whether a reading is under way.
    pub fn is_being_read(&self) -> bool {
        self.reading.0.is_some()
    }
    /// Calls `f` with about `count` more of the values that were there at the beginning, up to 255 more than that, and their
    /// indices, in their order; whether there may be others. If not, the reading has ended.
    pub fn read_on(&mut self, count: usize, f: impl FnMut(u64, &Word)) -> bool {
        let Some(blockwise) = &mut self.reading.0 else { return false };
        if blockwise.read(&self.directory, self.shape, count, f) {
            self.stop_reading();
        }
        self.is_being_read()
    }
    /// Reads no more.
    pub fn stop_reading(&mut self) {
        self.reading = Reading(None);
    }
}

#[cfg(test)]
mod tests {
    use super::super::INDEX_MAX;
    use super::*;
    use crate::array::WordText;
    use hematite_base::random::Random;

    fn contents(array: &Array) -> Vec<(u64, Vec<u8>)> {
        let mut contents = Vec::new();
        array.for_each(|index, word| contents.push((index, word.text(&mut WordText::default()).to_vec())));
        contents
    }

    /// An index near the beginning, in one of the slices behind, or anywhere.
    fn index(random: &mut Random) -> u64 {
        match random.below(8) {
            0 => random.below(u64::MAX),
            1 => random.below(1 << 24),
            2 => INDEX_MAX - random.below(2000),
            _ => random.below(20_000),
        }
    }

    fn change(array: &mut Array, random: &mut Random) {
        let (at, len) = (index(random), random.below(3000));
        let text = format!("{}{}", ["", "a text "][random.below(2) as usize], random.below(1 << 40));
        match random.below(12) {
            0..=5 => {
                array.set(at, text.as_bytes());
            }
            6 => (0..len.min(INDEX_MAX - at)).for_each(|n| {
                array.set(at + n, text.as_bytes());
            }),
            7 | 8 => {
                array.remove(at);
            }
            9 => {
                array.remove_range(at, at.saturating_add(len));
            }
            10 if len < 100 => {
                array.remove_range(at, INDEX_MAX);
            }
            11 if len < 50 => {
                array.remove_range(0, INDEX_MAX);
            }
            _ => {}
        }
    }

    #[test]
    fn what_is_read_is_what_was_there() {
        for seed in 0..if cfg!(miri) { 2 } else { 120 } {
            let mut random = Random::new(seed);
            let shapes =
                [Shape::default(), Shape::new(256, 6, 3), Shape::new(65_536, 10, 5), Shape::new(256, 0, 5)];
            let mut array = Array::new(shapes[seed as usize % shapes.len()]);
            for _ in 0..random.below(200) {
                change(&mut array, &mut random);
            }
            let (before, mut read) = (contents(&array), Vec::new());
            array.begin_reading();
            assert_eq!(array.is_being_read(), !before.is_empty());
            assert!(!array.clone().is_being_read());
            while array.is_being_read() {
                for _ in 0..random.below(12) {
                    change(&mut array, &mut random);
                }
                let (had, count) = (read.len(), 1 + random.below(700) as usize);
                array.read_on(count, |index, word| {
                    read.push((index, word.text(&mut WordText::default()).to_vec()));
                });
                assert!(read.len() - had <= count + 255, "more than was asked for");
            }
            assert!(read == before, "seed {seed}");
        }
    }
}
