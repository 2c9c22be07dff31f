//! Pieces: large values as commands, an element or a node of a stream at a time.

use super::{
    Chunks, bulk, command, count_of, element, encode_array_cursor, encode_expiry, encode_field_expiry,
    encode_slot, encode_stream_entry, encode_stream_figures, encode_stream_rest, needs_payload,
};
use crate::dump;
use crate::rdb::{Options, StreamRest, VERSION_REDIS_7_0, kind_of};
use hematite_base::number::DoubleText;
use hematite_keyspace::{Body, Entry, EntryExt, Piece, PieceEncoder, Pieces, Steps, Value};
use hematite_structures::listpack::Element;
use hematite_structures::quicklist::NodeRef;
use hematite_structures::stream;

/// Most pending entries of a stream that are looked through, and written, at once.
const PENDING_MAX: usize = 512;

/// What appends an entry that is a large collection as commands; `None` for others. Of the options, those matter that
/// [`dump`](crate::dump()) looks at.
pub fn pieces_as_commands(entry: &mut Entry, options: &Options) -> Option<Pieces> {
    let before = restoration(entry, options);
    let Body::Value(value) = entry.body() else { return None };
    let key = entry.name();
    let mut rest = Vec::new();
    let chunks = match value {
        Value::Set(set) => Chunks::new("SADD", key, set.len(), 1),
        Value::SortedSet(set) => Chunks::new("ZADD", key, set.len(), 2),
        Value::Hash(table) => Chunks::new("HSET", key, table.fields.len(), 2),
        Value::List(list) => Chunks::new("RPUSH", key, list.len(), 1),
        Value::Array(array) => {
            encode_array_cursor(&mut rest, key, array);
            Chunks::new("ARMSET", key, count_of(array), 2)
        }
        Value::Stream(stream) => {
            match before {
                Some(_) => encode_stream_figures(&mut rest, key, stream),
                None => encode_stream_rest(&mut rest, key, stream),
            }
            Chunks::new("XADD", key, 0, 0)
        }
        _ => return None,
    };
    let elements = Box::new(Commands { chunks, begun: Vec::new(), rest, expires_at: entry.expires_at() });
    Some(Pieces { before, elements })
}

/// What restores a stream without its entries, if there is more of it than commands can say at once.
fn restoration(entry: &mut Entry, options: &Options) -> Option<Box<dyn Steps>> {
    let Body::Value(Value::Stream(stream)) = entry.body() else { return None };
    if stream.pending_len() <= PENDING_MAX && !needs_payload(stream) {
        return None;
    }
    // For readers as old as can be: when consumers were active, commands would not say either.
    let options = match dump::is_new_to_reference(stream) {
        true => dump::options_of(entry, options),
        false => Options { version: VERSION_REDIS_7_0, ..*options },
    };
    let (key, kind) = (entry.name().into(), kind_of(entry, &options));
    let Some(Value::Stream(stream)) = entry.value_mut() else { return None };
    let rest = StreamRest::of_emptied(stream, &options);
    Some(Box::new(Restoration { key, payload: vec![kind], rest, options }))
}

/// A command that restores a stream without its entries.
struct Restoration {
    key: Box<[u8]>,
    /// What there is of the payload.
    payload: Vec<u8>,
    rest: StreamRest,
    options: Options,
}

impl Steps for Restoration {
    fn step(&mut self, out: &mut Vec<u8>) -> bool {
        if self.rest.step(&mut self.payload) {
            return true;
        }
        dump::seal(&mut self.payload, &self.options);
        command(out, &[b"RESTORE", &self.key, b"0", &self.payload]);
        false
    }
}

struct Commands {
    chunks: Chunks,
    /// The command that is not whole yet: whoever takes what was appended takes whole commands.
    begun: Vec<u8>,
    /// The commands that follow those of the elements.
    rest: Vec<u8>,
    /// When the key expires.
    expires_at: Option<i64>,
}

impl PieceEncoder for Commands {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        let Commands { chunks, begun, rest, .. } = self;
        match piece {
            Piece::Member(member) => chunks.element(begun, Element::Bytes(member)),
            Piece::Scored(member, score) => {
                chunks.next(begun);
                bulk(begun, DoubleText::default().format(score));
                bulk(begun, member);
            }
            Piece::Field(name, value, deadline) => {
                chunks.element(begun, Element::Bytes(name));
                element(begun, value);
                if let Some(at) = deadline {
                    encode_field_expiry(rest, &chunks.key, Element::Bytes(name), at as i64);
                }
            }
            Piece::Slot(index, word) => encode_slot(begun, chunks, index, word),
            Piece::Node(id, node) => {
                stream::for_each_of_node(id, node, |entry| encode_stream_entry(begun, &chunks.key, &entry));
            }
            Piece::ListNode(NodeRef::Packed(pack)) => {
                // A node may end in the middle of a command each time.
                pack.iter().for_each(|item| {
                    chunks.element(begun, item);
                    if chunks.open == 0 {
                        out.append(begun);
                    }
                });
            }
            Piece::ListNode(NodeRef::Plain(item)) => chunks.element(begun, Element::Bytes(item)),
        }
        if chunks.open == 0 {
            out.append(begun);
        }
    }
    fn end(self: Box<Self>, _: &mut Vec<u8>) -> Option<Box<dyn Steps>> {
        Some(self)
    }
}

/// What follows the elements.
impl Steps for Commands {
    fn step(&mut self, out: &mut Vec<u8>) -> bool {
        out.append(&mut self.rest);
        encode_expiry(out, &self.chunks.key, self.expires_at);
        false
    }
}
