//! Encode: an entry as the file has it.

mod array;
mod pieces;
mod stream;

pub use pieces::encode_pieces;
pub(super) use stream::LIMITS as IDEMPOTENCY_LIMITS;
pub(crate) use stream::Rest as StreamRest;

use super::{
    Access, Options, VERSION, VERSION_REDIS_7_4, VERSION_REDIS_8_6, VERSION_REDIS_8_8, VERSION_VALKEY_9,
    container, kind, opcode, write,
};
use hematite_keyspace::{Body, Entry, EntryExt, HashTable, Lfu, Value, idle_seconds};
use hematite_structures::intset::Intset;
use hematite_structures::listpack::{Element, Listpack};
use hematite_structures::quicklist::{NodeRef, Quicklist};
use hematite_structures::sorted_set::SortedSet;

/// Appends an entry: its expiry, what is said of its last use, type, key and value.
pub fn encode_entry(out: &mut Vec<u8>, entry: &Entry, options: &Options) {
    encode_key(out, entry, options);
    encode_value(out, entry, options);
}

/// Appends all of an entry but its value.
fn encode_key(out: &mut Vec<u8>, entry: &Entry, options: &Options) {
    if let Some(at) = entry.expires_at() {
        out.push(opcode::EXPIRES_AT_MS);
        write::time_ms(out, at);
    }
    match options.access {
        Access::Nothing => {}
        Access::Idle { now_ms } => {
            out.push(opcode::IDLE);
            write::length(out, u64::from(idle_seconds(entry.stamp(), now_ms)));
        }
        Access::Frequency { now_ms, decay_minutes } => {
            let lfu = Lfu { decay_minutes, ..Lfu::default() };
            out.extend([opcode::FREQUENCY, lfu.counter(entry.stamp(), Lfu::clock(now_ms)) as u8]);
        }
    }
    out.push(kind_of(entry, options));
    write::string(out, entry.name(), options.compression);
}

/// The number of the type as which an entry's value is written.
pub(crate) fn kind_of(entry: &Entry, options: &Options) -> u8 {
    let Body::Value(value) = entry.body() else { return kind::STRING };
    match value {
        Value::Text(_) => kind::STRING,
        Value::ListPacked(_) | Value::List(_) => kind::LIST_QUICKLIST_2,
        Value::Intset(_) => kind::SET_INTSET,
        Value::SetPacked(_) if options.version >= VERSION => kind::SET_LISTPACK,
        Value::SetPacked(_) | Value::Set(_) => kind::SET,
        Value::HashPacked(_) => kind::HASH_LISTPACK,
        Value::Hash(table) if table.fields.deadlines() == 0 => kind::HASH,
        Value::Hash(_) if options.version == VERSION_VALKEY_9 => kind::HASH_VALKEY_TTL,
        Value::Hash(_) => kind::HASH_METADATA,
        Value::SortedSetPacked(_) => kind::ZSET_LISTPACK,
        Value::SortedSet(_) => kind::ZSET_2,
        Value::Stream(stream) if options.version >= VERSION => stream::kind_of(stream, options),
        Value::Stream(_) => kind::STREAM_LISTPACKS_2,
        Value::Array(_) => kind::ARRAY,
    }
}

/// The lowest version whose readers know a type that was written with these options.
pub(crate) fn version_of(kind: u8, options: &Options) -> u16 {
    match kind {
        kind::HASH_VALKEY_TTL if options.version == VERSION_VALKEY_9 => VERSION_VALKEY_9,
        kind::SET_LISTPACK | kind::STREAM_LISTPACKS_3 => VERSION,
        kind::HASH_METADATA => VERSION_REDIS_7_4,
        kind::STREAM_LISTPACKS_4 => VERSION_REDIS_8_6,
        kind::STREAM_LISTPACKS_5 | kind::ARRAY => VERSION_REDIS_8_8,
        _ => super::VERSION_REDIS_7_0,
    }
}

/// Appends an entry's value in the form that [`kind_of`] says.
pub(crate) fn encode_value(out: &mut Vec<u8>, entry: &Entry, options: &Options) {
    let compression = options.compression;
    let value = match entry.body() {
        Body::Bytes(text) => return write::string(out, text, compression),
        Body::Integer(n) => return write::integer(out, n),
        Body::Value(value) => value,
    };
    match value {
        Value::Text(text) => write::string(out, text, compression),
        Value::ListPacked(pack) => {
            write::length(out, 1);
            write::length(out, container::PACKED);
            write::string(out, pack.as_bytes(), compression);
        }
        Value::List(list) => encode_list(out, list, compression),
        Value::Intset(set) => write::string(out, Intset::as_bytes(set), compression),
        Value::SetPacked(pack) if options.version < VERSION => encode_members(out, pack, compression),
        Value::SetPacked(pack) | Value::HashPacked(pack) | Value::SortedSetPacked(pack) => {
            write::string(out, pack.as_bytes(), compression);
        }
        Value::Set(set) => {
            write::length(out, set.len() as u64);
            set.iter().for_each(|member| write::string(out, member, compression));
        }
        Value::Hash(table) => encode_table(out, table, options),
        Value::SortedSet(set) => encode_sorted_set(out, set, compression),
        Value::Stream(stream) => stream::encode(out, stream, options),
        Value::Array(array) => array::encode(out, array, compression),
    }
}

fn encode_list(out: &mut Vec<u8>, list: &Quicklist, compression: bool) {
    write::length(out, list.node_count() as u64);
    list.nodes().for_each(|node| encode_list_node(out, &node, compression));
}

fn encode_list_node(out: &mut Vec<u8>, node: &NodeRef<'_>, compression: bool) {
    let (container, bytes) = match node {
        NodeRef::Packed(pack) => (container::PACKED, pack.as_bytes()),
        NodeRef::Plain(element) => (container::PLAIN, *element),
    };
    write::length(out, container);
    write::string(out, bytes, compression);
}

fn encode_members(out: &mut Vec<u8>, pack: &Listpack, compression: bool) {
    write::length(out, pack.len() as u64);
    pack.iter().for_each(|member| write::element(out, member, compression));
}

/// The highest score first: readers that build a skiplist then always insert at its head.
fn encode_sorted_set(out: &mut Vec<u8>, set: &SortedSet, compression: bool) {
    write::length(out, set.len() as u64);
    for (member, score) in set.iter().rev() {
        write::string(out, member, compression);
        out.extend_from_slice(&score.to_le_bytes());
    }
}

fn encode_table(out: &mut Vec<u8>, table: &HashTable, options: &Options) {
    let form = HashForm::of(table, options);
    form.head(out, table);
    for field in table.fields.iter() {
        form.field(out, field.name(), field.value(), field.deadline());
    }
}

/// How the fields of a hash are written.
#[derive(Clone, Copy)]
struct HashForm {
    /// When the first of its fields expires, if any does.
    earliest: Option<u64>,
    is_valkey: bool,
    compression: bool,
}

impl HashForm {
    fn of(table: &HashTable, options: &Options) -> HashForm {
        HashForm {
            earliest: table.fields.next_deadline(),
            is_valkey: options.version == VERSION_VALKEY_9,
            compression: options.compression,
        }
    }
    fn head(self, out: &mut Vec<u8>, table: &HashTable) {
        if let Some(earliest) = self.earliest.filter(|_| !self.is_valkey) {
            write::time_ms(out, earliest as i64);
        }
        write::length(out, table.fields.len() as u64);
    }
    fn field(self, out: &mut Vec<u8>, name: &[u8], value: Element<'_>, deadline: Option<u64>) {
        if let Some(earliest) = self.earliest.filter(|_| !self.is_valkey) {
            write::length(out, deadline.map_or(0, |at| at - earliest + 1));
        }
        write::element(out, Element::Bytes(name), self.compression);
        write::element(out, value, self.compression);
        if self.earliest.is_some() && self.is_valkey {
            write::time_ms(out, deadline.map_or(-1, |at| at as i64));
        }
    }
}
