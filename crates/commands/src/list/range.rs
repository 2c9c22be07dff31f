//! LRANGE.

use super::items::ListRef;
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_structures::quicklist::Direction;
use std::ops::ControlFlow;

/// LRANGE: see <https://valkey.io/commands/lrange/>.
pub const LRANGE: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Returns a range of elements from a list.",
        complexity: "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("stop", Kind::Integer),
        ],
        reply: "array<string>",
        ..Spec::new("lrange")
    },
    run: lrange,
};

fn lrange(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (ctx.integer(2)?, ctx.integer(3)?);
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let list = ListRef::of(&entry)?;
    let (first, count) = resolve(start, end, list.len());
    let reply = &mut ctx.reply;
    reply.array(count);
    if count > 0 {
        list.for_each(first, count, Direction::Forward, |element| {
            reply.element(element);
            ControlFlow::Continue(())
        });
    }
    Ok(())
}

/// First index and number of elements of a range, whose ends count from the list's end if negative.
pub(super) fn resolve(start: i64, end: i64, len: usize) -> (usize, usize) {
    let len = len as i64;
    let from_end = |index: i64| if index < 0 { index + len } else { index };
    let (start, end) = (from_end(start).max(0), from_end(end).min(len - 1));
    if start > end { (0, 0) } else { (start as usize, (end - start + 1) as usize) }
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn ranges_count_from_both_ends() {
        let mut server = Server::new();
        server.script(&[
            ("lrange l 0 x", "-ERR value is not an integer or out of range\r\n"),
            ("lrange l 0 -1", "*0\r\n"),
            ("rpush l a b 3", ":3\r\n"),
            ("lrange l -2 -1", "*2\r\n$1\r\nb\r\n$1\r\n3\r\n"),
            ("lrange l -100 0", "*1\r\n$1\r\na\r\n"),
            ("lrange l 2 100", "*1\r\n$1\r\n3\r\n"),
            ("lrange l 3 100", "*0\r\n"),
            ("lrange l 1 0", "*0\r\n"),
            ("lrange l 0 -9223372036854775808", "*0\r\n"),
            ("lrange l -9223372036854775808 9223372036854775807", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n3\r\n"),
        ]);
    }
}
