//! Hashes: field by field, with or without expiries, one zipmap, one ziplist, or one listpack of pairs or of triples.

use super::super::kind;
use super::{Decoder, Input, has_duplicates, ziplist, zipmap};
use crate::Error;
use hematite_keyspace::{HashTable, Value};
use hematite_structures::listpack::{DecimalBuffer, Listpack};
use hematite_structures::loose::LooseBox;

const DUPLICATE: &str = "a field of a hash twice";
/// The latest time at which a field may expire, Unix milliseconds: 48 bits.
const EXPIRY_MAX: u64 = (1 << 48) - 2;

impl Decoder<'_> {
    pub(super) fn hash(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let len = input.length()?;
        let limits = self.encodings.hash;
        if len > limits.listpack_entries_max as u64 {
            return self.hash_table(input, len).map(Some);
        }
        let mut pack = Listpack::new();
        for done in 0..len {
            self.read_name(input)?;
            let value = input.string()?;
            let is_long = self.scratch.len().max(value.len()) > limits.listpack_value_bytes_max;
            if is_long || pack.push_pair(&self.scratch[..], value).is_err() {
                let mut table = HashTable::new(&self.encodings.hasher);
                // The value is read from the input, which must go on; the pairs so far are few.
                table.fields.insert(&self.scratch, value, false);
                return self.hash_table_from(input, &pack, table, len - done - 1).map(Some);
            }
        }
        self.settle_pack(input, pack)
    }

    /// A table of `left` more fields and those of a listpack.
    fn hash_table_from(
        &mut self,
        input: &mut Input<'_>,
        pack: &Listpack,
        mut table: HashTable,
        left: u64,
    ) -> Result<Value, Error> {
        insert_pairs(input, &mut table, pack)?;
        self.fill_table(input, &mut table, left)?;
        Ok(Value::Hash(LooseBox::new(table)))
    }
    fn hash_table(&mut self, input: &mut Input<'_>, len: u64) -> Result<Value, Error> {
        let mut table = HashTable::new(&self.encodings.hasher);
        table.fields.reserve(input.expected(len));
        self.fill_table(input, &mut table, len)?;
        Ok(Value::Hash(LooseBox::new(table)))
    }
    fn fill_table(&mut self, input: &mut Input<'_>, table: &mut HashTable, len: u64) -> Result<(), Error> {
        for _ in 0..len {
            self.read_name(input)?;
            if !table.fields.insert(&self.scratch, input.string()?, false) {
                return Err(input.error(DUPLICATE));
            }
        }
        Ok(())
    }

    /// A hash of a listpack of pairs, which may be past the limits.
    fn settle_pack(&self, input: &Input<'_>, pack: Listpack) -> Result<Option<Value>, Error> {
        self.settle_pack_bounded(input, pack, usize::MAX)
    }
    /// The same for one without elements longer than `text_len_max`.
    fn settle_pack_bounded(
        &self,
        input: &Input<'_>,
        pack: Listpack,
        text_len_max: usize,
    ) -> Result<Option<Value>, Error> {
        let len = pack.len();
        if len == 0 {
            return Ok(None);
        }
        if !len.is_multiple_of(2) {
            return Err(input.error("a field of a hash without a value"));
        }
        let limits = &self.encodings.hash;
        let is_large = len / 2 > limits.listpack_entries_max
            || text_len_max > limits.listpack_value_bytes_max
                && pack.iter().any(|text| text.text_len() > limits.listpack_value_bytes_max);
        if is_large {
            let mut table = HashTable::new(&self.encodings.hasher);
            insert_pairs(input, &mut table, &pack)?;
            return Ok(Some(Value::Hash(LooseBox::new(table))));
        }
        if has_duplicates(pack.pairs().map(|(field, _)| field), len / 2, &self.encodings.hasher) {
            return Err(input.error(DUPLICATE));
        }
        Ok(Some(Value::HashPacked(pack)))
    }

    pub(super) fn hash_listpack(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let (pack, text_len_max) = self.listpack_bounded(input)?;
        self.settle_pack_bounded(input, pack, text_len_max)
    }
    pub(super) fn hash_ziplist(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let pack = ziplist::read_as_listpack(input)?;
        self.settle_pack(input, pack)
    }
    pub(super) fn hash_zipmap(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let pack = zipmap::read_as_listpack(input)?;
        self.settle_pack(input, pack)
    }

    /// Redis 7.4: the earliest expiry, then each field behind its expiry, told from the earliest (from 0 before the
    /// release).
    pub(super) fn hash_metadata(&mut self, input: &mut Input<'_>, kind: u8) -> Result<Option<Value>, Error> {
        let earliest = if kind == kind::HASH_METADATA { Some(input.time_ms()?) } else { None };
        let len = input.length()?;
        let mut hash = Expiring::new(self, len);
        for _ in 0..len {
            let expires_at = match (input.length()?, earliest) {
                (0, _) => None,
                (at, None) => Some(at),
                (at, Some(earliest)) => {
                    let sum = u64::try_from(earliest).ok().and_then(|earliest| earliest.checked_add(at - 1));
                    Some(sum.ok_or_else(|| input.error("a field's expiry out of range"))?)
                }
            };
            self.read_name(input)?;
            let value = input.string()?;
            if !hash.insert(&self.scratch, value, expires_at) {
                return Err(input.error(DUPLICATE));
            }
            check_expiry(input, expires_at)?;
        }
        Ok(hash.finish())
    }

    /// Redis 7.4: the earliest expiry (not before the release), and a listpack of field, value, expiry.
    pub(super) fn hash_listpack_ex(
        &mut self,
        input: &mut Input<'_>,
        kind: u8,
    ) -> Result<Option<Value>, Error> {
        if kind == kind::HASH_LISTPACK_EX {
            input.time_ms()?;
        }
        let pack = self.listpack(input)?;
        let len = pack.len();
        if len % 3 != 0 {
            return Err(input.error("a field of a hash without a value or an expiry"));
        }
        let mut hash = Expiring::new(self, len as u64 / 3);
        let (mut elements, mut digits) = (pack.iter(), [DecimalBuffer::new(), DecimalBuffer::new()]);
        let [field_digits, value_digits] = &mut digits;
        while let (Some(field), Some(value), Some(at)) = (elements.next(), elements.next(), elements.next()) {
            let at = at.as_integer().and_then(|at| u64::try_from(at).ok());
            let at = at.ok_or_else(|| input.error("a field's expiry that is no number"))?;
            let expires_at = Some(at).filter(|at| *at != 0);
            check_expiry(input, expires_at)?;
            if !hash.insert(field.text(field_digits), value.text(value_digits), expires_at) {
                return Err(input.error(DUPLICATE));
            }
        }
        Ok(hash.finish())
    }

    /// Valkey 9: each field before its value and its expiry, -1 for none.
    pub(super) fn hash_valkey_ttl(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let len = input.length()?;
        let mut hash = Expiring::new(self, len);
        for _ in 0..len {
            self.read_name(input)?;
            if !hash.insert(&self.scratch, input.string()?, None) {
                return Err(input.error(DUPLICATE));
            }
            let expires_at = match input.time_ms()? {
                -1 => None,
                at => Some(u64::try_from(at).map_err(|_| input.error("a field's expiry out of range"))?),
            };
            check_expiry(input, expires_at)?;
            hash.expire(&self.scratch, expires_at);
        }
        Ok(hash.finish())
    }
}

fn check_expiry(input: &Input<'_>, expires_at: Option<u64>) -> Result<(), Error> {
    match expires_at {
        Some(at) if at > EXPIRY_MAX => Err(input.error("a field's expiry out of range")),
        _ => Ok(()),
    }
}

/// Adds the pairs of a listpack to a table.
fn insert_pairs(input: &Input<'_>, table: &mut HashTable, pack: &Listpack) -> Result<(), Error> {
    let (mut field_digits, mut value_digits) = (DecimalBuffer::new(), DecimalBuffer::new());
    for (field, value) in pack.pairs() {
        if !table.fields.insert(field.text(&mut field_digits), value.text(&mut value_digits), false) {
            return Err(input.error(DUPLICATE));
        }
    }
    Ok(())
}

/// A hash with expiring fields under way. It is a table, but remembers whether it is small.
struct Expiring {
    table: HashTable,
    is_small: bool,
    value_bytes_max: usize,
}

impl Expiring {
    fn new(decoder: &Decoder<'_>, len: u64) -> Expiring {
        let limits = &decoder.encodings.hash;
        Expiring {
            table: HashTable::new(&decoder.encodings.hasher),
            is_small: len <= limits.listpack_entries_max as u64,
            value_bytes_max: limits.listpack_value_bytes_max,
        }
    }
    /// Adds a field; false if it is there already.
    fn insert(&mut self, field: &[u8], value: &[u8], expires_at: Option<u64>) -> bool {
        self.is_small &= field.len().max(value.len()) <= self.value_bytes_max;
        let is_new = self.table.fields.insert(field, value, false);
        if is_new {
            self.expire(field, expires_at);
        }
        is_new
    }
    fn expire(&mut self, field: &[u8], expires_at: Option<u64>) {
        if expires_at.is_some() {
            self.table.fields.set_deadline(field, expires_at);
        }
    }
    fn finish(mut self) -> Option<Value> {
        if self.table.fields.is_empty() {
            return None;
        }
        self.table.set_small(self.is_small);
        Some(Value::Hash(LooseBox::new(self.table)))
    }
}
