//! Base: the dataset as commands, which an append-only file begins with where `aof-use-rdb-preamble` is off.
//!
//! ```text
//!   #CRC:--------\r\n
//!   FUNCTION LOAD code ...                  libraries
//!   SELECT n, then a key after the other:
//!     SET | RPUSH | SADD | ZADD | HSET key  up to 64 elements a command, as the reference writes them
//!     HPEXPIREAT key ms FIELDS 1 field      for each field that expires
//!     XADD ... XSETID, XGROUP CREATE, XGROUP CREATECONSUMER | XCLAIM ... JUSTID FORCE
//!     ARMSET key index value ..., ARSEEK      arrays, and where the next value is appended
//!     PEXPIREAT key ms
//!   #CRC:1a2b3c4d\r\n                       after each piece
//! ```
//!
//! What no command can say of a stream goes as `RESTORE key 0 payload`: what is pending though its entry is gone, what a group
//! has released, what producers have sent. The reference forgets the first and does not know the others. Of a large stream, the
//! payload has all but the entries, which follow as commands; so has one with more pending than can be looked through at once.

mod pieces;

use super::{BEGIN, LINE_BYTES, checksum, line_of};
use crate::dump::{dump, is_new_to_reference};
use crate::rdb::Options;
use hematite_base::number::{Digits, DoubleText};
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_keyspace::{Body, Entry, EntryExt, Value};
use hematite_structures::array::{Array, Word, WordText};
use hematite_structures::listpack::Element;
use hematite_structures::quicklist::Direction;
use hematite_structures::stream::{self, Group, Stream, StreamId};

pub use pieces::pieces_as_commands;

/// Elements of one command at most: the reference's AOF_REWRITE_ITEMS_PER_CMD.
const ELEMENTS_MAX: usize = 64;

/// A base under way: whoever writes it to the disk takes the bytes that have come together, and keeps the order.
pub struct Base {
    pending: Vec<u8>,
    /// Bytes at the start of `pending` that no checksum covers.
    uncovered: usize,
}

impl Default for Base {
    fn default() -> Self {
        Base { pending: BEGIN.to_vec(), uncovered: LINE_BYTES }
    }
}

impl Base {
    /// Adds a library of functions.
    pub fn function(&mut self, code: &[u8]) {
        command(&mut self.pending, &[b"FUNCTION", b"LOAD", code]);
    }
    /// Where whole commands are put.
    pub fn pending_mut(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }
    /// Takes the bytes that have come together, with their checksum. `spare` is filled next; its content is cleared.
    pub fn take(&mut self, mut spare: Vec<u8>) -> Vec<u8> {
        if self.pending.len() > self.uncovered {
            let line = line_of(checksum(&self.pending[self.uncovered..]));
            self.pending.extend_from_slice(&line);
        }
        self.uncovered = 0;
        spare.clear();
        std::mem::replace(&mut self.pending, spare)
    }
}

/// Appends that the keys which follow belong to this database.
pub fn select_as_command(out: &mut Vec<u8>, db: usize) {
    command(out, &[b"SELECT", Digits::default().i64(db as i64)]);
}

/// Appends the commands that make a key. Of the options, those matter that [`dump`] looks at.
pub fn entry_as_commands(out: &mut Vec<u8>, entry: &Entry, options: &Options) {
    let key = entry.name();
    match entry.body() {
        Body::Value(value) => encode_value(out, key, entry, value, options),
        Body::Bytes(text) => command(out, &[b"SET", key, text]),
        Body::Integer(n) => command(out, &[b"SET", key, Digits::default().i64(n)]),
    }
    encode_expiry(out, key, entry.expires_at());
}

fn encode_expiry(out: &mut Vec<u8>, key: &[u8], expires_at: Option<i64>) {
    if let Some(at) = expires_at {
        command(out, &[b"PEXPIREAT", key, Digits::default().i64(at)]);
    }
}

fn encode_field_expiry(out: &mut Vec<u8>, key: &[u8], field: Element<'_>, at: i64) {
    head(out, 6);
    bulk(out, b"HPEXPIREAT");
    bulk(out, key);
    bulk(out, Digits::default().i64(at));
    bulk(out, b"FIELDS");
    bulk(out, b"1");
    element(out, field);
}

fn encode_value(out: &mut Vec<u8>, key: &[u8], entry: &Entry, value: &Value, options: &Options) {
    if let Some(set) = SortedSetRef::of_value(value) {
        let mut chunks = Chunks::new("ZADD", key, set.len() as usize, 2);
        let mut text = DoubleText::default();
        for (member, score) in set.iter() {
            chunks.next(out);
            bulk(out, text.format(score));
            element(out, member);
        }
        return;
    }
    match value {
        Value::Text(text) => command(out, &[b"SET", key, text]),
        Value::ListPacked(pack) => {
            let mut chunks = Chunks::new("RPUSH", key, pack.len(), 1);
            pack.iter().for_each(|item| chunks.element(out, item));
        }
        Value::List(list) => {
            let mut chunks = Chunks::new("RPUSH", key, list.len(), 1);
            let mut walk = list.iter(Direction::Forward);
            while let Some(item) = walk.next() {
                chunks.element(out, item);
            }
        }
        Value::Array(array) => encode_array(out, key, array),
        Value::Stream(stream) if needs_payload(stream) => {
            command(out, &[b"RESTORE", key, b"0", &dump(entry, options)]);
        }
        Value::Stream(stream) => encode_stream(out, key, stream),
        _ => {
            if let Ok(set) = value.as_set() {
                let mut chunks = Chunks::new("SADD", key, set.len(), 1);
                set.iter().for_each(|member| chunks.element(out, member));
            } else if let Ok(hash) = value.as_hash() {
                let mut chunks = Chunks::new("HSET", key, hash.len(), 2);
                for (field, value, _) in hash.iter(0) {
                    chunks.element(out, field);
                    element(out, value);
                }
                for (field, _, expires_at) in hash.iter(0) {
                    if let Some(at) = expires_at {
                        encode_field_expiry(out, key, field, at);
                    }
                }
            }
        }
    }
}

fn encode_array(out: &mut Vec<u8>, key: &[u8], array: &Array) {
    let mut chunks = Chunks::new("ARMSET", key, count_of(array), 2);
    array.for_each(|index, word| encode_slot(out, &mut chunks, index, word));
    encode_array_cursor(out, key, array);
}

fn encode_slot(out: &mut Vec<u8>, chunks: &mut Chunks, index: u64, word: &Word) {
    chunks.next(out);
    bulk(out, Digits::default().u64(index));
    bulk(out, word.text(&mut WordText::default()));
}

fn encode_array_cursor(out: &mut Vec<u8>, key: &[u8], array: &Array) {
    if let Some(cursor) = array.cursor {
        command(out, &[b"ARSEEK", key, Digits::default().u64(cursor + 1)]);
    }
}

/// The number of an array's values, as a count of elements.
fn count_of(array: &Array) -> usize {
    usize::try_from(array.count()).unwrap_or(usize::MAX)
}

/// Whether a stream holds what no command says. Looks through what is pending.
fn needs_payload(stream: &Stream) -> bool {
    let is_lost = |group: &Group| {
        let mut pending = group.pending_range(StreamId::MIN, StreamId::MAX);
        pending.any(|(id, _)| stream.get(id).is_none())
    };
    is_new_to_reference(stream) || stream.groups().any(|(_, group)| is_lost(group))
}

fn encode_stream(out: &mut Vec<u8>, key: &[u8], stream: &Stream) {
    for entry in stream.range(StreamId::MIN, StreamId::MAX) {
        encode_stream_entry(out, key, &entry);
    }
    encode_stream_rest(out, key, stream);
}

fn encode_stream_entry(out: &mut Vec<u8>, key: &[u8], entry: &stream::Entry<'_>) {
    head(out, 3 + 2 * entry.len());
    bulk(out, b"XADD");
    bulk(out, key);
    bulk(out, id(entry.id).as_bytes());
    for (field, value) in entry.pairs() {
        element(out, field);
        element(out, value);
    }
}

/// All of a stream but its entries.
fn encode_stream_rest(out: &mut Vec<u8>, key: &[u8], stream: &Stream) {
    if stream.is_empty() {
        // An entry that is gone at once leaves the empty stream.
        let first = stream.last_id.max(StreamId::new(0, 1));
        command(out, &[b"XADD", key, b"MAXLEN", b"0", id(first).as_bytes(), b"x", b"y"]);
    }
    encode_stream_figures(out, key, stream);
    for (name, group) in stream.groups() {
        encode_group(out, key, name, group);
    }
}

fn encode_stream_figures(out: &mut Vec<u8>, key: &[u8], stream: &Stream) {
    let added = stream.entries_added.to_string();
    let (last, deleted) = (id(stream.last_id), id(stream.max_deleted_id));
    command(
        out,
        &[
            b"XSETID",
            key,
            last.as_bytes(),
            b"ENTRIESADDED",
            added.as_bytes(),
            b"MAXDELETEDID",
            deleted.as_bytes(),
        ],
    );
}

fn encode_group(out: &mut Vec<u8>, key: &[u8], name: &[u8], group: &Group) {
    let read = group.entries_read.map_or("-1".to_owned(), |read| read.to_string());
    let last = id(group.last_id);
    command(out, &[b"XGROUP", b"CREATE", key, name, last.as_bytes(), b"ENTRIESREAD", read.as_bytes()]);
    for (number, consumer) in group.consumers() {
        if consumer.pending_len() == 0 {
            command(out, &[b"XGROUP", b"CREATECONSUMER", key, name, consumer.name()]);
        }
        for (at, pending) in group.consumer_pending_range(number, StreamId::MIN, StreamId::MAX) {
            let (time, count) = (pending.delivery_time_ms.to_string(), pending.delivery_count.to_string());
            let at = id(at);
            let whose: [&[u8]; 6] = [b"XCLAIM", key, name, consumer.name(), b"0", at.as_bytes()];
            let what: [&[u8]; 6] =
                [b"TIME", time.as_bytes(), b"RETRYCOUNT", count.as_bytes(), b"JUSTID", b"FORCE"];
            command(out, &[whose, what].concat());
        }
    }
}

fn id(id: StreamId) -> String {
    format!("{}-{}", id.ms, id.seq)
}

/// Commands of up to [`ELEMENTS_MAX`] elements each, of `width` words.
struct Chunks {
    name: &'static str,
    key: Box<[u8]>,
    /// Elements that are to come.
    left: usize,
    /// Of those, how many belong to the command begun last.
    open: usize,
    width: usize,
}

impl Chunks {
    fn new(name: &'static str, key: &[u8], count: usize, width: usize) -> Chunks {
        Chunks { name, key: key.into(), left: count, open: 0, width }
    }
    /// An element comes next: begins another command where the last one is full.
    fn next(&mut self, out: &mut Vec<u8>) {
        if self.open == 0 {
            self.open = self.left.min(ELEMENTS_MAX);
            head(out, 2 + self.open * self.width);
            bulk(out, self.name.as_bytes());
            bulk(out, &self.key);
        }
        self.open -= 1;
        self.left -= 1;
    }
    /// An element, or the first word of one.
    fn element(&mut self, out: &mut Vec<u8>, item: Element<'_>) {
        self.next(out);
        element(out, item);
    }
}

fn command(out: &mut Vec<u8>, words: &[&[u8]]) {
    head(out, words.len());
    words.iter().for_each(|word| bulk(out, word));
}

fn head(out: &mut Vec<u8>, words: usize) {
    prefixed(out, b'*', words);
}

fn prefixed(out: &mut Vec<u8>, mark: u8, count: usize) {
    out.push(mark);
    out.extend_from_slice(Digits::default().i64(count as i64));
    out.extend_from_slice(b"\r\n");
}

fn bulk(out: &mut Vec<u8>, word: &[u8]) {
    prefixed(out, b'$', word.len());
    out.extend_from_slice(word);
    out.extend_from_slice(b"\r\n");
}

fn element(out: &mut Vec<u8>, element: Element<'_>) {
    match element {
        Element::Int(n) => bulk(out, Digits::default().i64(n)),
        Element::Bytes(text) => bulk(out, text),
    }
}
