//! Set: a set value in its three encodings, read through [`SetRef`] and changed through methods of [`Value`].
//!
//! ```text
//!   intset ──(a member that is no integer)──► listpack ──(too many, too long)──► table
//!      └──────────────(too many, or one too many for a listpack)──────────────────►┘
//! ```
//!
//! Encodings never go back. When they change is the reference's: see [`SetLimits`].

use crate::value::Value;
use crate::view::WrongType;
use hematite_base::hash::Hasher;
use hematite_base::random::Random;
use hematite_structures::intset::Intset;
use hematite_structures::listpack::{DecimalBuffer, Element, Listpack, parse_integer};
use hematite_structures::loose::LooseBox;
use hematite_structures::text_set::{Members, TextSet};

/// When sets change their encoding.
#[derive(Clone, Copy, Debug)]
pub struct SetLimits {
    /// `set-max-intset-entries`.
    pub intset_entries_max: usize,
    /// `set-max-listpack-entries`.
    pub listpack_entries_max: usize,
    /// `set-max-listpack-value`, bytes.
    pub listpack_value_bytes_max: usize,
}

/// The reference's own limit on intsets.
const INTSET_ENTRIES_MAX: usize = 1 << 30;

/// A set, borrowed for reading.
#[derive(Clone, Copy)]
pub enum SetRef<'a> {
    /// Integers in ascending order.
    Intset(&'a Intset),
    /// Members in order of insertion.
    Packed(&'a Listpack),
    /// A table.
    Table(&'a TextSet),
}

impl<'a> SetRef<'a> {
    /// Number of members.
    pub fn len(self) -> usize {
        match self {
            SetRef::Intset(set) => set.len(),
            SetRef::Packed(pack) => pack.len(),
            SetRef::Table(set) => set.len(),
        }
    }
    /// Whether there is none; a set under a key always has one.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// Whether `member` is one.
    #[inline]
    pub fn contains(self, member: &[u8]) -> bool {
        match self {
            SetRef::Intset(set) => parse_integer(member).is_some_and(|n| set.contains(n)),
            SetRef::Packed(pack) => pack.find(member, 0).is_some(),
            SetRef::Table(set) => set.contains(member),
        }
    }
    /// The same for a member of another set.
    #[inline]
    pub fn contains_element(self, member: Element<'_>) -> bool {
        match (self, member) {
            (SetRef::Intset(set), Element::Int(n)) => set.contains(n),
            _ => self.contains(member.text(&mut DecimalBuffer::new())),
        }
    }
    /// All members.
    pub fn iter(self) -> SetIter<'a> {
        match self {
            SetRef::Intset(set) => SetIter::Intset(set, 0),
            SetRef::Packed(pack) => SetIter::Packed(pack.iter()),
            SetRef::Table(set) => SetIter::Table(set.iter()),
        }
    }
    /// A member, each with the same chance.
    pub fn random(self, random: &mut Random) -> Option<Element<'a>> {
        match self {
            SetRef::Intset(set) => set.get(random.below(set.len() as u64) as usize).map(Element::Int),
            SetRef::Packed(pack) => pack.get(random.below(pack.len() as u64) as i64),
            SetRef::Table(set) => set.random(|| random.bits()).map(Element::Bytes),
        }
    }
    /// Calls `f` for `count` different members, every choice with the same chance.
    pub fn sample(self, count: usize, random: &mut Random, mut f: impl FnMut(Element<'_>)) {
        if let SetRef::Table(set) = self {
            return set.sample(count, || random.bits(), |member| f(Element::Bytes(member)));
        }
        let mut left = self.len() as u64;
        let mut wanted = (count as u64).min(left);
        for member in self.iter() {
            if wanted == 0 {
                return;
            }
            if random.below(left) < wanted {
                wanted -= 1;
                f(member);
            }
            left -= 1;
        }
    }
    /// Calls `f` for some members and returns the next cursor, 0 at the end; small encodings are given whole.
    pub fn scan(self, cursor: u64, mut f: impl FnMut(Element<'_>)) -> u64 {
        match self {
            SetRef::Table(set) => set.scan(cursor, |member| f(Element::Bytes(member))),
            _ => {
                self.iter().for_each(f);
                0
            }
        }
    }
}

/// The members of a set.
pub enum SetIter<'a> {
    /// Of an intset, from an index on.
    Intset(&'a Intset, usize),
    /// Of a listpack.
    Packed(hematite_structures::listpack::Iter<'a>),
    /// Of a table.
    Table(Members<'a>),
}

impl<'a> Iterator for SetIter<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        match self {
            SetIter::Intset(set, at) => {
                let member = set.get(*at)?;
                *at += 1;
                Some(Element::Int(member))
            }
            SetIter::Packed(members) => members.next(),
            SetIter::Table(members) => members.next().map(Element::Bytes),
        }
    }
}

/// Sets.
impl Value {
    /// The set, if the value is one.
    #[inline]
    pub fn as_set(&self) -> Result<SetRef<'_>, WrongType> {
        match self {
            Value::Intset(set) => Ok(SetRef::Intset(set)),
            Value::SetPacked(pack) => Ok(SetRef::Packed(pack)),
            Value::Set(set) => Ok(SetRef::Table(set)),
            _ => Err(WrongType),
        }
    }
    /// An empty set in the encoding for a first member and about `count` members in all.
    pub fn new_set(first: &[u8], count: usize, limits: &SetLimits, hasher: &Hasher) -> Value {
        if parse_integer(first).is_some() && count <= limits.intset_entries_max {
            Value::Intset(Intset::new())
        } else if count <= limits.listpack_entries_max {
            Value::SetPacked(Listpack::new())
        } else {
            Value::Set(LooseBox::new(TextSet::new(hasher.clone())))
        }
    }
    /// Before about `count` members are added: makes a table at once where they would end in one.
    pub fn expect_members(&mut self, count: usize, limits: &SetLimits, hasher: &Hasher) {
        let too_many = match self {
            Value::Intset(_) => count > limits.intset_entries_max,
            Value::SetPacked(_) => count > limits.listpack_entries_max,
            _ => false,
        };
        if too_many {
            self.set_to_table(hasher);
        }
    }
    /// Adds a member to a set; whether it was new.
    pub fn add_member(&mut self, member: &[u8], limits: &SetLimits, hasher: &Hasher) -> bool {
        match self {
            Value::Set(set) => return set.insert(member),
            Value::SetPacked(pack) => {
                if pack.find(member, 0).is_some() {
                    return false;
                }
                let fits = pack.len() < limits.listpack_entries_max
                    && member.len() <= limits.listpack_value_bytes_max;
                if fits && pack.push_back(member).is_ok() {
                    return true;
                }
            }
            Value::Intset(set) => match parse_integer(member) {
                Some(n) => {
                    let is_new = set.add(n);
                    if set.len() > limits.intset_entries_max.min(INTSET_ENTRIES_MAX) {
                        self.set_to_table(hasher);
                    }
                    return is_new;
                }
                None => {
                    if let Some(mut pack) = intset_to_listpack(set, member, limits)
                        && pack.push_back(member).is_ok()
                    {
                        *self = Value::SetPacked(pack);
                        return true;
                    }
                }
            },
            _ => return false,
        }
        self.set_to_table(hasher).is_some_and(|set| set.insert(member))
    }
    /// Removes a member from a set; whether it was there.
    pub fn remove_member(&mut self, member: &[u8]) -> bool {
        match self {
            Value::Set(set) => set.remove(member),
            Value::SetPacked(pack) => match pack.find(member, 0) {
                Some(at) => {
                    pack.delete(at);
                    true
                }
                None => false,
            },
            Value::Intset(set) => parse_integer(member).is_some_and(|n| set.remove(n)),
            _ => false,
        }
    }
    /// Takes a member out of a set, each with the same chance, and hands it to `with`.
    pub fn pop_member<R>(&mut self, random: &mut Random, with: impl FnOnce(Element<'_>) -> R) -> Option<R> {
        match self {
            Value::Set(set) => set.pop_random(|| random.bits(), |member| with(Element::Bytes(member))),
            Value::SetPacked(pack) => {
                let at = pack.seek(random.below(pack.len() as u64) as i64)?;
                let result = with(pack.element(at));
                pack.delete(at);
                Some(result)
            }
            Value::Intset(set) => {
                let member = set.get(random.below(set.len() as u64) as usize)?;
                set.remove(member);
                Some(with(Element::Int(member)))
            }
            _ => None,
        }
    }
    /// After a set was built from integers alone: makes it an intset where the limit allows.
    pub fn set_to_intset(&mut self, limits: &SetLimits) {
        let Ok(set) = self.as_set() else { return };
        if matches!(set, SetRef::Intset(_)) || set.len() > limits.intset_entries_max {
            return;
        }
        let mut integers = Intset::new();
        for member in set.iter() {
            let Some(n) = member.as_integer() else { return };
            integers.add(n);
        }
        *self = Value::Intset(integers);
    }
    /// Makes the set a table.
    fn set_to_table(&mut self, hasher: &Hasher) -> Option<&mut TextSet> {
        if !matches!(self, Value::Set(_)) {
            let mut table = TextSet::new(hasher.clone());
            let mut digits = DecimalBuffer::new();
            for member in self.as_set().ok()?.iter() {
                table.insert(member.text(&mut digits));
            }
            *self = Value::Set(LooseBox::new(table));
        }
        match self {
            Value::Set(set) => Some(set),
            _ => None,
        }
    }
}

/// The integers as a listpack, if they and one more member fit; the longest integer must not be too long either.
fn intset_to_listpack(set: &Intset, member: &[u8], limits: &SetLimits) -> Option<Listpack> {
    let ends = [set.get(0), set.len().checked_sub(1).and_then(|last| set.get(last))];
    let longest = ends.into_iter().flatten().map(|n| Element::Int(n).text_len()).max().unwrap_or(0);
    let fits = set.len() < limits.listpack_entries_max
        && member.len() <= limits.listpack_value_bytes_max
        && longest <= limits.listpack_value_bytes_max;
    if !fits {
        return None;
    }
    let mut pack = Listpack::new();
    for n in set.iter() {
        pack.push_back(n).ok()?;
    }
    Some(pack)
}
