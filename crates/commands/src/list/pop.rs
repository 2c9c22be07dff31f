//! LPOP and RPOP.

use super::items::{self, End, ListRef};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_resp::Encoder;
use hematite_structures::quicklist::Direction;
use std::ops::ControlFlow;

/// LPOP: see <https://valkey.io/commands/lpop/>.
pub const LPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Returns the first elements in a list after removing it. Deletes the list if the last element was popped.",
        complexity: "O(N) where N is the number of elements returned",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.2.0", "Added the `count` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer).optional().since("6.2.0"),
        ],
        reply: "null | string | array<string>",
        ..Spec::new("lpop")
    },
    run: lpop,
};

/// RPOP: see <https://valkey.io/commands/rpop/>.
pub const RPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Returns and removes the last elements of a list. Deletes the list if the last element was popped.",
        complexity: "O(N) where N is the number of elements returned",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.2.0", "Added the `count` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer).optional().since("6.2.0"),
        ],
        reply: "null | string | array<string>",
        ..Spec::new("rpop")
    },
    run: rpop,
};

fn lpop(ctx: &mut Context) -> Result<(), Error> {
    pop(ctx, End::Left)
}

fn rpop(ctx: &mut Context) -> Result<(), Error> {
    pop(ctx, End::Right)
}

fn pop(ctx: &mut Context, end: End) -> Result<(), Error> {
    let count = match ctx.args.len() {
        2 => None,
        3 => {
            let count = ctx.integer(2).ok().and_then(crate::context::to_count);
            Some(count.ok_or(Error::NotPositive)?)
        }
        _ => return Err(Error::arity(ctx.spec.name)),
    };
    let key = ctx.args[1];
    let Some(mut entry) = ctx.db.write(key) else {
        match count {
            Some(_) => ctx.reply.null_array(),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    let list = items::list_mut(&mut entry)?;
    let popped = match count {
        Some(0) => {
            ctx.reply.array(0);
            return Ok(());
        }
        Some(count) => reply_with_popped(&mut ctx.reply, list, end, count),
        None => {
            items::pop(list, end, |element| ctx.reply.element(element));
            1
        }
    };
    let is_empty = items::len(list) == 0;
    items::shrink(list, ctx.settings);
    drop(entry);
    items::record_popped(ctx, key, end, popped, is_empty);
    Ok(())
}

/// Replies with up to `count` elements from an end, in the order in which they leave, and removes them; how many.
pub(super) fn reply_with_popped(reply: &mut Encoder, list: &mut Value, end: End, count: usize) -> usize {
    let len = items::len(list);
    let count = count.min(len);
    reply.array(count);
    let (from, direction, start) = match end {
        End::Left => (0, Direction::Forward, 0),
        End::Right => (len - 1, Direction::Backward, len - count),
    };
    if let Ok(items) = ListRef::of_value(list) {
        items.for_each(from, count, direction, |element| {
            reply.element(element);
            ControlFlow::Continue(())
        });
    }
    items::delete_range(list, start, count);
    count
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn pops_one_or_some() {
        let mut server = Server::new();
        server.script(&[
            ("lpop l", "$-1\r\n"),
            ("lpop l 0", "*-1\r\n"),
            ("lpop l -1", "-ERR value is out of range, must be positive\r\n"),
            ("lpop l x", "-ERR value is out of range, must be positive\r\n"),
            ("lpop l 1 2", "-ERR wrong number of arguments for 'lpop' command\r\n"),
            ("rpush l a b c d e", ":5\r\n"),
            ("rpop l 0", "*0\r\n"),
            ("rpop l 2", "*2\r\n$1\r\ne\r\n$1\r\nd\r\n"),
            ("lpop l", "$1\r\na\r\n"),
            ("lpop l 9223372036854775807", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n"),
            ("exists l", ":0\r\n"),
        ]);
        assert_eq!(server.events(), ["l rpush l", "l rpop l", "l lpop l", "l lpop l", "g del l"]);
        assert_eq!(server.dirty(), 10);
        server.resp3();
        server.script(&[("lpop l", "_\r\n"), ("lpop l 2", "_\r\n")]);
    }
}
