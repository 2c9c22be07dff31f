//! Pieces: large values as the file has them, an element or a node of a stream at a time.

use super::{HashForm, Options, array, encode_key, encode_list_node, stream, write};
use hematite_keyspace::{Entry, Piece, PieceEncoder, Pieces, Steps, Value};

/// Appends what stands before the elements of an entry that is a large collection, and gives what appends
/// the rest; `None`, and nothing is appended, for others.
pub fn encode_pieces(out: &mut Vec<u8>, entry: &mut Entry, options: &Options) -> Option<Pieces> {
    let compression = options.compression;
    let mut head = Vec::new();
    let elements: Box<dyn PieceEncoder> = match entry.value_mut()? {
        Value::Set(set) => plain(&mut head, set.len(), compression),
        Value::SortedSet(set) => plain(&mut head, set.len(), compression),
        Value::List(list) => plain(&mut head, list.node_count(), compression),
        Value::Array(array) => {
            array::encode_head(&mut head, array);
            Box::new(Plain { compression })
        }
        Value::Hash(table) => {
            let form = HashForm::of(table, options);
            form.head(&mut head, table);
            Box::new(Fields(form))
        }
        Value::Stream(stream) => {
            write::length(&mut head, stream.node_count() as u64);
            Box::new(Nodes { compression, rest: stream::Rest::of(stream, options) })
        }
        _ => return None,
    };
    encode_key(out, entry, options);
    out.append(&mut head);
    Some(Pieces { before: None, elements })
}

/// Of a value that is so many elements, one behind the other.
fn plain(head: &mut Vec<u8>, count: usize, compression: bool) -> Box<dyn PieceEncoder> {
    write::length(head, count as u64);
    Box::new(Plain { compression })
}

/// Of a set, a sorted set, a list or an array.
struct Plain {
    compression: bool,
}

impl PieceEncoder for Plain {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::Member(member) => write::string(out, member, self.compression),
            Piece::Scored(member, score) => {
                write::string(out, member, self.compression);
                out.extend_from_slice(&score.to_le_bytes());
            }
            Piece::ListNode(node) => encode_list_node(out, node, self.compression),
            Piece::Slot(index, word) => array::encode_slot(out, index, word, self.compression),
            Piece::Field(..) | Piece::Node(..) => debug_assert!(false, "of a value of another kind"),
        }
    }
}

/// Of a hash.
struct Fields(HashForm);

impl PieceEncoder for Fields {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::Field(name, value, deadline) => self.0.field(out, name, value, deadline),
            _ => debug_assert!(false, "not of a hash"),
        }
    }
}

/// Of a stream, with what stands behind its nodes.
struct Nodes {
    compression: bool,
    rest: stream::Rest,
}

impl PieceEncoder for Nodes {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::Node(id, node) => stream::encode_node(out, id, node, self.compression),
            _ => debug_assert!(false, "not of a stream"),
        }
    }
    fn end(self: Box<Self>, _: &mut Vec<u8>) -> Option<Box<dyn Steps>> {
        Some(Box::new(self.rest))
    }
}
