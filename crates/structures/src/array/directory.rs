//! Directory: the slices of an array by number.
//!
//! ```text
//!   near   | 0 | 1 | - | 3 | ...        a vector by number, as long as about half of it holds slices: one step to a slice
//!   far    (9000, slice) (2^40, slice)  a B-tree in order of the numbers, for what lies far out
//! ```
//!
//! So an array that is filled from its beginning costs one step a value, and a value at 2^63 costs its slice and a place in
//! the tree, not a table that reaches to it. Numbers below the length of `near` are never in `far`.
//!
//! ARINFO tells of the directory that the reference would have: a table of a power of two of slices, from number 2048 on
//! blocks of 2048. [`Directory::table`] and [`Directory::blocks`] count so.

use super::slice::Slice;
use std::collections::BTreeMap;

/// Slices of a block, as the reference counts.
const BLOCK: u64 = 2048;
/// Length to which `near` grows whatever it holds.
const NEAR_MIN: u64 = 4;
/// `near` is given up when fewer than one of so many places holds a slice.
const SPREAD_MAX: usize = 8;

/// See the head of the file.
#[derive(Clone, Default)]
pub(super) struct Directory {
    near: Vec<Option<Slice>>,
    far: BTreeMap<u64, Slice>,
    len: usize,
    /// Blocks that hold a slice, and the most there was room for; room is made once a number is beyond the first block.
    blocks: u64,
    block_room: u64,
}

impl Directory {
    /// Number of slices.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Bytes of heap of the directory itself.
    pub fn heap_bytes(&self) -> usize {
        // A node of the tree has eleven places, two thirds of them taken.
        let place = size_of::<(u64, Slice)>() * 3 / 2;
        self.near.capacity() * size_of::<Option<Slice>>() + self.far.len() * place
    }
    /// A slice.
    #[inline(always)]
    pub fn get(&self, number: u64) -> Option<&Slice> {
        match usize::try_from(number) {
            Ok(at) if at < self.near.len() => self.near[at].as_ref(),
            _ if self.far.is_empty() => None,
            _ => self.far.get(&number),
        }
    }
    /// The same, to be changed.
    #[inline(always)]
    pub fn get_mut(&mut self, number: u64) -> Option<&mut Slice> {
        match usize::try_from(number) {
            Ok(at) if at < self.near.len() => self.near[at].as_mut(),
            _ => self.far.get_mut(&number),
        }
    }
    /// Adds a slice where there is none.
    pub fn add(&mut self, number: u64, slice: Slice) -> &mut Slice {
        self.count_block(number, true);
        self.len += 1;
        if number >= self.near.len() as u64 && number < NEAR_MIN.max(2 * self.len as u64) {
            self.lengthen(number as usize + 1);
        }
        match usize::try_from(number) {
            Ok(at) if at < self.near.len() => self.near[at].insert(slice),
            _ => self.far.entry(number).or_insert(slice),
        }
    }
    /// Makes `near` longer, and takes in what belongs there now.
    fn lengthen(&mut self, len: usize) {
        let kept = self.far.split_off(&(len as u64));
        let moved = std::mem::replace(&mut self.far, kept);
        if self.near.is_empty() {
            self.near.reserve_exact(len);
        }
        self.near.resize_with(len, || None);
        for (number, slice) in moved {
            self.near[number as usize] = Some(slice);
        }
    }
    /// Takes a slice away.
    pub fn remove(&mut self, number: u64) -> Option<Slice> {
        let slice = match usize::try_from(number) {
            Ok(at) if at < self.near.len() => self.near[at].take(),
            _ => self.far.remove(&number),
        };
        if slice.is_some() {
            self.len -= 1;
            self.count_block(number, false);
            self.shorten();
        }
        slice
    }
    /// Gives back the end of `near` where nothing is, and all of it where little is.
    fn shorten(&mut self) {
        if self.len * SPREAD_MAX < self.near.len() {
            let near = std::mem::take(&mut self.near);
            let slices = near.into_iter().enumerate();
            self.far.extend(slices.filter_map(|(at, slice)| Some((at as u64, slice?))));
            return;
        }
        while let Some(None) = self.near.last() {
            self.near.pop();
        }
        if self.near.capacity() > 4 * self.near.len() {
            self.near.shrink_to_fit();
        }
    }
    /// Numbers of the slices from `low` to `high`, ascending.
    pub fn numbers(&self, low: u64, high: u64) -> Vec<u64> {
        self.range(low, high).map(|(number, _)| number).collect()
    }
    /// The slices from `low` to `high`, in ascending order.
    pub fn range(&self, low: u64, high: u64) -> impl DoubleEndedIterator<Item = (u64, &Slice)> {
        let near_end = self.near.len() as u64;
        let end = high.saturating_add(1).min(near_end) as usize;
        let start = (low.min(near_end) as usize).min(end);
        let near = self.near[start..end].iter().enumerate();
        let near = near.filter_map(move |(at, slice)| Some(((start + at) as u64, slice.as_ref()?)));
        let far = (low <= high).then(|| self.far.range(low..=high)).into_iter().flatten();
        near.chain(far.map(|(number, slice)| (*number, slice)))
    }
    /// The highest number.
    pub fn last(&self) -> Option<u64> {
        let far = self.far.last_key_value().map(|(number, _)| *number);
        far.or_else(|| self.near.iter().rposition(Option::is_some).map(|at| at as u64))
    }
    /// The slices, to be taken apart.
    pub fn into_slices(self) -> impl Iterator<Item = Slice> {
        self.near.into_iter().flatten().chain(self.far.into_values())
    }

    /// Counts the blocks when a slice is about to be added, or was removed.
    fn count_block(&mut self, number: u64, is_added: bool) {
        if self.block_room == 0 && number < BLOCK {
            return;
        }
        if self.block_room == 0 {
            self.blocks = u64::from(self.len > 0);
            self.block_room = 4;
        }
        let first = number / BLOCK * BLOCK;
        if self.range(first, first + (BLOCK - 1)).next().is_none() {
            self.blocks = if is_added { self.blocks + 1 } else { self.blocks - 1 };
        }
        if self.blocks > self.block_room {
            self.block_room *= 2;
        }
    }
    /// Places of the table that the reference would have, and the blocks of it that are in use.
    pub fn table(&self) -> u64 {
        match self.block_room {
            0 => self.last().map_or(0, |last| (last + 1).next_power_of_two()),
            room => room,
        }
    }
    /// See [`Directory::table`].
    pub fn blocks(&self) -> u64 {
        self.blocks
    }
}
