//! Pieces: large values as commands, an element or a node of a stream at a time.

use super::{
    Chunks, bulk, count_of, element, encode_array_cursor, encode_expiry, encode_field_expiry, encode_slot,
    encode_stream_entry, encode_stream_rest, needs_payload,
};
use hematite_base::number::DoubleText;
use hematite_keyspace::{Body, Entry, EntryExt, Piece, PieceEncoder, Value};
use hematite_structures::listpack::Element;
use hematite_structures::quicklist::NodeRef;
use hematite_structures::stream;

/// What appends the elements of an entry that is a large collection as commands; `None` for others, and for streams that
/// go as a payload.
pub fn pieces_as_commands(entry: &Entry) -> Option<Box<dyn PieceEncoder>> {
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
        Value::Stream(stream) if !stream.is_empty() && !needs_payload(stream) => {
            encode_stream_rest(&mut rest, key, stream);
            Chunks::new("XADD", key, 0, 0)
        }
        _ => return None,
    };
    Some(Box::new(Commands { chunks, begun: Vec::new(), rest, expires_at: entry.expires_at() }))
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
    fn end(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.rest);
        encode_expiry(out, &self.chunks.key, self.expires_at);
    }
}
