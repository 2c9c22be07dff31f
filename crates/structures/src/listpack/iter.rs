//! Walking a listpack, from either end, by entries or by pairs.

use super::codec::{backlen_size, decode, entry_len, read_backlen};
use super::{Element, HEADER, Listpack, Position};

/// The elements of a listpack with their positions, from both ends.
#[derive(Clone)]
pub struct Iter<'a> {
    bytes: &'a [u8],
    front: usize,
    back: usize,
}

impl<'a> Iter<'a> {
    /// The next element with its position.
    #[inline]
    pub fn next_with_position(&mut self) -> Option<(Position, Element<'a>)> {
        if self.front >= self.back {
            return None;
        }
        let at = self.front;
        let (element, len) = decode(self.bytes, at);
        self.front = at + len;
        Some((Position(at as u32), element))
    }

    /// The next element from the back, with its position.
    #[inline]
    pub fn next_back_with_position(&mut self) -> Option<(Position, Element<'a>)> {
        if self.front >= self.back {
            return None;
        }
        let len = read_backlen(self.bytes, self.back)?;
        self.back -= len + backlen_size(len);
        Some((Position(self.back as u32), decode(self.bytes, self.back).0))
    }
}

impl Iter<'_> {
    /// Where the next element is, if one follows.
    #[inline]
    pub fn position(&self) -> Option<Position> {
        (self.front < self.back).then_some(Position(self.front as u32))
    }

    /// The next element if it is an integer. Another one is passed over, too.
    #[inline(always)]
    pub fn next_integer(&mut self) -> Option<i64> {
        self.next()?.as_integer()
    }

    /// Passes over so many elements; None if there are fewer.
    #[inline(always)]
    pub fn pass(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            if self.front >= self.back {
                return None;
            }
            self.front += entry_len(self.bytes, self.front);
        }
        Some(())
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        self.next_with_position().map(|(_, element)| element)
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.next_back_with_position().map(|(_, element)| element)
    }
}

/// The entries of a listpack two by two; an odd last entry is left out.
#[derive(Clone)]
pub struct Pairs<'a> {
    entries: Iter<'a>,
}

impl<'a> Pairs<'a> {
    /// The next pair with the position of its first entry.
    #[inline]
    pub fn next_with_position(&mut self) -> Option<(Position, Element<'a>, Element<'a>)> {
        let (pos, first) = self.entries.next_with_position()?;
        Some((pos, first, self.entries.next()?))
    }

    /// The next pair from the back, with the position of its first entry.
    #[inline]
    pub fn next_back_with_position(&mut self) -> Option<(Position, Element<'a>, Element<'a>)> {
        let second = self.entries.next_back()?;
        let (pos, first) = self.entries.next_back_with_position()?;
        Some((pos, first, second))
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Element<'a>, Element<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.next_with_position().map(|(_, first, second)| (first, second))
    }
}

/// From the back, pairs are counted from the last entry: of use only where the number of entries is even.
impl DoubleEndedIterator for Pairs<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.next_back_with_position().map(|(_, first, second)| (first, second))
    }
}

impl Listpack {
    /// All elements.
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        let bytes = self.as_bytes();
        Iter { bytes, front: HEADER, back: bytes.len() - 1 }
    }

    /// The elements from `pos` to the end.
    #[inline]
    pub fn iter_from(&self, pos: Position) -> Iter<'_> {
        Iter { front: pos.at(), ..self.iter() }
    }

    /// The elements before `pos`.
    #[inline]
    pub fn iter_until(&self, pos: Position) -> Iter<'_> {
        Iter { back: pos.at(), ..self.iter() }
    }

    /// The entries two by two.
    #[inline]
    pub fn pairs(&self) -> Pairs<'_> {
        Pairs { entries: self.iter() }
    }

    /// The entries two by two, from `pos` on.
    #[inline]
    pub fn pairs_from(&self, pos: Position) -> Pairs<'_> {
        Pairs { entries: self.iter_from(pos) }
    }
}

impl<'a> IntoIterator for &'a Listpack {
    type Item = Element<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
