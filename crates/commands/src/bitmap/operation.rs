//! BITOP: several bitmaps combined into one.
//!
//! The sources are worked through side by side in pieces that stay in the processor's cache, so that each byte of them is
//! read from memory once, and each byte of the result written once, however many sources there are.

use super::kernel::{self, Step};
use crate::prelude::*;
use hematite_base::number::Digits;
use hematite_structures::thin_bytes;
use thin_vec::ThinVec;

/// BITOP: see <https://valkey.io/commands/bitop/>.
pub const BITOP: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "2.6.0",
        summary: "Performs bitwise operations on multiple strings, and stores the result.",
        complexity: "O(N)",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::BITMAP,
        keys: &[
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(3),
                find: Find::Range { last: -1, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        history: &[("8.2.0", "Added the `DIFF`, `DIFF1`, `ANDOR` and `ONE` operations.")],
        args: &[
            Arg::new(
                "operation",
                Kind::OneOf(&[
                    Arg::new("and", Kind::Token).token("AND"),
                    Arg::new("or", Kind::Token).token("OR"),
                    Arg::new("xor", Kind::Token).token("XOR"),
                    Arg::new("not", Kind::Token).token("NOT"),
                    Arg::new("diff", Kind::Token).token("DIFF").since("8.2.0"),
                    Arg::new("diff1", Kind::Token).token("DIFF1").since("8.2.0"),
                    Arg::new("andor", Kind::Token).token("ANDOR").since("8.2.0"),
                    Arg::new("one", Kind::Token).token("ONE").since("8.2.0"),
                ]),
            ),
            Arg::new("destkey", Kind::Key).key_spec(0),
            Arg::new("key", Kind::Key).multiple().key_spec(1),
        ],
        reply: "integer",
        ..Spec::new("bitop")
    },
    run: bitop,
};

/// Bytes that are combined before the next source's turn.
const PIECE: usize = 16 << 10;
/// A result up to so many bytes is kept in its entry.
const INLINE_MAX: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    And,
    Or,
    Xor,
    Not,
    /// In the first, in none of the others.
    Diff,
    /// In one of the others, not in the first.
    Diff1,
    /// In the first and in one of the others.
    AndOr,
    /// In exactly one.
    One,
}

impl Operation {
    fn parse(ctx: &Context) -> Result<Operation, Error> {
        let operations = [
            ("and", Operation::And),
            ("or", Operation::Or),
            ("xor", Operation::Xor),
            ("not", Operation::Not),
            ("diff", Operation::Diff),
            ("diff1", Operation::Diff1),
            ("andor", Operation::AndOr),
            ("one", Operation::One),
        ];
        let found = operations.into_iter().find(|(word, _)| ctx.is(1, word)).ok_or(Error::Syntax)?;
        let sources = ctx.args.len() - 3;
        let too_few = match found.1 {
            Operation::Not if sources != 1 => Some("ERR BITOP NOT must be called with a single source key."),
            Operation::Diff if sources < 2 => {
                Some("ERR BITOP DIFF must be called with at least two source keys.")
            }
            Operation::Diff1 if sources < 2 => {
                Some("ERR BITOP DIFF1 must be called with at least two source keys.")
            }
            Operation::AndOr if sources < 2 => {
                Some("ERR BITOP ANDOR must be called with at least two source keys.")
            }
            _ => None,
        };
        too_few.map_or(Ok(found.1), |text| Err(Error::fixed(text)))
    }
}

fn bitop(ctx: &mut Context) -> Result<(), Error> {
    let operation = Operation::parse(ctx)?;
    let (target, sources) = (ctx.args[2], &ctx.args[3..]);
    let mut len = 0;
    for source in sources {
        if let Some(entry) = ctx.db.read(source) {
            len = entry.string()?.len().max(len);
        }
    }
    if len == 0 {
        if ctx.db.delete(target, false) {
            ctx.db.changed(Class::GENERIC, "del", target);
        }
        ctx.reply.integer(0);
        return Ok(());
    }
    let mut result = room_for(ctx, target, sources, len);
    let mut pieces = Pieces::default();
    for start in (0..len).step_by(PIECE) {
        let end = (start + PIECE).min(len);
        thin_bytes::extend(&mut result, pieces.combine(ctx, operation, sources, start..end));
    }
    if len > INLINE_MAX {
        ctx.db.set(target, NewBody::Value(Value::Text(result.into())), Expiry::Never);
    } else {
        ctx.db.set(target, NewBody::Bytes(&result), Expiry::Never);
        if let Some(mut entry) = ctx.db.write(target) {
            // Changed in place by nothing at all: raw from its first day.
            entry.bytes_mut_filled(0)?;
        }
    }
    ctx.db.changed(Class::STRING, "set", target);
    ctx.reply.integer(len as i64);
    Ok(())
}

/// Room for the result: that of what the target holds and is about to lose, if it fits, for fresh memory costs more than the
/// operation.
fn room_for(ctx: &mut Context, target: &[u8], sources: &[&[u8]], len: usize) -> ThinVec<u8> {
    if len > INLINE_MAX
        && !sources.contains(&target)
        && let Some(mut entry) = ctx.db.write(target)
        && let Some(Value::Text(old)) = entry.value_mut()
        && (len..=len.saturating_mul(2)).contains(&old.capacity())
    {
        let mut room = std::mem::take(old).into_inner();
        room.clear();
        return room;
    }
    ThinVec::with_capacity(len)
}

/// Room for a piece of the result, and for what else its operation keeps.
#[derive(Default)]
struct Pieces {
    result: Vec<u8>,
    second: Vec<u8>,
}

impl Pieces {
    /// The piece of the result in this range of bytes.
    fn combine(
        &mut self,
        ctx: &mut Context,
        operation: Operation,
        sources: &[&[u8]],
        range: std::ops::Range<usize>,
    ) -> &[u8] {
        let (first, others) = (sources[0], &sources[1..]);
        let len = range.len();
        self.second.clear();
        load(ctx, first, &range, &mut self.result);
        let step = match operation {
            Operation::And => Step::And,
            Operation::Or => Step::Or,
            Operation::Xor => Step::Xor,
            Operation::Diff => Step::AndNot,
            Operation::Not => {
                kernel::invert(&mut self.result);
                return &self.result;
            }
            Operation::Diff1 | Operation::AndOr => {
                self.second.resize(len, 0);
                for other in others {
                    with_piece(ctx, other, &range, |piece| {
                        kernel::combine(&mut self.second, piece, Step::Or)
                    });
                }
                let last = if operation == Operation::AndOr { Step::And } else { Step::NotAnd };
                kernel::combine(&mut self.result, &self.second, last);
                return &self.result;
            }
            Operation::One => {
                self.second.resize(len, 0);
                for other in others {
                    with_piece(ctx, other, &range, |piece| {
                        kernel::combine_once(&mut self.result, &mut self.second, piece);
                    });
                }
                return &self.result;
            }
        };
        for other in others {
            with_piece(ctx, other, &range, |piece| kernel::combine(&mut self.result, piece, step));
        }
        &self.result
    }
}

/// Fills `into` with the range of a source, zeros behind its end.
fn load(ctx: &mut Context, source: &[u8], range: &std::ops::Range<usize>, into: &mut Vec<u8>) {
    into.clear();
    with_piece(ctx, source, range, |piece| into.extend_from_slice(piece));
    into.resize(range.len(), 0);
}

/// Calls `f` with what a source has of the range.
fn with_piece(ctx: &mut Context, source: &[u8], range: &std::ops::Range<usize>, f: impl FnOnce(&[u8])) {
    let mut digits = Digits::default();
    match ctx.db.peek(source) {
        Some(entry) => match entry.string() {
            Ok(text) => {
                let bytes = text.bytes(&mut digits);
                f(&bytes[range.start.min(bytes.len())..range.end.min(bytes.len())]);
            }
            Err(_) => f(b""),
        },
        None => f(b""),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn combines() {
        let mut server = Server::new();
        server.script(&[
            ("bitop nand d a", "-ERR syntax error\r\n"),
            ("bitop not d a b", "-ERR BITOP NOT must be called with a single source key.\r\n"),
            ("bitop diff1 d a", "-ERR BITOP DIFF1 must be called with at least two source keys.\r\n"),
            ("set d v", "+OK\r\n"),
            ("bitop and d none", ":0\r\n"),
            ("exists d", ":0\r\n"),
            (r#"set a "\xf0\xaa\x01""#, "+OK\r\n"),
            (r#"set b "\x3c\xff""#, "+OK\r\n"),
            (r#"set c "\x01""#, "+OK\r\n"),
        ]);
        let mut result = |line: &str| {
            assert_eq!(server.run(line), ":3\r\n", "{line}");
            server.run_args(&[b"get", b"d"])[4..7].to_vec()
        };
        assert_eq!(result("bitop and d a b"), [0x30, 0xaa, 0]);
        assert_eq!(result("bitop or d a b"), [0xfc, 0xff, 1]);
        assert_eq!(result("bitop xor d a b c"), [0xcd, 0x55, 1]);
        assert_eq!(result("bitop not d a"), [0x0f, 0x55, 0xfe]);
        assert_eq!(result("bitop diff d a b c"), [0xc0, 0, 1]);
        assert_eq!(result("bitop diff1 d a b c"), [0x0d, 0x55, 0]);
        assert_eq!(result("bitop andor d a b c"), [0x30, 0xaa, 0]);
        assert_eq!(result("bitop one d a b c"), [0xcd, 0x55, 1]);
        assert_eq!(result("bitop or d none c a"), [0xf1, 0xaa, 1]);
        server.script(&[("object encoding d", "$3\r\nraw\r\n")]);
    }

    #[test]
    fn works_in_pieces() {
        let mut server = Server::new();
        let (a, b) = (vec![0xf0u8; 100_000], vec![0xffu8; 70_000]);
        server.run_args(&[b"set", b"a", &a]);
        server.run_args(&[b"set", b"b", &b]);
        server.script(&[("bitop xor a a b", ":100000\r\n"), ("bitcount a 0 69999", ":280000\r\n")]);
        server.script(&[("bitcount a", ":400000\r\n"), ("bitop one a a b a", ":100000\r\n")]);
        server.script(&[("bitcount a", ":280000\r\n"), ("bitop or d a", ":100000\r\n")]);
        server.script(&[("bitop not d a", ":100000\r\n"), ("bitcount d", ":520000\r\n")]);
        server.script(&[("bitop or d d a", ":100000\r\n"), ("bitcount d", ":800000\r\n")]);
    }
}
