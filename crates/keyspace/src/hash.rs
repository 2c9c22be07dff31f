//! Hash: a hash value in its encodings, read through [`HashRef`] and changed through methods of [`Value`].
//!
//! A small hash is a listpack of field, value, field, value; larger ones, and all whose fields have ever had an expiry,
//! are tables. The reference keeps small hashes with expiring fields in listpacks of three entries a field, which it names
//! `listpackex`; here these are tables, too, but remember that they are small, and answer with the same name.
//!
//! A field is gone once its expiry lies before the present. It stays in the hash, counted, until someone looks at it
//! ([`View::expire_field`](crate::View::expire_field)) or active expiry finds it.

use crate::value::Value;
use crate::view::WrongType;
use hematite_base::hash::Hasher;
use hematite_base::random::Random;
use hematite_structures::listpack::{DecimalBuffer, Element, Listpack};
use hematite_structures::loose::LooseBox;
use hematite_structures::text_map::{Field, Fields, TextMap};

/// When hashes become tables.
#[derive(Clone, Copy, Debug)]
pub struct HashLimits {
    /// `hash-max-listpack-entries`.
    pub listpack_entries_max: usize,
    /// `hash-max-listpack-value`, bytes.
    pub listpack_value_bytes_max: usize,
}

/// A hash that is no listpack.
pub struct HashTable {
    /// The fields; a deadline is a field's expiry in Unix milliseconds.
    pub fields: TextMap,
    /// Where the keyspace has noted the hash for active expiry: the time that it was noted for.
    pub(crate) noted_ms: Option<i64>,
    /// Within the limits of a listpack, and never beyond: OBJECT ENCODING says `listpackex`.
    pub(crate) is_small: bool,
}

impl HashTable {
    /// An empty table.
    pub fn new(hasher: &Hasher) -> HashTable {
        HashTable { fields: TextMap::new(hasher.clone()), noted_ms: None, is_small: false }
    }
    /// When the next field goes, Unix milliseconds.
    pub fn next_expiry(&self) -> Option<i64> {
        self.fields.next_deadline().map(|at| at as i64)
    }
    /// Says that all fields and values are within the limits of a listpack: OBJECT ENCODING answers `listpackex`.
    pub fn set_small(&mut self, is_small: bool) {
        self.is_small = is_small;
    }
    pub(crate) fn duplicate(&self) -> HashTable {
        HashTable { fields: self.fields.clone(), noted_ms: None, is_small: self.is_small }
    }
    pub(crate) fn encoding(&self) -> &'static str {
        if self.is_small { "listpackex" } else { "hashtable" }
    }
}

/// What a look-up of a field found.
pub enum Found<'a> {
    /// There is no such field.
    Nothing,
    /// The field's time is over; the caller should have it removed.
    Expired,
    /// Its value, and its expiry in Unix milliseconds.
    Value(Element<'a>, Option<i64>),
}

impl<'a> Found<'a> {
    /// The value, if there is one that has not expired.
    pub fn value(self) -> Option<Element<'a>> {
        match self {
            Found::Value(value, _) => Some(value),
            _ => None,
        }
    }
}

/// Whether an expiry lies before the present.
#[inline(always)]
fn is_past(expires_at: Option<u64>, now_ms: i64) -> bool {
    expires_at.is_some_and(|at| (at as i64) < now_ms)
}

/// A hash, borrowed for reading.
#[derive(Clone, Copy)]
pub enum HashRef<'a> {
    /// Field, value, field, value.
    Packed(&'a Listpack),
    /// A table.
    Table(&'a HashTable),
}

impl<'a> HashRef<'a> {
    /// Number of fields, expired ones that nobody has looked at included.
    pub fn len(self) -> usize {
        match self {
            HashRef::Packed(pack) => pack.len() / 2,
            HashRef::Table(table) => table.fields.len(),
        }
    }
    /// Whether there is none; a hash under a key always has one.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// Number of fields that have not expired; takes time in proportion to the expired ones.
    pub fn live_len(self, now_ms: i64) -> usize {
        match self {
            HashRef::Table(table) => table.fields.len() - table.fields.due(now_ms.max(0) as u64),
            HashRef::Packed(_) => self.len(),
        }
    }
    /// The value of a field.
    #[inline]
    pub fn get(self, field: &[u8], now_ms: i64) -> Found<'a> {
        match self {
            HashRef::Packed(pack) => {
                let value = pack.find(field, 1).and_then(|at| pack.next(at));
                value.map_or(Found::Nothing, |at| Found::Value(pack.element(at), None))
            }
            HashRef::Table(table) => match table.fields.get(field) {
                None => Found::Nothing,
                Some(found) if is_past(found.deadline(), now_ms) => Found::Expired,
                Some(found) => Found::Value(found.value(), found.deadline().map(|at| at as i64)),
            },
        }
    }
    /// Fields, values and expiries of what has not expired.
    pub fn iter(self, now_ms: i64) -> HashIter<'a> {
        match self {
            HashRef::Packed(pack) => HashIter::Packed(pack.pairs()),
            HashRef::Table(table) => HashIter::Table(table.fields.iter(), now_ms),
        }
    }
    /// A field with its value, each with the same chance. None if all tries met expired ones.
    pub fn random(self, now_ms: i64, random: &mut Random) -> Option<(Element<'a>, Element<'a>)> {
        match self {
            HashRef::Packed(pack) => {
                let at = pack.seek(2 * random.below(pack.len() as u64 / 2) as i64)?;
                Some((pack.element(at), pack.element(pack.next(at)?)))
            }
            HashRef::Table(table) => {
                const TRIES: usize = 64;
                let mut draw = || table.fields.random(|| random.bits());
                let live = (0..TRIES).find_map(|_| draw().filter(|f| !is_past(f.deadline(), now_ms)));
                let pair = live.map(|f| (Element::Bytes(f.name()), f.value()));
                // Nearly all are expired: any of the others will do.
                pair.or_else(|| self.iter(now_ms).next().map(|(field, value, _)| (field, value)))
            }
        }
    }
    /// Calls `f` for `count` different fields that have not expired, every choice with the same chance.
    pub fn sample(
        self,
        count: usize,
        now_ms: i64,
        random: &mut Random,
        mut f: impl FnMut(Element<'_>, Element<'_>),
    ) {
        if let HashRef::Table(table) = self
            && table.fields.deadlines() == 0
        {
            return table.fields.sample(
                count,
                || random.bits(),
                |found: &Field<'_>| f(Element::Bytes(found.name()), found.value()),
            );
        }
        let mut left = self.live_len(now_ms) as u64;
        let mut wanted = (count as u64).min(left);
        for (field, value, _) in self.iter(now_ms) {
            if wanted == 0 {
                return;
            }
            if random.below(left) < wanted {
                wanted -= 1;
                f(field, value);
            }
            left -= 1;
        }
    }
    /// Calls `f` for some fields and returns the next cursor, 0 at the end; a listpack is given whole. Expired fields
    /// are left out.
    pub fn scan(self, cursor: u64, now_ms: i64, mut f: impl FnMut(Element<'_>, Element<'_>)) -> u64 {
        match self {
            HashRef::Packed(pack) => {
                pack.pairs().for_each(|(field, value)| f(field, value));
                0
            }
            HashRef::Table(table) if table.is_small => {
                self.iter(now_ms).for_each(|(field, value, _)| f(field, value));
                0
            }
            HashRef::Table(table) => table.fields.scan(cursor, |field, value, expires_at| {
                if !is_past(expires_at, now_ms) {
                    f(Element::Bytes(field), value);
                }
            }),
        }
    }
}

/// Fields, values and expiries (Unix milliseconds) of a hash.
pub enum HashIter<'a> {
    /// Of a listpack.
    Packed(hematite_structures::listpack::Pairs<'a>),
    /// Of a table, but for what has expired at a time.
    Table(Fields<'a>, i64),
}

impl<'a> Iterator for HashIter<'a> {
    type Item = (Element<'a>, Element<'a>, Option<i64>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            HashIter::Packed(pairs) => pairs.next().map(|(field, value)| (field, value, None)),
            HashIter::Table(fields, now_ms) => {
                let found = fields.find(|found| !is_past(found.deadline(), *now_ms))?;
                let expires_at = found.deadline().map(|at| at as i64);
                Some((Element::Bytes(found.name()), found.value(), expires_at))
            }
        }
    }
}

/// Hashes.
impl Value {
    /// An empty hash.
    pub fn new_hash() -> Value {
        Value::HashPacked(Listpack::new())
    }
    /// The hash, if the value is one.
    #[inline]
    pub fn as_hash(&self) -> Result<HashRef<'_>, WrongType> {
        match self {
            Value::HashPacked(pack) => Ok(HashRef::Packed(pack)),
            Value::Hash(table) => Ok(HashRef::Table(table)),
            _ => Err(WrongType),
        }
    }
    /// Before fields are set: makes a table at once where these fields and values would end in one.
    pub fn expect_fields(&mut self, pairs: &[&[u8]], limits: &HashLimits, hasher: &Hasher) {
        if let Value::HashPacked(pack) = self {
            let is_long = pairs.iter().any(|text| text.len() > limits.listpack_value_bytes_max);
            let bytes = pairs.iter().map(|text| text.len()).sum();
            if pairs.len() / 2 > limits.listpack_entries_max || is_long || pack.would_exceed(bytes) {
                self.hash_to_table(hasher);
            }
        }
    }
    /// Sets a field of a hash; whether it was new. The expiry of a field that was there goes unless `keep_expiry`.
    pub fn set_field(
        &mut self,
        field: &[u8],
        value: &[u8],
        keep_expiry: bool,
        limits: &HashLimits,
        hasher: &Hasher,
    ) -> bool {
        let is_long = field.len().max(value.len()) > limits.listpack_value_bytes_max;
        if let Value::HashPacked(pack) = self
            && !is_long
            && let Some(is_new) = set_packed(pack, field, value)
        {
            if pack.len() / 2 > limits.listpack_entries_max {
                self.hash_to_table(hasher);
            }
            return is_new;
        }
        let Some(table) = self.hash_to_table(hasher) else { return false };
        let is_new = table.fields.insert(field, value, keep_expiry);
        table.is_small &= !is_long && table.fields.len() <= limits.listpack_entries_max;
        is_new
    }
    /// Removes a field of a hash; whether it was there.
    pub fn remove_field(&mut self, field: &[u8]) -> bool {
        match self {
            Value::HashPacked(pack) => match pack.find(field, 1) {
                Some(at) => {
                    pack.delete_from(at, 2);
                    true
                }
                None => false,
            },
            Value::Hash(table) => table.fields.remove(field),
            _ => false,
        }
    }
    /// Sets or removes the expiry of a field that is there. The keyspace must be told:
    /// [`View::note_field_expiry`](crate::View::note_field_expiry).
    pub fn set_field_expiry(&mut self, field: &[u8], at_ms: Option<i64>, hasher: &Hasher) {
        if at_ms.is_none() && matches!(self, Value::HashPacked(_)) {
            return;
        }
        let was_packed = matches!(self, Value::HashPacked(_));
        if let Some(table) = self.hash_to_table(hasher) {
            table.is_small |= was_packed;
            table.fields.set_deadline(field, at_ms.map(|at| at as u64));
        }
    }
    /// Makes the hash a table.
    pub fn hash_to_table(&mut self, hasher: &Hasher) -> Option<&mut HashTable> {
        if let Value::HashPacked(pack) = self {
            let mut table = HashTable::new(hasher);
            let mut digits = [DecimalBuffer::new(), DecimalBuffer::new()];
            let [field_digits, value_digits] = &mut digits;
            for (field, value) in pack.pairs() {
                table.fields.insert(field.text(field_digits), value.text(value_digits), false);
            }
            *self = Value::Hash(LooseBox::new(table));
        }
        match self {
            Value::Hash(table) => Some(table),
            _ => None,
        }
    }
}

/// Sets a field in a listpack; whether it was new, or None if the listpack would get too large.
fn set_packed(pack: &mut Listpack, field: &[u8], value: &[u8]) -> Option<bool> {
    match pack.find(field, 1).and_then(|at| pack.next(at)) {
        Some(at) => pack.replace(at, value).ok().map(|()| false),
        None => pack.push_pair(field, value).ok().map(|()| true),
    }
}
