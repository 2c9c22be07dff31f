//! Pieces: large values as the file has them, an element or a node of a stream at a time.

use super::{HashForm, Options, encode_key, encode_list_node, stream, write};
use hematite_keyspace::{Body, Entry, Piece, PieceEncoder, Value};

/// Appends what stands before the elements of an entry that is a large collection, and gives what appends
/// the elements; `None`, and nothing is appended, for others.
pub fn encode_pieces(out: &mut Vec<u8>, entry: &Entry, options: &Options) -> Option<Box<dyn PieceEncoder>> {
    let Body::Value(value) = entry.body() else { return None };
    let compression = options.compression;
    Some(match value {
        Value::Set(set) => {
            encode_key(out, entry, options);
            write::length(out, set.len() as u64);
            Box::new(Members { compression })
        }
        Value::SortedSet(set) => {
            encode_key(out, entry, options);
            write::length(out, set.len() as u64);
            Box::new(Members { compression })
        }
        Value::Hash(table) => {
            encode_key(out, entry, options);
            let form = HashForm::of(table, options);
            form.head(out, table);
            Box::new(Fields(form))
        }
        Value::List(list) => {
            encode_key(out, entry, options);
            write::length(out, list.node_count() as u64);
            Box::new(ListNodes { compression })
        }
        Value::Stream(stream) => {
            encode_key(out, entry, options);
            write::length(out, stream.node_count() as u64);
            let mut rest = Vec::new();
            stream::encode_rest(&mut rest, stream, options);
            Box::new(Nodes { compression, rest })
        }
        _ => return None,
    })
}

/// Of a set or a sorted set.
struct Members {
    compression: bool,
}

impl PieceEncoder for Members {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::Member(member) => write::string(out, member, self.compression),
            Piece::Scored(member, score) => {
                write::string(out, member, self.compression);
                out.extend_from_slice(&score.to_le_bytes());
            }
            _ => debug_assert!(false, "not of a set"),
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

/// Of a list.
struct ListNodes {
    compression: bool,
}

impl PieceEncoder for ListNodes {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::ListNode(node) => encode_list_node(out, node, self.compression),
            _ => debug_assert!(false, "not of a list"),
        }
    }
}

/// Of a stream, with what stands behind its nodes.
struct Nodes {
    compression: bool,
    rest: Vec<u8>,
}

impl PieceEncoder for Nodes {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        match piece {
            Piece::Node(id, node) => stream::encode_node(out, id, node, self.compression),
            _ => debug_assert!(false, "not of a stream"),
        }
    }
    fn end(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.rest);
    }
}
