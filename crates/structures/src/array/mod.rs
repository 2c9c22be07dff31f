//! Array: values at the indices 0 to 2^64 - 2, of which most may be empty.
//!
//! ```text
//!   Array ── directory ──► slice 0 (4096 slots: sparse, or a dense window) ──► words of eight bytes
//!                     └──► slice 9 ...
//! ```
//!
//! An index is the number of its slice and the offset in it ([`Shape`]). Slices without a value are not there
//! ([`directory`]), so memory follows what is set, not how far out it is; numbers and texts of up to seven bytes take eight
//! bytes ([`word`]), in dense slices nothing else. Getting and setting in what grew from the beginning is a few steps
//! whatever the length.
//!
//! Invariants: `last` is the highest index with a value; `count` and `bytes` are the sums over all slices; no slice in the
//! directory is without values.

mod directory;
mod reading;
mod slice;
#[cfg(test)]
mod tests;
mod word;

pub use word::{Word, WordText};

use crate::dismantle::Dismantle;
use directory::Directory;
use reading::Reading;
use slice::Slice;
use std::ops::ControlFlow;

/// The highest index with a value; the next number means "none".
pub const INDEX_MAX: u64 = u64::MAX - 1;

/// How an array is cut into slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Slots of a slice, as a power of two: 8 to 16.
    slice_bits: u8,
    /// Values of a sparse slice; 0: all are dense.
    sparse_max: u16,
    /// Values with which a dense slice becomes sparse again.
    sparse_min: u16,
}

impl Default for Shape {
    fn default() -> Shape {
        Shape { slice_bits: 12, sparse_max: 10, sparse_min: 5 }
    }
}

impl Shape {
    /// Slots of a slice (rounded up to a power of two from 256 to 65,536), and when slices are sparse.
    pub fn new(slice_len: u32, sparse_max: u16, sparse_min: u16) -> Shape {
        let slice_len = slice_len.clamp(256, 1 << 16).next_power_of_two();
        Shape { slice_bits: slice_len.trailing_zeros() as u8, sparse_max, sparse_min }
    }
    /// Slots of a slice.
    pub fn slice_len(&self) -> usize {
        1 << self.slice_bits
    }
    #[inline(always)]
    fn split(self, index: u64) -> (u64, u16) {
        (index >> self.slice_bits, (index & ((1 << self.slice_bits) - 1)) as u16)
    }
    fn index(self, number: u64, offset: u16) -> u64 {
        number << self.slice_bits | u64::from(offset)
    }
    /// The offsets of a slice that lie from `low` to `high`.
    fn offsets(self, number: u64, low: u64, high: u64) -> (u16, u16) {
        let (low, high) = (self.split(low), self.split(high));
        let last = (self.slice_len() - 1) as u16;
        (if number == low.0 { low.1 } else { 0 }, if number == high.0 { high.1 } else { last })
    }
}

/// What [`Array::layout`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Dense slices.
    pub dense: usize,
    /// Slots of their windows.
    pub dense_slots: usize,
    /// Their values.
    pub dense_values: usize,
    /// Sparse slices.
    pub sparse: usize,
    /// Values that they have room for.
    pub sparse_room: usize,
}

/// See the head of the file.
#[derive(Clone, Default)]
pub struct Array {
    directory: Directory,
    shape: Shape,
    count: u64,
    last: u64,
    /// Of the slices' words and of what they own.
    bytes: usize,
    /// Where the last value was appended; `None`: the next one goes to the beginning.
    pub cursor: Option<u64>,
    /// Its reading, if one is under way.
    reading: Reading,
}

impl Array {
    /// An array without values.
    pub fn new(shape: Shape) -> Array {
        Array { shape, ..Array::default() }
    }
    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }
    /// The highest index with a value, plus one; 0 without values.
    pub fn len(&self) -> u64 {
        if self.count == 0 { 0 } else { self.last + 1 }
    }
    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// How it is cut.
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// Bytes of heap.
    pub fn heap_bytes(&self) -> usize {
        self.bytes + self.directory.heap_bytes()
    }
    /// The value at an index.
    #[inline]
    pub fn get(&self, index: u64) -> Option<&Word> {
        let (number, offset) = self.shape.split(index);
        self.directory.get(number)?.get(offset)
    }
    /// Puts a value to an index; whether there was none. `index` is at most [`INDEX_MAX`].
    pub fn set(&mut self, index: u64, text: &[u8]) -> bool {
        debug_assert!(index <= INDEX_MAX);
        self.reading.keep(&self.directory, self.shape, index);
        let (shape, (number, offset)) = (self.shape, self.shape.split(index));
        let slice = match self.directory.get_mut(number) {
            Some(slice) => {
                self.bytes -= slice.heap_bytes();
                slice
            }
            None => self.directory.add(number, Slice::new(offset, &shape)),
        };
        let word = Word::new(text);
        self.bytes += word.heap_bytes();
        let old = slice.set(offset, word, &shape);
        self.bytes += slice.heap_bytes();
        self.bytes -= old.heap_bytes();
        if old.is_empty() {
            self.count += 1;
            self.last = self.last.max(index);
        }
        old.is_empty()
    }
    /// Takes the value at an index away; whether there was one.
    pub fn remove(&mut self, index: u64) -> bool {
        self.remove_range(index, index) == 1
    }
    /// Takes the values from `low` to `high` away; how many there were. Takes as long as there are slices and values.
    pub fn remove_range(&mut self, low: u64, high: u64) -> u64 {
        let (shape, before) = (self.shape, self.count);
        if low > high || self.is_empty() || low > self.last {
            return 0;
        }
        let (first, last) = (shape.split(low).0, shape.split(high).0);
        for number in if first == last { vec![first] } else { self.directory.numbers(first, last) } {
            let Some(slice) = self.directory.get_mut(number) else { continue };
            let (start, end) = shape.offsets(number, low, high);
            self.reading.keep_range(slice, number, (start, end), shape);
            self.bytes -= slice.heap_bytes();
            let (mut count, mut bytes) = (0, 0);
            slice.remove_range(start, end, &shape, |word| {
                count += 1;
                bytes += word.heap_bytes();
            });
            self.count -= count;
            self.bytes -= bytes;
            if slice.count() == 0 {
                self.directory.remove(number);
            } else {
                self.bytes += slice.heap_bytes();
            }
        }
        if high >= self.last {
            let last =
                self.directory.last().and_then(|number| Some((number, self.directory.get(number)?.last()?)));
            self.last = last.map_or(0, |(number, offset)| shape.index(number, offset));
        }
        before - self.count
    }
    /// Calls `each` with the values between two indices, from `start` to `end`: backward if it is the higher one.
    pub fn walk(&self, start: u64, end: u64, mut each: impl FnMut(u64, &Word) -> ControlFlow<()>) {
        let (shape, low, high) = (self.shape, start.min(end), start.max(end).min(INDEX_MAX));
        if low > high {
            return;
        }
        let mut slices = self.directory.range(shape.split(low).0, shape.split(high).0);
        let mut visit = |(number, slice): (u64, &Slice)| {
            let (first, last) = shape.offsets(number, low, high);
            let mut values = slice.range(first, last);
            let mut each = |(offset, word): (u16, &Word)| each(shape.index(number, offset), word);
            if start <= end { values.try_for_each(&mut each) } else { values.rev().try_for_each(&mut each) }
        };
        let _ = if start <= end {
            slices.try_for_each(&mut visit)
        } else {
            slices.rev().try_for_each(&mut visit)
        };
    }
    /// Calls `each` with all values, in ascending order of their indices.
    pub fn for_each(&self, mut each: impl FnMut(u64, &Word)) {
        self.walk(0, INDEX_MAX, |index, word| {
            each(index, word);
            ControlFlow::Continue(())
        });
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.directory.len()
    }
    /// Places of the directory's table as the reference counts them, and its blocks.
    pub fn table(&self) -> (u64, u64) {
        (self.directory.table(), self.directory.blocks())
    }
    /// Looks at all slices and counts.
    pub fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        for (_, slice) in self.directory.range(0, u64::MAX) {
            if slice.is_dense() {
                layout.dense += 1;
                layout.dense_slots += slice.capacity();
                layout.dense_values += slice.count();
            } else {
                layout.sparse += 1;
                layout.sparse_room += slice.capacity();
            }
        }
        layout
    }
    /// Allocations at most: every value may own one.
    pub fn free_effort(&self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX).saturating_add(self.slices())
    }
    /// Gives it up, to be dropped in steps.
    pub fn dismantle(self) -> impl Dismantle {
        Dismantling { slices: self.directory.into_slices(), words: Vec::new() }
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an array of {} values in {} slices", self.count, self.slices())
    }
}

/// An array on its way out.
struct Dismantling<I> {
    slices: I,
    words: Vec<Word>,
}

impl<I: Iterator<Item = Slice> + Send> Dismantle for Dismantling<I> {
    fn step(&mut self, count: usize) -> usize {
        let mut done = 0;
        while done < count {
            if self.words.is_empty() {
                let Some(slice) = self.slices.next() else { break };
                self.words = slice.into_words();
                done += 1;
            }
            let some = self.words.len().min(count - done);
            self.words.truncate(self.words.len() - some);
            done += some;
        }
        done
    }
}
