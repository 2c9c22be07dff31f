//! Decode: a value of any type and any encoding that was ever written, validated before it is handed out.

mod array;
mod hash;
mod list;
mod module;
mod set;
mod sorted_set;
mod stream;
mod ziplist;
mod zipmap;

pub(super) use module::skip_aux as skip_module_aux;

use super::{Encodings, Input, VERSION_VALKEY_9, kind};
use crate::Error;
use hematite_base::hash::Hasher;
use hematite_keyspace::{Entry, NewBody, Text, Value, string_body};
use hematite_structures::listpack::{Element, Listpack};
use smallvec::SmallVec;

/// Longest key, field or member, bytes.
const NAME_BYTES_MAX: usize = (1 << 31) - 1;

/// What is kept of the scratch from one value to the next, bytes.
const SCRATCH_KEPT: usize = 1 << 20;

/// What became of a key.
pub(crate) enum Decoded {
    Entry(Entry),
    /// A collection without elements, which no key may hold; old versions of the reference have written such.
    Empty,
}

/// Reads values.
pub(crate) struct Decoder<'e> {
    pub encodings: &'e Encodings,
    /// The version of the file or payload: some types mean different things in different ones.
    pub version: u16,
    /// A field, member or name while what belongs to it is read.
    scratch: Vec<u8>,
}

impl<'e> Decoder<'e> {
    pub fn new(encodings: &'e Encodings, version: u16) -> Decoder<'e> {
        Decoder { encodings, version, scratch: Vec::new() }
    }

    /// Reads the value of a key.
    pub fn entry(
        &mut self,
        input: &mut Input<'_>,
        kind: u8,
        key: &[u8],
        expires_at: Option<i64>,
    ) -> Result<Decoded, Error> {
        if key.len() > NAME_BYTES_MAX {
            return Err(input.error(format!("a key of {} bytes", key.len())));
        }
        let extra = expires_at.map(|at| at as u64);
        if kind == kind::STRING {
            let body = match input.text()? {
                Text::Integer(n) => NewBody::Integer(n),
                Text::Bytes(text) => string_body(text),
            };
            return Ok(Decoded::Entry(Entry::new(key, extra, body)));
        }
        Ok(match self.value(input, kind)? {
            Some(value) => Decoded::Entry(Entry::new(key, extra, NewBody::Value(value))),
            None => Decoded::Empty,
        })
    }

    /// Reads a collection; None if it is empty.
    fn value(&mut self, input: &mut Input<'_>, kind: u8) -> Result<Option<Value>, Error> {
        if self.scratch.capacity() > SCRATCH_KEPT {
            self.scratch = Vec::new();
        }
        match kind {
            kind::LIST => self.list(input),
            kind::LIST_ZIPLIST => self.list_ziplist(input),
            kind::LIST_QUICKLIST | kind::LIST_QUICKLIST_2 => self.quicklist(input, kind),
            kind::SET => self.set(input),
            kind::SET_INTSET => self.set_intset(input),
            kind::SET_LISTPACK => self.set_listpack(input),
            kind::ZSET | kind::ZSET_2 => self.sorted_set(input, kind),
            kind::ZSET_ZIPLIST => self.sorted_set_ziplist(input),
            kind::ZSET_LISTPACK => self.sorted_set_listpack(input),
            kind::HASH => self.hash(input),
            kind::HASH_ZIPMAP => self.hash_zipmap(input),
            kind::HASH_ZIPLIST => self.hash_ziplist(input),
            kind::HASH_LISTPACK => self.hash_listpack(input),
            kind::HASH_VALKEY_TTL if self.version >= VERSION_VALKEY_9 => self.hash_valkey_ttl(input),
            kind::HASH_METADATA_PRE_GA | kind::HASH_METADATA if self.version < VERSION_VALKEY_9 => {
                self.hash_metadata(input, kind)
            }
            kind::HASH_LISTPACK_EX_PRE_GA | kind::HASH_LISTPACK_EX if self.version < VERSION_VALKEY_9 => {
                self.hash_listpack_ex(input, kind)
            }
            kind::STREAM_LISTPACKS
            | kind::STREAM_LISTPACKS_2
            | kind::STREAM_LISTPACKS_3
            | kind::STREAM_LISTPACKS_4
            | kind::STREAM_LISTPACKS_5 => self.stream(input, kind),
            kind::ARRAY => self.array(input),
            kind::MODULE_PRE_GA | kind::MODULE_2 => Err(module::refusal(input, kind)),
            _ => Err(input.error(format!("the type {kind} is not known"))),
        }
    }

    /// Reads a string into the scratch.
    #[inline]
    fn read_name(&mut self, input: &mut Input<'_>) -> Result<(), Error> {
        let name = input.string()?;
        if name.len() > NAME_BYTES_MAX {
            let reason = format!("a name of {} bytes", name.len());
            return Err(input.error(reason));
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(name);
        Ok(())
    }

    /// Reads a string that is a listpack.
    fn listpack(&self, input: &mut Input<'_>) -> Result<Listpack, Error> {
        self.listpack_bounded(input).map(|(pack, _)| pack)
    }
    /// The same, and a number that the length of no element exceeds.
    fn listpack_bounded(&self, input: &mut Input<'_>) -> Result<(Listpack, usize), Error> {
        let start = input.offset();
        Listpack::from_bytes_bounded(input.string()?).map_err(|_| Error::new(start, "not a valid listpack"))
    }
}

/// Whether two of these elements, about `count` of them, are the same. Takes the hash for the element: with 64 bits of a hash function that nobody
/// outside knows, that refuses no honest file.
fn has_duplicates<'a>(elements: impl Iterator<Item = Element<'a>>, count: usize, hasher: &Hasher) -> bool {
    // A sieve that finds most small collections free of duplicates; to clear more of it than needed is work, too.
    match count {
        0..=24 => has_duplicates_by::<16>(elements, hasher),
        _ => has_duplicates_by::<256>(elements, hasher),
    }
}

/// The same by a sieve of so many words.
fn has_duplicates_by<'a, const WORDS: usize>(
    elements: impl Iterator<Item = Element<'a>>,
    hasher: &Hasher,
) -> bool {
    let mut sieve = [0u64; WORDS];
    let mut is_certain = true;
    let mut hashes: SmallVec<[u64; 128]> = SmallVec::new();
    for element in elements {
        let hash = match element {
            Element::Bytes(text) => hasher.hash(text),
            // A listpack keeps every text of an integer as one, so no text can be meant.
            Element::Int(n) => hasher.hash(&n.to_le_bytes()).rotate_left(32),
        };
        hashes.push(hash);
        let (word, bit) = ((hash >> 6) as usize % sieve.len(), 1 << (hash & 63));
        is_certain &= sieve[word] & bit == 0;
        sieve[word] |= bit;
    }
    if is_certain {
        return false;
    }
    hashes.sort_unstable();
    hashes.windows(2).any(|pair| pair[0] == pair[1])
}
