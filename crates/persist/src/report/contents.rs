//! Contents: everything that a file holds, as a JSON array with one element a line.
//!
//! ```text
//!   [{"version":11},
//!   {"aux":"redis-ver","value":"7.2.4"},
//!   {"function":"#!lua name=lib ..."},
//!   {"db":0,"key":"k","type":"hash","encoding":"listpack","expiresAt":1700000000000,"bytes":104,"value":[...]}]
//!
//!   value:  string: text    list, set: [text]    zset: [{"member", "score"}]    hash: [{"field", "value", "expiresAt"?}]
//!           array: [{"index": "0", "value"}]
//!           stream: {"length", "lastId", "maxDeletedId", "entriesAdded", "entries": [{"id", "fields"}], "groups": [...]}
//! ```

use super::json;
use crate::rdb::Sink;
use hematite_base::number::Digits;
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_keyspace::{Body, Entry, EntryExt, Value};
use hematite_structures::array::WordText;
use hematite_structures::listpack::Element;
use hematite_structures::quicklist::Direction;
use hematite_structures::stream::{Group, Stream, StreamId};
use std::fmt::Write;

/// Bytes that come together before they are given away.
const CHUNK: usize = 64 << 10;

/// A sink that gives JSON away in chunks.
pub struct Contents<W: FnMut(&str) -> Result<(), String>> {
    write: W,
    out: String,
    is_begun: bool,
}

impl<W: FnMut(&str) -> Result<(), String>> Contents<W> {
    /// JSON for `write`, whose error ends the load.
    pub fn new(write: W) -> Self {
        Contents { write, out: String::new(), is_begun: false }
    }
    /// Ends the array.
    pub fn finish(mut self) -> Result<(), String> {
        self.out.push_str(if self.is_begun { "]\n" } else { "[]\n" });
        (self.write)(&self.out)
    }
    fn begin(&mut self) {
        self.out.push_str(if self.is_begun { ",\n" } else { "[" });
        self.is_begun = true;
    }
    fn end(&mut self) -> Result<(), String> {
        if self.out.len() < CHUNK {
            return Ok(());
        }
        let result = (self.write)(&self.out);
        self.out.clear();
        result
    }
}

impl<W: FnMut(&str) -> Result<(), String>> Sink for Contents<W> {
    fn aux(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        self.begin();
        self.out.push_str("{\"aux\":");
        json::bytes(&mut self.out, key);
        self.out.push_str(",\"value\":");
        json::bytes(&mut self.out, value);
        self.out.push('}');
        self.end()
    }
    fn function(&mut self, code: &[u8]) -> Result<(), String> {
        self.begin();
        self.out.push_str("{\"function\":");
        json::bytes(&mut self.out, code);
        self.out.push('}');
        self.end()
    }
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        self.begin();
        let out = &mut self.out;
        let _ = write!(out, "{{\"db\":{db},\"key\":");
        json::bytes(out, entry.name());
        let _ = write!(out, ",\"type\":\"{}\",\"encoding\":\"{}\"", entry.kind().name(), entry.encoding());
        if let Some(at) = entry.expires_at() {
            let _ = write!(out, ",\"expiresAt\":{at}");
        }
        let _ = write!(out, ",\"bytes\":{},\"value\":", entry.memory_bytes());
        value(out, &entry);
        out.push('}');
        self.end()
    }
}

fn element(out: &mut String, element: Element<'_>) {
    match element {
        Element::Int(n) => {
            let _ = write!(out, "\"{n}\"");
        }
        Element::Bytes(text) => json::bytes(out, text),
    }
}

/// Puts commas between what `each` is called for.
struct Sequence {
    is_begun: bool,
}

impl Sequence {
    fn new(out: &mut String) -> Sequence {
        out.push('[');
        Sequence { is_begun: false }
    }
    fn next<'s>(&mut self, out: &'s mut String) -> &'s mut String {
        if std::mem::replace(&mut self.is_begun, true) {
            out.push(',');
        }
        out
    }
}

fn value(out: &mut String, entry: &Entry) {
    let value = match entry.body() {
        Body::Value(value) => value,
        _ => {
            if let Ok(text) = entry.string() {
                json::bytes(out, text.bytes(&mut Digits::default()));
            }
            return;
        }
    };
    if let Some(text) = value.as_text() {
        return json::bytes(out, text);
    }
    if let Value::Stream(of) = value {
        return stream(out, of);
    }
    let mut sequence = Sequence::new(out);
    match value {
        Value::Array(array) => array.for_each(|index, word| {
            let out = sequence.next(out);
            let _ = write!(out, "{{\"index\":\"{index}\",\"value\":");
            json::bytes(out, word.text(&mut WordText::default()));
            out.push('}');
        }),
        Value::ListPacked(pack) => pack.iter().for_each(|e| element(sequence.next(out), e)),
        Value::List(list) => {
            let mut walk = list.iter(Direction::Forward);
            while let Some(e) = walk.next() {
                element(sequence.next(out), e);
            }
        }
        _ => members(out, value, &mut sequence),
    }
    out.push(']');
}

/// What a set, a sorted set or a hash holds.
fn members(out: &mut String, value: &Value, sequence: &mut Sequence) {
    if let Ok(set) = value.as_set() {
        set.iter().for_each(|member| element(sequence.next(out), member));
    } else if let Some(set) = SortedSetRef::of_value(value) {
        for (member, score) in set.iter() {
            sequence.next(out).push_str("{\"member\":");
            element(out, member);
            out.push_str(",\"score\":");
            json::double(out, score);
            out.push('}');
        }
    } else if let Ok(hash) = value.as_hash() {
        for (field, value, expires_at) in hash.iter(0) {
            sequence.next(out).push_str("{\"field\":");
            element(out, field);
            out.push_str(",\"value\":");
            element(out, value);
            if let Some(at) = expires_at {
                let _ = write!(out, ",\"expiresAt\":{at}");
            }
            out.push('}');
        }
    }
}

fn id(id: StreamId) -> String {
    format!("\"{}-{}\"", id.ms, id.seq)
}

fn stream(out: &mut String, stream: &Stream) {
    let _ = write!(
        out,
        "{{\"length\":{},\"lastId\":{},\"maxDeletedId\":{},\"entriesAdded\":{},\"entries\":",
        stream.len(),
        id(stream.last_id),
        id(stream.max_deleted_id),
        stream.entries_added
    );
    let mut entries = Sequence::new(out);
    for entry in stream.range(StreamId::MIN, StreamId::MAX) {
        let _ = write!(entries.next(out), "{{\"id\":{},\"fields\":", id(entry.id));
        let mut fields = Sequence::new(out);
        for (field, value) in entry.pairs() {
            element(fields.next(out), field);
            element(fields.next(out), value);
        }
        out.push_str("]}");
    }
    out.push_str("],\"groups\":");
    let mut groups = Sequence::new(out);
    for (name, of) in stream.groups() {
        groups.next(out).push_str("{\"name\":");
        json::bytes(out, name);
        group(out, of);
    }
    out.push_str("]}");
}

fn group(out: &mut String, group: &Group) {
    let _ = write!(out, ",\"lastId\":{},\"entriesRead\":", id(group.last_id));
    let _ = match group.entries_read {
        Some(read) => write!(out, "{read}"),
        None => write!(out, "null"),
    };
    out.push_str(",\"consumers\":");
    let mut consumers = Sequence::new(out);
    for (number, consumer) in group.consumers() {
        consumers.next(out).push_str("{\"name\":");
        json::bytes(out, consumer.name());
        let _ = write!(
            out,
            ",\"seenAt\":{},\"activeAt\":{},\"pending\":",
            consumer.seen_time_ms, consumer.active_time_ms
        );
        let mut pending = Sequence::new(out);
        for (entry, of) in group.consumer_pending_range(number, StreamId::MIN, StreamId::MAX) {
            let _ = write!(
                pending.next(out),
                "{{\"id\":{},\"deliveredAt\":{},\"deliveries\":{}}}",
                id(entry),
                of.delivery_time_ms,
                of.delivery_count
            );
        }
        out.push_str("]}");
    }
    out.push_str("]}");
}
