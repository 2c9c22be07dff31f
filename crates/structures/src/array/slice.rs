//! Slice: a power of two of neighbouring slots, in one allocation of words.
//!
//! ```text
//!   sparse   | value 0 | value 1 | ... room for `capacity` |  offsets, three of 16 bits a word, ascending  |
//!   dense    | slot base | slot base + 1 | ...   a window; holes are empty words                           |
//! ```
//!
//! A slice begins sparse, becomes dense when it would hold more than [`Shape::sparse_max`] values, and sparse again when
//! deletions leave no more than [`Shape::sparse_min`] in a window four times as wide. Windows start with eight slots, double
//! towards the end that grows, and never leave the slice.
//!
//! Invariants: a slice in a directory has at least one value; offsets behind the count mean nothing, values behind it are
//! empty; a dense slice's count is that of its words that are not empty.

use super::Shape;
use super::word::Word;

/// Smallest window of a dense slice, slots.
const WINDOW_MIN: usize = 8;
/// First capacity of a sparse slice, values.
const CAPACITY_FIRST: usize = 4;
/// Offsets in one word.
const OFFSETS_A_WORD: usize = 3;

/// See the head of the file.
#[derive(Clone, Default)]
pub(super) struct Slice {
    words: Box<[Word]>,
    count: u32,
    /// The window's first offset in a dense slice.
    base: u16,
    is_dense: bool,
}

/// Words of nothing.
fn empty_words(len: usize) -> Box<[Word]> {
    std::iter::repeat_with(Word::default).take(len).collect()
}

impl Slice {
    /// Without values, about to get its first at an offset.
    pub fn new(offset: u16, shape: &Shape) -> Slice {
        match usize::from(shape.sparse_max) {
            0 => {
                let base = (usize::from(offset)).min(shape.slice_len() - WINDOW_MIN);
                Slice { words: empty_words(WINDOW_MIN), count: 0, base: base as u16, is_dense: true }
            }
            max => Slice::sparse(CAPACITY_FIRST.min(max)),
        }
    }
    fn sparse(capacity: usize) -> Slice {
        let words = empty_words(capacity + capacity.div_ceil(OFFSETS_A_WORD));
        Slice { words, ..Slice::default() }
    }
    /// Number of values.
    pub fn count(&self) -> usize {
        self.count as usize
    }
    /// Whether it is dense.
    pub fn is_dense(&self) -> bool {
        self.is_dense
    }
    /// Slots of the window, or values that a sparse slice has room for.
    pub fn capacity(&self) -> usize {
        if self.is_dense {
            self.words.len()
        } else {
            self.words.len() * OFFSETS_A_WORD / (OFFSETS_A_WORD + 1)
        }
    }
    /// Bytes of the words, without what they own.
    pub fn heap_bytes(&self) -> usize {
        hematite_base::size_class::rounded(size_of_val(&*self.words))
    }
    /// The words, to be dropped.
    pub fn into_words(self) -> Vec<Word> {
        self.words.into_vec()
    }

    #[inline(always)]
    fn offset(&self, at: usize) -> u16 {
        let word = &self.words[self.capacity() + at / OFFSETS_A_WORD];
        (word.bits() >> (at % OFFSETS_A_WORD * 16)) as u16
    }
    fn set_offset(&mut self, at: usize, offset: u16) {
        let shift = at % OFFSETS_A_WORD * 16;
        let word = &mut self.words[self.capacity() + at / OFFSETS_A_WORD];
        *word = Word::immediate(word.bits() & !(0xffff << shift) | u64::from(offset) << shift);
    }
    /// Number of a sparse slice's values before an offset.
    #[inline]
    fn position(&self, offset: u16) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.offset(middle) < offset { low = middle + 1 } else { high = middle }
        }
        low
    }
    /// The word of an offset, if there is a value.
    #[inline]
    pub fn get(&self, offset: u16) -> Option<&Word> {
        let word = if self.is_dense {
            self.words.get(usize::from(offset).checked_sub(self.base.into())?)?
        } else {
            let at = self.position(offset);
            if at == self.count() || self.offset(at) != offset {
                return None;
            }
            &self.words[at]
        };
        (!word.is_empty()).then_some(word)
    }
    /// Puts a value to an offset and gives back what was there.
    pub fn set(&mut self, offset: u16, value: Word, shape: &Shape) -> Word {
        if !self.is_dense {
            let at = self.position(offset);
            if at < self.count() && self.offset(at) == offset {
                return std::mem::replace(&mut self.words[at], value);
            }
            if self.count() < shape.sparse_max.into() {
                self.insert(at, offset, value, shape);
                return Word::default();
            }
            self.promote(shape.slice_len());
        }
        self.reach(offset.into(), shape.slice_len());
        let old = std::mem::replace(&mut self.words[usize::from(offset) - usize::from(self.base)], value);
        self.count += u32::from(old.is_empty());
        old
    }
    /// Inserts into a sparse slice as value number `at`.
    fn insert(&mut self, at: usize, offset: u16, value: Word, shape: &Shape) {
        if self.count() == self.capacity() {
            let capacity = (2 * self.capacity()).clamp(1, shape.sparse_max.into());
            let mut grown = Slice::sparse(capacity);
            for n in 0..self.count() {
                grown.words[n] = std::mem::take(&mut self.words[n]);
                grown.set_offset(n, self.offset(n));
            }
            grown.count = self.count;
            *self = grown;
        }
        self.words[at..=self.count as usize].rotate_right(1);
        self.words[at] = value;
        for n in (at..self.count()).rev() {
            self.set_offset(n + 1, self.offset(n));
        }
        self.set_offset(at, offset);
        self.count += 1;
    }
    /// Makes a sparse slice dense, with a window around what it holds.
    fn promote(&mut self, slice_len: usize) {
        let count = self.count();
        let (first, last) = (usize::from(self.offset(0)), usize::from(self.offset(count - 1)));
        let window = (last - first + 1).next_power_of_two().clamp(WINDOW_MIN, slice_len);
        let base = first.min(slice_len - window);
        let mut words = empty_words(window);
        for at in 0..count {
            words[usize::from(self.offset(at)) - base] = std::mem::take(&mut self.words[at]);
        }
        *self = Slice { words, count: self.count, base: base as u16, is_dense: true };
    }
    /// Widens the window of a dense slice until it has an offset.
    fn reach(&mut self, offset: usize, slice_len: usize) {
        let (base, len) = (usize::from(self.base), self.words.len());
        let (window, base) = if offset >= base + len {
            let window = (offset - base + 1).next_power_of_two().min(slice_len);
            (window, base.min(slice_len - window))
        } else if offset < base {
            let window = (base + len - offset).next_power_of_two().min(slice_len);
            (window, (base + len).saturating_sub(window))
        } else {
            return;
        };
        let shift = usize::from(self.base) - base;
        let mut words = empty_words(window);
        for (to, from) in words[shift..].iter_mut().zip(&mut self.words) {
            *to = std::mem::take(from);
        }
        self.words = words;
        self.base = base as u16;
    }

    /// Takes the values from `low` to `high` away and calls `each` with them. The slice may be left without any.
    pub fn remove_range(&mut self, low: u16, high: u16, shape: &Shape, mut each: impl FnMut(Word)) {
        if self.is_dense {
            let base = usize::from(self.base);
            let start = usize::from(low).saturating_sub(base).min(self.words.len());
            let end = (usize::from(high) + 1).saturating_sub(base).min(self.words.len());
            for word in self.words[start.min(end)..end].iter_mut().filter(|word| !word.is_empty()) {
                self.count -= 1;
                each(std::mem::take(word));
            }
            self.demote(shape);
        } else {
            let start = self.position(low);
            let end = self.position(high);
            let end = end + usize::from(end < self.count() && self.offset(end) == high);
            for at in start..end {
                each(std::mem::take(&mut self.words[at]));
            }
            let count = self.count();
            self.words[start..count].rotate_left(end - start);
            for at in end..count {
                self.set_offset(at - (end - start), self.offset(at));
            }
            self.count -= (end - start) as u32;
        }
    }
    /// Makes a dense slice sparse where that pays.
    fn demote(&mut self, shape: &Shape) {
        let (few, window) = (usize::from(shape.sparse_min), self.words.len());
        let is_small = self.count() <= few && few <= shape.sparse_max.into();
        if self.count == 0 || !is_small || window == WINDOW_MIN || window < 4 * few {
            return;
        }
        let mut sparse = Slice::sparse(few);
        for (at, word) in self.words.iter_mut().enumerate().filter(|(_, word)| !word.is_empty()) {
            let n = sparse.count();
            sparse.words[n] = std::mem::take(word);
            sparse.set_offset(n, self.base + at as u16);
            sparse.count += 1;
        }
        *self = sparse;
    }

    /// An offset from `low` on at which a value may be next: the next value's own where they are few, in a window its next
    /// slot.
    pub fn ahead(&self, low: u16) -> Option<u16> {
        if self.is_dense {
            let last = usize::from(self.base) + self.words.len() - 1;
            return (usize::from(low) <= last).then_some(low.max(self.base));
        }
        let at = self.position(low);
        (at < self.count()).then(|| self.offset(at))
    }
    /// The offset of the last value.
    pub fn last(&self) -> Option<u16> {
        if !self.is_dense {
            return self.count().checked_sub(1).map(|at| self.offset(at));
        }
        let at = self.words.iter().rposition(|word| !word.is_empty())?;
        Some(self.base + at as u16)
    }
    /// The values from `low` to `high`, in ascending order.
    pub fn range(&self, low: u16, high: u16) -> impl DoubleEndedIterator<Item = (u16, &Word)> {
        let (start, end) = if self.is_dense {
            let base = usize::from(self.base);
            let end = (usize::from(high) + 1).saturating_sub(base).min(self.words.len());
            (usize::from(low).saturating_sub(base).min(end), end)
        } else {
            let end = self.position(high);
            let end = end + usize::from(end < self.count() && self.offset(end) == high);
            (self.position(low).min(end), end)
        };
        let words = self.words[start..end].iter().enumerate();
        words.filter(|(_, word)| !word.is_empty()).map(move |(at, word)| {
            let at = start + at;
            (if self.is_dense { self.base + at as u16 } else { self.offset(at) }, word)
        })
    }
}
