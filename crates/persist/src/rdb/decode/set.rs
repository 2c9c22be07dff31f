//! Sets: member by member, one intset, or one listpack.

use super::{Decoder, Input, has_duplicates};
use crate::Error;
use hematite_keyspace::Value;
use hematite_structures::intset::Intset;
use hematite_structures::listpack::{DecimalBuffer, Listpack, parse_integer};
use hematite_structures::loose::LooseBox;
use hematite_structures::text_set::TextSet;

const DUPLICATE: &str = "a member of a set twice";

impl Decoder<'_> {
    pub(super) fn set(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let len = input.length()?;
        if len == 0 {
            return Ok(None);
        }
        let (limits, hasher) = (&self.encodings.set, &self.encodings.hasher);
        if len > limits.intset_entries_max.max(limits.listpack_entries_max) as u64 {
            let mut set = TextSet::new(hasher.clone());
            set.reserve(input.expected(len));
            for _ in 0..len {
                if !set.insert(input.string()?) {
                    return Err(input.error(DUPLICATE));
                }
            }
            return Ok(Some(Value::Set(LooseBox::new(set))));
        }
        let first = input.string()?;
        if len <= limits.listpack_entries_max as u64 && parse_integer(first).is_none() {
            let mut pack = Listpack::new();
            let is_short = first.len() <= limits.listpack_value_bytes_max;
            if is_short && pack.push_back(first).is_ok() {
                return self.small_set(input, pack, len - 1).map(Some);
            }
        }
        let mut value = Value::new_set(first, len as usize, limits, hasher);
        value.add_member(first, limits, hasher);
        for _ in 1..len {
            if !value.add_member(input.string()?, limits, hasher) {
                return Err(input.error(DUPLICATE));
            }
        }
        Ok(Some(value))
    }

    /// A set of one listpack so far, and `left` members more. Duplicates are looked for at the end, in all of them at once.
    fn small_set(&self, input: &mut Input<'_>, mut pack: Listpack, left: u64) -> Result<Value, Error> {
        let (limits, hasher) = (&self.encodings.set, &self.encodings.hasher);
        let mut table: Option<TextSet> = None;
        for _ in 0..left {
            let member = input.string()?;
            if table.is_none()
                && member.len() <= limits.listpack_value_bytes_max
                && pack.push_back(member).is_ok()
            {
                continue;
            }
            let table = table.get_or_insert_with(|| {
                let (mut table, mut digits) = (TextSet::new(hasher.clone()), DecimalBuffer::new());
                for member in &pack {
                    table.insert(member.text(&mut digits));
                }
                table
            });
            if !table.insert(member) {
                return Err(input.error(DUPLICATE));
            }
        }
        if has_duplicates(pack.iter(), pack.len(), hasher) {
            return Err(input.error(DUPLICATE));
        }
        Ok(table.map_or(Value::SetPacked(pack), |table| Value::Set(LooseBox::new(table))))
    }

    pub(super) fn set_intset(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let start = input.offset();
        let set = Intset::from_bytes(input.string()?).map_err(|_| Error::new(start, "not a valid intset"))?;
        let len = set.len();
        let mut value = Value::Intset(set);
        value.expect_members(len, &self.encodings.set, &self.encodings.hasher);
        Ok(Some(value))
    }

    pub(super) fn set_listpack(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let pack = self.listpack(input)?;
        if pack.is_empty() {
            return Ok(None);
        }
        if has_duplicates(pack.iter(), pack.len(), &self.encodings.hasher) {
            return Err(input.error(DUPLICATE));
        }
        let len = pack.len();
        let mut value = Value::SetPacked(pack);
        value.expect_members(len, &self.encodings.set, &self.encodings.hasher);
        Ok(Some(value))
    }
}
